"""Following over HTTP: Server-Sent Events, Apollo's multipart, and what ends a stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
from websockets.exceptions import ConnectionClosed

from api import graphql_stream, standing
from domain import clients, sessions
from domain.actor import PUBLIC, Actor
from domain.model.master import Opd
from domain.model.people import Account
from domain.words import ClientScope
from tests.following import EVENTS, event, listening, socket, subscribe
from tests.service import Service, running_service

TYPES = "subscription ($after: String) { complaintEvents(after: $after) { type cursor } }"


class Lines:
    """A response that is read line by line, with patience."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self) -> str:
        return await asyncio.wait_for(anext(self._lines), 30)

    async def sse(self) -> dict[str, str]:
        """The next event of an event stream; comments are passed over."""
        found: dict[str, str] = {}
        while True:
            line = await self.next()
            if line and not line.startswith((":", "retry:")):
                name, _, value = line.partition(":")
                found[name] = value.strip()
            elif not line and found:
                return found


@asynccontextmanager
async def opened(
    service: Service, query: str = TYPES, *, headers: dict[str, str] | None = None, **variables: Any
) -> AsyncIterator[Lines]:
    given = {"accept": "text/event-stream"} | (headers or {})
    body = {"query": query, "variables": variables}
    async with service.http.stream("POST", "/graphql", json=body, headers=given) as answer:
        yield Lines(answer)


async def test_an_event_stream_resumes_where_the_browser_stopped(service: Service) -> None:
    async with opened(service) as stream:
        assert stream.answer.status_code == 200
        assert stream.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.answer.headers["cache-control"] == "no-store"
        assert [await stream.next() for _ in range(3)] == ["retry: 2000", ":", ""]
        await service.dispatched()
        first = await stream.sse()
        assert first["event"] == "next"
        told = json.loads(first["data"])["data"]["complaintEvents"]
        assert told == {"type": "VERIFIED", "cursor": first["id"]}
        assert json.loads((await stream.sse())["data"])["data"]["complaintEvents"]["type"] == "DISPATCHED"
    # What the browser remembers goes before the argument of the address that it connects to again.
    headers = {"last-event-id": first["id"]}
    async with opened(service, headers=headers, after="") as stream:
        assert json.loads((await stream.sse())["data"])["data"]["complaintEvents"]["type"] == "DISPATCHED"
    # By GET, as EventSource asks, and in either language of Accept.
    given = {"query": TYPES, "variables": json.dumps({"after": first["id"]})}
    for accept in ("text/event-stream", "*/*", "application/json, text/event-stream, multipart/mixed"):
        async with service.http.stream("GET", "/graphql", params=given, headers={"accept": accept}) as answer:
            assert (await Lines(answer).sse())["id"] != first["id"], accept


async def test_apollo_reads_parts(service: Service) -> None:
    accept = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'
    async with opened(service, headers={"accept": accept}) as stream:
        kind = stream.answer.headers["content-type"]
        assert kind == 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"'
        await service.dispatched()
        lines = [await stream.next() for _ in range(9)]
    head = ["--graphql", "content-type: application/json", ""]
    assert [*lines[:4], *lines[5:8]] == ["", *head, *head]
    bodies = [json.loads(line)["payload"]["data"] for line in (lines[4], lines[8])]
    assert [body["complaintEvents"]["type"] for body in bodies] == ["VERIFIED", "DISPATCHED"]


async def test_a_quiet_stream_gives_a_sign_of_life(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    # docs/following.md has a client that takes half a minute's silence for a lost connection.
    assert graphql_stream.HEARTBEAT_SECONDS < 30
    monkeypatch.setattr(graphql_stream, "HEARTBEAT_SECONDS", 0.1)
    async with opened(service) as stream:
        assert [await stream.next() for _ in range(7)] == ["retry: 2000", *[":", ""] * 3]
    async with opened(service, headers={"accept": "multipart/mixed"}) as stream:
        lines = [await stream.next() for _ in range(9)]
        assert lines == ["", *["--graphql", "content-type: application/json", "", "{}"] * 2]
        await service.dispatched()
        while '"VERIFIED"' not in (line := await stream.next()):
            assert '"payload"' not in line


async def test_what_is_no_subscription_is_one_event_for_who_takes_event_streams_alone(
    service: Service,
) -> None:
    for query, code in (
        ("{ viewer { kind } }", None),
        ("mutation { sessionRevoke { errors { code } } }", None),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        (TYPES, "BAD_CURSOR"),
    ):
        async with opened(service, query, after="x") as stream:
            assert stream.answer.status_code == 200
            assert stream.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            first = await stream.sse()
            told = json.loads(first["data"])
            assert first["event"] == "next"
            assert [error["extensions"]["code"] for error in told.get("errors", ())] == (
                [code] if code else []
            )
            assert await stream.sse() == {"event": "complete", "data": ""}
    # GET changes nothing; and what HTTP itself says stays a status of HTTP.
    given = {"query": "mutation { sessionRevoke { errors { code } } }"}
    changing = await service.http.get("/graphql", params=given, headers={"accept": "text/event-stream"})
    assert (changing.status_code, changing.headers["content-type"]) == (
        405,
        "application/json; charset=utf-8",
    )


async def test_what_cannot_be_streamed_is_said_at_once(service: Service) -> None:
    async with opened(service, headers={"accept": "*/*"}, after="x") as stream:
        assert stream.answer.headers["content-type"].startswith("application/json")
        await stream.answer.aread()
        assert stream.answer.json()["errors"][0]["extensions"]["code"] == "BAD_CURSOR"
    plain = await service.http.post("/graphql", json={"query": TYPES}, headers={"accept": "application/json"})
    assert plain.json()["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_TRANSPORT"
    for skipped in (
        "subscription { complaintEvents @skip(if: true) { type } }",
        "subscription ($v: Boolean = true) { complaintEvents @skip(if: $v) { type } }",
        "subscription { ...F } fragment F on Subscription { complaintEvents @include(if: false) { type } }",
        "subscription { ... @skip(if: true) { complaintEvents { type } } }",
    ):
        found = await service.http.post("/graphql", json={"query": skipped})
        assert found.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", skipped


async def test_an_ended_session_and_a_revoked_key_end_their_streams(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    code = (await service.dispatched())["trackingCode"]
    key = await service.client("Redaksi", ClientScope.EVENTS)
    async with (
        socket(service.socket_url, office) as over_socket,
        socket(service.socket_url, key) as of_key,
        socket(service.socket_url, officer) as of_officer,
        opened(service, headers={"authorization": f"Bearer {office}"}) as over_http,
    ):
        await subscribe(over_socket)
        await subscribe(of_key)
        await listening(service, 3)
        await service.submitted("another")
        assert (await event(over_socket))["type"] == "SUBMITTED"
        assert json.loads((await over_http.sse())["data"])["data"]["complaintEvents"]["type"] == "SUBMITTED"
        async with service.database.write() as session:
            await sessions.end(session, office)
        told = await over_http.sse()
        assert json.loads(told["data"])["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert (await over_http.sse())["event"] == "complete"
        await asyncio.wait_for(over_socket.wait_closed(), 30)
        assert over_socket.close_code == 4403
        # The key's own stream goes on, until it is revoked itself.
        select = "errors { code }"
        await service.do("complaintAnswer", officer, select, trackingCode=code, version=3, body="Sudah")
        assert (await event(of_key))["type"] == "ANSWERED"
        async with service.database.write() as session:
            await clients.revoke(session, await clients.by_name(session, "Redaksi"))
        await asyncio.wait_for(of_key.wait_closed(), 30)
        assert of_key.close_code == 4403
        # Who may see something else from now on connects anew, and then sees that.
        async with service.database.write() as session:
            opd = sa.select(Opd.id).where(Opd.code == "DLH").scalar_subquery()
            await session.execute(sa.update(Account).where(Account.opd_id.is_not(None)).values(opd_id=opd))
        await asyncio.wait_for(of_officer.wait_closed(), 5)
        assert of_officer.close_code == 1012


async def test_streams_are_capped_and_requests_are_not(database_url: str) -> None:
    caps = {"streams": 4, "streams_per_address": 3, "streams_per_caller": 1, "socket_operations": 2}
    async with running_service(database_url, **caps) as service:
        async with (
            socket(service.socket_url) as one,
            socket(service.socket_url),
            opened(service) as third,
        ):
            assert third.answer.status_code == 200
            with pytest.raises(Exception, match="1013"):
                async with socket(service.socket_url):
                    pass
            async with opened(service) as refused:
                assert refused.answer.status_code == 429
                assert refused.answer.headers["retry-after"] == "30"
                await refused.answer.aread()
                assert refused.answer.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_STREAMS"
            elsewhere = [{"x-forwarded-for": f"203.0.113.{number}"} for number in (1, 2)]
            async with opened(service, headers=elsewhere[0]) as fourth:
                assert fourth.answer.status_code == 200
                async with opened(service, headers=elsewhere[1]) as one_too_many:
                    assert one_too_many.answer.status_code == 429
            assert await service.data("{ viewer { kind } }") == {"viewer": {"kind": "REPORTER"}}
            for name in ("a", "b", "c"):
                await subscribe(one, EVENTS, name)
            told = json.loads(await asyncio.wait_for(one.recv(), 30))
            assert (told["id"], told["type"]) == ("c", "error")
            assert told["payload"][0]["extensions"] == {
                "code": "LIMIT_EXCEEDED",
                "limit": "operationsOfConnection",
                "max": 2,
                "actual": 3,
            }
        office = await service.office()
        async with opened(service) as again, socket(service.socket_url, office):
            assert again.answer.status_code == 200
            async with opened(service, headers={"authorization": f"Bearer {office}"}) as refused:
                assert refused.answer.status_code == 429
            with pytest.raises(ConnectionClosed) as closed:
                async with socket(service.socket_url, office) as second:
                    await second.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013


class _Watched:
    """A stream that only says whether it was ended."""

    def __init__(self, token: str) -> None:
        self.token: str | None = token
        self.actor = PUBLIC
        self.ended = asyncio.Event()

    def lost_standing(self, *, revoked: bool) -> None:
        assert revoked
        self.ended.set()
        raise RuntimeError


async def test_whatever_goes_wrong_the_others_who_lost_their_rights_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standing, "LOOK_SECONDS", 0.01)
    first, second = _Watched("ses_first"), _Watched("ses_second")
    asked: list[int] = []

    async def nobody(tokens: Sequence[str]) -> dict[str, Actor]:
        asked.append(len(tokens))
        if len(asked) == 1:
            raise asyncpg.InternalClientError
        return {}

    streams = standing.Standing()
    with streams.watched(first), streams.watched(second):
        watch = asyncio.create_task(streams.watch(nobody))
        async with asyncio.timeout(30):
            await first.ended.wait()
            await second.ended.wait()
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    # Thousands would not be looked at in time if each were asked for by itself.
    assert asked[0] == 2
