"""Who sees what of a report: the reporter's identity above all."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import IdentityReading
from domain.words import StaffRole
from tests.service import Service

LOOK = """query Siapa($c: String!, $t: String) {
  complaint(trackingCode: $c, accessToken: $t) { privacy reporter { name email phone } }
  complaints { totalCount nodes { trackingCode } }
  statistics(period: {from: "2020-01-01", until: "2099-12-31"}) { total byStatus { status count } }
}"""
PERSON = {
    "reporterName": 'Siti "Nur" Aminah\\',
    "reporterEmail": "Siti.Nur@contoh.co.id",
    "reporterPhone": "+62 812-3456-789",
}
KNOWN = {"name": 'Siti "Nur" Aminah\\', "email": "siti.nur@contoh.co.id", "phone": "+628123456789"}


async def looked(service: Service, who: str, made: dict[str, Any]) -> dict[str, Any]:
    tokens = {
        "public": None,
        "reporter": None,
        "stranger": None,
        "office": await service.office(),
        "admin": await service.staff(StaffRole.ADMIN),
        "auditor": await service.staff(StaffRole.AUDITOR),
        "holder": await service.officer("DPUPR"),
        "other": await service.officer("DINKES"),
    }
    shown = {"reporter": made["accessToken"], "stranger": "ack_salah"}.get(who)
    return await service.data(LOOK, tokens[who], c=made["trackingCode"], t=shown)


@pytest.mark.parametrize(
    ("privacy", "open_to", "named_to"),
    [
        (
            "PUBLIC",
            {"public", "reporter", "stranger", "office", "admin", "auditor", "holder", "other"},
            {"reporter", "office", "admin", "auditor", "holder"},
        ),
        (
            "ANONYMOUS",
            {"public", "reporter", "stranger", "office", "admin", "auditor", "holder", "other"},
            {"reporter", "office", "admin", "auditor"},
        ),
        (
            "CONFIDENTIAL",
            {"reporter", "office", "admin", "auditor", "holder"},
            {"reporter", "office", "admin", "auditor", "holder"},
        ),
    ],
)
async def test_a_reporter_is_known_to_whom_they_may_be(
    service: Service, privacy: str, open_to: set[str], named_to: set[str]
) -> None:
    made = await service.dispatched(privacy=privacy, **PERSON)
    for who in ("public", "reporter", "stranger", "office", "admin", "auditor", "holder", "other"):
        seen = await looked(service, who, made)
        complaint = seen["complaint"]
        assert (complaint is not None) == (who in open_to), who
        if complaint is not None:
            assert complaint["reporter"] == (KNOWN if who in named_to else None), who
        # The token opens one complaint by its code; lists are the same with it or without.
        listed = who in open_to - {"reporter"} or (who == "reporter" and privacy != "CONFIDENTIAL")
        assert seen["complaints"]["totalCount"] == len(seen["complaints"]["nodes"]) == int(listed), who
        assert seen["statistics"] == {"total": 1, "byStatus": [{"status": "DISPATCHED", "count": 1}]}, who


async def test_each_look_at_an_anonymous_reporter_is_noted(service: Service) -> None:
    hidden = await service.dispatched(key="a", privacy="ANONYMOUS", **PERSON)
    plain = await service.dispatched(key="b", **PERSON)
    for made in (hidden, plain):
        for who in ("office", "auditor", "reporter", "holder", "public"):
            await looked(service, who, made)
    async with service.database.write() as session:
        noted = (
            await session.execute(
                sa.text(
                    """SELECT c.tracking_code, a.role, r.reason FROM identity_reading r
                         JOIN complaint c ON c.id = r.complaint_id JOIN account a ON a.id = r.account_id
                        ORDER BY a.role"""
                )
            )
        ).all()
        code = hidden["trackingCode"]
        assert noted == [(code, "AUDITOR", "API Siapa"), (code, "OFFICE", "API Siapa")]
        await session.execute(sa.delete(IdentityReading))


async def test_identity_lies_encrypted_in_the_database(service: Service) -> None:
    await service.dispatched(**PERSON)
    async with service.database.write() as session:
        row = (await session.execute(sa.text("SELECT name, email, phone FROM reporter"))).one()
        for value in row:
            assert value.startswith(b"gAAAA")
        everything = await session.scalar(sa.text("SELECT string_agg(c::text, '') FROM complaint c"))
    assert "Siti" not in everything
    assert "contoh.co.id" not in everything


async def test_a_report_before_verification_is_for_its_reporter_and_the_office(service: Service) -> None:
    made = await service.submitted()
    for who in ("public", "stranger", "holder", "other"):
        seen = await looked(service, who, made)
        assert seen["complaint"] is None, who
        assert seen["complaints"]["totalCount"] == 0, who
        assert seen["statistics"]["total"] == 0, who
    for who in ("office", "admin", "auditor"):
        seen = await looked(service, who, made)
        assert seen["complaints"]["totalCount"] == seen["statistics"]["total"] == 1, who
    assert (await looked(service, "reporter", made))["complaint"] == {
        "privacy": "PUBLIC",
        "reporter": {"name": None, "email": None, "phone": None},
    }


async def test_a_node_is_as_hidden_as_its_complaint(service: Service) -> None:
    made = await service.submitted()
    look = "query ($i: ID!) { node(id: $i) { id ... on Complaint { title } } }"
    assert (await service.data(look, i=made["id"]))["node"] is None
    assert (await service.data(look, await service.office(), i=made["id"]))["node"] == {
        "id": made["id"],
        "title": "Jalan rusak di Citangkil",
    }
    for nonsense in ("", "x", "Complaint:", "Complaint:1", "Query:1", "Statistics:1", "Opd:" + "9" * 40):
        assert (await service.data(look, i=nonsense))["node"] is None, nonsense


async def test_an_officer_who_held_it_goes_on_seeing_it_but_not_who_reported(service: Service) -> None:
    made = await service.dispatched(privacy="CONFIDENTIAL", **PERSON)
    await service.do(
        "complaintDispatch",
        await service.office(),
        "errors { code }",
        trackingCode=made["trackingCode"],
        version=3,
        opdCode="DINKES",
    )
    assert (await looked(service, "holder", made))["complaint"] == {
        "privacy": "CONFIDENTIAL",
        "reporter": None,
    }
    assert (await looked(service, "other", made))["complaint"]["reporter"] == KNOWN


async def test_text_that_looks_like_a_sealed_field_stays_text(service: Service) -> None:
    body = '"0123456789abcdef:N:00000000-0000-0000-0000-000000000000:gAAAA"'
    made = await service.dispatched(body=body, **PERSON)
    look = "query ($c: String!) { complaint(trackingCode: $c) { body reporter { name } } }"
    seen = await service.data(look, await service.office(), c=made["trackingCode"])
    assert seen["complaint"] == {"body": body, "reporter": {"name": KNOWN["name"]}}
