"""How does Diskominfo keep the OPDs? How one ends is in `domain.succession`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority, lookup, text
from domain.actor import Actor
from domain.errors import InvalidInput, NotFound
from domain.model.master import Opd
from domain.words import OpdKind


@dataclass(frozen=True, slots=True)
class OpdDetails:
    """What may be said of an OPD besides its code; names are those of the public inputs."""

    name: str | None = None
    short_name: str | None = None
    kind: OpdKind | None = None
    parent_code: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    active_from: date | None = None


async def create(session: AsyncSession, actor: Actor, code: str, details: OpdDetails) -> Opd:
    """Adds an OPD, at once offered for dispatch unless it starts later. Raises InvalidInput, Forbidden."""
    authority.require(actor, "master:edit")
    clean = text.code("code", code)
    # Of two who add the same one at once the second waits here, and then finds the code taken.
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"opd {clean}"))))
    if await session.scalar(sa.select(Opd.id).where(Opd.code == clean)):
        raise InvalidInput("code_taken", field="code", value=clean)
    opd = Opd(code=clean, active_from=details.active_from)
    given = {f.name: getattr(details, f.name) for f in fields(details)}
    await _apply(session, opd, {**given, "name": details.name or "", "kind": details.kind})
    session.add(opd)
    await session.flush()
    return opd


async def update(session: AsyncSession, actor: Actor, code: str, changes: Mapping[str, Any]) -> Opd:
    """Changes the named details of an OPD; a detail that is not named stays, one that is None is emptied.

    Raises NotFound for an unknown code, InvalidInput, Forbidden.
    """
    authority.require(actor, "master:edit")
    clean = text.code("code", code)
    opd = await session.scalar(sa.select(Opd).where(Opd.code == clean).with_for_update(key_share=True))
    if opd is None:
        raise NotFound("opd_not_found", field="code", value=clean)
    await _apply(session, opd, changes)
    await session.flush()
    return opd


async def _apply(session: AsyncSession, opd: Opd, changes: Mapping[str, Any]) -> None:
    if "name" in changes:
        opd.name = text.required("name", changes["name"], 200)
    if "short_name" in changes:
        opd.short_name = text.optional("shortName", changes["short_name"], 40)
    if "kind" in changes:
        if changes["kind"] is None:
            raise InvalidInput("required", field="kind")
        opd.kind = changes["kind"]
    if "parent_code" in changes:
        await _set_parent(session, opd, changes["parent_code"])
    if "address" in changes:
        opd.address = text.optional("address", changes["address"], 500)
    if "phone" in changes:
        opd.phone = text.phone("phone", changes["phone"])
    if "email" in changes:
        opd.email = text.email("email", changes["email"])
    if "website" in changes:
        opd.website = text.website("website", changes["website"])
    if "active_from" in changes or "active_until" in changes:
        start = changes.get("active_from", opd.active_from)
        end = changes.get("active_until", opd.active_until)
        if start is not None and end is not None and end < start:
            raise InvalidInput("bad_period", field="activeUntil")
        opd.active_from, opd.active_until = start, end


async def _set_parent(session: AsyncSession, opd: Opd, code: str | None) -> None:
    """An OPD's parent; going up from it must never lead back to the OPD."""
    parent = await lookup.opd(session, text.optional("parentCode", code, 32), "parentCode")
    above = parent
    while above is not None:
        if above is opd or above.id == opd.id:
            raise InvalidInput("opd_own_parent", field="parentCode")
        above = await session.get(Opd, above.parent_id) if above.parent_id else None
    opd.parent_id = parent.id if parent else None
