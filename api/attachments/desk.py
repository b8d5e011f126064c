"""What do the addresses of attachments share: where contents lie, who may call, how much at once?"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.attachments.answers import Refused, refused, told
from api.cross_origin import CrossOrigin
from api.operator_error import OperatorError
from api.settings import Settings
from domain.attachments.links import Links
from domain.attachments.store import Store
from domain.attachments.workshop import Workshop
from domain.errors import TooManyUploads
from domain.network import network_of
from domain.secrecy import Vault

UPLOADS_AT_ONCE = 64
_KILOBYTE = 1024


def store_of(settings: Settings) -> Store:
    """The store of the settings, a folder within the data folder if they name none. Raises OperatorError."""
    try:
        return Store(settings.attachments_url or (settings.data_dir / "attachments").absolute().as_uri())
    except ValueError as error:
        message = (
            f"ADUAN_ATTACHMENTS_URL cannot be used ({error}): write s3://bucket/folder, or file:///folder, or"
            " leave it out"
        )
        raise OperatorError(message) from error


class Attachments:
    """One process's part in uploads and readings."""

    def __init__(self, settings: Settings, vault: Vault, origins: CrossOrigin) -> None:
        """Opens nothing yet. Raises OperatorError."""
        self.rules = settings.attachment_rules()
        self.store = store_of(settings)
        self.links = Links.of(vault, settings.public_url or "")
        self.workshop = Workshop()
        self._origins = origins
        self._hourly = RateLimitItemPerHour(settings.attachments_hourly_bytes // _KILOBYTE)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._uploads = 0

    def admit(self, address: str | None, size: int) -> None:
        """Counts, in memory and for an hour, what an address announces. Raises TooManyUploads."""
        who, kilobytes = network_of(address) or "unknown", -(-size // _KILOBYTE)
        if not self._limiter.test(self._hourly, who, cost=kilobytes):
            raise TooManyUploads("address_uploads_much")
        self._limiter.hit(self._hourly, who, cost=kilobytes)

    @contextmanager
    def uploading(self) -> Iterator[None]:
        """One upload of those that may go on at once: each has a file and a connection. Raises Refused."""
        if self._uploads >= UPLOADS_AT_ONCE:
            busy = HTTPStatus.SERVICE_UNAVAILABLE
            raise Refused(busy, "BUSY", "attachments_busy", {"Retry-After": "5"})
        self._uploads += 1
        try:
            yield
        finally:
            self._uploads -= 1

    async def answered(
        self,
        request: Request,
        work: Callable[["Attachments", Request], Awaitable[Response]],
        *,
        methods: str,
        expired: str,
    ) -> Response:
        """The answer to any request, our own faults included, with what other origins may read."""
        origin = request.headers.get("origin")
        if request.method == "OPTIONS":
            response = Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": methods})
            granted = self._origins.preflight(origin, methods)
        else:
            try:
                response = await work(self, request)
            except ClientDisconnect:
                response = Response(status_code=HTTPStatus.BAD_REQUEST)  # to nobody
            except Exception as error:  # noqa: BLE001 - the client gets an answer, and we a log entry
                response = told(request, refused(error, expired=expired))
            granted = self._origins.headers(origin)
        response.raw_headers += [*granted, (b"vary", b"Origin")]
        return response

    def close(self) -> None:
        """Ends its threads, after the picture that each is at."""
        self.workshop.close()

    def endpoint(
        self,
        work: Callable[["Attachments", Request], Awaitable[Response]],
        *,
        methods: str,
        expired: str,
    ) -> Callable[[Request], Awaitable[Response]]:
        """What a route calls."""
        return partial(self.answered, work=work, methods=methods, expired=expired)
