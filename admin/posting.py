"""Whether a posted form came from this panel: its origin, its size, and the session's own token."""

import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from admin.visitor import Visitor
from domain.secrecy import Vault

TOKEN_FIELD = "form_token"  # noqa: S105  # the field's name, not a token
MOST_FIELDS = 60
MOST_OF_A_FIELD = 64 * 1024


def form_token(vault: Vault, session_token: str) -> str:
    """The token of a session's forms: nobody who lacks the session's cookie can know it."""
    return hmac.new(vault.derived("panel-form"), session_token.encode(), "sha256").hexdigest()


def comes_from_elsewhere(request: Request) -> bool:
    """Another site's page sent this.

    The browser's own verdict counts first: behind a proxy that renames the host, Origin and Host differ.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


async def read_form(request: Request) -> Mapping[str, str]:
    """What was posted from a page of this panel, within bounds and without files."""
    if comes_from_elsewhere(request):
        raise HTTPException(403, "elsewhere")
    form = await request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_OF_A_FIELD)
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def read_form_with_files(
    request: Request, most_files: int, most_bytes: int
) -> tuple[Mapping[str, str], Sequence[UploadFile], FormData]:
    """What was posted, within bounds: the texts, the files that were chosen, and all of it."""
    if comes_from_elsewhere(request):
        raise HTTPException(403, "elsewhere")
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or int(announced[:18]) > most_bytes:
        raise HTTPException(413)
    form = await request.form(max_files=most_files, max_fields=MOST_FIELDS, max_part_size=MOST_OF_A_FIELD)
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
    return texts, files, form


def is_genuine(visitor: Visitor, form: Mapping[str, str]) -> bool:
    """The form was drawn for this very session."""
    given = form.get(TOKEN_FIELD, "").encode("utf-8", "surrogatepass")
    return hmac.compare_digest(given, visitor.form_token.encode())


async def read_genuine_form(request: Request, visitor: Visitor) -> Mapping[str, str]:
    """A form that has nothing to lose: without the session's token it is refused outright."""
    form = await read_form(request)
    if not is_genuine(visitor, form):
        raise HTTPException(403, "form_token")
    return form
