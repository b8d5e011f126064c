"""How far has a report come in a test, and what has that left in the database?"""

from typing import Any

import sqlalchemy as sa

from domain.model.complaint import Action, Complaint, Deadline, Disposition
from domain.model.event import ComplaintEvent
from tests.service import Service

ANSWER = (
    "complaint { trackingCode status version opd { code } allowedTransitions supporterCount rating"
    " reopenedCount completedAt mergedInto { trackingCode } }"
    " errors { code field message ... on TransitionNotAllowedError { allowed } }"
)


async def row(service: Service, code: str) -> Complaint:
    """The complaint as it is now."""
    async with service.database.write() as session:
        found = await session.scalar(sa.select(Complaint).where(Complaint.tracking_code == code))
        assert found is not None
        return found


async def step(service: Service, who: str | None, mutation: str, code: str, **values: Any) -> dict[str, Any]:
    """A step of staff on a complaint as it is now: its payload."""
    version = (await row(service, code)).version
    return await service.do(mutation, who, ANSWER, trackingCode=code, version=version, **values)


async def done(service: Service, who: str | None, mutation: str, code: str, **values: Any) -> dict[str, Any]:
    """A step that nothing forbids: the complaint after it."""
    payload = await step(service, who, mutation, code, **values)
    assert payload["errors"] == []
    found: dict[str, Any] = payload["complaint"]
    return found


async def own(service: Service, made: dict[str, Any], mutation: str, **values: Any) -> dict[str, Any]:
    """What the reporter does with their own report: its payload."""
    given = {"trackingCode": made["trackingCode"], "accessToken": made["accessToken"]} | values
    return await service.do(mutation, None, ANSWER, **given)


async def verified(service: Service, key: str = "k", **values: Any) -> dict[str, Any]:
    made = await service.submitted(key, **values)
    await done(service, await service.office(), "complaintVerify", made["trackingCode"])
    return made


async def answered(service: Service, key: str = "k", **values: Any) -> dict[str, Any]:
    made = await service.dispatched(key=key, **values)
    officer = await service.officer("DPUPR")
    await done(service, officer, "complaintAnswer", made["trackingCode"], body="Dijadwalkan")
    return made


async def completed(service: Service, key: str = "k", **values: Any) -> dict[str, Any]:
    made = await answered(service, key, **values)
    officer = await service.officer("DPUPR")
    await done(service, officer, "complaintComplete", made["trackingCode"], body="Sudah ditambal")
    return made


async def supported(service: Service, code: str, key: str, who: str | None = None) -> dict[str, Any]:
    """Support by somebody's key: its payload."""
    return await service.do("complaintSupport", who, ANSWER, trackingCode=code, supporterKey=key)


async def merge(service: Service, code: str, into: str) -> dict[str, Any]:
    """Diskominfo's merge of a complaint as it is now: its payload."""
    return await step(service, await service.office(), "complaintMerge", code, intoTrackingCode=into)


async def merged(service: Service, made: dict[str, Any], into: dict[str, Any]) -> None:
    """A merge that nothing forbids."""
    assert (await merge(service, made["trackingCode"], into["trackingCode"]))["errors"] == []


def _of(table: type[Any], code: str, *columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(table)
        .join(Complaint, Complaint.id == table.complaint_id)
        .where(Complaint.tracking_code == code)
    )


async def _rows(service: Service, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    async with service.database.write() as session:
        return [tuple(found) for found in await session.execute(query)]


async def stays(service: Service, code: str) -> list[tuple[Any, ...]]:
    """Its stays with OPDs: the OPD's name then, and how each ended."""
    query = _of(Disposition, code, Disposition.opd_name, Disposition.outcome)
    return await _rows(service, query.order_by(Disposition.started_at, Disposition.id))


async def events(service: Service, code: str) -> list[tuple[Any, ...]]:
    """What happened to it: type, statuses and for whom."""
    e = ComplaintEvent
    query = _of(e, code, e.type, e.from_status, e.to_status, e.audience)
    return await _rows(service, query.order_by(e.complaint_version))


async def actions(service: Service, code: str) -> list[tuple[Any, ...]]:
    """What was said: kind, visibility, text, statuses and the name of who said it."""
    a = Action
    query = _of(a, code, a.kind, a.visibility, a.body, a.from_status, a.to_status, a.author_name)
    return await _rows(service, query.order_by(a.created_at, a.id))


async def clocks(service: Service, code: str) -> dict[str, list[str]]:
    """How the runs of each clock stand: running, paused or ended."""
    d = Deadline
    query = _of(d, code, d.clock, d.paused_at, d.ended_at).order_by(d.started_at, d.id)
    found: dict[str, list[str]] = {}
    for clock, paused_at, ended_at in await _rows(service, query):
        state = "ended" if ended_at else "paused" if paused_at else "running"
        found.setdefault(clock, []).append(state)
    return found


async def shift(service: Service, code: str, days: int) -> None:
    """Lets so many days have passed since everything that has happened to a complaint."""
    moments = {
        "complaint": "verified_at dispatched_at first_responded_at answered_at completed_at due_at",
        "deadline": "started_at due_at paused_at ended_at",
        "disposition": "started_at ended_at",
    }
    async with service.database.write() as session:
        for table, names in moments.items():
            changes = ", ".join(f"{name} = t.{name} - make_interval(days => :days)" for name in names.split())
            key = "id" if table == "complaint" else "complaint_id"
            await session.execute(
                sa.text(
                    f"UPDATE {table} t SET {changes} FROM complaint c"
                    f" WHERE c.id = t.{key} AND c.tracking_code = :c"
                ),
                {"c": code, "days": days},
            )
