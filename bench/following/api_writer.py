"""How long does a write take through the API of the process that tells of it?"""

import asyncio
import http.client
import json
import time
from typing import Any

from bench.following.writer import EMAIL, PASSWORD, Writer

_SIGN_IN = "mutation ($input: SessionCreateInput!) { sessionCreate(input: $input) { token } }"
_ADD = """mutation ($input: ActionAddInput!) {
 actionAdd(input: $input) { complaint { version } errors { code message } } }"""


class ApiWriter:
    """The writer's officer, signed in."""

    def __init__(self, port: int, writer: Writer) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._writer = writer
        self._headers = {"content-type": "application/json"}

    @classmethod
    async def signed_in(cls, port: int, writer: Writer) -> "ApiWriter":
        """With a session of the officer's."""
        api = cls(port, writer)
        told = await asyncio.to_thread(api._ask, _SIGN_IN, {"email": EMAIL, "password": PASSWORD})
        api._headers["authorization"] = f"Bearer {told['sessionCreate']['token']}"
        return api

    def connect(self) -> None:
        """Anew: the server closes a connection over which nothing is asked for some seconds."""
        self._connection.close()
        self._connection.connect()

    async def write(self) -> float:
        """A public action: the seconds until it is answered."""
        version = await self._writer.version()
        given = {"trackingCode": self._writer.code, "version": version, "body": "Tim melanjutkan pekerjaan."}
        begun = time.monotonic()
        told = await asyncio.to_thread(self._ask, _ADD, given)
        seconds = time.monotonic() - begun
        if told["actionAdd"]["errors"]:
            raise ValueError(told)
        return seconds

    def _ask(self, query: str, given: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": {"input": given}})
        self._connection.request("POST", "/graphql", body, self._headers)
        told: dict[str, Any] = json.load(self._connection.getresponse())
        if "errors" in told:
            raise ValueError(told)
        data: dict[str, Any] = told["data"]
        return data
