"""What do the root fields, the viewer, events and master data show?"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain import authority
from domain.calendar import local_day
from domain.secrecy import token_hash
from domain.tracking import read_code
from tests.reference import filters, rules
from tests.reference.complaint_fields import complaints_page
from tests.reference.objects import (
    Arguments,
    Resolver,
    Seen,
    columns,
    connection,
    identity,
    links,
    paged,
)
from tests.reference.pages import place, refused
from tests.reference.statistics_fields import counted
from tests.reference.world import TABLES


@dataclass(frozen=True)
class Similar:
    """A complaint like a text."""

    complaint_id: UUID
    score: float
    distance_meters: float | None


EVENT_LIST = "ComplaintEvent"


def _deliveries(webhook: Seen, moment: str) -> int:
    """How many messages of a webhook have a moment."""
    found = webhook.scene.eyes.world.deliveries.get(webhook.row.id, [])
    return sum(getattr(delivery, moment) is not None for delivery in found)


# ------------------------------------------------------------------ root fields


def _node(root: Seen, arguments: Arguments) -> Seen | None:
    return _named(root, arguments["id"])


def _named(root: Seen, identifier: str) -> Seen | None:
    """The object of an identifier: the type's name and the row's key."""
    kind, _, key = identifier.partition(":")
    if kind not in TABLES:
        return None
    found = next((row for row in root.scene.eyes.world.rows[kind] if str(row) == key), None)
    return root.scene.one(kind, found)


def _complaint(root: Seen, arguments: Arguments) -> Seen | None:
    scene, token = root.scene, arguments.get("accessToken")
    if token is not None:
        scene = scene.as_viewer(scene.eyes.viewer.with_access_token(token_hash(token)))
    found = scene.eyes.world.by_code.get(read_code(arguments["trackingCode"]) or "")
    return None if found is None else scene.one("Complaint", found.id)


def _complaints(root: Seen, arguments: Arguments) -> Seen:
    rows = root.scene.eyes.world.all("Complaint")
    return complaints_page(root.scene, "Query.complaints", rows, arguments)


def _opd(root: Seen, arguments: Arguments) -> Seen | None:
    code = arguments["code"].strip().upper()
    found = next((opd for opd in root.scene.eyes.world.all("Opd") if opd.code == code), None)
    return None if found is None else Seen("Opd", found, root.scene)


def _opds(root: Seen, arguments: Arguments) -> Seen:
    scene = root.scene
    rows = [o for o in scene.eyes.world.all("Opd") if filters.passes(filters.OPDS, scene, o, arguments)]
    return paged(scene, "Query.opds", "Opd", rows, arguments, key=lambda opd: opd.code)


def _all_by_code(kind: str) -> Resolver:
    def shown(root: Seen, _arguments: Arguments) -> list[Seen]:
        rows = sorted(root.scene.eyes.world.all(kind), key=lambda row: row.code)
        return root.scene.visible(kind, rows)

    return shown


def _sla_rules(root: Seen, arguments: Arguments) -> list[Seen]:
    day: date = arguments.get("on") or local_day(root.scene.now)

    def nulls_last(value: Any) -> tuple[bool, Any]:
        return value is None, value if value is not None else ""

    rows = [
        rule
        for rule in root.scene.eyes.world.all("SlaRule")
        if rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)
    ]
    rows.sort(
        key=lambda r: (r.clock, nulls_last(r.classification), nulls_last(r.supervised), r.valid_from, r.id)
    )
    return root.scene.visible("SlaRule", rows)


def _holidays(root: Seen, arguments: Arguments) -> list[Seen]:
    days = [day for day in root.scene.eyes.world.holidays if day.date.year == arguments["year"]]
    return [Seen("Holiday", day, root.scene) for day in sorted(days, key=lambda day: day.date)]


def _similar(root: Seen, arguments: Arguments) -> list[Seen]:
    """Of what the service finds for the text, what the viewer lists and is still open to be joined."""
    text = {name: value for name, value in arguments.items() if name != "first" and value is not None}
    made = []
    for key, score, distance in root.scene.found.similar[json.dumps(text, sort_keys=True)]:
        complaint = root.scene.eyes.world.get("Complaint", key)
        if rules.lists_complaint(root.scene.eyes, complaint):
            made.append(Seen("SimilarComplaint", Similar(complaint.id, score, distance), root.scene))
    size = arguments.get("first")
    return made[: 5 if size is None else size]


def _statistics(root: Seen, arguments: Arguments) -> Seen:
    return counted(root.scene, root.scene.eyes.world.all("Complaint"), arguments, whole_city=True)


QUERY: dict[str, Resolver] = {
    "Query.node": _node,
    "Query.nodes": lambda root, arguments: [_named(root, each) for each in arguments["ids"]],
    "Query.viewer": lambda root, _arguments: Seen("Viewer", root.scene.eyes.viewer, root.scene),
    "Query.complaint": _complaint,
    "Query.complaints": _complaints,
    "Query.opd": _opd,
    "Query.opds": _opds,
    "Query.categories": _all_by_code("Category"),
    "Query.areas": _all_by_code("Area"),
    "Query.slaRules": _sla_rules,
    "Query.holidays": _holidays,
    "Query.statistics": _statistics,
    "Query.similarComplaints": _similar,
}
SIMILAR: dict[str, Resolver] = links("SimilarComplaint", complaint="Complaint") | columns(
    "SimilarComplaint", "score distanceMeters"
)

# ------------------------------------------------------------------ who asks, and what happened


def _events(root: Seen, arguments: Arguments) -> Seen:
    scene = root.scene
    if "event:follow" not in authority.permissions(scene.eyes.viewer):
        raise refused("FORBIDDEN")
    filters.require_known(scene.eyes.world, arguments)
    rows = [
        e
        for e in scene.eyes.world.all("ComplaintEvent")
        if rules.sees_event(scene.eyes, e) and filters.passes(filters.EVENTS, scene, e, arguments)
    ]
    xids = scene.eyes.world.xids
    return paged(
        scene,
        "Query.events",
        "ComplaintEvent",
        rows,
        arguments,
        key=lambda event: xids[event.id],
        name=EVENT_LIST,
    )


def _tracking_code(event: Seen, _arguments: Arguments) -> str:
    code: str = event.scene.eyes.world.get("Complaint", event.row.complaint_id).tracking_code
    return code


def _inbox(viewer: Seen, arguments: Arguments) -> Seen:
    """What waits for the viewer to act, the earliest deadline first."""
    actor, rows = viewer.row, viewer.scene.eyes.world.all("Complaint")
    if actor.kind == "OFFICER":
        waiting = [c for c in rows if c.opd_id == actor.opd_id and c.status in {"DISPATCHED", "IN_PROGRESS"}]
    else:
        office = actor.kind in {"OFFICE", "ADMIN"}
        waiting = [c for c in rows if office and c.status in {"SUBMITTED", "VERIFIED"}]
    first_due = {"field": "DUE_AT", "direction": "ASC"}
    return complaints_page(viewer.scene, "Viewer.inbox", waiting, arguments, first_due)


VIEWER: dict[str, Resolver] = (
    columns("Viewer", "kind name email")
    | links("Viewer", opd="Opd")
    | {
        "Viewer.inbox": _inbox,
        "Viewer.permissions": lambda seen, _arguments: authority.permissions(seen.row),
    }
)


def _told(root: Seen, _arguments: Arguments) -> Seen:
    """Of a subscription the event itself is the root."""
    return Seen("ComplaintEvent", root.row, root.scene)


EVENTS: dict[str, Resolver] = (
    {
        "Query.events": _events,
        "Subscription.complaintEvents": _told,
        "Subscription.complaintStatusChanged": _told,
    }
    | identity("ComplaintEvent")
    | columns("ComplaintEvent", "type occurredAt fromStatus toStatus")
    | links("ComplaintEvent", opd="Opd", complaint="Complaint")
    | {
        "ComplaintEvent.cursor": lambda event, _arguments: place(EVENT_LIST, event.row.id),
        "ComplaintEvent.trackingCode": _tracking_code,
    }
    | {name: made for name, made in connection("ComplaintEvent").items() if not name.endswith("totalCount")}
)

# ------------------------------------------------------------------ master data


def _opd_complaints(opd: Seen, arguments: Arguments) -> Seen:
    rows = [c for c in opd.scene.eyes.world.all("Complaint") if c.opd_id == opd.row.id]
    return complaints_page(opd.scene, "Opd.complaints", rows, arguments)


def _opd_statistics(opd: Seen, arguments: Arguments) -> Seen:
    rows = [c for c in opd.scene.eyes.world.all("Complaint") if c.opd_id == opd.row.id]
    return counted(opd.scene, rows, arguments)


def _default_opd(category: Seen, _arguments: Arguments) -> Seen | None:
    """The OPD, or the first of its successors that is active."""
    scene, key = category.scene, category.row.default_opd_id
    while key is not None:
        opd = scene.eyes.world.get("Opd", key)
        if filters.is_active(opd, local_day(scene.now)):
            break
        key = opd.successor_id
    return scene.one("Opd", key)


MASTER: dict[str, Resolver] = (
    identity("Opd")
    | columns("Opd", "code name shortName kind address phone email website activeFrom activeUntil")
    | links("Opd", parent="Opd", successor="Opd")
    | {
        "Opd.active": lambda opd, _arguments: filters.is_active(opd.row, local_day(opd.scene.now)),
        "Opd.complaints": _opd_complaints,
        "Opd.statistics": _opd_statistics,
    }
    | connection("Opd")
    | identity("Category")
    | columns("Category", "code name active")
    | links("Category", parent="Category")
    | {"Category.defaultOpd": _default_opd}
    | identity("Area")
    | columns("Area", "code name kind")
    | links("Area", parent="Area")
    | identity("SlaRule")
    | columns(
        "SlaRule", "clock classification supervised workingDays legalSource validFrom validUntil confirmed"
    )
    | columns("Holiday", "date name kind")
    | identity("Webhook")
    | columns("Webhook", "url active types lastDeliveredAt")
    | {
        "Webhook.pending": lambda w, _arguments: _deliveries(w, "next_attempt_at"),
        "Webhook.failed": lambda w, _arguments: _deliveries(w, "failed_at"),
    }
)
