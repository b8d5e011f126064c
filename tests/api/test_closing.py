"""What is left of a complaint that was transferred or put away, and who still sees it?"""

from typing import Any

import pytest

from tests.service import Service
from tests.steps import actions, clocks, done, events, row, stays, step, verified

READ = """query ($c: String!, $t: String) { complaint(trackingCode: $c, accessToken: $t) {
  status allowedTransitions actions { nodes { kind body } } deadlines { clock state } } }"""
TRANSFER: dict[str, Any] = {"institution": "BBWS Cidanau", "reason": "Sungai nasional."}


async def test_all_may_read_where_it_was_transferred_to(service: Service) -> None:
    office, made = await service.office(), await verified(service)
    code = made["trackingCode"]
    complaint = await done(service, office, "complaintTransfer", code, **TRANSFER)
    assert (complaint["status"], complaint["allowedTransitions"]) == ("TRANSFERRED", [])
    told = "Dialihkan ke BBWS Cidanau. Sungai nasional."
    assert await actions(service, code) == [
        ("NOTE", "PUBLIC", told, "VERIFIED", "TRANSFERRED", "Petugas office")
    ]
    assert await clocks(service, code) == {"VERIFICATION": ["ended"], "RESOLUTION": ["ended"]}
    assert (await row(service, code)).due_at is None
    assert (await events(service, code))[-1] == ("TRANSFERRED", "VERIFIED", "TRANSFERRED", "PUBLIC")
    assert (await service.data(READ, c=code))["complaint"] == {
        "status": "TRANSFERRED",
        "allowedTransitions": [],
        "actions": {"nodes": [{"kind": "NOTE", "body": told}]},
        "deadlines": [{"clock": "VERIFICATION", "state": "MET"}, {"clock": "RESOLUTION", "state": "MET"}],
    }


async def test_transferred_before_its_verification_only_the_reporter_sees_it(service: Service) -> None:
    office, made = await service.office(), await service.submitted()
    code = made["trackingCode"]
    await done(service, office, "complaintTransfer", code, **TRANSFER)
    assert await clocks(service, code) == {"VERIFICATION": ["ended"]}
    assert (await events(service, code))[-1] == ("TRANSFERRED", "SUBMITTED", "TRANSFERRED", "REPORTER")
    assert (await service.data(READ, c=code))["complaint"] is None
    mine = (await service.data(READ, c=code, t=made["accessToken"]))["complaint"]
    assert mine["actions"]["nodes"] == [
        {"kind": "NOTE", "body": "Dialihkan ke BBWS Cidanau. Sungai nasional."}
    ]


async def test_the_reporter_reads_why_it_was_put_away_and_the_public_sees_nothing(service: Service) -> None:
    office, made = await service.office(), await verified(service)
    code = made["trackingCode"]
    assert (await service.data(READ, c=code))["complaint"] is not None
    await done(service, office, "complaintArchive", code, reason="Laporan uji coba.")
    assert await clocks(service, code) == {"VERIFICATION": ["ended"], "RESOLUTION": ["ended"]}
    # Followers hear that it is gone.
    assert (await events(service, code))[-1] == ("ARCHIVED", "VERIFIED", "ARCHIVED", "PUBLIC")
    for who in (None, await service.officer("DPUPR")):
        assert (await service.data(READ, who, c=code))["complaint"] is None
    mine = (await service.data(READ, c=code, t=made["accessToken"]))["complaint"]
    assert mine["status"] == "ARCHIVED"
    assert mine["actions"]["nodes"] == [{"kind": "NOTE", "body": "Laporan uji coba."}]


async def test_put_away_while_it_waits_the_stay_and_the_paused_clock_end(service: Service) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    made = await service.dispatched()
    code = made["trackingCode"]
    await done(service, officer, "complaintHold", code, reason="Di mana?")
    await done(service, office, "complaintArchive", code, reason="Tidak ada jawaban.")
    assert await stays(service, code) == [("Dinas Pekerjaan Umum dan Penataan Ruang", "ARCHIVED")]
    assert (await clocks(service, code))["RESOLUTION"] == ["ended"]
    now = await row(service, code)
    assert (now.held_from, now.due_at) == (None, None)
    # The OPD that held it goes on seeing it.
    assert (await service.data(READ, officer, c=code))["complaint"]["status"] == "ARCHIVED"


@pytest.mark.parametrize(
    ("mutation", "values", "field"),
    [
        ("complaintTransfer", TRANSFER | {"institution": " "}, "institution"),
        ("complaintTransfer", TRANSFER | {"institution": "x" * 201}, "institution"),
        ("complaintTransfer", TRANSFER | {"reason": ""}, "reason"),
        ("complaintTransfer", TRANSFER | {"reason": "x" * 2001}, "reason"),
        ("complaintArchive", {"reason": "\t"}, "reason"),
        ("complaintArchive", {"reason": "a\x00"}, "reason"),
    ],
)
async def test_what_is_written_badly_names_its_field(
    service: Service, mutation: str, values: dict[str, Any], field: str
) -> None:
    made = await service.submitted()
    payload = await step(service, await service.office(), mutation, made["trackingCode"], **values)
    assert payload["complaint"] is None
    assert [(e["code"], e["field"]) for e in payload["errors"]] == [("INVALID_INPUT", ["input", field])]
    assert (await row(service, made["trackingCode"])).version == 1
