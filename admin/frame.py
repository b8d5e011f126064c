"""What all pages of the panel share: the services they are drawn with, their frame, and their refusals."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import structlog
from sqladmin import Admin
from sqladmin.authorization import Action
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from admin import links, wording
from admin.complaints.offers import KEY_FIELD, VERSION_FIELD
from admin.desk import Desk
from admin.editing import SEEN_FIELD, SHOWN_FIELD, EditableView
from admin.forms import Control
from admin.headers import SecureHeaders
from admin.indonesian import speak_indonesian
from admin.posting import TOKEN_FIELD
from admin.refusals import BY_STATUS, Notice, notice_of
from admin.signing import StaffSessions
from admin.views import View
from admin.visitor import actor_of
from domain.attachments.store import Store
from domain.attachments.workshop import Workshop
from domain.auditing.who import acts_for
from domain.outage import RETRY_SECONDS, DatabaseAway, is_away
from domain.signing_in import Door
from domain.words import label

HERE = Path(__file__).resolve().parent
log = structlog.get_logger()

STYLES = sorted((HERE / "static").glob("*.css"))


class Intake(NamedTuple):
    """Where attachments go: the store, and the threads in which pictures are cleaned."""

    store: Store
    workshop: Workshop


class Panel(Admin):
    """SQLAdmin's application, drawn with our own pages: none runs a script or changes anything by GET."""

    def __init__(
        self,
        app: Starlette,
        engine: AsyncEngine,
        sessions: async_sessionmaker[AsyncSession],
        door: Door,
        *,
        secure_cookies: bool,
        on_change: Callable[[], None],
        intake: Intake | None = None,
    ) -> None:
        self.sessions = sessions
        self.door = door
        self.vault = door.vault
        self.on_change = on_change
        self.intake = intake
        self.entrance = StaffSessions(door, secure_cookies=secure_cookies)
        super().__init__(
            app,
            engine,
            # SQLAdmin turns autoflush off in the factory that it is given, so it gets one of its own.
            session_maker=async_sessionmaker(engine, expire_on_commit=False),
            title="Aduan Cilegon",
            templates_dir=str(HERE / "templates"),
            middlewares=[Middleware(SecureHeaders)],
            authentication_backend=self.entrance,
            i18n_config=speak_indonesian(),
        )
        self.admin.exception_handlers = {
            HTTPException: self.refused,
            **dict.fromkeys((DatabaseAway, SQLAlchemyError, asyncpg.PostgresError), self.interrupted),
            Exception: self.failed,
        }
        self.templates.env.globals.update(
            links=links,
            label=label,
            wording=wording,
            Control=Control,
            TOKEN_FIELD=TOKEN_FIELD,
            SEEN_FIELD=SEEN_FIELD,
            SHOWN_FIELD=SHOWN_FIELD,
            VERSION_FIELD=VERSION_FIELD,
            KEY_FIELD=KEY_FIELD,
            FILES_FIELD="files",
            KEPT_FIELD="kept",
            takes_files=intake is not None,
            style_version=hashlib.sha256(b"".join(style.read_bytes() for style in STYLES)).hexdigest()[:12],
        )

    @asynccontextmanager
    async def desk(self, request: Request) -> AsyncIterator[Desk]:
        """To read with."""
        async with self.sessions() as session:
            yield Desk(session, request, self.vault)

    @asynccontextmanager
    async def writing_desk(self, request: Request) -> AsyncIterator[Desk]:
        """To write with: committed when the block ends well, and then followers are told to look."""
        async with self.sessions() as session, session.begin():
            await acts_for(session, actor_of(request))
            yield Desk(session, request, self.vault)
        self.on_change()

    async def page(
        self, request: Request, template: str, context: Mapping[str, Any], status_code: int = 200
    ) -> Response:
        """A page with its frame: who is looking, and the menu of what they may see."""
        visitor = getattr(request.state, "visitor", None)
        menu: dict[str, list[View]] = {}
        for view in self.views if visitor and visitor.confined_to is None else ():
            if isinstance(view, View) and view.is_accessible(request):
                menu.setdefault(view.menu_group, []).append(view)
        frame = {
            "visitor": visitor,
            "menu": menu,
            "here": request.path_params.get("identity"),
            "base": links.base(request),
        }
        return await self.templates.TemplateResponse(request, template, {**frame, **context}, status_code)

    async def notice(self, request: Request, notice: Notice, status_code: int) -> Response:
        context = {"notice": notice, "status_code": status_code}
        return await self.page(request, "panel/notice.html", context, status_code)

    async def refused(self, request: Request, error: Exception) -> Response:
        """The page for an address or form that was refused."""
        if not isinstance(error, HTTPException):
            raise TypeError(error)
        if not hasattr(request.state, "visitor") and error.status_code != 401:
            try:
                request.state.visitor = await self.entrance.visitor(request)
            except Exception as away:  # noqa: BLE001 - it is raised again if it is anything else
                return await self.interrupted(request, away)
        response = await self.notice(request, notice_of(error), error.status_code)
        response.headers.update(error.headers or {})
        return response

    async def interrupted(self, request: Request, error: Exception) -> Response:
        """The page while the database is away; any other error of the database is our own fault."""
        if not is_away(error):
            raise error
        log.warning("panel.database_away", reason=type(error).__name__)
        request.state.visitor = None  # the frame of a page would ask the database
        response = await self.notice(request, BY_STATUS[503], 503)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    async def failed(self, request: Request, error: Exception) -> Response:
        """The page for our own fault; Starlette hands the error on to the service's log."""
        if is_away(error):
            return await self.interrupted(request, error)
        request.state.visitor = None  # what failed may be the database itself
        return await self.notice(request, BY_STATUS[500], 500)

    def go(self, request: Request, path: str) -> Response:
        """On to another page of the panel, after something was done."""
        return RedirectResponse(links.base(request) + path, status_code=303)

    def view(self, request: Request, action: Action) -> View:
        """The kind of data that the address names, if the visitor may do this with it."""
        view = self._find_model_view(request.path_params["identity"])
        if not isinstance(view, View):
            raise HTTPException(404)
        if not view.has_permission(request, action):
            raise HTTPException(403)
        return view

    def editable(self, request: Request, action: Action) -> EditableView:
        """The same for what is written, not only read."""
        view = self.view(request, action)
        if not isinstance(view, EditableView):
            raise HTTPException(403)
        return view
