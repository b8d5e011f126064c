"""How staff sign in to the panel and out of it: the browser holds nothing but our own session token."""

from urllib.parse import urlencode

from sqladmin.authentication import AuthenticationBackend
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from admin.posting import form_token
from admin.visitor import Visitor
from domain import accounts
from domain.model.master import Opd
from domain.secrecy import Vault

COOKIE = "aduan_panel"


def next_page(base: str, wanted: str) -> str:
    """Where to go after signing in: a page of this panel, whatever the address said."""
    inside = wanted.startswith(f"{base}/") and "\\" not in wanted and wanted.isprintable()
    return wanted if inside and ".." not in wanted else f"{base}/"


class StaffSessions(AuthenticationBackend):
    """Knows a visitor by the staff session of their cookie, which the server can revoke at any time.

    The library's own backend keeps a signed cookie of claims for 14 days: nobody could be signed out.
    """

    def __init__(  # the parent's constructor only adds that cookie
        self, sessions: async_sessionmaker[AsyncSession], vault: Vault, *, secure_cookies: bool
    ) -> None:
        self.middlewares = []
        self.sessions = sessions
        self.vault = vault
        self.secure_cookies = secure_cookies

    async def visitor(self, request: Request) -> Visitor | None:
        """Whose session the cookie names; API keys open nothing here."""
        token = request.cookies.get(COOKIE, "")
        if not token.startswith(accounts.SESSION_PREFIX):
            return None
        async with self.sessions() as session:
            actor = await accounts.actor_of_token(session, token)
            if actor is None or not actor.is_staff:
                return None
            opd = await session.get(Opd, actor.opd_id) if actor.opd_id else None
        return Visitor(actor, opd, form_token(self.vault, token))

    async def authenticate(self, request: Request) -> Response | bool:
        visitor = await self.visitor(request)
        if visitor is not None:
            request.state.visitor = visitor
            return True
        if request.method not in ("GET", "HEAD"):
            # A redirect would throw away what was typed.
            raise HTTPException(401)
        base, path = request.scope["root_path"], request.url.path
        query = f"?{request.url.query}" if request.url.query else ""
        where = "" if path in (base, f"{base}/") else "?" + urlencode({"next": path + query})
        return RedirectResponse(f"{base}/login{where}", status_code=303)

    async def sign_in(self, email: str, password: str) -> str:
        """A new session's token. Raises the domain's refusals."""
        async with self.sessions() as session, session.begin():
            return (await accounts.sign_in(session, email, password)).token

    def keep(self, request: Request, response: Response, token: str) -> None:
        """Gives the browser the token, for as long as it stays open; the server's limit is 12 hours."""
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
        async with self.sessions() as session, session.begin():
            await accounts.sign_out(session, request.cookies.get(COOKIE, ""))
        response.delete_cookie(
            COOKIE,
            path=request.scope["root_path"] or "/",
            secure=self.secure_cookies,
            httponly=True,
            samesite="lax",
        )
