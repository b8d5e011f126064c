"""Where things are in the panel: addresses as paths, so that they hold behind any proxy."""

from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.requests import Request


def base(request: Request) -> str:
    """The panel's own path, `/admin` or what stands before it."""
    return str(request.scope["root_path"])


def service(request: Request) -> str:
    """What stands before the panel's own path: nothing, or what a proxy puts there."""
    return base(request).removesuffix("/admin")


def row(request: Request, identity: str, key: object) -> str:
    """The page of a row."""
    return f"{base(request)}/{identity}/details/{quote(str(key))}"


def rows(request: Request, identity: str, **filters: str) -> str:
    """A list, narrowed."""
    return f"{base(request)}/{identity}/list" + (f"?{urlencode(filters)}" if filters else "")


def path_of(tracking_code: str) -> str:
    """A complaint's page, below the panel's own path."""
    return f"/complaint/details/{quote(tracking_code)}"


def anchor(href: str, text: object) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, text)


def with_query(request: Request, **changes: Any) -> str:
    """The same page with other parameters: None takes one away, and a change starts again at page one."""
    kept = {name: value for name, value in request.query_params.items() if name != "page" and value}
    changed = {**kept, **changes}
    return "?" + urlencode({name: value for name, value in changed.items() if value is not None})
