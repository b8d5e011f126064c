"""Whom does support count for, and how often?"""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from domain.model.complaint import Supporter
from domain.words import ClientScope, StaffRole
from tests.service import Service
from tests.steps import completed, done, events, row, supported, verified


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def test_each_counts_once_and_nothing_else_changes(service: Service) -> None:
    code = (await verified(service))["trackingCode"]
    before, told = await row(service, code), await events(service, code)
    payload = await supported(service, code, "satu")
    assert codes(payload) == []
    assert payload["complaint"]["supporterCount"] == 1
    assert (await supported(service, code, "dua"))["complaint"]["supporterCount"] == 2
    again = await supported(service, code, " satu ")
    assert (again["complaint"], codes(again)) == (None, ["ALREADY_SUPPORTED"])
    now = await row(service, code)
    assert (now.supporter_count, now.version, now.updated_at) == (2, before.version, before.updated_at)
    assert await events(service, code) == told


async def test_the_key_is_not_kept(service: Service) -> None:
    code = (await verified(service))["trackingCode"]
    await supported(service, code, "kunci-rahasia-warga")
    async with service.database.write() as session:
        kept = await session.scalar(sa.text("SELECT string_agg(s::text, '') FROM supporter s"))
    assert "kunci" not in kept


async def test_one_key_counts_for_each_complaint(service: Service) -> None:
    for key in ("a", "b"):
        code = (await verified(service, key))["trackingCode"]
        assert (await supported(service, code, "satu"))["complaint"]["supporterCount"] == 1


async def test_only_what_the_public_sees_is_supported_whoever_asks(service: Service) -> None:
    office = await service.office()
    hidden = (await service.submitted("a"))["trackingCode"]
    secret = (await verified(service, "b", privacy="CONFIDENTIAL"))["trackingCode"]
    gone = (await verified(service, "c"))["trackingCode"]
    await done(service, office, "complaintArchive", gone, reason="Uji coba")
    for code in (hidden, secret, gone, "CLG-0000-0000-0", "bukan kode"):
        for who in (None, office):
            payload = await supported(service, code, "satu", who)
            assert codes(payload) == ["NOT_FOUND"], code
            assert payload["errors"][0]["message"] == "Laporan tidak ditemukan. Periksa kode pelacakan."


async def test_what_is_closed_takes_no_support(service: Service) -> None:
    code = (await completed(service))["trackingCode"]
    payload = await supported(service, code, "satu")
    assert codes(payload) == ["TRANSITION_NOT_ALLOWED"]
    assert payload["errors"][0]["allowed"] == []
    told = await supported(service, code, "satu", await service.office())
    assert told["errors"][0]["allowed"] == ["REOPEN"]


async def test_an_app_needs_the_scope_and_an_auditor_changes_nothing(service: Service) -> None:
    code = (await verified(service))["trackingCode"]
    reading = await service.client("Hanya baca", ClientScope.READ)
    for who in (reading, await service.staff(StaffRole.AUDITOR)):
        assert codes(await supported(service, code, "satu", who)) == ["FORBIDDEN"]
    app = await service.client("Aplikasi", ClientScope.SUBMIT)
    assert codes(await supported(service, code, "satu", app)) == []


@pytest.mark.parametrize("key", ["", "  ", "x" * 201, "a\x00b"])
async def test_a_key_says_something(service: Service, key: str) -> None:
    code = (await verified(service))["trackingCode"]
    payload = await supported(service, code, key)
    assert [(e["code"], e["field"]) for e in payload["errors"]] == [
        ("INVALID_INPUT", ["input", "supporterKey"])
    ]


async def test_of_fifty_at_once_each_is_counted(service: Service) -> None:
    code = (await verified(service))["trackingCode"]
    payloads = await asyncio.gather(*(supported(service, code, f"kunci-{i}") for i in range(50)))
    assert [codes(p) for p in payloads] == [[]] * 50
    assert (await row(service, code)).supporter_count == 50
    async with service.database.write() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Supporter)) == 50


async def test_of_fifty_with_one_key_one_is_counted(service: Service) -> None:
    code = (await verified(service))["trackingCode"]
    payloads = await asyncio.gather(*(supported(service, code, "sama") for _ in range(50)))
    assert sorted(codes(p) for p in payloads) == [[]] + [["ALREADY_SUPPORTED"]] * 49
    assert (await row(service, code)).supporter_count == 1
