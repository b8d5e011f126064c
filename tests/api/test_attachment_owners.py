"""Whose is an attachment: who sees it, who may attach it, and what becomes of one that nobody does?"""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from api.settings import Settings
from api.worker.attachments import collect_attachments
from api.worker.tools import Tools
from domain.attachments.rules import ContentType
from domain.model.attachment import Attachment, AttachmentRemoval
from domain.words import ClientScope, StaffRole
from tests.attachments import RESERVED, attached, picture, reserved, uploaded
from tests.moments import clear_of
from tests.service import VAULT, Service, running_service
from tests.steps import done, own

SUBMIT = """mutation ($input: ComplaintSubmitInput!) { complaintSubmit(input: $input) {
  complaint { trackingCode } errors { code field } } }"""


async def submit(service: Service, key: str, *files: str, who: str | None = None) -> dict[str, Any]:
    given = {"idempotencyKey": key, "title": "a", "body": "a", "classification": "COMPLAINT"}
    answer = await service.data(SUBMIT, who, input={**given, "attachmentIds": list(files)})
    found: dict[str, Any] = answer["complaintSubmit"]
    return found


@pytest.mark.parametrize("privacy", ["PUBLIC", "ANONYMOUS", "CONFIDENTIAL"])
async def test_a_file_is_read_by_whom_its_report_is_read_by(service: Service, privacy: str) -> None:
    made = await service.dispatched(privacy=privacy, attachmentIds=[await uploaded(service)])
    code, officer = made["trackingCode"], await service.officer("DPUPR")
    for visibility in ("PUBLIC", "INTERNAL"):
        file = await uploaded(service, who=officer)
        given = {"body": visibility, "visibility": visibility, "kind": "NOTE", "attachmentIds": [file]}
        await done(service, officer, "actionAdd", code, **given)
    other = await service.submitted("other")
    viewers = {
        "public": (None, None),
        "reporter": (None, made["accessToken"]),
        "other reporter": (None, other["accessToken"]),
        "client": (await service.client("Kabar", ClientScope.READ), None),
        "holder": (officer, None),
        "other officer": (await service.officer("DINKES"), None),
        "office": (await service.office(), None),
        "auditor": (await service.staff(StaffRole.AUDITOR), None),
    }
    inside = {"holder", "office", "auditor"}
    for who, (token, shown) in viewers.items():
        seen = await attached(service, code, token, shown)
        opens = privacy != "CONFIDENTIAL" or who in inside | {"reporter"}
        expected = {"report": int(opens), "public": int(opens), "internal": int(who in inside)}
        assert {kind: len(files) for kind, files in seen.items()} == expected, who
        for file in (file for files in seen.values() for file in files):
            for address in (file["url"], file["thumbnailUrl"]):
                answer = await service.http.get(address)
                assert answer.status_code == 200, (who, answer.text)
            plain = who in {"public", "client"}
            assert ("for=public" in file["url"]) is plain, who
            assert answer.headers["cache-control"] == (
                "public, max-age=300" if plain else "private, no-store"
            ), who


async def test_an_address_of_the_public_ends_with_what_the_public_may_see(service: Service) -> None:
    made = await service.submitted(attachmentIds=[await uploaded(service)])
    code, office = made["trackingCode"], await service.office()
    await done(service, office, "complaintVerify", code)
    [seen] = (await attached(service, code, None))["report"]
    [few] = (await attached(service, code, office))["report"]
    first = await service.http.get(seen["url"])
    tag = first.headers["etag"]
    assert first.status_code == 200
    for headers, status, length in (
        ({"if-none-match": f'"x", {tag}'}, 304, None),
        ({"range": "bytes=2-5"}, 206, 4),
        ({"range": "bytes=-3"}, 206, 3),
        ({"range": "bytes=0-"}, 206, seen["size"]),
        ({"range": "bytes=2-5", "if-range": '"x"'}, 200, seen["size"]),
        ({"range": "bytes=2-5", "if-range": tag}, 206, 4),
        ({"range": "bytes=0-1,4-5"}, 200, seen["size"]),
        ({"range": "bytes=5-2"}, 200, seen["size"]),
        ({"range": f"bytes={seen['size']}-"}, 416, None),
    ):
        answer = await service.http.get(seen["url"], headers=headers)
        assert answer.status_code == status, headers
        assert length is None or len(answer.content) == length, headers
    part = await service.http.get(seen["url"], headers={"range": "bytes=2-5"})
    assert part.content == first.content[2:6]
    assert part.headers["content-range"] == f"bytes 2-5/{seen['size']}"
    head = await service.http.head(seen["url"])
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(seen["size"]), b"")

    await done(service, office, "complaintHold", code, reason="?")
    await done(service, office, "complaintArchive", code, reason="Ganda")
    assert (await service.http.get(seen["url"])).status_code == 404
    assert (await service.http.get(few["url"])).status_code == 200


async def test_only_who_uploaded_it_attaches_it_and_once(service: Service) -> None:
    office, client = await service.office(), await service.client("Aplikasi", ClientScope.SUBMIT)
    officer = await service.officer("DPUPR")
    for owner, others in ((None, (office, client)), (officer, (None, office)), (client, (None, officer))):
        file = await uploaded(service, who=owner)
        for number, other in enumerate(others):
            refused = await submit(service, f"{file}{number}", file, who=other)
            assert [error["code"] for error in refused["errors"]] == ["INVALID_INPUT"]
        # It is nobody's to look at, either, before it belongs to something.
        node = await service.data("query ($i: ID!) { node(id: $i) { id } }", office, i=file)
        assert node["node"] is None
        assert (await submit(service, file, file, who=owner))["errors"] == []
        assert (await submit(service, f"{file}again", file, who=owner))["errors"] != []
    files = [await uploaded(service) for _ in range(6)]
    assert (await submit(service, "six", *files))["errors"][0]["field"] == ["input", "attachmentIds"]
    # Many at once who want the same ones, in any order: one gets them all.
    wanted = files[:3]
    asked = [submit(service, f"race{n}", *(wanted if n % 2 else reversed(wanted))) for n in range(8)]
    outcomes = [payload["errors"] for payload in await asyncio.gather(*asked)]
    assert outcomes.count([]) == 1
    auditor = await service.staff(StaffRole.AUDITOR)
    reader = await service.client("Pembaca", ClientScope.READ)
    for who in (auditor, reader):
        refused = await service.do(
            "attachmentUploadCreate", who, RESERVED, fileName="a", contentType=ContentType.PDF, size=5
        )
        assert refused["errors"][0]["code"] == "FORBIDDEN"


async def test_what_nobody_attaches_is_collected_and_what_is_deleted_is_removed(service: Service) -> None:
    kept, unused, late = [await uploaded(service) for _ in range(3)]
    waiting = await reserved(service, picture())
    fresh = await uploaded(service)
    made = await service.submitted("kept", attachmentIds=[kept])
    reply = await service.submitted("gone")
    gone = await uploaded(service)
    assert (await own(service, reply, "complaintReply", body="a", attachmentIds=[gone]))["errors"] == []

    def files() -> int:
        return sum(path.is_file() for path in service.attachments.rglob("*"))

    assert files() == 10
    tools = Tools(service.database.write, VAULT, Settings(data_dir=service.attachments.parent))

    async def collected() -> int:
        return await collect_attachments(tools, datetime.now(UTC))

    assert await collected() == 0
    async with service.database.write() as session:
        await session.execute(
            sa.text("UPDATE attachment SET created_at = now() - interval '25 hours' WHERE id <> :fresh"),
            {"fresh": fresh.partition(":")[2]},
        )
        await session.execute(
            sa.text("DELETE FROM complaint WHERE tracking_code = :c"), {"c": reply["trackingCode"]}
        )
    # The last moment: who attaches it while it is collected has it, or is refused, and nothing between.
    async with service.database.write() as session:
        await session.execute(
            sa.select(Attachment).where(Attachment.id == late.partition(":")[2]).with_for_update()
        )
        # unused and waiting as rows, and the objects of these two and of the deleted one
        assert await collected() == 5
    race = await asyncio.gather(submit(service, "late", late), collected())
    assert (await service.http.put(waiting.url, content=picture())).status_code == 410
    assert (await submit(service, "unused", unused))["errors"] != []
    assert (await submit(service, "fresh", fresh))["errors"] == []
    assert await collected() == 0
    assert files() == (6 if race[0]["errors"] == [] else 4)
    async with service.database.write() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(AttachmentRemoval)) == 0
    [seen] = (await attached(service, made["trackingCode"], None, made["accessToken"]))["report"]
    assert (await service.http.get(seen["url"])).status_code == 200


async def test_what_strangers_may_leave_is_bounded(database_url: str) -> None:
    limits = {
        "attachments_hourly_bytes": 10_240,
        "attachments_unused_bytes": 7_000,
        "attachment_bytes": 8_192,
    }
    async with running_service(database_url, **limits, allowed_origins=("https://warga.id",)) as service:

        async def reserve(size: int, who: str | None = None) -> list[str]:
            payload = await service.do(
                "attachmentUploadCreate",
                who,
                RESERVED,
                fileName="a",
                contentType="application/pdf",
                size=size,
            )
            return [error["code"] for error in payload["errors"]]

        await clear_of(3_600)
        assert await reserve(8_193) == ["INVALID_INPUT"]
        assert await reserve(7_001) == ["THROTTLED"]
        assert await reserve(4_096) == []
        assert await reserve(4_096) == ["THROTTLED"]
        assert await reserve(8_192, await service.office()) == []
        async with service.database.write() as session:
            await session.execute(sa.text("UPDATE attachment SET created_at = now() - interval '2 hours'"))
        assert await reserve(4_096) == []
        async with service.database.write() as session:
            await session.execute(sa.text("UPDATE attachment SET created_at = now() - interval '2 hours'"))
        # 8 of the 10 kilobytes that an address has in an hour are used.
        assert await reserve(4_096) == ["THROTTLED"]
        assert await reserve(2_048) == []

        upload = await reserved(service, picture(), who=await service.office())
        asked = {"origin": "https://warga.id", "access-control-request-method": "PUT"}
        allowed = await service.http.options(upload.url, headers=asked)
        assert allowed.headers["access-control-allow-origin"] == "https://warga.id"
        assert "PUT" in allowed.headers["access-control-allow-methods"]
        sent = await service.http.put(upload.url, content=picture(), headers={"origin": "https://warga.id"})
        assert (sent.status_code, sent.headers["access-control-allow-origin"]) == (204, "https://warga.id")
        refused = await service.http.put(upload.url, content=b"x", headers={"origin": "https://lain.id"})
        assert "access-control-allow-origin" not in refused.headers
