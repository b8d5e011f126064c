"""What do tests of attachments share? Real files, and the way that a client takes with them."""

import io
from dataclasses import dataclass
from typing import Any

import httpx
from PIL import Image, ImageDraw

from tests.service import Service

RESERVED = "attachmentId uploadUrl method expiresAt errors { code field message }"
FILE = "id fileName contentType size url thumbnailUrl"
GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112
SECRET = b"Kamera-Rahasia"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (600, 300), mode: str = "RGB", **saving: Any
) -> bytes:
    """A picture whose left third is red."""
    made = Image.new(mode, size, "white")
    ImageDraw.Draw(made).rectangle((0, 0, size[0] // 3, size[1]), "red")
    written = io.BytesIO()
    made.save(written, kind, **saving)
    return written.getvalue()


def phone_picture() -> bytes:
    """As a telephone held upright writes it: lying on its side, with where it was and what took it."""
    notes = Image.Exif()
    notes[ORIENTATION] = 6
    notes[MAKE] = SECRET.decode()
    notes.get_ifd(GPS).update({1: "S", 2: (6.0, 1.0, 0.0), 3: "E", 4: (106.0, 3.0, 0.0)})
    return picture(exif=notes.tobytes(), comment=SECRET, dpi=(123, 123))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@dataclass(frozen=True, slots=True)
class Upload:
    id: str
    url: str


async def reserved(
    service: Service,
    content: bytes,
    content_type: str = "image/jpeg",
    who: str | None = None,
    name: str = "foto.jpg",
) -> Upload:
    payload = await service.do(
        "attachmentUploadCreate",
        who,
        RESERVED,
        fileName=name,
        contentType=content_type,
        size=len(content),
    )
    assert payload["errors"] == []
    assert payload["method"] == "PUT"
    return Upload(payload["attachmentId"], payload["uploadUrl"])


async def put(
    service: Service, content: bytes, content_type: str = "image/jpeg", who: str | None = None
) -> httpx.Response:
    """The answer to the upload of a file that was reserved as it should be."""
    upload = await reserved(service, content, content_type, who)
    return await service.http.put(upload.url, content=content)


async def uploaded(
    service: Service,
    content: bytes | None = None,
    content_type: str = "image/jpeg",
    who: str | None = None,
    name: str = "foto.jpg",
) -> str:
    """The identifier of a file that was uploaded."""
    content = content or picture()
    upload = await reserved(service, content, content_type, who, name)
    answer = await service.http.put(upload.url, content=content)
    assert answer.status_code == 204, answer.text
    return upload.id


async def attached(service: Service, code: str, who: str | None, shown: str | None = None) -> dict[str, Any]:
    """The report's files, and those of its actions, as somebody sees them."""
    query = f"""query ($c: String!, $t: String) {{ complaint(trackingCode: $c, accessToken: $t) {{
      attachments {{ {FILE} }} actions {{ nodes {{ visibility attachments {{ {FILE} }} }} }} }} }}"""
    seen: dict[str, Any] | None = (await service.data(query, who, c=code, t=shown))["complaint"]
    if seen is None:
        return {"report": [], "public": [], "internal": []}
    steps = seen["actions"]["nodes"]

    def of(visibility: str) -> list[Any]:
        return [f for step in steps if step["visibility"] == visibility for f in step["attachments"]]

    return {"report": seen["attachments"], "public": of("PUBLIC"), "internal": of("INTERNAL")}
