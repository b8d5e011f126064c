"""A complaint with its custody, actions and attachments, as the schema shows them."""

import datetime as dt
from typing import Annotated, Any, Optional

import sqlalchemy as sa
import strawberry
from sqlalchemy.sql.expression import ColumnElement

from domain import authority, policy
from domain.attachments.links import Part, audience_of
from domain.model import complaint as model
from domain.model.attachment import Attachment as Stored
from domain.words import (
    STATUS_LABELS,
    ActionKind,
    Channel,
    Classification,
    ComplaintStatus,
    DispositionOutcome,
    Locale,
    Privacy,
    Transition,
    Visibility,
)
from schema.declaring import optional
from schema.finding.filters import words
from schema.plan.fields import bearing, by, column, one, planned, rows
from schema.plan.paging import Order, connection
from schema.plan.scope import Scope
from schema.types.deadline import Deadline, latest_of_each_clock
from schema.types.master import Area, Category
from schema.types.node import Connection, Node
from schema.types.opd import Opd
from schema.types.reporter import Reporter

LazyComplaint = Annotated["Complaint", strawberry.lazy("schema.types.complaint")]


def _guarded(guard: Any, name: str) -> Any:
    """A column that is null for whoever may not know it."""
    return lambda s: sa.case((guard(s.viewer, s.row), s.row.c[name]))


LASTS = (
    "a day where the public may see it, else 15 to 30 minutes; then ask again. A path is to be read from the"
    " address of the service."
)


def _address(s: Scope, part: Part) -> ColumnElement[Any]:
    return s.draft.links.read_sql(s.row.c.id, part, audience_of(s.viewer))


@planned(Stored.__table__, policy.sees_attachment)
class Attachment(Node):
    """Lampiran: a picture or document of a report or of an action."""

    file_name: str = column("Name, as given, with an ending that fits its type.")
    content_type: str = column("Media type: image/jpeg, image/png, image/webp or application/pdf.")
    size: int = column("Size in bytes, as it is stored.")
    url: str = column(
        f"Where its content is read, for a while: {LASTS}",
        lambda s: _address(s, Part.FILE),
    )
    thumbnail_url: str | None = column(
        "Where a small picture of it is read, a JPEG; null for what is no picture.",
        lambda s: sa.case((s.row.c.thumbnail_size.is_not(None), _address(s, Part.THUMBNAIL))),
    )


@strawberry.input(description="Which actions; what is absent or null does not narrow.")
class ActionFilter:
    kind: list[ActionKind] | None = optional("Any of these kinds.")


@planned(model.Action.__table__, policy.sees_action)
class Action(Node):
    """Tindak lanjut: what was done or said about a complaint."""

    complaint: LazyComplaint = one("The complaint.", by("complaint_id"), beneath=policy.everything)
    kind: ActionKind = column("What kind of action it is.")
    visibility: Visibility = column("Who may read it; INTERNAL ones are for those who work on it.")
    body: str = column("What was done or said.")
    opd: Opd | None = one("The OPD that acted; null where none did.", by("opd_id"))
    author_name: str | None = column(
        "The officer who wrote it; null for the public, who see the OPD.",
        _guarded(policy.knows_author, "author_name"),
    )
    from_status: ComplaintStatus | None = column(
        "The status before; null where the action did not change it."
    )
    to_status: ComplaintStatus | None = column("The status after; null where the action did not change it.")
    attachments: list[Attachment] = rows(
        "Its pictures and documents.",
        bearing("action_id"),
        order=lambda f: (f.c.created_at, f.c.id),
        beneath=policy.everything,
    )
    created_at: dt.datetime = column("When it was written.")


ActionConnection = Connection[Action]


@planned(model.Disposition.__table__, policy.sees_disposition)
class Disposition(Node):
    """Disposisi: one stay of a complaint with one OPD, from when to when, and how it ended."""

    complaint: LazyComplaint = one("The complaint.", by("complaint_id"), beneath=policy.everything)
    opd: Opd = one("The OPD that held it.", by("opd_id"))
    opd_name: str = column("The OPD's name as it was then.")
    instruction: str | None = column(
        "What Diskominfo asked of the OPD; null for whoever does not work on it.",
        _guarded(policy.knows_custody, "instruction"),
    )
    started_at: dt.datetime = column("When the OPD got it.")
    ended_at: dt.datetime | None = column("When the stay ended; null while it lasts.")
    outcome: DispositionOutcome | None = column("How the stay ended; null while it lasts.")
    reason: str | None = column(
        "Why it was given back; null for whoever does not work on it.",
        _guarded(policy.knows_custody, "reason"),
    )
    suggested_opd: Opd | None = one(
        "Whose the OPD that gave it back thinks it is; null for whoever does not work on it.",
        lambda s, o: sa.and_(o.c.id == s.row.c.suggested_opd_id, policy.knows_custody(s.viewer, s.row)),
    )


DispositionConnection = Connection[Disposition]


def status_label(s: Scope) -> ColumnElement[Any]:
    """A status in words: Indonesian unless English is asked for."""
    labels = STATUS_LABELS[s.values.get("locale") or Locale.ID]
    return sa.case(
        *(
            (s.row.c.status == policy.constant(status), sa.literal_column(f"'{text}'"))
            for status, text in labels.items()
        )
    )


@planned(model.Complaint.__table__, policy.sees_complaint, policy.lists_complaint)
class Complaint(Node):
    """Aduan, laporan: one report of a citizen, from its submission to its end."""

    tracking_code: str = column("What the reporter follows it by: CLG-XXXX-XXXX-X.")
    external_tracking_id: str | None = column(
        "Its number in SP4N-LAPOR or another system; null if it has none."
    )
    channel: Channel = column("The way it came in.")
    classification: Classification = column("What kind of report it is.")
    category: Category | None = one("What it is about; null until somebody has said it.", by("category_id"))
    title: str = column("What it is about, in a line.")
    body: str = column("The report.")
    privacy: Privacy = column("How far the reporter wants to be known.")
    status: ComplaintStatus = column("Where it stands.")
    status_label: str = column(
        "Where it stands, in words.",
        status_label,
        arguments={"locale": (Locale | None, "Language; Indonesian if absent.")},
    )
    submitted_at: dt.datetime = column("When it was submitted.")
    verified_at: dt.datetime | None = column("When Diskominfo first verified it; null until then.")
    dispatched_at: dt.datetime | None = column("When it first went to an OPD; null until then.")
    first_responded_at: dt.datetime | None = column("When an OPD first acted or answered; null until then.")
    answered_at: dt.datetime | None = column("When an OPD last answered the reporter; null until then.")
    completed_at: dt.datetime | None = column("When it was finished; null while it is not.")
    updated_at: dt.datetime = column("When it last changed.")
    version: int = column("Grows by one with each change; staff mutations name the one they saw.")
    latitude: float | None = column("Latitude in degrees, WGS 84; null where no position was given.")
    longitude: float | None = column("Longitude in degrees, WGS 84; null where no position was given.")
    address: str | None = column("Where it is, in words; null where none were given.")
    area: Area | None = one("Kelurahan or kecamatan; null where none was given.", by("area_id"))
    opd: Opd | None = one(
        "The OPD that has it, or finished it; null while it is with Diskominfo.",
        by("opd_id"),
    )
    reporter: Reporter | None = one(
        "Who reported it; null unless the viewer may know.",
        lambda s, r: sa.and_(r.c.complaint_id == s.row.c.id, policy.knows_reporter(s.viewer, s.row)),
    )
    deadlines: list[Deadline] = rows(
        "Its clocks, the latest run of each.",
        lambda s, d: latest_of_each_clock(d, s.row),
        order=lambda d: (d.c.started_at, d.c.id),
    )
    dispositions: Connection[Disposition] = connection(
        "Its stays with OPDs, earliest first.",
        bearing("complaint_id"),
        order=lambda _s: Order(lambda d: d.c.started_at),
        beneath=policy.everything,
    )
    actions: Connection[Action] = connection(
        "What was done and said, earliest first.",
        bearing("complaint_id"),
        order=lambda _s: Order(lambda a: a.c.created_at),
        filters={"kind": words("kind")},
        beneath=policy.sees_action_beneath,
        arguments={"filter": (ActionFilter | None, "Which of them.")},
    )
    attachments: list[Attachment] = rows(
        "The report's pictures and documents.",
        bearing("complaint_id"),
        order=lambda f: (f.c.created_at, f.c.id),
        beneath=policy.everything,
    )
    supporter_count: int = column("How many others support it.")
    reopened_count: int = column("How often it was taken up again.")
    rating: int | None = column(
        "How well it was handled, by the reporter: 1 (bad) to 5 (good); null until they say."
    )
    merged_into: Optional["Complaint"] = one(
        "The complaint that it became part of; null unless it is MERGED, and where the viewer may not see"
        " that one.",
        by("merged_into_id"),
    )
    allowed_transitions: list[Transition] = column(
        "What the viewer may do with it next: front-ends draw their buttons from this.",
        lambda s: authority.allowed_transitions(s.viewer, s.row),
    )


ComplaintConnection = Connection[Complaint]
