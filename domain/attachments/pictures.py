"""How does a picture that somebody sent become one that is safe to show?

It is decoded and written anew: upright, in sRGB, no larger than a screen needs, and without anything else of
the file (position, camera, comments, whatever hid behind it). Nothing here knows of the database.
"""

import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

from domain.attachments.rules import BrokenContent

PIXELS_MOST = 50_000_000
"""Decoded, 150 to 200 MB: what one picture may cost."""
SIDE_MOST = 4_096
THUMBNAIL_SIDE = 400
SCANS_MOST = 100
"""A progressive JPEG has about ten. Each is a pass over all pixels, and a file can have thousands."""
_SCAN = b"\xff\xda"
_SAVING = {"JPEG": {"quality": 85}, "PNG": {}, "WEBP": {"quality": 85}}
_SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True, slots=True)
class Clean:
    """What is stored."""

    content: bytes
    thumbnail: bytes | None = None


def clean_picture(sent: BinaryIO, kind: str) -> Clean:
    """The picture in a file, of the kind that Pillow calls so. Raises BrokenContent."""
    if kind == "JPEG" and sent.read().count(_SCAN) > SCANS_MOST:
        raise BrokenContent("picture_broken")
    sent.seek(0)
    try:
        with Image.open(sent, formats=(kind,)) as opened:
            _require_few_pixels(opened)
            picture = _plain(opened)
            return Clean(_written(picture, kind), _thumbnail(picture))
    except BrokenContent:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        # Pillow's decoders raise whatever a malformed file leads them to.
        raise BrokenContent("picture_broken") from error


def _too_many_pixels() -> BrokenContent:
    return BrokenContent("picture_too_many_pixels", most=PIXELS_MOST // 1_000_000)


def _require_few_pixels(opened: Image.Image) -> None:
    """Before anything is decoded: until then only the head of the file was read."""
    if opened.width * opened.height > PIXELS_MOST:
        raise _too_many_pixels()


def _plain(opened: Image.Image) -> Image.Image:
    """The first picture of a file: small enough, upright, in a mode that every kind can be written in."""
    profile = opened.info.get("icc_profile")
    picture = opened
    if opened.mode.startswith("I"):
        picture = opened.point(lambda value: value * (1 / 256)).convert("L")
    elif opened.has_transparency_data and opened.mode != "RGBA":
        picture = opened.convert("RGBA")
    elif opened.mode not in ("L", "RGB", "RGBA"):
        picture = opened.convert("RGB")
    picture.thumbnail((SIDE_MOST, SIDE_MOST))
    picture = _in_srgb(_upright(picture), profile)
    # Pillow writes much of what it has read (profiles, comments) into the next file.
    picture.info = {}
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001 - a camera's faulty notes are no reason to refuse its picture
        return picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as the sender saw them, now that the profile which says so is left out."""
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, _SRGB, outputMode=picture.mode) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _thumbnail(picture: Image.Image) -> bytes:
    """A small picture of it, always a JPEG; what is transparent becomes white."""
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    if small.mode == "RGBA":
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        small = white
    return _written(small, "JPEG")


def _written(picture: Image.Image, kind: str) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **_SAVING[kind])
    return written.getvalue()
