"""Which web pages of other origins may call the API? Those of the operator's list; CORS tells the browser."""

from collections.abc import Iterable

from strawberry.http.websocket_origin import is_same_origin, normalize_allowed_origins, normalize_origin

Headers = list[tuple[bytes, bytes]]

_PREFLIGHT: Headers = [
    (b"access-control-allow-headers", b"authorization, content-type, last-event-id"),
    (b"access-control-max-age", b"600"),
]


class CrossOrigin:
    """The operator's list of origins, `*` for all."""

    def __init__(self, allowed: Iterable[str]) -> None:
        """Raises ValueError for what is no origin."""
        self._allowed = normalize_allowed_origins(tuple(allowed))

    def headers(self, origin: str | None) -> Headers:
        """What lets a page of this origin read an answer; nothing where it may not."""
        if origin is None or not self._allowed:
            return []
        if "*" in self._allowed:
            return [(b"access-control-allow-origin", b"*")]
        if normalize_origin(origin) in self._allowed:
            return [(b"access-control-allow-origin", origin.encode("latin-1"))]
        return []

    def preflight(self, origin: str | None, methods: str = "GET, POST") -> Headers:
        """What lets a page of this origin ask at all."""
        granted = self.headers(origin)
        if not granted:
            return []
        return [*granted, (b"access-control-allow-methods", methods.encode()), *_PREFLIGHT]

    def may_connect(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of this origin may open a WebSocket, to which CORS does not apply."""
        return (
            origin is None
            or "*" in self._allowed
            or is_same_origin(origin, host)
            or normalize_origin(origin) in self._allowed
        )
