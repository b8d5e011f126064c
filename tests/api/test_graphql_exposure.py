"""What the service shows of itself: the schema, suggestions, its faults."""

import json
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from graphql import build_client_schema, get_introspection_query, print_schema

from domain.words import ClientScope
from schema.schema import build_schema
from tests.following import message, socket, subscribe
from tests.service import Service, running_service

INTROSPECTION = get_introspection_query()
SUGGESTION = "{ complaints { nodes { titel } } }"

shared_loop = pytest.mark.asyncio(loop_scope="module")


@shared_loop
async def test_in_development_the_schema_may_be_explored(shared: Service) -> None:
    found = await shared.data(INTROSPECTION)
    assert "type Complaint implements Node" in print_schema(build_client_schema(found))  # type: ignore[arg-type]
    full = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )
    assert "__schema" in await shared.data(full)
    async with socket(shared.socket_url) as connection:
        await subscribe(connection, INTROSPECTION)
        assert "__schema" in (await message(connection))["payload"]["data"]


@shared_loop
async def test_in_production_only_staff_and_keys_explore_it(production: Service) -> None:
    office = await production.office()
    key = await production.client("Pembaca", ClientScope.READ)
    for query in (INTROSPECTION, "{ ...a } fragment a on Query { s: __schema { queryType { name } } }"):
        told = await production.ask(query)
        assert list(told) == ["errors"]
        assert told["errors"][0]["extensions"] == {"code": "INTROSPECTION_DISABLED"}
        assert "/schema.graphql" in told["errors"][0]["message"]
        for token in (office, key):
            assert len(await production.data(query, token)) == 1
    # A type that may not be looked at is like one that is not there.
    look = '{ a: __type(name: "Opd") { name } __typename }'
    assert await production.data(look) == {"a": None, "__typename": "Query"}
    assert await production.data(look, key) == {"a": {"name": "Opd"}, "__typename": "Query"}
    async with socket(production.socket_url) as connection:
        await subscribe(connection, INTROSPECTION)
        assert (await message(connection))["payload"][0]["extensions"] == {"code": "INTROSPECTION_DISABLED"}
        await subscribe(connection, look)
        assert (await message(connection))["payload"]["data"]["a"] is None


@shared_loop
async def test_the_schema_is_read_as_text_in_every_mode(each: Service) -> None:
    answer = await each.http.get("/schema.graphql")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == f"{build_schema().as_str()}\n"
    assert "type Query" in answer.text
    tag = answer.headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = await each.http.get("/schema.graphql", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert (await each.http.get("/schema.graphql", headers={"if-none-match": '"other"'})).status_code == 200


@shared_loop
@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (SUGGESTION, {}),
        ("{ complaint(trackingCod: 1) { id } }", {}),
        ("query ($a: ComplaintFilte) { complaints(filter: $a) { totalCount } }", {}),
        ("{ complaints(filter: {statu: [VERIFIED]}) { totalCount } }", {}),
        ("{ complaints(filter: {status: [VERIFED]}) { totalCount } }", {}),
        ("query ($f: ComplaintFilter) { complaints(filter: $f) { totalCount } }", {"f": {"statu": []}}),
        (
            "query ($f: ComplaintFilter) { complaints(filter: $f) { totalCount } }",
            {"f": {"status": ["VERIFED"]}},
        ),
    ],
)
async def test_names_are_suggested_in_development_only(
    shared: Service, production: Service, query: str, variables: dict[str, Any]
) -> None:
    told = json.dumps(await shared.ask(query, None, **variables))
    assert "Did you mean" in told
    told = json.dumps(await production.ask(query, None, **variables))
    assert '"errors"' in told
    assert "Did you mean" not in told
    async with socket(production.socket_url) as connection:
        await subscribe(connection, query, **variables)
        assert "Did you mean" not in json.dumps(await message(connection))


@shared_loop
async def test_graphiql_is_for_development(shared: Service, production: Service) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    page = await shared.http.get("/graphql", headers=browser)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    asked = await shared.http.get("/graphql", params={"query": "{ __typename }"}, headers=browser)
    assert asked.json()["data"] == {"__typename": "Query"}
    refused = await production.http.get("/graphql", headers=browser)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_our_own_fault_is_masked_on_every_way(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_service(database_url) as service:
        async with service.database.write() as session:
            await session.execute(sa.text("ALTER TABLE opd RENAME COLUMN website TO gone"))
            await session.execute(sa.text("ALTER TABLE staff_session RENAME TO gone"))
        query = '{ opds(filter: {search: "rahasia"}) { nodes { website } } }'
        answers: list[httpx.Response] = [
            await service.http.post("/graphql", json={"query": query}),
            await service.http.get("/graphql", params={"query": query}, headers={"accept-language": "en"}),
            await service.http.post(
                "/graphql", json={"query": query}, headers={"authorization": "Bearer ses_rahasia"}
            ),
        ]
        async with socket(service.socket_url) as connection:
            await subscribe(connection, query)
            over_socket = (await message(connection))["payload"]["errors"][0]
        logged = "".join(capsys.readouterr())
    assert [answer.status_code for answer in answers] == [200, 200, 500]
    errors = [answer.json()["errors"][0] for answer in answers]
    for error in (*errors, over_socket):
        assert error["extensions"]["code"] == "INTERNAL"
        assert error["extensions"]["requestId"] in error["message"]
        assert error["extensions"]["requestId"] in logged
        assert "website" not in json.dumps(error)
    for answer, error in zip(answers, errors, strict=True):
        assert answer.headers["x-request-id"] == error["extensions"]["requestId"]
    assert errors[1]["message"].startswith("Something went wrong")
    assert "rahasia" not in logged
    assert "website" not in logged
