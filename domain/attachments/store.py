"""Where do the contents of attachments lie, and when are they safe there?

In a folder, or in a bucket of S3 and the like, which obstore reaches by the address. An object's name is
drawn at random for its attachment; nothing that clients know leads to it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from domain.attachments.links import Part

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

SCHEMES = frozenset({"file", "s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss", "https"})
CHUNK = 256 * 1024
_RETRYING: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
_CONNECTING: "ClientConfig" = {"connect_timeout": "5s", "timeout": "60s", "allow_http": True}
"""A client waits meanwhile: it is told rather soon than late that the store does not answer. What is
reached without HTTPS is of the operator's own network: they have written its address so."""


class StoreFailure(Exception):
    """The store does not do what it should; the message is its own, for the log."""


def folder_of(folder: UUID) -> str:
    """Where the objects of one attachment lie."""
    return f"{folder.hex[:2]}/{folder.hex}"


def object_name(folder: UUID, digest: bytes, part: Part) -> str:
    """The name of an object: the same for the same content only, so that no upload writes over another's."""
    return f"{folder_of(folder)}/{digest.hex()[:32]}.{part}"


class Store:
    """The objects, by their names."""

    def __init__(self, url: str) -> None:
        """Opens nothing yet. Raises ValueError for an address that cannot be one."""
        scheme = urlsplit(url).scheme
        if scheme not in SCHEMES:
            raise ValueError("begin with one of " + ", ".join(f"{known}://" for known in sorted(SCHEMES)))
        self.url = url
        self.folder = Path(url2pathname(urlsplit(url).path)) if scheme == "file" else None
        if self.folder is None:
            _ = self._objects

    @property
    def shown(self) -> str:
        """Its address for people, without keys that may stand in it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

    @cached_property
    def _objects(self) -> obstore.store.ObjectStore:
        if self.folder is None:
            try:
                return from_url(self.url, retry_config=_RETRYING, client_options=_CONNECTING)
            except BaseError as error:
                raise ValueError(_first_line(error)) from error
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self.folder, automatic_cleanup=True)

    async def put(self, name: str, content: bytes) -> None:
        """Writes an object, whole or not at all; when this returns it survives a loss of power.

        Raises StoreFailure.
        """
        with _failures_told():
            await obstore.put_async(self._objects, name, content)
            if self.folder is not None:
                await asyncio.to_thread(_sync, self.folder, name)

    async def read(self, name: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of an object from `start` up to `end`. Raises FileNotFoundError and StoreFailure."""
        with _failures_told(FileNotFoundError):
            found = await obstore.get_async(self._objects, name, options={"range": (start, end)})
        return aiter(found.stream(min_chunk_size=CHUNK))

    def content(self, name: str) -> bytes:
        """The whole of an object; it waits, as `reach` does. Raises FileNotFoundError, StoreFailure."""
        with _failures_told(FileNotFoundError):
            return bytes(obstore.get(self._objects, name).bytes())

    async def remove(self, name: str) -> None:
        """Removes an object; that it is gone already is no failure. Raises StoreFailure."""
        with suppress(FileNotFoundError), _failures_told(FileNotFoundError):
            await obstore.delete_async(self._objects, name)

    async def remove_folder(self, folder: UUID) -> None:
        """Removes all objects of an attachment. Raises StoreFailure."""
        names: list[str] = []
        with _failures_told():
            async for found in obstore.list(self._objects, prefix=f"{folder_of(folder)}/"):
                names += [each["path"] for each in found]
        for name in names:
            await self.remove(name)

    def reach(self) -> None:
        """Looks whether a store that is no folder answers. Changes nothing. Raises StoreFailure.

        It waits: after one of obstore's asynchronous calls, a program that ends at once may be aborted.
        """
        with _failures_told():
            obstore.list_with_delimiter(self._objects, prefix="none")


@contextmanager
def _failures_told(*but: type[Exception]) -> Iterator[None]:
    """Says of whatever a store raises that it failed; what is named is the caller's matter."""
    try:
        yield
    except but:
        raise
    except (BaseError, OSError, ValueError) as error:
        raise StoreFailure(_first_line(error)) from error


def _sync(folder: Path, name: str) -> None:
    """Has a file, and the entries of the folders that lead to it, on the disk: obstore leaves that open."""
    path = folder / name
    _sync_one(path)
    for above in path.parents:
        _sync_one(above)
        if above == folder:
            break


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
