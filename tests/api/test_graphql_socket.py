"""`graphql-transport-ws`, frame by frame: what each message is answered with, and what ends a connection."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from api import graphql_socket
from domain.words import ClientScope
from tests.following import PROTOCOL, message, socket, subscribe
from tests.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVENTS = """subscription ($after: String) {
  complaintEvents(after: $after) { type cursor trackingCode }
}"""
INIT = {"type": "connection_init"}
ACK = {"type": "connection_ack"}
QUERY = {"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def after(shared: Service) -> str:
    """The cursor behind which there is one event, of a report's dispatch."""
    await shared.dispatched(key="first")
    found = await shared.data("{ events(first: 1) { nodes { cursor } } }")
    (verified,) = found["events"]["nodes"]
    cursor: str = verified["cursor"]
    return cursor


@asynccontextmanager
async def opened(service: Service, *frames: Any) -> AsyncIterator[ClientConnection]:
    """A connection that says something at once, without waiting for an answer."""
    async with connect(service.socket_url, subprotocols=[PROTOCOL]) as connection:
        await say(connection, *frames)
        yield connection


async def say(connection: ClientConnection, *frames: Any) -> None:
    for frame in frames:
        await connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))


async def closing(connection: ClientConnection) -> tuple[int, str]:
    """The code and the reason with which the server closes, and nothing before."""
    with pytest.raises(ConnectionClosed) as closed:
        await message(connection)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


def of(type_: str, **fields: Any) -> str:
    return json.dumps({"type": type_} | fields)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ("{", "valid JSON"),
        ("NaN", "valid JSON"),
        ("[" * 100_000, "valid JSON"),
        ('["\\ud83d", NaN]', "valid JSON"),
        (b'{"type": "ping"}', "must be text"),
        ("[]", "with a type"),
        ("null", "with a type"),
        ('"x"', "with a type"),
        ("{}", "with a type"),
        ('{"type": []}', "with a type"),
        (of("start", id="1", payload={"query": "{ __typename }"}), "Unknown message type start"),
        (of("next", id="1", payload={}), "Unknown message type next"),
        (of("connection_ack"), "Unknown message type"),
        (of("😀" * 200), "Unknown message type 😀"),  # the reason of a closing has 123 bytes
        (of("\ud83d"), "Unknown message type ?"),
        (of("connection_init", payload="x"), "payload of connection_init"),
        (of("ping", payload="x"), "payload of ping"),
        ('{"type": "ping", "payload": ' + '{"a": ' * 700 + "1" + "}" * 701, "nested too deeply"),
        (of("pong", payload=[1]), "payload of pong"),
        (of("subscribe", payload={"query": "{ __typename }"}), "subscribe needs an id"),
        (of("subscribe", id="", payload={"query": "{ __typename }"}), "subscribe needs an id"),
        (of("subscribe", id=1, payload={"query": "{ __typename }"}), "subscribe needs an id"),
        (of("subscribe", id="1"), "needs a payload"),
        (of("subscribe", id="1", payload=[]), "payload of subscribe"),
        (of("subscribe", id="1", payload={}), "parameter query"),
        (of("subscribe", id="1", payload={"query": 1}), "parameter query"),
        (of("subscribe", id="1", payload={"query": "{ a }", "variables": []}), "parameter variables"),
        (of("subscribe", id="1", payload={"query": "{ a }", "operationName": 1}), "parameter operationName"),
        (of("subscribe", id="1", payload={"query": "{ a }", "extensions": "x"}), "parameter extensions"),
        (of("complete"), "complete needs an id"),
        (of("complete", id={}), "complete needs an id"),
    ],
    ids=lambda value: repr(value)[:60],
)
async def test_what_is_no_message_closes_with_4400(shared: Service, frame: str | bytes, reason: str) -> None:
    async with opened(shared, frame) as connection:
        code, told = await closing(connection)
        assert code == 4400
        assert reason in told


async def test_a_connection_begins_once_and_before_anything_is_asked(shared: Service) -> None:
    async with opened(shared, QUERY) as connection:
        assert await closing(connection) == (4401, "Unauthorized")
    async with opened(shared, INIT, INIT) as connection:
        assert await message(connection) == ACK
        assert await closing(connection) == (4429, "Too many initialisation requests")
    bad = {"type": "connection_init", "payload": {"Authorization": "Bearer ses_x"}}
    async with opened(shared, bad) as connection:
        assert await closing(connection) == (4403, "Forbidden")
    for sent in (None, {}, {"other": [1]}):
        async with opened(shared, INIT | {"payload": sent}) as connection:
            assert await message(connection) == ACK


async def test_who_does_not_begin_in_time_is_let_go(shared: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphql_socket, "INIT_SECONDS", 1.5)
    async with opened(shared, {"type": "ping"}, {"type": "pong"}) as connection:
        # What is said meanwhile does not lengthen it.
        assert await message(connection) == {"type": "pong"}
        assert await closing(connection) == (4408, "Connection initialisation timeout")
    async with opened(shared, INIT) as begun:
        assert await message(begun) == ACK
        await asyncio.sleep(1.6)
        await say(begun, QUERY)
        assert (await message(begun))["type"] == "next"


async def test_only_this_protocol_is_spoken(shared: Service) -> None:
    for offered in ([Subprotocol("graphql-ws")], None):
        async with connect(shared.socket_url, subprotocols=offered) as connection:
            assert connection.subprotocol is None
            assert await closing(connection) == (4406, "Subprotocol not acceptable")
    both = [Subprotocol("graphql-ws"), PROTOCOL]
    async with connect(shared.socket_url, subprotocols=both) as connection:
        assert connection.subprotocol == PROTOCOL
        await say(connection, INIT)
        assert await message(connection) == ACK


async def test_a_page_from_elsewhere_does_not_connect(shared: Service) -> None:
    for origin in ("https://evil.example", "null", shared.url + ".evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(shared.socket_url, subprotocols=[PROTOCOL], origin=Origin(origin))
        assert refused.value.response.status_code == 403
    async with connect(shared.socket_url, subprotocols=[PROTOCOL], origin=Origin(shared.url)) as connection:
        await say(connection, INIT)
        assert await message(connection) == ACK


async def test_a_ping_is_answered_with_its_payload(shared: Service) -> None:
    async with opened(shared) as connection:
        payloads: list[dict[str, Any]] = [{"payload": sent} for sent in (None, {}, {"when": [1.5, "é😀"]})]
        for given in ({}, *payloads):
            await say(connection, {"type": "ping"} | given)
            assert await message(connection) == {"type": "pong"} | given
        # A pong that nobody asked for is a sign of life, before and after the beginning.
        await say(connection, {"type": "pong", "payload": {"a": 1}}, INIT, {"type": "pong"}, {"type": "ping"})
        assert [await message(connection) for _ in range(2)] == [ACK, {"type": "pong"}]


async def test_one_result_is_told_and_completed(shared: Service) -> None:
    async with socket(shared.socket_url) as connection:
        given = {
            "idempotencyKey": "uji-soket-0001",
            "title": "Lampu jalan mati",
            "body": "Sudah seminggu gelap di depan sekolah.",
            "classification": "COMPLAINT",
            "categoryCode": "JALAN",
        }
        mutation = """mutation Submit($i: ComplaintSubmitInput!) {
          complaintSubmit(input: $i) { complaint { version } errors { code } }
        } query Other { __typename }"""
        payload: dict[str, Any] = {"query": mutation, "variables": {"i": given}, "operationName": "Submit"}
        await say(connection, {"id": "m", "type": "subscribe", "payload": payload})
        told = await message(connection)
        assert (told["id"], told["type"]) == ("m", "next")
        assert told["payload"]["data"] == {"complaintSubmit": {"complaint": {"version": 1}, "errors": []}}
        assert await message(connection) == {"id": "m", "type": "complete"}
        # The id is free again, and whatever is in it comes back. What is null may as well be left out.
        for name in ("m", "m", 'ü\n"', "😀"):
            payload = {
                "query": "{ __typename }",
                "variables": None,
                "operationName": None,
                "extensions": None,
            }
            await say(connection, {"id": name, "type": "subscribe", "payload": payload})
            told = await message(connection)
            assert (told["id"], told["type"], told["payload"]["data"]) == (
                name,
                "next",
                {"__typename": "Query"},
            )
            assert await message(connection) == {"id": name, "type": "complete"}
        # An error of a field is part of a result.
        await subscribe(connection, '{ complaint(trackingCode: "CLG-0000-0000-0") { id } }', "f")
        told = await message(connection)
        assert (told["id"], told["type"]) == ("f", "next")
        assert await message(connection) == {"id": "f", "type": "complete"}


async def test_what_cannot_be_run_is_one_error_and_no_more(shared: Service) -> None:
    refused = {
        "{ viewer {": "GRAPHQL_PARSE_FAILED",
        "": "GRAPHQL_PARSE_FAILED",
        "{ nothing }": "GRAPHQL_VALIDATION_FAILED",
        "subscription { complaintEvents { nothing } }": "GRAPHQL_VALIDATION_FAILED",
        'subscription { complaintEvents(after: "x") { type } }': "BAD_CURSOR",
    }
    async with socket(shared.socket_url) as connection:
        for query, code in refused.items():
            await subscribe(connection, query, "1")
            told = await message(connection)
            assert (told["id"], told["type"]) == ("1", "error"), told
            assert [error["extensions"]["code"] for error in told["payload"]] == [code]
            assert all(error["message"] for error in told["payload"])
            # No `complete` comes after it, the id is free, and the connection goes on.
            await say(connection, {"type": "ping"})
            assert await message(connection) == {"type": "pong"}


async def test_an_id_is_of_one_operation_at_a_time(shared: Service, after: str) -> None:
    for name in ("1", "😀" * 60):
        async with socket(shared.socket_url) as connection:
            await subscribe(connection, EVENTS, name, after=after)
            assert (await message(connection))["id"] == name
            await subscribe(connection, "{ __typename }", name)
            code, reason = await closing(connection)
            assert code == 4409
            assert reason.startswith(f"Subscriber for {name[:20]}")


async def test_complete_stops_one_operation(shared: Service, after: str) -> None:
    async with socket(shared.socket_url) as connection:
        await subscribe(connection, EVENTS, "stopped", after=after)
        first = await message(connection)
        await subscribe(connection, EVENTS, "kept", after=after)
        second = await message(connection)
        assert [(told["id"], told["type"]) for told in (first, second)] == [
            ("stopped", "next"),
            ("kept", "next"),
        ]
        assert first["payload"] == second["payload"]
        # To complete what is not running, or no longer, is nothing.
        complete = {"id": "stopped", "type": "complete"}
        await say(connection, complete, complete, {"id": "never", "type": "complete"}, {"type": "ping"})
        assert await message(connection) == {"type": "pong"}
        code = (await shared.dispatched(key="stopped"))["trackingCode"]
        told = [await message(connection) for _ in range(2)]
        seen = [(t["id"], t["payload"]["data"]["complaintEvents"]["type"]) for t in told]
        assert seen == [("kept", "VERIFIED"), ("kept", "DISPATCHED")]
        assert {t["payload"]["data"]["complaintEvents"]["trackingCode"] for t in told} == {code}
        # Its id serves again, and begins where it is told to.
        cursor = told[0]["payload"]["data"]["complaintEvents"]["cursor"]
        await subscribe(connection, EVENTS, "stopped", after=cursor)
        assert await message(connection) == told[1] | {"id": "stopped"}


async def test_gql_follows_and_resumes(shared: Service, after: str) -> None:
    """The usual client for Python."""
    key = await shared.client("gql", ClientScope.READ, ClientScope.EVENTS)

    def client() -> Client:
        transport = WebsocketsTransport(
            shared.socket_url,
            init_payload={"authorization": f"Bearer {key}"},
            ping_interval=0.05,
            pong_timeout=60,
        )
        return Client(transport=transport)

    async def followed(after: str, code: str) -> list[dict[str, Any]]:
        """The events until a report's dispatch."""
        request = gql(EVENTS)
        request.variable_values = {"after": after}
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(60), client() as session, aclosing(session.subscribe(request)) as stream:
            async for told in stream:
                found.append(told["complaintEvents"])
                if (found[-1]["trackingCode"], found[-1]["type"]) == (code, "DISPATCHED"):
                    break
        return found

    code = (await shared.dispatched(key="gql"))["trackingCode"]
    seen = await followed(after, code)
    assert [told["type"] for told in seen if told["trackingCode"] == code] == ["VERIFIED", "DISPATCHED"]
    # What happens while nobody is connected is told of at the return, and nothing twice.
    code = (await shared.dispatched(key="gql-away"))["trackingCode"]
    missed = await followed(seen[-1]["cursor"], code)
    assert [(told["trackingCode"], told["type"]) for told in missed] == [
        (code, "VERIFIED"),
        (code, "DISPATCHED"),
    ]
    async with client() as session:
        assert await session.execute(gql("{ viewer { kind } }")) == {"viewer": {"kind": "CLIENT"}}
        with pytest.raises(TransportQueryError, match="nothing"):
            await session.execute(gql("{ nothing }"))
        await asyncio.sleep(0.2)  # some pings
        assert await session.execute(gql("{ __typename }")) == {"__typename": "Query"}
