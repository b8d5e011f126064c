"""GraphQL over HTTP: who asks, which language, and what a client is told when something is wrong."""

import asyncio
import json

import pytest
import sqlalchemy as sa

from domain.words import ClientScope, StaffRole
from tests.service import PASSWORD, Service

KIND = "{ viewer { kind name email opd { code } permissions } }"


async def test_a_session_opens_and_ends(service: Service) -> None:
    token = await service.officer("DLH")
    seen = (await service.data(KIND, token))["viewer"]
    assert seen == {
        "kind": "OFFICER",
        "name": "Petugas officer-dlh",
        "email": "officer-dlh@cilegon.go.id",
        "opd": {"code": "DLH"},
        "permissions": [
            "complaint:act",
            "complaint:answer",
            "complaint:complete",
            "complaint:hold",
            "complaint:read",
            "complaint:return",
            "complaint:submit",
            "event:follow",
        ],
    }
    revoked = await service.data("mutation { sessionRevoke { errors { code } } }", token)
    assert revoked == {"sessionRevoke": {"errors": []}}
    answer = await service.ask(KIND, token)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer


async def test_signing_in_tells_who_it_is(service: Service) -> None:
    await service.office()
    payload = await service.do(
        "sessionCreate",
        None,
        "token expiresAt viewer { kind } errors { code }",
        email=" OFFICE@Cilegon.go.id ",
        password=PASSWORD,
    )
    assert payload["token"].startswith("ses_")
    assert payload["viewer"] == {"kind": "OFFICE"}


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("office@cilegon.go.id", "salah sekali"),
        ("tidak-ada@cilegon.go.id", PASSWORD),
        ("", ""),
        ("x" * 5000, "y" * 5000),
        ("\x00", PASSWORD),
    ],
)
async def test_a_wrong_password_says_nothing_of_what_is_wrong(
    service: Service, email: str, password: str
) -> None:
    await service.office()
    payload = await service.do(
        "sessionCreate", None, "token viewer { kind } errors { code message }", email=email, password=password
    )
    assert payload == {
        "token": None,
        "viewer": None,
        "errors": [{"code": "UNAUTHENTICATED", "message": "Surel atau kata sandi salah."}],
    }


@pytest.mark.parametrize("header", ["Bearer ses_unknown", "Bearer key_unknown", "Bearer", "Basic abc", "x"])
async def test_a_token_that_stands_for_nobody_is_refused(service: Service, header: str) -> None:
    answer = await service.http.post("/graphql", json={"query": KIND}, headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_an_ended_account_or_session_is_nobody(service: Service) -> None:
    for change in (
        "UPDATE account SET active = false",
        "UPDATE account SET active = true",
        "UPDATE staff_session SET expires_at = now()",
    ):
        token = await service.office()
        async with service.database.write() as session:
            await session.execute(sa.text(change))
        answer = await service.ask(KIND, token)
        if change.endswith("true"):
            assert answer["data"]["viewer"]["kind"] == "OFFICE"
        else:
            assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", change


async def test_a_key_does_what_its_scopes_say(service: Service) -> None:
    reader = await service.client("Pembaca", ClientScope.READ)
    seen = (await service.data(KIND, reader))["viewer"]
    assert seen == {
        "kind": "CLIENT",
        "name": "Pembaca",
        "email": None,
        "opd": None,
        "permissions": ["complaint:read"],
    }
    given = {
        "idempotencyKey": "kunci-1",
        "title": "Lampu",
        "body": "Padam",
        "classification": "COMPLAINT",
    }
    refused = await service.do("complaintSubmit", reader, "complaint { id } errors { code }", **given)
    assert refused == {"complaint": None, "errors": [{"code": "FORBIDDEN"}]}
    writer = await service.client("Pengirim", ClientScope.SUBMIT)
    assert (await service.data(KIND, writer))["viewer"]["permissions"] == ["complaint:submit"]
    for field in (
        "areas { code }",
        "complaints { totalCount }",
        'opd(code: "DPUPR") { complaints { totalCount } }',
    ):
        told = (await service.ask(f"{{ {field} }}", writer))["errors"][0]
        assert told["extensions"]["code"] == "FORBIDDEN"
        assert "cakupan read" in told["message"]
    made = await service.do("complaintSubmit", writer, "complaint { status } errors { code }", **given)
    assert made == {"complaint": {"status": "SUBMITTED"}, "errors": []}
    async with service.database.write() as session:
        await session.execute(sa.text("UPDATE api_client SET revoked_at = now() WHERE name = 'Pembaca'"))
    assert (await service.ask(KIND, reader))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("language", "message"),
    [
        (None, "Silakan masuk terlebih dahulu."),
        ("en-GB,en;q=0.9,id;q=0.8", "Sign in first."),
        ("id-ID,en;q=0.5", "Silakan masuk terlebih dahulu."),
        ("nl, fr;q=0.4", "Silakan masuk terlebih dahulu."),
    ],
)
async def test_messages_are_indonesian_unless_english_is_asked_for(
    service: Service, language: str | None, message: str
) -> None:
    document = """mutation { opdCreate(input: {code: "BARU", name: "Baru", kind: OTHER}) {
                    opd { code } errors { code message field } } }"""
    headers = {"accept-language": language} if language else {}
    answer = await service.http.post("/graphql", json={"query": document}, headers=headers)
    assert answer.json()["data"]["opdCreate"] == {
        "opd": None,
        "errors": [{"code": "UNAUTHENTICATED", "message": message, "field": []}],
    }


async def test_opds_are_created_and_changed(service: Service) -> None:
    office = await service.office()
    select = """opd { code name shortName kind active activeFrom email phone website parent { code } }
                errors { code field message }"""
    made = await service.do(
        "opdCreate",
        office,
        select,
        code="uptd-pju",
        name=" UPTD Penerangan Jalan ",
        kind="OTHER",
        parentCode="DISHUB",
        email="PJU@Cilegon.go.id",
        phone="(0254) 123-456",
        website="https://cilegon.go.id",
        activeFrom="2099-01-01",
    )
    assert made == {
        "opd": {
            "code": "UPTD-PJU",
            "name": "UPTD Penerangan Jalan",
            "shortName": None,
            "kind": "OTHER",
            "active": False,
            "activeFrom": "2099-01-01",
            "email": "pju@cilegon.go.id",
            "phone": "0254123456",
            "website": "https://cilegon.go.id",
            "parent": {"code": "DISHUB"},
        },
        "errors": [],
    }
    changed = await service.do("opdUpdate", office, select, code="UPTD-PJU", shortName="PJU", email=None)
    assert changed["opd"] == made["opd"] | {"shortName": "PJU", "email": None}
    for values, field in (
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "bukan surel"}, "email"),
        ({"phone": "telepon"}, "phone"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"parentCode": "TIDAK-ADA"}, "parentCode"),
        ({"parentCode": "UPTD-PJU"}, "parentCode"),
        ({"kind": None}, "kind"),
        ({"address": "a\x00b"}, "address"),
    ):
        refused = await service.do("opdUpdate", office, select, code="UPTD-PJU", **values)
        assert refused["opd"] is None, values
        assert [(e["code"], e["field"]) for e in refused["errors"]] == [
            ("INVALID_INPUT", ["input", field])
        ], values
    again = await service.do("opdCreate", office, select, code="DLH", name="DLH", kind="AGENCY")
    assert again["errors"][0]["field"] == ["input", "code"]
    missing = await service.do("opdUpdate", office, select, code="TIDAK-ADA", name="x")
    assert missing["errors"][0]["code"] == "NOT_FOUND"
    inactive = await service.dispatched(key="x")
    refused = await service.do(
        "complaintDispatch",
        office,
        "errors { code field }",
        trackingCode=inactive["trackingCode"],
        version=3,
        opdCode="UPTD-PJU",
    )
    assert refused["errors"] == [{"code": "OPD_INACTIVE", "field": ["input", "opdCode"]}]


async def test_half_a_character_is_refused_where_it_is_written(service: Service) -> None:
    query = """mutation ($t: String!) { complaintSubmit(input: {idempotencyKey: "k", title: $t, body: "b",
               classification: COMPLAINT}) { errors { code field } } }"""
    body = json.dumps({"query": query, "variables": {"t": "\ud83d"}})
    answer = await service.http.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert answer.json()["data"]["complaintSubmit"]["errors"] == [
        {"code": "INVALID_INPUT", "field": ["input", "title"]}
    ]


async def test_two_who_create_the_same_opd_get_one(service: Service) -> None:
    office = await service.office()
    payloads = await asyncio.gather(
        *(
            service.do("opdCreate", office, "errors { code field }", code="KEMBAR", name="K", kind="OTHER")
            for _ in range(8)
        )
    )
    assert sorted(len(p["errors"]) for p in payloads) == [0] + [1] * 7
    assert {(e["code"], e["field"][1]) for p in payloads for e in p["errors"]} == {("INVALID_INPUT", "code")}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"body": ""}, "body"),
        ({"body": "x" * 10_001}, "body"),
        ({"body": "a\x00"}, "body"),
        ({"idempotencyKey": ""}, "idempotencyKey"),
        ({"idempotencyKey": "x" * 201}, "idempotencyKey"),
        ({"categoryCode": "TIDAK-ADA"}, "categoryCode"),
        ({"areaCode": "99"}, "areaCode"),
        ({"opdCode": "TIDAK-ADA"}, "opdCode"),
        ({"latitude": -6.0}, "longitude"),
        ({"longitude": 106.0}, "latitude"),
        ({"latitude": 91.0, "longitude": 106.0}, "longitude"),
        ({"reporterEmail": "bukan"}, "reporterEmail"),
        ({"reporterPhone": "1"}, "reporterPhone"),
        ({"attachmentIds": ["Attachment:01a20b8e-f0fc-75ac-9343-a3d15fc8aa0f"]}, "attachmentIds"),
        ({"attachmentIds": ["x"]}, "attachmentIds"),
    ],
)
async def test_a_report_that_cannot_be_taken_names_its_field(
    service: Service, values: dict[str, object], field: str
) -> None:
    given = {
        "idempotencyKey": "kunci-1",
        "title": "Lampu",
        "body": "Padam",
        "classification": "COMPLAINT",
    }
    payload = await service.do(
        "complaintSubmit",
        None,
        "complaint { id } accessToken errors { code field message }",
        **given | values,
    )
    assert payload["complaint"] is payload["accessToken"] is None
    assert [(e["code"], e["field"]) for e in payload["errors"]] == [("INVALID_INPUT", ["input", field])]
    assert "{" not in payload["errors"][0]["message"]


async def test_the_same_number_of_another_system_comes_in_once(service: Service) -> None:
    given = {"title": "Lampu", "body": "Padam", "classification": "COMPLAINT"}
    bridge = await service.client("Jembatan LAPOR", ClientScope.SUBMIT)

    async def told(token: str | None, key: str, **values: str) -> list[tuple[str, list[str]]]:
        payload = await service.do(
            "complaintSubmit", token, "errors { code field }", idempotencyKey=key, **given, **values
        )
        return [(error["code"], error["field"]) for error in payload["errors"]]

    number = ["input", "externalTrackingId"]
    assert await told(None, "a", externalTrackingId="7100300") == [("UNAUTHENTICATED", number)]
    for channel in ("LAPOR_WEB", "LAPOR_APP", "SMS_1708"):
        assert await told(None, "a", channel=channel) == [("UNAUTHENTICATED", ["input", "channel"])]
    assert await told(None, "b", channel="WHATSAPP") == []
    assert await told(bridge, "c", channel="SMS_1708", externalTrackingId="7100300") == []
    assert await told(await service.office(), "d", externalTrackingId=" 7100300 ") == [
        ("INVALID_INPUT", number)
    ]


async def test_a_code_is_read_as_people_type_it(service: Service) -> None:
    made = await service.dispatched()
    code = made["trackingCode"]
    look = "query ($c: String!) { complaint(trackingCode: $c) { trackingCode } }"
    for typed in (code, code.lower(), code.replace("-", ""), code[4:], f" {code[4:].replace('-', ' ')} "):
        assert (await service.data(look, c=typed))["complaint"] == {"trackingCode": code}, typed
    alike = code.replace("0", "O").replace("1", "l")
    assert (await service.data(look, c=alike))["complaint"] == {"trackingCode": code}
    for typed in ("", "CLG", code[:-1], code + "0", "\x00", "x" * 100_000):
        assert (await service.data(look, c=typed))["complaint"] is None


async def test_our_own_fault_is_masked(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    async with service.database.write() as session:
        await session.execute(sa.text("ALTER TABLE opd RENAME COLUMN website TO gone"))
    answer = await service.ask("{ opds { nodes { website } } }")
    error = answer["errors"][0]
    assert answer["data"] is None
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["requestId"] in error["message"]
    assert "website" not in str(answer)
    logged = capsys.readouterr()
    assert error["extensions"]["requestId"] in logged.out + logged.err
    assert "website" not in logged.out + logged.err


async def test_every_error_has_a_code(service: Service) -> None:
    for query, code in (
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ complaints(first: 0) { nodes { id } } }", "INVALID_INPUT"),
        ('{ complaints(after: "x") { nodes { id } } }', "BAD_CURSOR"),
        ("{ holidays(year: 0) { date } }", "INVALID_INPUT"),
        (
            '{ statistics(period: {from: "2023-02-01", until: "2023-01-01"}) { total } }',
            "INVALID_INPUT",
        ),
    ):
        answer = await service.ask(query)
        assert [e["extensions"]["code"] for e in answer["errors"]] == [code], query
    answer = await service.ask("query ($f: Int!) { complaints(first: $f) { totalCount } }", None, f="x")
    assert "code" in answer["errors"][0]["extensions"]


async def test_health(service: Service) -> None:
    assert (await service.http.get("/healthz")).json() == {"status": "ok"}
    ready = await service.http.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    async with service.database.write() as session:
        await session.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    ready = await service.http.get("/readyz")
    assert (ready.status_code, ready.json()["reason"]) == (503, "database not migrated")


async def test_graphiql_loads_nothing_from_elsewhere(service: Service) -> None:
    page = await service.http.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "http" not in page.text
    for line in page.text.splitlines():
        for mark in ('src="', 'href="'):
            if mark in line:
                address = line.split(mark)[1].split('"')[0]
                assert (await service.http.get(address)).status_code == 200, address


async def test_staff_of_every_role_may_sign_in(service: Service) -> None:
    for role in StaffRole:
        opd = "DLH" if role is StaffRole.OFFICER else None
        seen = await service.data("{ viewer { kind } }", await service.staff(role, opd))
        assert seen["viewer"] == {"kind": role.value}
