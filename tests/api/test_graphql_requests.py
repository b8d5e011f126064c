"""What is not GraphQL over HTTP is refused with its own status, in JSON, with a code, in two languages."""

import asyncio
import gzip
import json
from typing import Any

import httpx
import pytest

from tests.service import Service, running_service

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"content-type": "application/json"}
VARIABLE = "query ($t: String!) { opd(code: $t) { code } }"
SMALL = {"query": "{ __typename }"}
NEW = "application/graphql-response+json"


async def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The one error of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/")
    told = answer.json()
    assert list(told) == ["errors"]
    assert [error["extensions"]["code"] for error in told["errors"]] == [code]
    found: dict[str, Any] = told["errors"][0]
    return found


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a string": b'"{ __typename }"',
    "a number": b"1",
    "a batch": b'[{"query": "{ __typename }"}]',
    "an empty batch": b"[]",
    "brackets": b"[" * 100_000,
    "braces": b'{"a":' * 20_000,
    "a deep query": b'{"query":' + b"[" * 60_000,
    "deep variables": b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 20_000 + b"1",
    "a long integer": b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "a long integer beside half a character": b'["\\ud83d", ' + b"9" * 5_000 + b"]",
    "brackets beside half a character": b'["\\ud83d", ' + b"[" * 100_000,
    "not a number beside half a character": b'["\\ud83d", NaN]',
    "not a number": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "infinity": b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
    "no UTF-8": b'{"query": "\xff\xfe"}',
    "half a UTF-8 sequence": b'{"query": "{ __typename }\xc3"}',
    "another encoding": '{"query": "{ __typename }"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"query": "{ __typename }"}',
    "a control character": b'{"query": "\x01"}',
    "no end": b'{"query": "{ __typename }"',
    "two": b'{"query": "{ __typename }"}{}',
    "a query that is null": b'{"query": null}',
    "a query that is bytes": b'{"query": [123]}',
    "an operation name that is an object": b'{"query": "{ __typename }", "operationName": {}}',
    "variables in a text": b'{"query": "{ __typename }", "variables": "{}"}',
    "variables in a list": b'{"query": "{ __typename }", "variables": []}',
    "extensions that are true": b'{"query": "{ __typename }", "extensions": true}',
    "NUL in keys": b'{"\\u0000": "\\u0000"}',
    "half a character in keys": b'{"\\ud83d": "\\udc00"}',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_body_is_a_bad_request(each: Service, body: bytes) -> None:
    error = await refused(await each.http.post("/graphql", content=body, headers=JSON), 400, "BAD_REQUEST")
    assert len(error["message"]) < 100


ODD: dict[str, tuple[Any, str | None]] = {
    "NUL as a code": ({"query": VARIABLE, "variables": {"t": "\x00"}}, "BAD_USER_INPUT"),
    "half a character as a code": ({"query": VARIABLE, "variables": {"t": "\ud83d"}}, "BAD_USER_INPUT"),
    "half a character as an identifier": (
        {"query": '{ node(id: "Opd:\ud83d") { id } }'},
        "GRAPHQL_PARSE_FAILED",
    ),
    "NUL as an identifier": ({"query": 'query { node(id: "Opd:\\u0000") { id } }'}, "BAD_USER_INPUT"),
    "NUL in a filter": (
        {"query": '{ complaints(filter: {opd: ["\\u0000"]}) { totalCount } }'},
        "BAD_USER_INPUT",
    ),
    "NUL in the query": ({"query": "{ \x00 }"}, "GRAPHQL_PARSE_FAILED"),
    "half a character in the query": ({"query": "{ \ud83d }"}, "GRAPHQL_PARSE_FAILED"),
    "half a character in a name": ({**SMALL, "operationName": "\ud83d"}, "OPERATION_RESOLUTION_FAILURE"),
    "half a character in a variable's name": ({**SMALL, "variables": {"\ud83d": 1, "\x00": 2}}, None),
    "an unknown field of an input": (
        {
            "query": "query ($f: ComplaintFilter) { complaints(filter: $f) { totalCount } }",
            "variables": {"f": {"\ud83d": 1}},
        },
        "BAD_USER_INPUT",
    ),
    "a long integer in the query": (
        {"query": "{ complaints(first: " + "9" * 5_000 + ") { totalCount } }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "a long identifier": ({"query": "{ node(id: " + "9" * 5_000 + ") { id } }"}, None),
    "a large number": (
        {
            "query": "query ($n: Int) { complaints(first: $n) { totalCount } }",
            "variables": {"n": 10**18},
        },
        "BAD_USER_INPUT",
    ),
    "a long text": ({"query": VARIABLE, "variables": {"t": "x" * 100_000}}, None),
    "no document": ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
    "a document of spaces": ({"query": " \n\ufeff,"}, "GRAPHQL_PARSE_FAILED"),
    "only a fragment": ({"query": "fragment a on Query { __typename }"}, "OPERATION_RESOLUTION_FAILURE"),
    "two operations": (
        {"query": "query a { __typename } query b { __typename }"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "another operation": (
        {"query": "query a { __typename }", "operationName": "b"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "an empty operation name": ({"query": "query a { __typename }", "operationName": ""}, None),
    "a type definition": ({"query": "{ __typename } type A { b: Int }"}, "GRAPHQL_VALIDATION_FAILED"),
    "a deferred part": ({"query": "{ ... @defer { __typename } }"}, "GRAPHQL_VALIDATION_FAILED"),
    "a wrong default": (
        {"query": "query ($n: Int = 9999999999) { complaints(first: $n) { totalCount } }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "a missing variable": (
        {"query": "query ($n: Int!) { complaints(first: $n) { totalCount } }"},
        "BAD_USER_INPUT",
    ),
    "a null where none may be": (
        {"query": "{ complaint(trackingCode: null) { id } }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
}


@pytest.mark.parametrize(("sent", "code"), ODD.values(), ids=ODD.keys())
async def test_an_odd_request_is_answered(each: Service, sent: dict[str, Any], code: str | None) -> None:
    answer = await each.http.post("/graphql", content=json.dumps(sent), headers=JSON)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [error["extensions"]["code"] for error in told.get("errors", ())] == ([code] if code else [])
    if code in (None, "BAD_USER_INPUT"):
        return
    # What GraphQL itself refuses has no data, and says so by its status where the media type has room for it.
    assert "data" not in told
    strict = await each.http.post("/graphql", content=json.dumps(sent), headers={**JSON, "accept": NEW})
    assert strict.status_code == 400
    assert strict.json() == told


async def test_a_subscription_is_no_json(each: Service) -> None:
    sent = {"query": "subscription { complaintEvents { type } }"}
    answer = await each.http.post("/graphql", json=sent, headers={"accept": "application/json"})
    await refused(answer, 200, "SUBSCRIPTION_TRANSPORT")


@pytest.mark.parametrize("bytes_", [131_073, 8 * 2**20])
@pytest.mark.parametrize("announced", [True, False])
async def test_a_large_body_is_not_read(each: Service, bytes_: int, announced: bool) -> None:
    body = b'{"query": "{ __typename }"}' + b" " * (bytes_ - 27)

    async def parts() -> Any:
        for start in range(0, len(body), 60_000):
            yield body[start : start + 60_000]

    answer = await each.http.post("/graphql", content=body if announced else parts(), headers=JSON)
    error = await refused(answer, 413, "LIMIT_EXCEEDED")
    assert error["extensions"]["limit"] == "bodyBytes"
    assert error["extensions"]["max"] == 131_072
    assert error["extensions"]["actual"] > 131_072
    if not announced:
        assert error["extensions"]["actual"] < 131_072 + 70_000 * 4


async def test_the_largest_body_is_taken(each: Service) -> None:
    body = b'{"query": "{ __typename }"}' + b" " * (131_072 - 27)
    assert (await each.http.post("/graphql", content=body, headers=JSON)).json()["data"] == {
        "__typename": "Query"
    }


async def test_the_operator_says_how_large_a_request_may_be(shared_database_url: str) -> None:
    async with running_service(shared_database_url, limit_body_bytes=2_000) as service:
        long = {"query": f"{{ __typename }} # {'x' * 2_000}"}
        error = await refused(await service.http.get("/graphql", params=long), 414, "LIMIT_EXCEEDED")
        assert error["extensions"]["limit"] == "bodyBytes"
        await refused(await service.http.post("/graphql", json=long), 413, "LIMIT_EXCEEDED")


async def raw(service: Service, sent: bytes) -> bytes:
    """What comes back before the service, or nobody, says more."""
    reader, writer = await asyncio.open_connection(*service.url.removeprefix("http://").split(":"))
    writer.write(sent)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(65_536), 30)
    finally:
        writer.close()


async def test_a_length_that_lies_is_not_believed(each: Service) -> None:
    head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    # It promises far too much and sends nothing: refused at once.
    answer = await raw(each, head + b"content-length: 8388608\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    # It promises less than it sends: the rest is another request, and none of HTTP.
    answer = await raw(each, head + b'content-length: 2\r\n\r\n{}{"query": "{ __typename }"}')
    assert answer.startswith(b"HTTP/1.1 400")
    # It leaves before it has sent all.
    _, writer = await asyncio.open_connection(*each.url.removeprefix("http://").split(":"))
    writer.write(head + b"content-length: 100\r\n\r\n{")
    await writer.drain()
    writer.close()
    assert (await each.ask("{ __typename }"))["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "application/jsonp",
        "",
        ";",
    ],
)
async def test_other_content_types_are_refused(each: Service, content_type: str) -> None:
    answer = await each.http.post(
        "/graphql", content=json.dumps(SMALL), headers={"content-type": content_type}
    )
    await refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert answer.headers["accept-post"] == "application/json"


async def test_a_compressed_body_is_refused(each: Service) -> None:
    packed = {**JSON, "content-encoding": "gzip"}
    answer = await each.http.post(
        "/graphql", content=gzip.compress(json.dumps(SMALL).encode()), headers=packed
    )
    await refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", 'application/json;charset="UTF-8"', "application/json ; x=y"],
)
async def test_json_may_be_written_in_other_ways(each: Service, content_type: str) -> None:
    answer = await each.http.post(
        "/graphql", content=json.dumps(SMALL), headers={"content-type": content_type}
    )
    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("accept", "answer_type"),
    [
        ("application/json", "application/json"),
        (NEW, NEW),
        (f"{NEW}, application/json", NEW),
        (f"application/json, {NEW}", "application/json"),
        (f"application/json;q=0.9, {NEW}", NEW),
        (f"{NEW};q=0.2, application/json;q=0.7", "application/json"),
        (f"{NEW};q=0, */*", "application/json"),
        ("application/*", "application/json"),
        ("application/json;q=0, */*", NEW),
        ("text/html, application/xhtml+xml, */*;q=0.1", "application/json"),
        (f"{NEW}; charset=utf-8", NEW),
        (f"{NEW}; charset=utf-16, application/json;q=0.1", "application/json"),
        (f"{NEW}, application/json, text/event-stream, multipart/mixed", NEW),
        ("APPLICATION/JSON", "application/json"),
        (f"{NEW};q=wrong, application/json", "application/json"),
        ("x/y," * 1_000 + NEW, NEW),
        ("text/html", None),
        ("text/event-stream", "text/event-stream"),
        ("multipart/mixed", None),
        ("image/png;q=0.5", None),
        ("application/json;q=0", None),
        ("application/json; charset=utf-16", None),
        ("", None),
    ],
)
async def test_the_client_chooses_the_media_type(each: Service, accept: str, answer_type: str | None) -> None:
    headers = {**JSON, "accept": accept}
    answer = await each.http.post("/graphql", json=SMALL, headers=headers)
    if answer_type is None:
        error = await refused(answer, 406, "NOT_ACCEPTABLE")
        assert NEW in error["message"]
    else:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == f"{answer_type}; charset=utf-8"
        assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "TRACE", "PURGE"])
async def test_other_methods_are_refused(each: Service, method: str) -> None:
    answer = await each.http.request(method, "/graphql", headers=JSON)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST, OPTIONS"
    if method != "HEAD":
        await refused(answer, 405, "METHOD_NOT_ALLOWED")


async def test_get_reads_and_changes_nothing(each: Service) -> None:
    query = "query A($n: Int) { complaints(first: $n) { totalCount } } query B { __typename }"
    asked = {"query": query, "variables": '{"n": 1}', "operationName": "A", "extensions": '{"a": 1}'}
    answer = await each.http.get("/graphql", params=asked)
    assert answer.json()["data"] == {"complaints": {"totalCount": 0}}
    assert answer.headers["cache-control"] == "no-store"
    mutation = {"query": "mutation { sessionRevoke { errors { code } } }"}
    for accept in ("application/json", NEW):
        refusal = await each.http.get("/graphql", params=mutation, headers={"accept": accept})
        await refused(refusal, 405, "METHOD_NOT_ALLOWED")
        assert refusal.headers["allow"] == "POST"
    # The operation that is chosen decides, not what else the document holds.
    both = {"query": "query A { __typename } mutation B { sessionRevoke { errors { code } } }"}
    assert (await each.http.get("/graphql", params=both | {"operationName": "A"})).status_code == 200
    assert (await each.http.get("/graphql", params=both | {"operationName": "B"})).status_code == 405


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query",
        "variables={}",
        "query=%7B__typename%7D&variables=%7B",
        "query=%7B__typename%7D&variables=[]",
        "query=%7B__typename%7D&extensions=1",
        "query=%FF",
        f"query=%7B__typename%7D&variables={'[' * 9_000}",
    ],
)
async def test_a_bad_query_string_is_a_bad_request(each: Service, query_string: str) -> None:
    answer = await each.http.get(f"/graphql?{query_string}")
    if query_string == "query":
        assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    else:
        await refused(answer, 400, "BAD_REQUEST")


async def test_the_hash_of_a_query_is_refused_in_the_words_that_clients_look_for(each: Service) -> None:
    hashed = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    posted = await each.http.post("/graphql", json={"extensions": hashed})
    asked = await each.http.get("/graphql", params={"extensions": json.dumps(hashed)})
    for answer in (posted, asked):
        error = await refused(answer, 400, "PERSISTED_QUERY_NOT_SUPPORTED")
        assert error["message"] == "PersistedQueryNotSupported"
    both = await each.http.post("/graphql", json={**SMALL, "extensions": hashed})
    assert "errors" not in both.json()


async def test_refusals_speak_two_languages(each: Service) -> None:
    for language, message in (
        (None, "Permintaan harus berupa satu objek JSON."),
        ("en", "The request must be one"),
    ):
        headers = JSON | ({"accept-language": language} if language else {})
        answer = await each.http.post("/graphql", content=b"[]", headers=headers)
        assert answer.json()["errors"][0]["message"].startswith(message)


async def test_a_token_that_stands_for_nobody(each: Service) -> None:
    headers = {"authorization": "Bearer ses_unknown", "accept": NEW}
    answer = await each.http.post("/graphql", json=SMALL, headers=headers)
    await refused(answer, 401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"].startswith(NEW)


async def test_pages_of_the_operators_list_may_call(shared: Service, shared_database_url: str) -> None:
    async with running_service(shared_database_url, allowed_origins=("https://app.example",)) as service:
        asking = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
        preflight = await service.http.options(
            "/graphql", headers={**asking, "origin": "https://app.example"}
        )
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == "https://app.example"
        assert preflight.headers["access-control-allow-methods"] == "GET, POST"
        allowed = preflight.headers["access-control-allow-headers"]
        assert allowed == "authorization, content-type, last-event-id"
        assert "access-control-allow-credentials" not in preflight.headers
        for sent in ({"query": "{ __typename }"}, {"query": 1}):
            answer = await service.http.post("/graphql", json=sent, headers={"origin": "https://app.example"})
            assert answer.headers["access-control-allow-origin"] == "https://app.example"
            assert "Origin" in answer.headers["vary"]
        for origin in ("https://evil.example", "null", "https://app.example.evil", "http://app.example"):
            for answer in (
                await service.http.options("/graphql", headers={**asking, "origin": origin}),
                await service.http.post("/graphql", json=SMALL, headers={"origin": origin}),
            ):
                assert "access-control-allow-origin" not in answer.headers, origin
        elsewhere = await service.http.get("/healthz", headers={"origin": "https://app.example"})
        assert "access-control-allow-origin" not in elsewhere.headers
    closed = await shared.http.options("/graphql", headers={**asking, "origin": "https://app.example"})
    assert closed.status_code == 204
    assert closed.headers["allow"] == "GET, POST, OPTIONS"
    assert "access-control-allow-origin" not in closed.headers


async def test_every_page_may_call_where_the_operator_says_so(shared_database_url: str) -> None:
    async with running_service(shared_database_url, allowed_origins=("*",)) as service:
        answer = await service.http.post("/graphql", json=SMALL, headers={"origin": "https://any.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
