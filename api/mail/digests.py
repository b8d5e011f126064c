"""What do the letters of a morning and of a week say? What their digest has kept, and where that is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from admin.wording import day, decimal, written_day
from api.mail.content import Content, Desk
from api.mail.panel import of_complaint, of_list
from domain.model.mail import OutgoingLetter
from domain.model.notice import Digest
from domain.words import Waiting, label

FRESH = timedelta(hours=12)
_OVERDUE = {"overdue": "ya", "sortBy": "due_at", "sort": "asc"}


async def compose_daily(session: AsyncSession, letter: OutgoingLetter, desk: Desk) -> Content | None:
    """What waits with an OPD or Diskominfo this morning; much later another one is on its way."""
    digest = await _digest(session, letter)
    if digest is None or datetime.now(UTC) - letter.created_at > FRESH:
        return None
    content, whom = digest.content, str(digest.opd or "Diskominfo")
    counts: dict[str, int] = content["counts"]
    names = ("category", "area", *([] if digest.opd else ["opd"]))
    groups = [
        {
            "title": label(word),
            "number": counts[word],
            "items": [_item(row, desk, names) for row in content["rows"] if row["waiting"] == word],
        }
        for word in Waiting
        if word in counts
    ]
    own = {"opd": digest.opd.code} if digest.opd else {}
    values = {
        "whom": whom,
        "total": content["total"],
        "day": day(digest.day),
        "groups": groups,
        "panel": of_list(desk, status="OPEN", **own),
    }
    late = f", {counts['OVERDUE']} terlambat" if "OVERDUE" in counts else ""
    return Content(f"Ringkasan {whom} {day(digest.day)}: {content['total']} menunggu{late}", values)


def _item(row: dict[str, Any], desk: Desk, names: Sequence[str]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "about": ", ".join(row[name] for name in names if row[name]),
        "due": f"tenggat {written_day(row['due_at'])}" if row["due_at"] else None,
        "href": of_complaint(desk, row["code"]),
    }


async def compose_weekly(session: AsyncSession, letter: OutgoingLetter, desk: Desk) -> Content | None:
    """The figures of the week before, each with the list that it counts."""
    digest = await _digest(session, letter)
    if digest is None:
        return None
    content = digest.content
    span = f"{content['from']}..{content['until']}"
    pace = content["follow_up"]
    figures = [
        ("Laporan baru", content["new"], of_list(desk, period=f"submitted:{span}")),
        ("Selesai", content["completed"], of_list(desk, period=f"completed:{span}")),
        ("Terlambat sekarang", content["overdue"], of_list(desk, **_OVERDUE)),
    ]
    if pace["number"]:
        told = f"{decimal(pace['days'])} hari kerja (rata-rata dari {pace['number']} laporan)"
        figures.append(("Laju tindak lanjut", told, of_list(desk, period=f"responded:{span}")))
    values = {
        "span": f"{written_day(content['from'])} sampai {written_day(content['until'])}",
        "at": digest.at,
        "figures": figures,
        "by_opd": [
            (row["name"], row["number"], of_list(desk, opd=row["code"] or "-", **_OVERDUE))
            for row in content["overdue_by_opd"]
        ],
        "longest": [
            {
                "code": row["code"],
                "about": row["opd"],
                "due": f"tenggat {written_day(row['due_at'])}",
                "href": of_complaint(desk, row["code"]),
            }
            for row in content["longest"]
        ],
    }
    return Content(
        f"Ringkasan mingguan sampai {written_day(content['until'])}: {content['overdue']} terlambat", values
    )


async def _digest(session: AsyncSession, letter: OutgoingLetter) -> Digest | None:
    found: Digest | None = await session.scalar(
        sa.select(Digest).where(Digest.id == UUID(letter.about["digest"])).options(joinedload(Digest.opd))
    )
    return found
