"""An attachment's way: reserved, sent, kept, attached, read; and what does not get that far."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.attachments.links import Audience, Links, Part
from tests.attachments import (
    RESERVED,
    SECRET,
    attached,
    opened,
    phone_picture,
    picture,
    put,
    reserved,
    uploaded,
)
from tests.service import VAULT, Service


def objects(service: Service) -> list[Path]:
    """The files in the store."""
    return sorted(path for path in service.attachments.rglob("*") if path.is_file())


def pixel(shown: Any, x: int, y: int) -> tuple[int, int, int]:
    found: tuple[int, int, int] = shown.getpixel((x, y))
    return found


async def test_a_picture_comes_out_upright_and_without_what_the_camera_noted(service: Service) -> None:
    content = phone_picture()
    assert SECRET in content
    file = await uploaded(service, content, name="C:\\foto\\IMG\u202e_1.png")
    made = await service.submitted(attachmentIds=[file])
    [seen] = (await attached(service, made["trackingCode"], None, made["accessToken"]))["report"]
    assert seen["id"] == file
    assert seen["fileName"] == "IMG_1.png.jpg"
    assert seen["contentType"] == "image/jpeg"

    answer = await service.http.get(seen["url"])
    shown = opened(answer.content)
    assert shown.size == (300, 600)
    red, white = pixel(shown, 150, 50), pixel(shown, 150, 500)
    assert red[0] > 200
    assert red[1] < 60
    assert min(white) > 200
    assert not shown.getexif()
    assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert len(answer.content) == seen["size"]
    for file_ in objects(service):
        assert SECRET not in file_.read_bytes()
    small = await service.http.get(seen["thumbnailUrl"])
    assert opened(small.content).size == (200, 400)

    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''IMG_1.png.jpg"


async def test_every_kind_that_is_taken_is_kept(service: Service) -> None:
    clear = picture("PNG", mode="RGBA")
    files = [
        await uploaded(service, clear, "image/png", name="a.png"),
        await uploaded(service, picture("PNG", mode="P"), "image/png", name="b.png"),
        await uploaded(service, picture("WEBP"), "image/webp", name="c"),
        await uploaded(service, picture(mode="CMYK"), "image/jpeg", name="d.JPG"),
        await uploaded(
            service, b"%PDF-1.7\n(app.alert(1))/JavaScript\n%%EOF\n", "application/pdf", name="e.html"
        ),
    ]
    made = await service.submitted(attachmentIds=files)
    seen = (await attached(service, made["trackingCode"], await service.office()))["report"]
    assert [file["fileName"] for file in seen] == ["a.png", "b.png", "c.webp", "d.JPG", "e.html.pdf"]
    for file, kind in zip(seen, ["PNG", "PNG", "WEBP", "JPEG"], strict=False):
        assert opened((await service.http.get(file["url"])).content).format == kind
        assert opened((await service.http.get(file["thumbnailUrl"])).content).format == "JPEG"
    # A document with a script is a download, and no page.
    document = await service.http.get(seen[4]["url"])
    assert seen[4]["thumbnailUrl"] is None
    assert document.headers["content-type"] == "application/pdf"
    assert document.headers["content-disposition"].startswith("attachment;")
    assert document.headers["content-security-policy"].endswith("sandbox")
    links = Links.of(VAULT)
    key = UUID(seen[4]["id"].partition(":")[2])
    none = links.read(key, Part.THUMBNAIL, Audience.FEW, datetime.now(UTC))
    assert (await service.http.get(none)).status_code == 404


HTML = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>"


async def test_what_is_no_such_file_is_refused_and_leaves_nothing(service: Service) -> None:
    whole = picture(size=(300, 300))
    bomb = picture("PNG", size=(20_000, 20_000), mode="1")
    assert len(bomb) < 200_000
    for content, declared, status, code in (
        (HTML, "image/jpeg", 415, "TYPE_MISMATCH"),
        (picture("PNG"), "image/jpeg", 415, "TYPE_MISMATCH"),
        (b"MZ" + bytes(100), "application/pdf", 415, "TYPE_MISMATCH"),
        (whole[: len(whole) // 2], "image/jpeg", 422, "BROKEN_CONTENT"),
        (whole[:20] + b"\xff\xda" * 200 + whole[20:], "image/jpeg", 422, "BROKEN_CONTENT"),
        (bomb, "image/png", 422, "BROKEN_CONTENT"),
        (picture("PNG", size=(8_000, 8_000), mode="1"), "image/png", 422, "BROKEN_CONTENT"),
        (b"%PDF-1.7\nends in the mid", "application/pdf", 422, "BROKEN_CONTENT"),
    ):
        answer = await put(service, content, declared)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert answer.json()["message"]
    assert objects(service) == []
    # A picture that is a web page as well is a picture afterwards.
    both = whole + b"<script>alert(1)</script>"
    file = await uploaded(service, both)
    assert all(b"script" not in path.read_bytes() for path in objects(service))
    # What was not uploaded is not attached.
    waiting = await reserved(service, whole)
    payload = await service.do(
        "complaintSubmit",
        None,
        "errors { message field }",
        idempotencyKey="a",
        title="a",
        body="a",
        classification="COMPLAINT",
        attachmentIds=[file, waiting.id],
    )
    assert payload["errors"][0]["field"] == ["input", "attachmentIds"]
    assert "PUT" in payload["errors"][0]["message"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"size": 0}, "size"),
        ({"size": 10 * 1024**2 + 1}, "size"),
        ({"contentType": "image/svg+xml"}, "contentType"),
        ({"contentType": "image/heic"}, "contentType"),
        ({"fileName": "../"}, "fileName"),
        ({"fileName": "a" * 201}, "fileName"),
    ],
)
async def test_what_is_not_taken_is_refused_before_it_is_sent(
    service: Service, given: dict[str, object], field: str
) -> None:
    whole = {"fileName": "a.jpg", "contentType": "image/jpeg", "size": 5} | given
    payload = await service.do("attachmentUploadCreate", None, RESERVED, **whole)
    [error] = payload["errors"]
    assert (error["code"], error["field"]) == ("INVALID_INPUT", ["input", field])
    assert payload["uploadUrl"] is None


async def test_an_upload_is_repeated_without_harm_and_never_replaced(service: Service) -> None:
    content = picture()
    upload = await reserved(service, content)
    answers = await asyncio.gather(*(service.http.put(upload.url, content=content) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [204] * 4
    stored = {path: path.read_bytes() for path in objects(service)}
    assert len(stored) == 2
    other = picture(size=(601, 300))[: len(content)]
    other += bytes(len(content) - len(other))
    refused = await service.http.put(upload.url, content=other)
    assert (refused.status_code, refused.json()["code"]) == (409, "OTHER_CONTENT")
    await service.submitted(attachmentIds=[upload.id])
    assert (await service.http.put(upload.url, content=content)).status_code == 204
    assert {path: path.read_bytes() for path in objects(service)} == stored
    # Two at once with different contents: one is kept, the other is told, and nothing is mixed.
    race = await reserved(service, content)
    turned = picture(size=(300, 600))
    turned = turned[:-2] + bytes(max(len(content) - len(turned), 0)) + turned[-2:]
    race = await reserved(service, max(content, turned, key=len))
    padded = [each + bytes(max(len(content), len(turned)) - len(each)) for each in (content, turned)]
    both = await asyncio.gather(*(service.http.put(race.url, content=each) for each in padded))
    assert sorted(answer.status_code for answer in both) == [204, 409]
    assert len(objects(service)) == 4


async def test_an_address_is_taken_only_as_it_was_given_and_in_time(service: Service) -> None:
    content = picture()
    upload = await reserved(service, content)
    assert re.fullmatch(r"/attachments/uploads/[0-9a-f-]{36}\?until=\d+&signature=[\w-]{22}", upload.url)
    assert upload.id.partition(":")[2] not in upload.url
    later = re.sub(r"until=(\d+)", lambda found: f"until={int(found[1]) + 1}", upload.url)
    other = await reserved(service, content)
    swapped = other.url.partition("?")[0] + "?" + upload.url.partition("?")[2]
    for bad in (later, swapped, upload.url[:-1] + "!", upload.url.partition("?")[0], upload.url + "%ff"):
        answer = await service.http.put(bad, content=content, headers={"accept-language": "en"})
        assert (answer.status_code, answer.json()["code"]) == (403, "BAD_ADDRESS"), bad
    links, now = Links.of(VAULT), datetime.now(UTC)
    folder = UUID(upload.url.partition("uploads/")[2].partition("?")[0])
    old = links.upload(folder, now - timedelta(seconds=2))
    answer = await service.http.put(old, content=content)
    assert (answer.status_code, answer.json()["code"]) == (410, "EXPIRED")
    assert "attachmentUploadCreate" in answer.json()["message"]
    assert (await service.http.put(upload.url, content=content + b"x")).status_code == 413
    chunks = iter([content, b"x"])

    async def streamed() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    assert (await service.http.put(upload.url, content=streamed())).status_code == 413
    short = await service.http.put(upload.url, content=content[:-1])
    assert (short.status_code, short.json()["code"]) == (400, "INCOMPLETE")
    packed = await service.http.put(upload.url, content=content, headers={"content-encoding": "gzip"})
    assert packed.status_code == 415
    assert objects(service) == []
    assert (await service.http.put(upload.url, content=content)).status_code == 204

    made = await service.submitted(attachmentIds=[upload.id])
    [seen] = (await attached(service, made["trackingCode"], await service.office()))["report"]
    key = UUID(seen["id"].partition(":")[2])
    expired = links.read(key, Part.FILE, Audience.FEW, now - timedelta(minutes=31))
    assert (await service.http.get(expired)).status_code == 410
    for bad in (seen["url"].replace("/file?", "/thumbnail?"), seen["url"].replace("few", "public")):
        assert (await service.http.get(bad)).status_code == 403
    assert (await service.http.get("/attachments/x/y")).status_code == 403
    assert (await service.http.post(seen["url"])).status_code == 405
