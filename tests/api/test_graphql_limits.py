"""Over every transport alike: what is too much is refused by name, what takes too long is ended."""

import asyncio
import json
from typing import Any

import pytest
import sqlalchemy as sa

from domain.words import ClientScope
from tests.following import message, socket, subscribe
from tests.service import Service, running_service

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDE = "{ " + "".join(f"a{n}: viewer {{ kind }} " for n in range(16)) + "}"
VALIDATION = "GRAPHQL_VALIDATION_FAILED"


async def errors_everywhere(
    service: Service, query: str, token: str | None = None, /, **variables: Any
) -> list[dict[str, Any]]:
    """Why an operation is not run: over WebSocket and in an event stream the very same as over HTTP."""
    told = await service.ask(query, token, **variables)
    assert list(told) == ["errors"], told
    headers = {"accept": "text/event-stream"} | ({"authorization": f"Bearer {token}"} if token else {})
    body = {"query": query, "variables": variables}
    stream = await service.http.post("/graphql", json=body, headers=headers)
    assert stream.headers["content-type"].startswith("text/event-stream")
    (data,) = [line[6:] for line in stream.text.splitlines() if line.startswith("data: {")]
    assert json.loads(data) == told
    async with socket(service.socket_url, token) as connection:
        await subscribe(connection, query, "odd", **variables)
        assert await message(connection) == {"id": "odd", "type": "error", "payload": told["errors"]}
        # The connection goes on.
        await subscribe(connection, "{ __typename }", "next")
        assert (await message(connection))["payload"]["data"] == {"__typename": "Query"}
    found: list[dict[str, Any]] = told["errors"]
    return found


@pytest.mark.parametrize(
    ("query", "limit", "most", "actual"),
    [
        ("{ viewer { kind } }" + " " * 16_384, "textBytes", 16_384, 16_403),
        ("{ " + "a " * 999 + "}", "tokens", 1_000, 1_001),
        (f"{{ viewer {{ opd {{ {'parent { ' * 8}id{' }' * 8} }} }} }}", "depth", 10, 11),
        ("{ a " * 300 + "}" * 300, "depth", 10, 300),
        (f"{{ complaints(first: {'[' * 480}{']' * 480}) {{ totalCount }} }}", "depth", 10, 480),
        (f"query ($a: {'[' * 480}Int{']' * 480}) {{ viewer {{ kind }} }}", "depth", 10, 480),
        (f"subscription {{ {'... { ' * 240}complaintEvents {{ id }}{' }' * 240} }}", "nesting", 100, 242),
        (WIDE, "aliases", 15, 16),
        ("{ viewer { ...a } } fragment a on Viewer { ...a }", "fragmentCycles", 0, 1),
        ("{ complaints { nodes { " + "opd { id } " * 150 + "} } }", "comparisons", 4_000, 89_400),
        (
            "{ complaints(first: 100) { nodes { actions(first: 100) { nodes { id } } } } }",
            "cost",
            10_000,
            10_201,
        ),
        (
            "subscription { " + "".join(f"a{n}: complaintEvents {{ id }} " for n in range(16)) + "}",
            "aliases",
            15,
            16,
        ),
        (
            "mutation { " + "".join(f"a{n}: sessionRevoke {{ __typename }} " for n in range(17)) + "}",
            "aliases",
            15,
            17,
        ),
    ],
)
async def test_what_is_too_much_is_refused(
    shared: Service, query: str, limit: str, most: int, actual: int
) -> None:
    (error,) = await errors_everywhere(shared, query)
    told = {"code": "LIMIT_EXCEEDED", "limit": limit, "max": most, "actual": actual}
    cost = {"cost": {"requested": actual, "ceiling": most}} if limit == "cost" else {}
    assert error["extensions"] == told | cost
    assert error["message"] == f"Permintaan melampaui batas {limit}: {actual}, paling banyak {most}."


async def test_each_excess_is_told(shared: Service) -> None:
    aliases = "".join(f"a{n}: complaints {{ nodes {{ ...a }} }} " for n in range(16))
    fields = "".join(f"x{n}: id " for n in range(40))
    query = f"{{ {aliases} }} fragment a on Complaint {{ {fields} }}"
    errors = await errors_everywhere(shared, query)
    assert [error["extensions"]["limit"] for error in errors] == ["aliases", "fields"]


async def test_a_bomb_has_a_number_that_json_can_hold(shared: Service) -> None:
    fragments = "".join(f"fragment f{n} on Complaint {{ ...f{n + 1} ...f{n + 1} }} " for n in range(75))
    bomb = f"{{ complaints {{ nodes {{ ...f0 }} }} }} {fragments} fragment f75 on Complaint {{ id }}"
    (error,) = await errors_everywhere(shared, bomb)
    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "limit": "fields",
        "max": 500,
        "actual": 2**53 - 1,
    }


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, VALIDATION),
        ("subscription { complaintEvents { nothing } }", {}, VALIDATION),
        ("subscription { complaintEvents { id } other: complaintEvents { id } }", {}, VALIDATION),
        ("query ($n: Int!) { complaints(first: $n) { totalCount } }", {"n": "x"}, "BAD_USER_INPUT"),
        ("query A { viewer { kind } } query B { viewer { kind } }", {}, "OPERATION_RESOLUTION_FAILURE"),
        (
            "query ($f: ComplaintFilter) { complaints(filter: $f) { totalCount } }",
            {"f": {"opd": ["\ud83d"] * 1_000}},
            "LIMIT_EXCEEDED",
        ),
        (
            "query ($f: ComplaintFilter) { complaints(filter: $f) { totalCount } }",
            {"f": {"\ud83d": 1}},
            "BAD_USER_INPUT",
        ),
    ],
)
async def test_refusals_have_the_same_code_everywhere(
    production: Service, query: str, variables: dict[str, Any], code: str
) -> None:
    headers = {"content-type": "application/json"}
    body = json.dumps({"query": query, "variables": variables})
    told = (await production.http.post("/graphql", content=body, headers=headers)).json()
    assert {error["extensions"]["code"] for error in told["errors"]} == {code}
    async with socket(production.socket_url) as connection:
        await subscribe(connection, query, **variables)
        assert await message(connection) == {"id": "1", "type": "error", "payload": told["errors"]}


async def test_staff_and_keys_may_ask_more(shared: Service) -> None:
    office = await shared.office()
    key = await shared.client("Pembaca", ClientScope.READ)
    for token in (office, key):
        answer = await shared.ask(WIDE, token)
        assert answer["extensions"] == {"cost": {"requested": 16, "ceiling": 40_000}}
        assert len(answer["data"]) == 16
        # What they have asked for is refused to everybody else as before.
        (error,) = await errors_everywhere(shared, WIDE)
        assert error["extensions"]["max"] == 15
        (error,) = await errors_everywhere(
            shared, "{ " + "".join(f"a{n}: viewer {{ kind }} " for n in range(61)) + "}", token
        )
        assert error["extensions"]["max"] == 60
    async with socket(shared.socket_url, office) as connection:
        await subscribe(connection, WIDE)
        told = (await message(connection))["payload"]
        assert told["extensions"]["cost"] == {"requested": 16, "ceiling": 40_000}


async def test_the_cost_is_told(shared: Service) -> None:
    query = "query ($n: Int) { complaints(first: $n) { nodes { title } } }"
    for values, cost in (({}, 21), ({"n": 5}, 6), ({"n": 100}, 101)):
        answer = await shared.ask(query, None, **values)
        assert answer["extensions"] == {"cost": {"requested": cost, "ceiling": 10_000}}
    answer = await shared.ask("{ complaints(first: 0) { nodes { title } } }")
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
    assert answer["extensions"]["cost"]["requested"] == 1


async def test_the_operator_sets_the_limits(shared_database_url: str) -> None:
    settings = {"limit_depth": 2, "limit_cost": 20, "limit_known_factor": 2, "limit_tokens": 50}
    async with running_service(shared_database_url, **settings) as service:
        for query, limit, most in (
            ("{ complaints { nodes { id } } }", "depth", 2),
            ("{ complaints(first: 20) { totalCount } }", "cost", 20),
            ("{ " + "a " * 49 + "}", "tokens", 50),
        ):
            error = (await service.ask(query))["errors"][0]["extensions"]
            assert (error["limit"], error["max"]) == (limit, most)
    settings = {
        f"limit_{name}": 1
        for name in ("aliases", "root_fields", "directives", "comparisons", "variable_values")
    } | {"limit_fields": 4}
    async with running_service(shared_database_url, limit_text_bytes=1_024, **settings) as service:
        query = "query ($f: ComplaintFilter) { a: complaints(filter: $f) { totalCount } opds { totalCount }"
        query += " b: complaints @skip(if: false) @include(if: true) { totalCount totalCount totalCount } }"
        told = (await service.ask(query))["errors"]
        found = {error["extensions"]["limit"]: error["extensions"]["max"] for error in told}
        assert found == {"aliases": 1, "rootFields": 1, "fields": 4, "directives": 1}
        (error,) = (await service.ask("{ opds { totalCount totalCount totalCount } }"))["errors"]
        assert (error["extensions"]["limit"], error["extensions"]["max"]) == ("comparisons", 1)
        (error,) = (await service.ask("{ __typename }" + " " * 1_024))["errors"]
        assert (error["extensions"]["limit"], error["extensions"]["max"]) == ("textBytes", 1_024)
        (error,) = (await service.ask("{ __typename }", None, f={"opd": []}))["errors"]
        assert (error["extensions"]["limit"], error["extensions"]["max"]) == ("variableValues", 1)


async def test_what_takes_too_long_is_ended(shared_database_url: str) -> None:
    async with running_service(shared_database_url, read_seconds=1) as service:
        blocker = service.database.engine
        async with blocker.connect() as connection:
            # Nobody can read the table for as long as this lasts: the statement waits, as a slow one would.
            await connection.execute(sa.text("LOCK TABLE opd IN ACCESS EXCLUSIVE MODE"))
            answer, english = await asyncio.gather(
                service.ask("{ opds { nodes { id } } viewer { kind } }"),
                service.http.post(
                    "/graphql",
                    json={"query": "{ opds { nodes { id } } }"},
                    headers={"accept-language": "en", "accept": "application/graphql-response+json"},
                ),
            )
            await connection.rollback()
        (error,) = answer["errors"]
        assert answer["data"] is None
        assert error["extensions"] == {"code": "QUERY_TIMEOUT"}
        assert error["path"] == ["opds"]
        assert error["message"] == "Permintaan memakan waktu terlalu lama. Persempit, lalu coba lagi."
        assert english.status_code == 200
        assert english.json()["errors"][0]["message"].startswith("The request took too long")
        # The next one is answered; a second may be short for it, too, on a machine that does much else.
        async with asyncio.timeout(30):
            while "errors" in await service.ask("{ opds { nodes { id } } }"):
                pass
