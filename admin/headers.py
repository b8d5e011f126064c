"""What every answer of the panel tells the browser: trust nothing from elsewhere, keep no copy."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The panel's pages run no script at all; Tabler's stylesheet draws arrows and ticks from data: images.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STATIC = ("/statics/", "/assets/")


class SecureHeaders:
    """Adds the headers; only style sheets, fonts and pictures may be kept by the browser."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        inside = scope["path"].removeprefix(scope.get("root_path", ""))
        keeps = inside.startswith(STATIC)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                kept = keeps and message["status"] in (200, 206, 304)
                headers["Cache-Control"] = "public, max-age=86400" if kept else "no-store"
            await send(message)

        await self.app(scope, receive, send_with_headers)
