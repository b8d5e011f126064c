"""How much may a program ask in a minute? Its own number of requests and cost, in each process."""

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from domain.actor import Actor
from schema.limits import Excess, LimitExceeded

REQUESTS, COST = "requestsPerMinute", "costPerMinute"


class TooMany(Exception):
    """A program has asked too much within the last minute."""

    def __init__(self, limit: str, most: int, seconds: int) -> None:
        super().__init__(limit)
        self.limit = limit
        self.most = most
        self.seconds = seconds
        """How long to wait before asking again."""


class RatesKept:
    """What each program has asked lately, in this process."""

    def __init__(self) -> None:
        self._kept = SlidingWindowCounterRateLimiter(MemoryStorage())

    def request(self, actor: Actor) -> None:
        """Counts a request. Raises TooMany."""
        if actor.rates is not None:
            self._count(actor, REQUESTS, actor.rates.requests, 1)

    def cost(self, actor: Actor, cost: int) -> None:
        """Counts an operation's cost before it is run. Raises TooMany; LimitExceeded where no wait helps."""
        if actor.rates is None or cost == 0:
            return
        if cost > actor.rates.cost:
            raise LimitExceeded(Excess(COST, actor.rates.cost, cost))
        self._count(actor, COST, actor.rates.cost, cost)

    def _count(self, actor: Actor, limit: str, most: int, number: int) -> None:
        item: RateLimitItem = RateLimitItemPerMinute(most)
        if not self._kept.hit(item, limit, str(actor.id), cost=number):
            free_at = self._kept.get_window_stats(item, limit, str(actor.id)).reset_time
            raise TooMany(limit, most, max(1, math.ceil(free_at - time.time())))
