"""GraphQL over HTTP to the letter: the audits of `graphql-http` (`make conformance` runs the originals)."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.service import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = "application/json"
NEW = "application/graphql-response+json"
QUERY = "{ __typename }"
UNKNOWN = "{ nosuchfield8f31403dfe404bccbb0e835f2629c6a7 }"
TYPE = "query Type($name: String!) { __type(name: $name) { name } }"
COERCION = {"query": "query CoerceFailure($id: ID!){ __typename }", "variables": {"id": None}}
ANY: list[Any] = [{"obj": "ect"}, 0, False, ["array"]]
NO_MAP: list[Any] = ["string", 0, False, ["array"]]


@dataclass
class Audit:
    """One audit: what is sent, and what must come back."""

    id: str
    accept: str | None = None
    sent: Any = field(default_factory=lambda: {"query": QUERY})
    content_type: str | None = JSON
    get: bool = False
    status: range = range(200, 201)
    answer_type: str | None = None
    without: tuple[str, ...] = ()


BAD = range(400, 401)
REFUSED = range(400, 500)
FAILED = range(400, 600)

AUDITS = [
    Audit("22EB", NEW, answer_type=NEW),
    Audit("4655", JSON, answer_type=JSON),
    Audit("47DE", "*/*", answer_type=JSON),
    Audit("80D8", answer_type=JSON),
    Audit("82A3"),
    Audit(
        "BF61",
        sent={"query": '{ __type(name: "Run🏃Swim🏊") { name } }'},
        content_type=f"{JSON}; charset=utf-8",
    ),
    Audit("78D5"),
    Audit("2C94"),
    Audit("5A70", get=True),
    Audit("9C48", NEW, {"query": "mutation { __typename }"}, get=True, status=REFUSED),
    Audit("9ABE", content_type=None, status=REFUSED),
    Audit("03D4"),
    Audit("A5BF", sent=None, status=BAD),
    Audit("423L", NEW, {"notquery": QUERY}, status=BAD),
    *(Audit(f"LKJ{n}", sent={"query": wrong}, status=BAD) for n, wrong in enumerate(ANY)),
    Audit("34A2", NEW),
    Audit("13EE", JSON, without=("errors",)),
    *(
        Audit(f"6C0{n}", sent={"query": QUERY, "operationName": wrong}, status=BAD)
        for n, wrong in enumerate(ANY)
    ),
    Audit("8161", NEW, {"query": "query Query { __typename }", "operationName": "Query"}),
    Audit(
        "B8B3", JSON, {"query": "query Query { __typename }", "operationName": "Query"}, without=("errors",)
    ),
    *(
        Audit(f"{known}{n}", accept, {"query": QUERY, name: None}, without=("errors",))
        for n, name in enumerate(("variables", "operationName", "extensions"))
        for known, accept in (("94B", NEW), ("022", JSON))
    ),
    *(
        Audit(f"476{n}", sent={"query": QUERY, "variables": wrong}, status=BAD)
        for n, wrong in enumerate(NO_MAP)
    ),
    Audit("2EA1", NEW, {"query": TYPE, "variables": {"name": "sometype"}}),
    Audit("28B9", JSON, {"query": TYPE, "variables": {"name": "sometype"}}, without=("errors",)),
    Audit("D6D5", NEW, {"query": TYPE, "variables": {"name": "sometype"}}, get=True, without=("errors",)),
    Audit("6A70", JSON, {"query": TYPE, "variables": {"name": "sometype"}}, get=True, without=("errors",)),
    *(
        Audit(f"58B{n}", sent={"query": QUERY, "extensions": wrong}, status=BAD)
        for n, wrong in enumerate(NO_MAP)
    ),
    Audit("428F", NEW, {"query": QUERY, "extensions": {"some": "value"}}),
    Audit("1B7A", JSON, {"query": QUERY, "extensions": {"some": "value"}}, without=("errors",)),
    Audit("B6DC", JSON, '{ "not a JSON', status=range(200, 600)),
    Audit("BCF8", JSON, '{ "not a JSON', status=BAD),
    Audit("B7N8", NEW, '{ "not a JSON', status=BAD),
    Audit("8764", sent={"qeury": QUERY}, status=FAILED),
    Audit("3E3A", sent={"qeury": QUERY}, status=BAD),
    Audit("572B", JSON, {"query": "{"}),
    Audit("FDE2", JSON, {"query": UNKNOWN}),
    Audit("7B9B", JSON, COERCION),
    Audit("865D", NEW, {"query": "{"}, status=FAILED),
    Audit("556A", NEW, {"query": "{"}, status=BAD),
    Audit("D586", NEW, {"query": "{"}, status=BAD, without=("data",)),
    Audit("51FE", NEW, {"query": UNKNOWN}, status=FAILED),
    Audit("74FF", NEW, {"query": UNKNOWN}, status=BAD),
    Audit("5E5B", NEW, {"query": UNKNOWN}, status=BAD, without=("data",)),
    Audit("86EE", NEW, COERCION, status=BAD),
]


async def test_there_are_as_many_audits_as_there() -> None:
    assert len({audit.id for audit in AUDITS}) == 61


@pytest.mark.parametrize("audit", AUDITS, ids=lambda audit: audit.id)
async def test_audit(each: Service, audit: Audit) -> None:
    headers = {"accept": audit.accept} if audit.accept else {}
    request = each.http.build_request("GET", "/graphql", headers=headers)
    if audit.get:
        sent = {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in audit.sent.items()
        }
        request = each.http.build_request("GET", "/graphql", params=sent, headers=headers)
    else:
        body = audit.sent if isinstance(audit.sent, str) else json.dumps(audit.sent) if audit.sent else ""
        headers |= {"content-type": audit.content_type} if audit.content_type else {}
        request = each.http.build_request("POST", "/graphql", content=body, headers=headers)
    if audit.accept is None:
        del request.headers["accept"]
    answer = await each.http.send(request)
    assert answer.status_code in audit.status, answer.text
    if audit.answer_type:
        assert answer.headers["content-type"].startswith(audit.answer_type)
    told = json.loads(answer.content.decode("utf-8"))
    for name in audit.without:
        assert name not in told
    for error in told.get("errors", ()):
        assert error["extensions"]["code"].isupper()
        assert error["message"]
