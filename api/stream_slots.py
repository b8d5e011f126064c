"""How many streams may be open at once? So many of one address, of one key or account, and in all.

What is full refuses streams alone: requests over HTTP are answered as ever.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from domain.actor import Actor


class NoSlot(Exception):
    """There are as many streams as there may be."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that there may be."""

    total: int
    address: int
    caller: int


class StreamSlots:
    """The streams of one process."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._open: Counter[Hashable] = Counter()

    @contextmanager
    def of_address(self, address: str) -> Iterator[None]:
        """A place for a client, whoever they are. Raises NoSlot."""
        with self._counted("all", self._caps.total), self._counted(address, self._caps.address):
            yield

    @contextmanager
    def of_caller(self, actor: Actor) -> Iterator[None]:
        """A place among those of a key or an account; the public has only its addresses. Raises NoSlot."""
        if actor.id is None:
            yield
            return
        with self._counted(actor.id, self._caps.caller):
            yield

    @contextmanager
    def _counted(self, key: Hashable, most: int) -> Iterator[None]:
        if self._open[key] >= most:
            raise NoSlot
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
