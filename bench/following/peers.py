"""Who tells many subscribers of an event, and how is each of them asked?"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import servers

PEERS: dict[str, str] = {
    "product": "Aduan Cilegon",
    "broadcast": "Bare broadcast",
    "ordinary": "Strawberry's subscription",
}
QUERY = (
    "subscription { complaintEvents { type trackingCode fromStatus toStatus occurredAt"
    " complaint { title status opd { code name } } } }"
)
RAISED = {
    "ADUAN_STREAMS": "20000",
    "ADUAN_STREAMS_PER_ADDRESS": "20000",
}
"""The product's caps, beyond what comes from one address here."""
_Command = Callable[[int, str, Path], tuple[list[str], dict[str, str]]]


def _product(port: int, dsn: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    command, settings = servers.product(port, dsn, folder)
    return command, settings | RAISED


_COMMANDS: dict[str, _Command] = {
    "product": _product,
    "broadcast": lambda port, dsn, _folder: servers.bare("bench.following.broadcast", port, dsn),
    "ordinary": lambda port, dsn, _folder: servers.bare("bench.following.ordinary", port, dsn),
}


@dataclass(frozen=True)
class Peer:
    """One that tells of events."""

    name: str
    port: int
    pid: int

    @property
    def title(self) -> str:
        return PEERS[self.name]

    @property
    def query(self) -> str:
        """What its subscribers say; those of the bare broadcast say nothing, and are told all the same."""
        return "" if self.name == "broadcast" else QUERY


@contextmanager
def running(names: tuple[str, ...], dsn: str, folder: Path) -> Iterator[list[Peer]]:
    """The servers, all at once: one without subscribers does next to nothing."""
    with ExitStack() as stack:
        found = []
        for name in names:
            port = servers.free_port()
            command, settings = _COMMANDS[name](port, dsn, folder)
            serving = servers.serving(PEERS[name], command, settings, port, folder / f"{name}.log")
            found.append(Peer(name, port, stack.enter_context(serving)))
        yield found
