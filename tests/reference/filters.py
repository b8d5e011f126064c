"""Which rows does a filter leave? Its keys in plain Python; what is absent or null does not narrow."""

from collections.abc import Callable
from datetime import date, datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any
from uuid import UUID

from domain.calendar import local_day
from domain.model.complaint import Complaint
from domain.model.event import ComplaintEvent
from domain.model.master import Opd
from domain.tracking import read_code
from tests.reference.objects import Arguments, Scene
from tests.reference.pages import refused
from tests.reference.world import World

EARTH_RADIUS = 6_371_008.8
Test = Callable[[Scene, Any, Any], bool]


def passes(tests: dict[str, Test], scene: Scene, row: Any, arguments: Arguments) -> bool:
    """Whether a row meets every key of the argument `filter`."""
    asked = arguments.get("filter") or {}
    return all(tests[name](scene, row, value) for name, value in asked.items() if value is not None)


def require_known(world: World, arguments: Arguments) -> None:
    """Refuses codes that no OPD, category or area has."""
    asked = arguments.get("filter") or {}
    for name in ("opd", "category", "area"):
        if set(asked.get(name) or ()) - {row.code for row in world.all(name.capitalize())}:
            raise refused("INVALID_INPUT")


def code_of(world: World, kind: str, key: UUID | None) -> str | None:
    row = world.get(kind, key)
    return None if row is None else row.code


def lies_in(world: World, kind: str, key: UUID | None, codes: list[str]) -> bool:
    """Whether a category or area, or one above it, has one of the codes."""
    while (row := world.get(kind, key)) is not None:
        if row.code in codes:
            return True
        key = row.parent_id
    return False


def within(moment: datetime, span: dict[str, datetime | None]) -> bool:
    start, until = span.get("from"), span.get("until")
    return (start is None or start <= moment) and (until is None or moment < until)


def is_overdue(scene: Scene, complaint: Any) -> bool:
    """A deadline of the city's has passed unmet."""
    due = scene.eyes.world.due_at(complaint)
    return due is not None and due < scene.now


def is_active(opd: Opd, today: date) -> bool:
    """Whether an OPD takes complaints on a day."""
    begun = opd.active_from is None or opd.active_from <= today
    return begun and (opd.active_until is None or today <= opd.active_until)


def _has_text(opd: Opd, text: str) -> bool:
    shown = " ".join(part for part in (opd.code, opd.name, opd.short_name) if part is not None)
    return text.lower() in shown.lower()


def meters(complaint: Complaint, latitude: float, longitude: float) -> float | None:
    """The great-circle distance from a place."""
    if complaint.latitude is None or complaint.longitude is None:
        return None
    north, here = radians(complaint.latitude), radians(latitude)
    between = sin((north - here) / 2) ** 2 + cos(north) * cos(here) * (
        sin(radians(complaint.longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * asin(sqrt(between))


def _is_near(complaint: Complaint, circle: dict[str, float]) -> bool:
    distance = meters(complaint, circle["latitude"], circle["longitude"])
    return distance is not None and distance <= circle["radiusMeters"]


def _of(event: ComplaintEvent, scene: Scene) -> Complaint:
    complaint: Complaint = scene.eyes.world.get("Complaint", event.complaint_id)
    return complaint


COMPLAINTS: dict[str, Test] = {
    "status": lambda _s, c, value: c.status in value,
    "opd": lambda s, c, value: code_of(s.eyes.world, "Opd", c.opd_id) in value,
    "category": lambda s, c, value: lies_in(s.eyes.world, "Category", c.category_id, value),
    "area": lambda s, c, value: lies_in(s.eyes.world, "Area", c.area_id, value),
    "channel": lambda _s, c, value: c.channel in value,
    "classification": lambda _s, c, value: c.classification in value,
    "submitted": lambda _s, c, value: within(c.submitted_at, value),
    "updated": lambda _s, c, value: within(c.updated_at, value),
    "overdue": lambda s, c, value: is_overdue(s, c) is value,
    "search": lambda s, c, value: not value.strip() or c.id in s.found.words[value],
    "near": lambda _s, c, value: _is_near(c, value),
}
OPDS: dict[str, Test] = {
    "search": lambda _s, o, value: not value.strip() or _has_text(o, value),
    "kind": lambda _s, o, value: o.kind in value,
    "active": lambda s, o, value: is_active(o, local_day(s.now)) is value,
}
ACTIONS: dict[str, Test] = {"kind": lambda _s, a, value: a.kind in value}
EVENTS: dict[str, Test] = {
    "type": lambda _s, e, value: e.type in value,
    "opd": lambda s, e, value: code_of(s.eyes.world, "Opd", e.opd_id) in value,
    "category": lambda s, e, value: lies_in(s.eyes.world, "Category", _of(e, s).category_id, value),
    "area": lambda s, e, value: lies_in(s.eyes.world, "Area", _of(e, s).area_id, value),
    "trackingCode": lambda s, e, value: _of(e, s).tracking_code == read_code(value),
}
