"""What do a complaint and all that hangs on it show? Each field from the rows, the plain way."""

from datetime import UTC, datetime
from typing import Any

from domain.attachments.links import Audience, Links, Part
from domain.calendar import local_day
from domain.model.complaint import Complaint, Deadline
from domain.words import STATUS_LABELS, Locale
from schema.types.complaint_filter import FRONT
from tests.reference import filters, rules
from tests.reference.objects import (
    Arguments,
    Resolver,
    Scene,
    Seen,
    columns,
    connection,
    identity,
    links,
    paged,
)


def complaints_page(
    scene: Scene,
    field: str,
    rows: list[Complaint],
    arguments: Arguments,
    default: dict[str, str] | None = None,
) -> Seen:
    """The complaints of a list that the viewer sees and asks for, in the order that they ask for.

    Without one the latest come first, or the most relevant where words are searched for: of these the newest
    are ranked, and there are no more than that.
    """
    filters.require_known(scene.eyes.world, arguments)
    words = ((arguments.get("filter") or {}).get("search") or "").strip()
    order = arguments.get("orderBy") or default or {"field": "SUBMITTED_AT", "direction": "DESC"}
    if words and not arguments.get("orderBy") and default is None:
        order = {"field": "RELEVANCE", "direction": "ASC"}

    def due(complaint: Complaint) -> tuple[bool, datetime]:
        """Those without a deadline are last, from whichever end the others are read."""
        moment = scene.eyes.world.due_at(complaint)
        return (moment is None) is (order["direction"] == "ASC"), moment or datetime.max.replace(tzinfo=UTC)

    keys: dict[str, Any] = {
        "SUBMITTED_AT": lambda c: c.submitted_at,
        "UPDATED_AT": lambda c: c.updated_at,
        "SUPPORTER_COUNT": lambda c: c.supporter_count,
        "DUE_AT": due,
        "RELEVANCE": lambda c: scene.found.words[words].index(c.id),
    }
    listed = [
        c
        for c in rows
        if rules.lists_complaint(scene.eyes, c) and filters.passes(filters.COMPLAINTS, scene, c, arguments)
    ]
    assert order["field"] != "RELEVANCE" or len(listed) <= FRONT
    descending = order["direction"] == "DESC"
    key = keys[order["field"]]
    return paged(scene, field, "Complaint", listed, arguments, key=key, descending=descending)


# ------------------------------------------------------------------ a complaint


def _status_label(c: Seen, arguments: Arguments) -> str:
    return STATUS_LABELS[Locale(arguments.get("locale") or "ID")][c.row.status]


def _reporter(c: Seen, _arguments: Arguments) -> Seen | None:
    reporter = c.scene.eyes.world.reporters.get(c.row.id)
    known = reporter is not None and rules.knows_reporter(c.scene.eyes, c.row)
    return Seen("Reporter", reporter, c.scene) if known else None


def _deadlines(c: Seen, _arguments: Arguments) -> list[Seen]:
    latest: dict[str, Deadline] = {}
    for deadline in sorted(
        c.scene.eyes.world.deadlines.get(c.row.id, []), key=lambda d: (d.started_at, d.id)
    ):
        latest[deadline.clock] = deadline
    return [
        Seen("Deadline", deadline, c.scene)
        for deadline in sorted(latest.values(), key=lambda d: (d.started_at, d.id))
    ]


def _dispositions(c: Seen, arguments: Arguments) -> Seen:
    stays = c.scene.eyes.world.stays.get(c.row.id, [])
    field = "Complaint.dispositions"
    return paged(c.scene, field, "Disposition", stays, arguments, key=lambda stay: stay.started_at)


def _actions(c: Seen, arguments: Arguments) -> Seen:
    listed = [
        action
        for action in c.scene.eyes.world.actions.get(c.row.id, [])
        if rules.sees_action(c.scene.eyes, action)
        and filters.passes(filters.ACTIONS, c.scene, action, arguments)
    ]
    return paged(c.scene, "Complaint.actions", "Action", listed, arguments, key=lambda a: a.created_at)


def _attachments(owners: str) -> Resolver:
    def shown(owner: Seen, _arguments: Arguments) -> list[Seen]:
        rows = getattr(owner.scene.eyes.world, owners).get(owner.row.id, [])
        return owner.scene.visible("Attachment", sorted(rows, key=lambda f: (f.created_at, f.id)))

    return shown


def _address(f: Seen, part: str) -> str:
    """Where it is read by this viewer: who sees no more than the public gets the public's address."""
    viewer = f.scene.eyes.viewer
    plain = viewer.access_token_hash is None and viewer.kind in {"REPORTER", "CLIENT"}
    audience = Audience.PUBLIC if plain else Audience.FEW
    return Links.of(f.scene.vault).read(f.row.id, Part(part), audience, f.scene.now)


def _next_steps(c: Seen, _arguments: Arguments) -> list[str]:
    return rules.next_steps(c.scene.eyes, c.row, c.scene.now)


COMPLAINT: dict[str, Resolver] = (
    identity("Complaint")
    | columns(
        "Complaint",
        "trackingCode externalTrackingId channel classification title body privacy status submittedAt"
        " verifiedAt dispatchedAt firstRespondedAt answeredAt completedAt updatedAt version latitude"
        " longitude address supporterCount reopenedCount rating",
    )
    | links("Complaint", category="Category", area="Area", opd="Opd", mergedInto="Complaint")
    | {
        "Complaint.statusLabel": _status_label,
        "Complaint.reporter": _reporter,
        "Complaint.deadlines": _deadlines,
        "Complaint.dispositions": _dispositions,
        "Complaint.actions": _actions,
        "Complaint.attachments": _attachments("of_complaint"),
        "Complaint.allowedTransitions": _next_steps,
    }
    | connection("Complaint")
)

# ------------------------------------------------------------------ what hangs on it


def _among_those_who_work_on_it(name: str) -> Resolver:
    def shown(part: Seen, _arguments: Arguments) -> Any:
        complaint = part.scene.eyes.world.get("Complaint", part.row.complaint_id)
        return getattr(part.row, name) if rules.reads_internal(part.scene.eyes, complaint) else None

    return shown


def _suggested(stay: Seen, arguments: Arguments) -> Seen | None:
    return stay.scene.one("Opd", _among_those_who_work_on_it("suggested_opd_id")(stay, arguments))


def _state(d: Seen, arguments: Arguments) -> str:
    deadline: Deadline = d.row
    if deadline.ended_at is not None:
        said = d.scene.eyes.world.actions.get(deadline.complaint_id, [])
        if deadline.clock == "REPORTER_REPLY" and not any(
            a.kind == "REPORTER_REPLY" and a.created_at == deadline.ended_at for a in said
        ):
            return "MISSED"
        return "MET" if deadline.ended_at <= deadline.due_at else "MISSED"
    if deadline.paused_at is not None:
        return "PAUSED"
    if d.scene.now > deadline.due_at:
        return "OVERDUE"
    return "DUE_SOON" if _days_left(d, arguments) <= 1 else "RUNNING"


def _days_left(d: Seen, _arguments: Arguments) -> int:
    deadline: Deadline = d.row
    moment = deadline.ended_at or deadline.paused_at or d.scene.now
    left = d.scene.eyes.world.calendar.between(local_day(moment), local_day(deadline.due_at))
    return min(left, -1) if moment > deadline.due_at else left


def _unsealed(name: str) -> Resolver:
    def shown(reporter: Seen, _arguments: Arguments) -> str | None:
        scene, sealed = reporter.scene, getattr(reporter.row, name)
        if sealed is None:
            return None
        complaint: Complaint = scene.eyes.world.get("Complaint", reporter.row.complaint_id)
        if complaint.privacy == "ANONYMOUS" and scene.eyes.viewer.is_staff:
            scene.readings.add(complaint.id)
        return scene.vault.unseal(sealed)

    return shown


PARTS: dict[str, Resolver] = (
    {f"Reporter.{name}": _unsealed(name) for name in ("name", "email", "phone")}
    | columns("Deadline", "clock dueAt pausedAt")
    | links("Deadline", rule="SlaRule")
    | {"Deadline.state": _state, "Deadline.workingDaysLeft": _days_left}
    | identity("Disposition")
    | columns("Disposition", "opdName startedAt endedAt outcome")
    | links("Disposition", complaint="Complaint", opd="Opd")
    | {
        "Disposition.instruction": _among_those_who_work_on_it("instruction"),
        "Disposition.reason": _among_those_who_work_on_it("reason"),
        "Disposition.suggestedOpd": _suggested,
    }
    | connection("Disposition")
    | identity("Action")
    | columns("Action", "kind visibility body fromStatus toStatus createdAt")
    | links("Action", complaint="Complaint", opd="Opd")
    | {
        "Action.authorName": _among_those_who_work_on_it("author_name"),
        "Action.attachments": _attachments("of_action"),
    }
    | connection("Action")
    | identity("Attachment")
    | columns("Attachment", "fileName contentType size")
    | {
        "Attachment.url": lambda f, _arguments: _address(f, "file"),
        "Attachment.thumbnailUrl": lambda f, _arguments: (
            _address(f, "thumbnail") if f.row.thumbnail_size else None
        ),
    }
)
