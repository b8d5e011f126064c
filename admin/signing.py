"""How staff sign in to the panel and out of it: the browser holds nothing but our own session token."""

from urllib.parse import urlencode

from sqladmin.authentication import AuthenticationBackend
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from admin.posting import form_token
from admin.visitor import Visitor
from domain import sessions
from domain.accounts import actor_of
from domain.model.master import Opd
from domain.model.people import Account
from domain.reminding import notices
from domain.signing_in import Door, must_enrol
from domain.words import PasswordStanding

COOKIE = "aduan_panel"
OWN_PASSWORD = "/me/password"  # noqa: S105 - a page
OWN_SECOND_FACTOR = "/me/second-factor"


def next_page(base: str, wanted: str) -> str:
    """Where to go after signing in: a page of this panel, whatever the address said."""
    inside = wanted.startswith(f"{base}/") and "\\" not in wanted and wanted.isprintable()
    return wanted if inside and ".." not in wanted else f"{base}/"


class StaffSessions(AuthenticationBackend):
    """Knows a visitor by the staff session of their cookie, which the server can revoke at any time.

    The library's own backend keeps a signed cookie of claims for 14 days: nobody could be signed out.
    """

    def __init__(  # the parent's constructor only adds that cookie
        self, door: Door, *, secure_cookies: bool
    ) -> None:
        self.middlewares = []
        self.door = door
        self.secure_cookies = secure_cookies

    async def visitor(self, request: Request) -> Visitor | None:
        """Whose session the cookie names; API keys open nothing here."""
        token = request.cookies.get(COOKIE, "")
        if not token.startswith(sessions.PREFIX):
            return None
        async with self.door.begin() as session:
            found = await sessions.find(session, token)
            if found is None:
                return None
            used, account = found
            opd = await session.get(Opd, account.opd_id) if account.opd_id else None
            unread = await notices.unread(session, account.id)
        return Visitor(
            actor_of(account),
            opd,
            form_token(self.door.vault, token),
            account,
            used,
            unread,
            self._confined_to(account),
        )

    def _confined_to(self, account: Account) -> str | None:
        """Where somebody must put something right before anything else."""
        if account.password_standing is not PasswordStanding.OWN:
            return OWN_PASSWORD
        return OWN_SECOND_FACTOR if must_enrol(self.door, account) else None

    async def authenticate(self, request: Request) -> Response | bool:
        visitor = await self.visitor(request)
        if visitor is not None:
            request.state.visitor = visitor
            base = request.scope["root_path"]
            if visitor.confined_to is None or request.url.path in (
                f"{base}{visitor.confined_to}",
                f"{base}/logout",
            ):
                return True
            return RedirectResponse(base + visitor.confined_to, status_code=303)
        if request.method not in ("GET", "HEAD"):
            # A redirect would throw away what was typed.
            raise HTTPException(401)
        base, path = request.scope["root_path"], request.url.path
        query = f"?{request.url.query}" if request.url.query else ""
        where = "" if path in (base, f"{base}/") else "?" + urlencode({"next": path + query})
        return RedirectResponse(f"{base}/login{where}", status_code=303)

    def keep(self, request: Request, response: Response, token: str) -> None:
        """Gives the browser the token, for as long as it stays open; the server has its own limits."""
        response.set_cookie(
            COOKIE,
            token,
            path=request.scope["root_path"] or "/",
            secure=self.secure_cookies,
            httponly=True,
            samesite="lax",
        )

    async def sign_out(self, request: Request, response: Response) -> None:
        """Revokes the session on the server, and takes the cookie back."""
        async with self.door.begin() as session:
            await sessions.end(session, request.cookies.get(COOKIE, ""))
        response.delete_cookie(
            COOKIE,
            path=request.scope["root_path"] or "/",
            secure=self.secure_cookies,
            httponly=True,
            samesite="lax",
        )
