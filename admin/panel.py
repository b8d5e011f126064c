"""How the panel becomes part of the service: at `/admin`, built before any database connection is open."""

from collections.abc import Callable
from functools import partial
from types import new_class

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from admin import acts, entrance, reading, writing
from admin.complaints import stepping
from admin.complaints.view import ComplaintView
from admin.frame import HERE, Intake, Panel
from admin.master.areas import AreaView
from admin.master.categories import CategoryView
from admin.master.holidays import HolidayView
from admin.master.opds import OpdView
from admin.master.recalculations import RecalculationView
from admin.master.sla_rules import SlaRuleView
from admin.notices import pages as notices
from admin.people import own, own_second_factor
from admin.people.accounts import AccountView
from admin.people.api_clients import ApiClientView
from admin.people.webhooks import WebhookView
from admin.signing import OWN_PASSWORD, OWN_SECOND_FACTOR
from admin.trail.view import AuditEntryView
from domain.signing_in import Door

VIEWS = (
    ComplaintView,
    OpdView,
    CategoryView,
    AreaView,
    SlaRuleView,
    HolidayView,
    RecalculationView,
    AccountView,
    ApiClientView,
    WebhookView,
    AuditEntryView,
)
"""In the order of the menu."""


def create_panel(
    app: Starlette,
    engine: AsyncEngine,
    sessions: async_sessionmaker[AsyncSession],
    door: Door,
    *,
    secure_cookies: bool,
    on_change: Callable[[], None],
    intake: Intake | None = None,
) -> None:
    """Mounts the panel at `/admin`. `on_change` is called after each commit that it makes.

    Without an `intake` its forms take no files.
    """
    panel = Panel(
        app, engine, sessions, door, secure_cookies=secure_cookies, on_change=on_change, intake=intake
    )
    for view in VIEWS:
        # SQLAdmin keeps a panel's services in the view's class: a class of its own for each panel.
        panel.add_view(new_class(view.__name__, (view,)))
    get_and_post = ["GET", "POST"]
    # In place of SQLAdmin's own addresses: its exports, imports, uploads and deletions are not offered.
    panel.admin.router.routes = [
        Mount("/statics", StaticFiles(packages=["sqladmin"])),
        Mount("/assets", StaticFiles(directory=HERE / "static")),
        Route("/", partial(reading.index, panel)),
        Route("/login", partial(entrance.login, panel), methods=get_and_post),
        Route("/logout", partial(entrance.logout, panel), methods=["POST"]),
        Route("/me", partial(own.page, panel)),
        Route(OWN_PASSWORD, partial(own.password, panel), methods=get_and_post),
        Route(OWN_SECOND_FACTOR, partial(own_second_factor.page, panel), methods=get_and_post),
        Route("/me/sessions/{key}", partial(own.end_session, panel), methods=["POST"]),
        Route("/notices", partial(notices.index, panel)),
        Route("/notices/read", partial(notices.read, panel), methods=["POST"]),
        Route("/notices/open/{key}", partial(notices.open_notice, panel), methods=["POST"]),
        Route("/notices/digest/{key}", partial(notices.digest, panel)),
        Route("/{identity}/acts/{act}/{key}", partial(acts.page, panel), methods=get_and_post),
        Route("/{identity}/list", partial(reading.rows, panel)),
        Route("/{identity}/details/{key}", partial(reading.row, panel)),
        Route("/{identity}/create", partial(writing.create, panel), methods=get_and_post),
        Route("/{identity}/edit/{key}", partial(writing.edit, panel), methods=get_and_post),
        Route("/{identity}/remove/{key}", partial(writing.remove, panel), methods=get_and_post),
        Route("/complaint/step/{step}/{key}", partial(stepping.page, panel), methods=["POST"]),
        Route("/complaint/reporter/{key}", partial(reading.reporter, panel), methods=["POST"]),
    ]
