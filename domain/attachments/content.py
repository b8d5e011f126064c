"""Is what was sent of the kind that was declared, and what of it is kept?"""

from typing import BinaryIO

import filetype

from domain.attachments.pictures import Clean, clean_picture
from domain.attachments.rules import PICTURES, BrokenContent, ContentType, WrongType

_HEAD = 8_192
_PDF_TAIL = 2_048


def clean(sent: BinaryIO, declared: ContentType) -> Clean:
    """What is stored of a file: a picture written anew, a PDF as it is. Raises WrongType and BrokenContent.

    A PDF may hold scripts, or pass for a web page as well. It harms nobody because of how it is served: as a
    download, under its own type, which browsers are told not to doubt.
    """
    found = filetype.guess_mime(sent.read(_HEAD))
    if found != declared:
        raise WrongType("content_of_other_type", declared=declared.value, found=found or "?")
    sent.seek(0)
    if declared in PICTURES:
        return clean_picture(sent, PICTURES[declared])
    content = sent.read()
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-_PDF_TAIL:]:
        raise BrokenContent("document_broken")
    return Clean(content)
