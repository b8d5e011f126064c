"""Who may do what: in what capacity an actor stands towards a complaint, and which acts are open to them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.actor import Actor
from domain.errors import Forbidden, Unauthenticated
from domain.model.complaint import Complaint
from domain.policy import VIEWER_OPD, constant, is_own, one_of
from domain.reopening_sql import may_still_reopen
from domain.words import ClientScope, StaffRole, Transition, ViewerKind
from domain.workflow import STEPS, Party


def capacities(actor: Actor) -> set[Party]:
    """In what capacities an actor may come to stand towards some complaint."""
    found = set()
    if actor.is_clock:
        found.add(Party.CLOCK)
    if actor.is_office:
        found.add(Party.OFFICE)
    if actor.kind is ViewerKind.OFFICER:
        found.add(Party.HOLDER)
    if actor.access_token_hash is not None:
        found.add(Party.REPORTER)
    return found


def parties(actor: Actor, complaint: Complaint) -> set[Party]:
    """In what capacities an actor stands towards a complaint."""
    stands = {
        Party.HOLDER: actor.opd_id == complaint.opd_id,
        Party.REPORTER: actor.access_token_hash == complaint.access_token_hash,
    }
    return {party for party in capacities(actor) if stands.get(party, True)}


def require_capacity(actor: Actor, needed: frozenset[Party]) -> None:
    """Refuses an actor who could make this step on no complaint at all, before any is looked for."""
    if capacities(actor) & needed:
        return
    if actor.kind is ViewerKind.REPORTER:
        raise Unauthenticated("unauthenticated")
    raise Forbidden(who=needed)


def allowed_transitions(actor: Actor, c: FromClause) -> ColumnElement[Any]:
    """`steps.allowed_now` for each row, as an SQL array of words."""
    stands = {Party.HOLDER: c.c.opd_id == VIEWER_OPD, Party.REPORTER: is_own(actor, c)}
    standing = {party: stands.get(party, sa.true()) for party in capacities(actor)}
    in_time = {Transition.REOPEN: may_still_reopen(c)}
    cases = [
        sa.case(
            (
                sa.and_(
                    one_of(c.c.status, step.sources),
                    sa.or_(*who),
                    in_time.get(step.transition, sa.true()),
                ),
                constant(step.transition),
            )
        )
        for step in STEPS.values()
        if (who := [standing[party] for party in sorted(step.parties) if party in standing])
    ]
    if not cases:
        return sa.literal_column("ARRAY[]::text[]")
    return sa.func.array_remove(array(cases), sa.null())


_OFFICE = (
    "complaint:read",
    "complaint:archive",
    "complaint:complete",
    "complaint:dispatch",
    "complaint:hold",
    "complaint:merge",
    "complaint:reopen",
    "complaint:submit",
    "complaint:transfer",
    "complaint:verify",
    "event:follow",
    "master:edit",
    "reporter:read",
)
PERMISSIONS: dict[ViewerKind, tuple[str, ...]] = {
    ViewerKind.REPORTER: ("complaint:read", "complaint:submit", "event:follow"),
    ViewerKind.CLIENT: (),
    ViewerKind.OFFICER: (
        "complaint:read",
        "complaint:act",
        "complaint:answer",
        "complaint:complete",
        "complaint:hold",
        "complaint:return",
        "complaint:submit",
        "event:follow",
    ),
    ViewerKind.OFFICE: _OFFICE,
    ViewerKind.AUDITOR: ("audit:read", "complaint:read", "event:follow", "reporter:read"),
    # An administrator may all that Diskominfo may.
    ViewerKind.ADMIN: (*_OFFICE, "account:edit", "audit:read", "client:edit"),
}
_OF_SCOPE = {
    ClientScope.READ: "complaint:read",
    ClientScope.SUBMIT: "complaint:submit",
    ClientScope.EVENTS: "event:follow",
    ClientScope.WEBHOOKS: "webhook:edit",
}


def permissions(actor: Actor) -> list[str]:
    """What a viewer may do, for front-ends that draw their menus from it."""
    if actor.kind is ViewerKind.CLIENT:
        return sorted(_OF_SCOPE[scope] for scope in actor.scopes)
    return sorted(PERMISSIONS[actor.kind])


def require(actor: Actor, permission: str) -> None:
    """Refuses an actor who lacks a permission: sign in first where that could help."""
    if permission in permissions(actor):
        return
    if actor.kind is ViewerKind.REPORTER:
        raise Unauthenticated("unauthenticated")
    if actor.kind is ViewerKind.CLIENT:
        scope = next((s for s, p in _OF_SCOPE.items() if p == permission), None)
        if scope is not None:
            raise Forbidden("scope_missing", scope=scope.value)
    raise Forbidden(who=(role for role in StaffRole if permission in PERMISSIONS[ViewerKind(role)]))
