"""uvicorn's connections, with what a stream needs beside ASGI: to end one that takes nothing more.

ASGI has no word for it: a message to a client that does not read waits for ever, that of closing, too. And it
tells a stream over HTTP nothing when the server stops. Nor has it one for a message that need not wait: that
costs each of a thousand followers a task's turn.
"""

from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from api.server_extensions import DROP, PUT

FOLLOWERS = "followers"
"""The name under which the application's state has all who follow events."""
LINGER_SECONDS = 20.0
"""How long a client that was told of the end may take to read what came before."""


class HttpConnection(HttpToolsProtocol):
    """HTTP: an answer can be cut off, and streams hear that the server stops."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: Any = {DROP: self.transport.abort}
        self.scope["extensions"] = extensions

    def shutdown(self) -> None:
        super().shutdown()
        _end_streams(self.app_state)


class SocketConnection(WebSocketsSansIOProtocol):
    """WebSocket: one that takes nothing more is told why, and not waited for."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            extensions: Any = self.scope["extensions"]
            extensions[DROP] = self.drop
            extensions[PUT] = self.put

    def put(self, text: bytes) -> bool:
        """Sends a message at once; False where it would have to wait, or nobody would get it."""
        if not self.writable.is_set() or self.transport.is_closing() or self.conn.state is not State.OPEN:
            return False
        self.transport.write(_text_head(len(text)) + text)
        return True

    def drop(self, code: int, reason: str) -> None:
        """Puts the close behind what waits in the transport, and ends it if that is not read either."""
        if self.close_sent or self.transport.is_closing():
            return
        self.stop_keepalive()
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.close()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)


@lru_cache(4_096)
def _text_head(length: int) -> bytes:
    """What stands before a message of a server that compresses nothing."""
    return Frame(Opcode.TEXT, bytes(length)).serialize(mask=False)[:-length]


def _end_streams(state: dict[str, Any]) -> None:
    followers = state.get(FOLLOWERS)
    if followers is not None:
        followers.end()
