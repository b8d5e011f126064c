"""How does a worker process of `aduan serve --workers N` get its application?"""

from starlette.applications import Starlette

from api import logs
from api.app import create_app
from api.collecting import keep_for_good
from api.operator_error import OperatorError
from api.parent import stop_with_parent
from api.secret_keys import vault_of
from api.settings import settings


def app_from_environment() -> Starlette:
    """The application on the database that DATABASE_URL names, with logs as the settings want them."""
    current = settings()
    if current.database_url is None:
        message = "several processes need DATABASE_URL"
        raise OperatorError(message)
    # A worker whose supervisor was killed would keep the port, and serve unseen.
    stop_with_parent()
    logs.configure(current.mode)
    app = create_app(current, current.database_url, vault_of(current))
    keep_for_good()
    return app
