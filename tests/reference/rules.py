"""Who sees what? The privacy rules of the service, read a second time and written in plain Python."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.actor import Actor
from domain.clocks import in_force
from domain.model.attachment import Attachment
from domain.model.complaint import Action, Complaint
from domain.model.event import ComplaintEvent
from domain.model.webhook import Webhook
from domain.words import Clock
from tests.reference.world import World


@dataclass(frozen=True)
class Eyes:
    """A viewer in a world."""

    viewer: Actor
    world: World

    @property
    def see_all(self) -> bool:
        """Diskominfo, its administrators and the auditor read everything."""
        return self.viewer.kind in {"OFFICE", "ADMIN", "AUDITOR"}


def is_reporter(eyes: Eyes, complaint: Complaint) -> bool:
    """Whoever shows the access token is the reporter."""
    shown = eyes.viewer.access_token_hash
    return shown is not None and shown == complaint.access_token_hash


def works_on(eyes: Eyes, complaint: Complaint) -> bool:
    """The officer's OPD holds or held it."""
    if eyes.viewer.kind != "OFFICER":
        return False
    stays = eyes.world.stays.get(complaint.id, [])
    return eyes.viewer.opd_id in {complaint.opd_id, *(stay.opd_id for stay in stays)}


def is_published(complaint: Complaint) -> bool:
    """The public may know that it exists: from its verification on, until it is archived."""
    return complaint.verified_at is not None and complaint.status != "ARCHIVED"


def sees_complaint(eyes: Eyes, complaint: Complaint) -> bool:
    open_to_all = is_published(complaint) and complaint.privacy != "CONFIDENTIAL"
    return eyes.see_all or open_to_all or works_on(eyes, complaint) or is_reporter(eyes, complaint)


def lists_complaint(eyes: Eyes, complaint: Complaint) -> bool:
    """A merged one answers with where it went, and is in no list but those of who sees all."""
    return eyes.see_all or (complaint.status != "MERGED" and sees_complaint(eyes, complaint))


def counts_complaint(eyes: Eyes, complaint: Complaint) -> bool:
    """Confidential ones count, too; `counts_openly` says in which figures."""
    counted = is_published(complaint) or works_on(eyes, complaint)
    return eyes.see_all or (counted and complaint.status != "MERGED")


def counts_openly(eyes: Eyes, complaint: Complaint) -> bool:
    """Any figure may count it: for all but the staff a confidential one is only part of a year's numbers."""
    is_staff = eyes.see_all or eyes.viewer.kind == "OFFICER"
    return is_staff or complaint.privacy != "CONFIDENTIAL"


def reads_internal(eyes: Eyes, complaint: Complaint) -> bool:
    """What Diskominfo and the OPDs write to each other: notes, instructions, reasons, names of officers."""
    return eyes.see_all or works_on(eyes, complaint)


def sees_action(eyes: Eyes, action: Action) -> bool:
    complaint = eyes.world.get("Complaint", action.complaint_id)
    if not sees_complaint(eyes, complaint):
        return False
    return action.visibility == "PUBLIC" or reads_internal(eyes, complaint)


def sees_attachment(eyes: Eyes, attachment: Attachment) -> bool:
    """What belongs to nothing yet is for nobody."""
    if attachment.complaint_id is not None:
        return sees_complaint(eyes, eyes.world.get("Complaint", attachment.complaint_id))
    if attachment.action_id is not None:
        return sees_action(eyes, eyes.world.get("Action", attachment.action_id))
    return False


def sees_event(eyes: Eyes, event: ComplaintEvent) -> bool:
    """As wide as it was told when it happened."""
    complaint = eyes.world.get("Complaint", event.complaint_id)
    if eyes.see_all or works_on(eyes, complaint):
        return True
    if event.audience == "STAFF":
        return False
    return is_reporter(eyes, complaint) or (
        event.audience == "PUBLIC" and complaint.privacy != "CONFIDENTIAL"
    )


def sees_webhook(eyes: Eyes, webhook: Webhook) -> bool:
    """Its own program, and those who keep or audit the programs."""
    own = eyes.viewer.kind == "CLIENT" and eyes.viewer.id == webhook.client_id
    return own or eyes.viewer.kind in {"ADMIN", "AUDITOR"}


_SEES: dict[str, Callable[[Eyes, Any], bool]] = {
    "Complaint": sees_complaint,
    "Disposition": lambda eyes, row: sees_complaint(eyes, eyes.world.get("Complaint", row.complaint_id)),
    "Action": sees_action,
    "Attachment": sees_attachment,
    "ComplaintEvent": sees_event,
    "Webhook": sees_webhook,
}


def sees(eyes: Eyes, kind: str, row: Any) -> bool:
    """Whether a viewer may open an object; master data is open to all."""
    return kind not in _SEES or _SEES[kind](eyes, row)


def knows_reporter(eyes: Eyes, complaint: Complaint) -> bool:
    """Of an anonymous report not even the OPD that holds it."""
    holds = (
        eyes.viewer.kind == "OFFICER"
        and eyes.viewer.opd_id == complaint.opd_id
        and complaint.status in {"DISPATCHED", "IN_PROGRESS", "ANSWERED", "ON_HOLD"}
        and complaint.privacy != "ANONYMOUS"
    )
    return eyes.see_all or is_reporter(eyes, complaint) or holds


OPEN = {"SUBMITTED", "ON_HOLD", "VERIFIED", "DISPATCHED", "IN_PROGRESS", "ANSWERED"}
STEPS: dict[str, tuple[set[str], set[str]]] = {
    "VERIFY": ({"SUBMITTED", "ON_HOLD"}, {"office"}),
    "HOLD": ({"SUBMITTED", "VERIFIED", "DISPATCHED", "IN_PROGRESS"}, {"office", "holder"}),
    "DISPATCH": ({"VERIFIED", "DISPATCHED", "IN_PROGRESS"}, {"office"}),
    "RETURN": ({"DISPATCHED", "IN_PROGRESS"}, {"holder"}),
    "START": ({"DISPATCHED"}, {"holder"}),
    "ANSWER": ({"DISPATCHED", "IN_PROGRESS"}, {"holder"}),
    "COMPLETE": ({"IN_PROGRESS", "ANSWERED"}, {"holder", "office"}),
    "REOPEN": ({"ANSWERED", "COMPLETED"}, {"reporter", "office"}),
    "TRANSFER": ({"SUBMITTED", "VERIFIED"}, {"office"}),
    "ARCHIVE": ({"SUBMITTED", "ON_HOLD", "VERIFIED"}, {"office"}),
    "MERGE": (OPEN, {"office"}),
}
"""Each transition: from which statuses, and by whom."""


def may_still_reopen(eyes: Eyes, complaint: Complaint, now: datetime) -> bool:
    """Of a completed one the reporter has as long as for a reply: to the end of the last working day."""
    if complaint.completed_at is None:
        return True
    rules = eyes.world.all("SlaRule")
    kind, supervised = complaint.classification, complaint.supervised
    rule = in_force(rules, Clock.REPORTER_REPLY, kind, supervised, complaint.completed_at)
    return rule is not None and now <= eyes.world.calendar.due(complaint.completed_at, rule.working_days)


def next_steps(eyes: Eyes, complaint: Complaint, now: datetime) -> list[str]:
    """What the viewer may do with a complaint, in the order of the table."""
    viewer = eyes.viewer
    capacities = set()
    if viewer.kind in {"OFFICE", "ADMIN"}:
        capacities.add("office")
    if viewer.kind == "OFFICER" and viewer.opd_id == complaint.opd_id:
        capacities.add("holder")
    if is_reporter(eyes, complaint):
        capacities.add("reporter")
    return [
        transition
        for transition, (sources, who) in STEPS.items()
        if complaint.status in sources
        and who & capacities
        and (transition != "REOPEN" or may_still_reopen(eyes, complaint, now))
    ]
