"""How long have committed events waited for a transaction that is still open?

Readers take events below the snapshot's horizon only, so one transaction that has written and does not end
holds back all events that are committed after it began.
"""

from collections.abc import Callable
from time import monotonic

import structlog

ALARM_SECONDS = 5.0
"""Who follows would notice: the log tells of it, and so does /readyz."""
REPEAT_SECONDS = 60.0

log = structlog.get_logger()


class HorizonLag:
    """What one relay sees of the events that cannot be read yet."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._held: str | None = None
        self._since = 0.0
        self._told: float | None = None

    @property
    def seconds(self) -> float:
        """How long the oldest of them has waited."""
        return 0.0 if self._held is None else self._clock() - self._since

    @property
    def is_alarming(self) -> bool:
        return self.seconds >= ALARM_SECONDS

    def note(self, held: str | None) -> bool:
        """Takes the transaction of the oldest event that waits; whether it waits since just now."""
        now, fresh = self._clock(), held != self._held
        if fresh:
            if self._told is not None:
                log.info("relay.released", seconds=round(self.seconds, 1))
            self._held, self._since, self._told = held, now, None
        elif self.is_alarming and (self._told is None or now - self._told >= REPEAT_SECONDS):
            self._told = now
            log.warning("relay.held_back", seconds=round(self.seconds, 1), remedy="aduan doctor names it")
        return fresh
