"""Does anything personal get into what the service logs, answers as an error, or keeps as event and trail?

Everything is logged, whatever its level. What citizens and staff send is planted, in good requests and bad.
"""

import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from api import logs
from api.settings import Mode, Settings
from api.worker.jobs import JOBS
from api.worker.tools import Tools
from domain.actor import CLOCK
from domain.words import StaffRole
from tests.attachments import reserved, uploaded
from tests.commands import ran
from tests.following import message, socket, subscribe
from tests.reports import COMPLETED, csv_file
from tests.service import PASSWORD, VAULT, Service
from tests.steps import done, own

NAME, EMAIL, PHONE = "Kasmaranti Wulandari", "kasmaranti.w@contoh.id", "+6281398765432"
BODY, PLACE, FILE = "Tetangga saya Bambangsari mabuk.", "Gang Cempakasari 17", "KTP Kasmaranti.jpg"
SECRET = "kata-sandi-salah-Rahasiasari"
PLANTED = ("asmaranti", "contoh.id", "81398765432", "8139 8765", "Bambangsari", "Cempakasari", "Rahasiasari")
GOOD = {
    "reporterName": NAME,
    "reporterEmail": EMAIL,
    "reporterPhone": PHONE,
    "title": f"Laporan {NAME}",
    "body": BODY,
    "address": PLACE,
}
SUBMIT = (
    "mutation ($input: ComplaintSubmitInput!) { complaintSubmit(input: $input) { errors { code message } } }"
)
BAD: list[dict[str, Any]] = [
    {"reporterEmail": f"bukan surel {EMAIL} {NAME}"},
    {"reporterPhone": f"telepon {PHONE}"},
    {"reporterPhone": int(PHONE)},
    {"reporterName": {"nama": NAME}},
    {"reporterName": [NAME, EMAIL]},
    {"classification": NAME},
    {"latitude": PLACE},
    {"attachmentIds": [NAME]},
    {"accessToken": EMAIL},
]
LITERALS = (
    f'mutation {{ complaintSubmit(input: {{reporterName: {{a: "{NAME}"}}, title: "{BODY}"}}) {{ id }} }}',
    f'{{ complaints(filter: {{search: 5, status: "{NAME}"}}) {{ totalCount }} }}',
    f'{{ complaint(trackingCode: "{EMAIL}", accessToken: Kasmaranti) {{ id }} }}',
    f'{{ complaint(trackingCode: "{NAME}" ',
)
FAILING = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'cannot write % of %', NEW, 'Kasmaranti' USING DETAIL = 'Bambangsari'; END $$
"""


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the service's own logging writes, at the lowest level; as before at the end."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    logs.configure(Mode.PRODUCTION)
    root.setLevel(logging.DEBUG)
    for client in ("httpx", "httpcore", "websockets.client"):  # the test's own
        logging.getLogger(client).setLevel(logging.WARNING)
    written = io.StringIO()
    root.handlers[0].setStream(written)  # type: ignore[attr-defined]
    yield written
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def found(text: str) -> list[str]:
    """The lines of a text that have something personal."""
    return [line for line in text.splitlines() if any(planted in line for planted in PLANTED)]


async def bad_requests(service: Service, tokens: list[str | None]) -> str:
    """The answers to requests that are refused, and to some that fail."""
    said = []
    base = {"idempotencyKey": "x", "classification": "COMPLAINT", "title": "Jalan", "body": "Rusak"}
    for number, change in enumerate(BAD):
        values = base | {"idempotencyKey": f"buruk-{number}"} | change
        said.append(str(await service.ask(SUBMIT, tokens[number % len(tokens)], input=values)))
    said += [str(await service.ask(query)) for query in LITERALS]
    said.append((await service.http.post("/graphql", content=f'{{"query": "{NAME}')).text)
    for given in ({"variables": NAME}, {"query": 5, "variables": GOOD}, {"extensions": GOOD}):
        said.append((await service.http.post("/graphql", json=given)).text)
    said.append((await service.http.get("/graphql", params={"query": LITERALS[2], "nama": NAME})).text)
    signing = "mutation ($input: SessionCreateInput!) { sessionCreate(input: $input) { errors { message } } }"
    said.append(str(await service.ask(signing, input={"email": EMAIL, "password": SECRET})))
    return "\n".join(said)


async def at_the_panel(service: Service, code: str) -> str:
    """What the panel answers to somebody who mistypes."""
    said = await service.http.post("/admin/login", data={"username": EMAIL, "password": SECRET})
    missing = await service.http.get(f"/admin/complaint/details/{NAME}", params={"search": EMAIL})
    posted = await service.http.post(f"/admin/complaint/identity/{code}", data={"reason": BODY})
    return f"{missing.text}{posted.text}{said.status_code}"


async def test_nothing_personal_is_logged(
    service: Service,
    database_url: str,
    logged: io.StringIO,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    office, officer = await service.office(), await service.officer("DPUPR")
    attached = await uploaded(service, name=FILE)
    made = await service.dispatched(key="baik", attachmentIds=[attached], **GOOD)
    code = made["trackingCode"]
    await own(service, made, "complaintReply", body=BODY)
    await done(service, officer, "actionAdd", code, body=BODY, visibility="INTERNAL")
    await done(service, officer, "complaintAnswer", code, body=BODY)
    await done(service, office, "complaintComplete", code, body=BODY)
    await own(service, made, "complaintRate", rating=1, comment=BODY)
    look = "query ($c: String!) { complaint(trackingCode: $c) { body reporter { name email phone } } }"
    assert NAME in str(await service.ask(look, office, c=code))
    async with socket(service.socket_url, office) as follower:
        await subscribe(follower, f'subscription {{ complaintEvents(after: "{NAME}") {{ type }} }}')
        told = str(await message(follower))
        await follower.send(f'{{"id": "2", "type": "{NAME}"}}')
    said = [told, await bad_requests(service, [None, office]), await at_the_panel(service, code)]
    upload = await reserved(service, BODY.encode(), name=FILE)
    said.append((await service.http.put(upload.url, content=BODY.encode())).text)

    # What fails, fails in the middle of the data: for the API, the worker and a command.
    async with service.database.write() as session:
        await session.execute(sa.text("UPDATE idempotency_key SET created_at = now() - interval '40 days'"))
        await session.execute(sa.text(FAILING))
        for table, when in (("reporter", "INSERT"), ("idempotency_key", "DELETE")):
            await session.execute(
                sa.text(f"CREATE TRIGGER fail BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION fail()")
            )
    failed = await service.ask(
        SUBMIT, input=GOOD | {"idempotencyKey": "gagal", "classification": "COMPLAINT"}
    )
    assert [error["extensions"]["code"] for error in failed["errors"]] == ["INTERNAL"]
    said.append(str(failed))
    tools = Tools(partial(service.database.write, CLOCK), VAULT, Settings(data_dir=tmp_path))
    for job in JOBS:
        try:
            await job.work(tools, datetime.now(UTC))
        except Exception:  # noqa: BLE001 - as the worker does
            structlog.get_logger().exception("worker.failed")
    rows = csv_file(tmp_path, COMPLETED | {"Nama Pelapor": NAME, "Isi Laporan": BODY, "Tracking ID": ""})
    commands = (
        ("import", str(rows)),
        ("privacy", "erase", NAME, "--yes"),
        ("audit", "list", "--row", code),
        ("doctor",),
    )
    said += [(await ran(service, database_url, *arguments))[1] for arguments in commands]
    await service.staff(StaffRole.ADMIN)

    log, (out, err) = logged.getvalue(), capfd.readouterr()
    for event in ("graphql.fault", "worker.failed"):
        assert event in log
    assert found(log + out + err) == []
    assert [line for each in said for line in found(each)] == []
    async with service.database.write() as session:
        for table in ("complaint_event", "audit_entry", "letter", "privacy_act", "jobs.pgqueuer_log"):
            kept = await session.scalar(sa.text(f"SELECT string_agg(t::text, E'\\n') FROM {table} AS t"))
            assert found(kept or "") == [], table
    assert PASSWORD not in log + out + err
