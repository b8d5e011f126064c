"""The schema as text, for code generators and for whoever may not ask by introspection."""

import hashlib
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from schema.schema import build_schema


@cache
def _text() -> tuple[bytes, str]:
    text = f"{build_schema().as_str()}\n".encode()
    return text, f'"{hashlib.sha256(text).hexdigest()[:32]}"'


async def schema_text(request: Request) -> Response:
    """`/schema.graphql`, in every mode; 304 for a client that has it."""
    text, tag = _text()
    headers = {"etag": tag, "cache-control": "public, max-age=300"}
    known = request.headers.get("if-none-match", "")
    if tag in known or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="text/plain", headers=headers)
