"""What do the statistics say? Counted, averaged and sorted in Python, complaint by complaint."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from domain.calendar import local_day
from domain.model.complaint import Complaint
from tests.reference import filters, rules
from tests.reference.objects import Arguments, Resolver, Scene, Seen
from tests.reference.pages import refused

NOW = "\0now"
"""What the reference says instead of the moment that figures are of."""

Value = Callable[[Scene, Complaint], Any]


@dataclass(frozen=True)
class Group:
    """The complaints that agree in something, or all of them."""

    complaints: list[Complaint]
    key: Any = None
    sealed: tuple[Complaint, ...] = ()
    """Confidential ones that count as a number of their status, and in nothing else."""


def counted(
    scene: Scene, rows: Iterable[Complaint], arguments: Arguments, *, whole_city: bool = False
) -> Seen:
    """The statistics of those of the rows that the viewer's figures count."""
    period = arguments["period"]
    if period["until"] < period["from"]:
        raise refused("INVALID_INPUT")
    filters.require_known(scene.eyes.world, arguments)
    found = [
        c
        for c in rows
        if rules.counts_complaint(scene.eyes, c)
        and period["from"] <= local_day(c.submitted_at) <= period["until"]
        and filters.passes(filters.COMPLAINTS, scene, c, arguments)
    ]
    openly = [c for c in found if rules.counts_openly(scene.eyes, c)]
    sealed: list[Complaint] = []
    if whole_city and all(value is None for value in (arguments.get("filter") or {}).values()):
        sealed = [c for c in found if c not in openly and _has_the_year(scene, period, c)]
    return Seen("Statistics", Group(openly, sealed=tuple(sealed)), scene)


def _has_the_year(scene: Scene, period: Arguments, complaint: Complaint) -> bool:
    """Whether a period has the whole of the calendar year of a complaint, or all of it up to today."""
    year = local_day(complaint.submitted_at).year
    end = min(date(year, 12, 31), max(local_day(scene.now), local_day(complaint.submitted_at)))
    return bool(period["from"] <= date(year, 1, 1) and end <= period["until"])


def _total(seen: Seen, _arguments: Arguments) -> int:
    return len(seen.row.complaints) + len(seen.row.sealed)


def _count(*statuses: str) -> Resolver:
    return lambda seen, _arguments: sum(
        c.status in statuses for c in (*seen.row.complaints, *seen.row.sealed)
    )


def _overdue(seen: Seen, _arguments: Arguments) -> int:
    return sum(filters.is_overdue(seen.scene, c) for c in seen.row.complaints)


def _share(*statuses: str) -> Resolver:
    """Of those that went to an OPD, the share that has one of these statuses."""

    def shown(seen: Seen, arguments: Arguments) -> float | None:
        whole = _count("DISPATCHED", "IN_PROGRESS", "ANSWERED", "COMPLETED")(seen, arguments)
        return _count(*statuses)(seen, arguments) / whole if whole else None

    return shown


def _measure(value: Value, made: Callable[[list[Any]], Any]) -> Resolver:
    """A figure made of the values of those complaints that have one."""

    def shown(seen: Seen, _arguments: Arguments) -> float | None:
        values = [found for c in seen.row.complaints if (found := value(seen.scene, c)) is not None]
        return float(made(values)) if values else None

    return shown


def _mean(values: list[Any]) -> Fraction:
    return Fraction(sum(values), len(values))


def _days(start: str, end: str) -> Value:
    """Working days from one moment of a complaint to another."""

    def days(scene: Scene, complaint: Complaint) -> int | None:
        first, last = getattr(complaint, start), getattr(complaint, end)
        if first is None or last is None:
            return None
        return scene.eyes.world.calendar.between(local_day(first), local_day(last))

    return days


def _in_time(scene: Scene, complaint: Complaint) -> bool | None:
    """Whether a finished complaint met its deadline, each time that it had one."""
    runs = [d for d in scene.eyes.world.deadlines.get(complaint.id, []) if d.clock == "RESOLUTION"]
    if complaint.status != "COMPLETED" or not runs:
        return None
    return all(d.ended_at is not None and d.ended_at <= d.due_at for d in runs)


def _by_status(seen: Seen, _arguments: Arguments) -> list[Seen]:
    """The one breakdown that the sealed ones are in."""
    found = seen.row
    statuses = sorted({c.status for c in (*found.complaints, *found.sealed)})
    return [
        Seen(
            "StatusCount",
            Group(
                [c for c in found.complaints if c.status == status],
                status,
                tuple(c for c in found.sealed if c.status == status),
            ),
            seen.scene,
        )
        for status in statuses
    ]


def _grouped(type_name: str, key: Value, order: Callable[[Scene, Any], Any]) -> Resolver:
    """Objects of a type for each key that complaints have."""

    def shown(seen: Seen, _arguments: Arguments) -> list[Seen]:
        groups = defaultdict(list)
        for complaint in seen.row.complaints:
            if (found := key(seen.scene, complaint)) is not None:
                groups[found].append(complaint)
        ordered = sorted(groups, key=lambda found: order(seen.scene, found))
        return [Seen(type_name, Group(groups[found], found), seen.scene) for found in ordered]

    return shown


def _code(kind: str) -> Callable[[Scene, Any], Any]:
    return lambda scene, key: filters.code_of(scene.eyes.world, kind, key)


def _key(seen: Seen, _arguments: Arguments) -> Any:
    return seen.row.key


_RESPONSE = _days("dispatched_at", "first_responded_at")
_RATING: Value = lambda _scene, complaint: complaint.rating  # noqa: E731
_FINISHED = _count("COMPLETED")
_FIGURES: dict[str, Resolver] = {
    "total": _total,
    "notFollowedUp": _count("DISPATCHED"),
    "inProgress": _count("IN_PROGRESS", "ANSWERED"),
    "completed": _FINISHED,
    "overdue": _overdue,
    "meanFirstResponseDays": _measure(_RESPONSE, _mean),
    "onTimeRate": _measure(_in_time, _mean),
    "meanRating": _measure(_RATING, _mean),
}

STATISTICS: dict[str, Resolver] = (
    {
        f"{type_name}.{name}": made
        for type_name in ("Statistics", "OpdStatistics")
        for name, made in _FIGURES.items()
    }
    | {
        "Statistics.asOf": lambda _seen, _arguments: NOW,
        "Statistics.followedUp": _count("IN_PROGRESS", "ANSWERED", "COMPLETED"),
        "Statistics.followUpRate": _share("IN_PROGRESS", "ANSWERED", "COMPLETED"),
        "Statistics.completionRate": _share("COMPLETED"),
        "Statistics.medianFirstResponseDays": _measure(_RESPONSE, statistics.median),
        "Statistics.medianResolutionDays": _measure(_days("verified_at", "completed_at"), statistics.median),
        "Statistics.byStatus": _by_status,
        "Statistics.byChannel": _grouped("ChannelCount", lambda _s, c: c.channel, lambda _s, key: key),
        "Statistics.byOpd": _grouped("OpdStatistics", lambda _s, c: c.opd_id, _code("Opd")),
        "Statistics.byCategory": _grouped(
            "CategoryStatistics", lambda _s, c: c.category_id, _code("Category")
        ),
        "Statistics.byMonth": _grouped(
            "MonthStatistics", lambda _s, c: local_day(c.submitted_at).replace(day=1), lambda _s, key: key
        ),
    }
    | {"StatusCount.status": _key, "StatusCount.count": _total}
    | {"ChannelCount.channel": _key, "ChannelCount.count": _total}
    | {"OpdStatistics.opd": lambda seen, _arguments: seen.scene.one("Opd", seen.row.key)}
    | {
        "CategoryStatistics.category": lambda seen, _arguments: seen.scene.one("Category", seen.row.key),
        "CategoryStatistics.total": _total,
        "CategoryStatistics.completed": _FINISHED,
    }
    | {"MonthStatistics.month": _key, "MonthStatistics.total": _total, "MonthStatistics.completed": _FINISHED}
)
