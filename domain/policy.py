"""Who may see what: the one policy that lists, counts, streams and the panel all ask.

The predicates name the viewer's values as bind parameters (`viewer_id`, `viewer_opd_id`,
`viewer_token_hash`), so that a statement made for one viewer serves every other of the same standing;
`viewer_values` has the values. Invisible and missing look the same to whoever asks. What an actor may do is
`authority`'s question.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.actor import Actor
from domain.calendar import today_sql
from domain.model.complaint import Action, Complaint, Disposition
from domain.words import ComplaintStatus, EventAudience, Privacy, ViewerKind, Visibility
from domain.workflow import WITH_OPD

VIEWER_OPD: sa.BindParameter[Any] = sa.bindparam("viewer_opd_id", None, type_=sa.Uuid())
VIEWER_ID: sa.BindParameter[Any] = sa.bindparam("viewer_id", None, type_=sa.Uuid())
VIEWER_TOKEN: sa.BindParameter[Any] = sa.bindparam("viewer_token_hash", None, type_=sa.LargeBinary())

SEES_ALL = frozenset({ViewerKind.OFFICE, ViewerKind.ADMIN, ViewerKind.AUDITOR})


def viewer_values(actor: Actor) -> dict[str, Any]:
    """The values of the bind parameters that the predicates below name."""
    return {
        "viewer_id": actor.id,
        "viewer_opd_id": actor.opd_id,
        "viewer_token_hash": actor.access_token_hash,
    }


def constant(value: str) -> ColumnElement[str]:
    """A word of ours written into the statement, so that PostgreSQL can match it to a partial index."""
    if not value.replace("_", "").isalnum():
        raise ValueError(value)
    return sa.literal_column(f"'{value}'", sa.Text())


def one_of(column: ColumnElement[Any], values: Any) -> ColumnElement[bool]:
    """The column has one of our words."""
    return sa.or_(*(column == constant(value) for value in sorted(values)))


# ------------------------------------------------------------------ rows


def everything(_actor: Actor, _row: FromClause) -> ColumnElement[bool]:
    """Master data is open to all."""
    return sa.true()


def _is_public(c: FromClause) -> ColumnElement[bool]:
    return sa.and_(
        c.c.verified_at.is_not(None),
        c.c.status != constant(ComplaintStatus.ARCHIVED),
    )


def _not_confidential(c: FromClause) -> ColumnElement[bool]:
    return c.c.privacy != constant(Privacy.CONFIDENTIAL)


def holds(c: FromClause) -> ColumnElement[bool]:
    """The viewer's OPD has the complaint now."""
    return sa.and_(c.c.opd_id == VIEWER_OPD, one_of(c.c.status, WITH_OPD | {ComplaintStatus.ON_HOLD}))


def holds_or_held(c: FromClause) -> ColumnElement[bool]:
    """The viewer's OPD has, or once had, the complaint."""
    stay = sa.alias(Disposition.__table__)
    return sa.or_(
        c.c.opd_id == VIEWER_OPD,
        sa.exists().where(stay.c.complaint_id == c.c.id, stay.c.opd_id == VIEWER_OPD).correlate_except(stay),
    )


def is_own(actor: Actor, c: FromClause) -> ColumnElement[bool]:
    """The viewer has shown the complaint's access token."""
    return c.c.access_token_hash == VIEWER_TOKEN if actor.access_token_hash is not None else sa.false()


def sees_complaint(actor: Actor, c: FromClause) -> ColumnElement[bool]:
    """The complaints that a viewer may open, by whatever way they came to them."""
    if actor.kind in SEES_ALL:
        return sa.true()
    visible = sa.and_(_is_public(c), _not_confidential(c))
    if actor.kind is ViewerKind.OFFICER:
        visible = sa.or_(visible, holds_or_held(c))
    return sa.or_(visible, is_own(actor, c)) if actor.access_token_hash is not None else visible


def lists_complaint(actor: Actor, c: FromClause) -> ColumnElement[bool]:
    """The complaints in a viewer's lists: a merged one answers by its code, but is listed for few."""
    if actor.kind in SEES_ALL:
        return sa.true()
    return sa.and_(sees_complaint(actor, c), c.c.status != constant(ComplaintStatus.MERGED))


def listed_statuses(actor: Actor) -> frozenset[ComplaintStatus]:
    """The statuses that complaints in a viewer's lists may have."""
    statuses = frozenset(ComplaintStatus)
    if actor.kind in SEES_ALL:
        return statuses
    hidden = {ComplaintStatus.MERGED}
    if actor.kind is not ViewerKind.OFFICER and actor.access_token_hash is None:
        hidden.add(ComplaintStatus.ARCHIVED)
    return statuses - hidden


def waits_for(actor: Actor, c: FromClause) -> ColumnElement[bool]:
    """The complaints that wait for a viewer to do something."""
    if actor.kind is ViewerKind.OFFICER:
        statuses = {ComplaintStatus.DISPATCHED, ComplaintStatus.IN_PROGRESS}
        return sa.and_(c.c.opd_id == VIEWER_OPD, one_of(c.c.status, statuses))
    if actor.is_office:
        return one_of(c.c.status, {ComplaintStatus.SUBMITTED, ComplaintStatus.VERIFIED})
    return sa.false()


def _sees_internal(actor: Actor, complaint_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Internal notes are for Diskominfo, the auditor, and the OPDs that hold or held the complaint."""
    if actor.kind in SEES_ALL:
        return sa.true()
    if actor.kind is ViewerKind.OFFICER:
        stay = sa.alias(Disposition.__table__)
        return (
            sa.exists()
            .where(stay.c.complaint_id == complaint_id, stay.c.opd_id == VIEWER_OPD)
            .correlate_except(stay)
        )
    return sa.false()


def _of_visible_complaint(actor: Actor, complaint_id: ColumnElement[Any]) -> ColumnElement[bool]:
    if actor.kind in SEES_ALL:
        return sa.true()
    c = sa.alias(Complaint.__table__)
    return sa.exists().where(c.c.id == complaint_id, sees_complaint(actor, c)).correlate_except(c)


def sees_action(actor: Actor, a: FromClause) -> ColumnElement[bool]:
    """The actions of a visible complaint; INTERNAL ones only to those who work on it."""
    if actor.kind in SEES_ALL:
        return sa.true()
    return sa.and_(_of_visible_complaint(actor, a.c.complaint_id), sees_action_beneath(actor, a))


def sees_action_beneath(actor: Actor, a: FromClause) -> ColumnElement[bool]:
    """The actions of a complaint that the viewer is known to see."""
    if actor.kind in SEES_ALL:
        return sa.true()
    public = a.c.visibility == constant(Visibility.PUBLIC)
    if actor.kind is ViewerKind.OFFICER:
        return sa.or_(public, _sees_internal(actor, a.c.complaint_id))
    return public


def sees_disposition(actor: Actor, d: FromClause) -> ColumnElement[bool]:
    """The stays of a visible complaint."""
    return _of_visible_complaint(actor, d.c.complaint_id)


def sees_attachment(actor: Actor, f: FromClause) -> ColumnElement[bool]:
    """The attachments of a visible complaint or action; what belongs to nothing yet is for nobody."""
    if actor.kind in SEES_ALL:
        return sa.or_(f.c.complaint_id.is_not(None), f.c.action_id.is_not(None))
    a = sa.alias(Action.__table__)
    return sa.or_(
        sa.and_(f.c.complaint_id.is_not(None), _of_visible_complaint(actor, f.c.complaint_id)),
        sa.exists().where(a.c.id == f.c.action_id, sees_action(actor, a)).correlate_except(a),
    )


def sees_event(actor: Actor, e: FromClause) -> ColumnElement[bool]:
    """The events that a viewer may hear of, judged at each event.

    An event carries the circle it was meant for when it happened, so that a follower hears that a
    complaint was archived although they may no longer open it.
    """
    if actor.kind in SEES_ALL:
        return sa.true()
    c = sa.alias(Complaint.__table__)
    same = c.c.id == e.c.complaint_id
    heard = sa.and_(
        e.c.audience == constant(EventAudience.PUBLIC),
        sa.exists().where(same, _not_confidential(c)).correlate_except(c),
    )
    if actor.kind is ViewerKind.OFFICER:
        heard = sa.or_(heard, _sees_internal(actor, e.c.complaint_id))
    if actor.access_token_hash is not None:
        own = sa.exists().where(same, is_own(actor, c)).correlate_except(c)
        heard = sa.or_(heard, sa.and_(e.c.audience != constant(EventAudience.STAFF), own))
    return heard


def sees_webhook(actor: Actor, w: FromClause) -> ColumnElement[bool]:
    """An API client sees its own webhooks; those who keep or audit the clients see all."""
    if actor.kind in (ViewerKind.ADMIN, ViewerKind.AUDITOR):
        return sa.true()
    return w.c.client_id == VIEWER_ID if actor.kind is ViewerKind.CLIENT else sa.false()


# ------------------------------------------------------------------ guarded fields


def knows_reporter(actor: Actor, c: FromClause) -> ColumnElement[bool]:
    """Who may know who reported it: never another OPD, and of an anonymous report not even the holder."""
    if actor.kind in SEES_ALL:
        return sa.true()
    known = is_own(actor, c)
    if actor.kind is ViewerKind.OFFICER:
        known = sa.or_(known, sa.and_(holds(c), c.c.privacy != constant(Privacy.ANONYMOUS)))
    return known


def knows_custody(actor: Actor, d: FromClause) -> ColumnElement[bool]:
    """Who may read instructions and reasons between Diskominfo and the OPDs: those who work on it."""
    return _sees_internal(actor, d.c.complaint_id)


def knows_author(actor: Actor, a: FromClause) -> ColumnElement[bool]:
    """Who may know which officer wrote an action: the public sees the OPD, not the person."""
    return _sees_internal(actor, a.c.complaint_id)


def opd_is_active(o: FromClause) -> ColumnElement[bool]:
    """Whether an OPD takes complaints today."""
    today = today_sql()
    return sa.and_(
        sa.or_(o.c.active_from.is_(None), o.c.active_from <= today),
        sa.or_(o.c.active_until.is_(None), o.c.active_until >= today),
    )
