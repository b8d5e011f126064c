"""What is an attachment called? As its sender says, but never so that it passes for something else."""

import unicodedata
from pathlib import PurePosixPath

from domain import text
from domain.attachments.rules import ENDINGS, ContentType

FIELD = "fileName"
NAME_MAX = 200
_NEITHER_SHOWN_NOR_SAFE = ("Cc", "Cf", "Zl", "Zp")
"""Controls, marks that turn the direction of writing round, and breaks of lines."""


def clean_name(given: str, content_type: ContentType) -> str:
    """The last part of a path, without what cannot be seen, with an ending that tells the truth.

    Raises InvalidInput.
    """
    said = text.required(FIELD, given, NAME_MAX).replace("\\", "/")
    seen = "".join(c for c in said if unicodedata.category(c) not in _NEITHER_SHOWN_NOR_SAFE)
    last = text.required(FIELD, PurePosixPath(seen).name.strip(". "), NAME_MAX)
    endings = ENDINGS[content_type]
    if last.lower().endswith(endings):
        return last
    return last[: NAME_MAX - len(endings[0])] + endings[0]
