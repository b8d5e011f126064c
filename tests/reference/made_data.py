"""Which rows do both sides read? Complaints of every life, from a seed, beside awkward master data."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from domain.calendar import JAKARTA, load_calendar, local_day
from domain.model.event import ComplaintEvent
from domain.model.master import Area, Category, Opd, SlaRule
from domain.model.people import ApiClient
from domain.model.tables import metadata
from domain.model.webhook import Webhook, WebhookDelivery
from domain.secrecy import Vault, token_hash
from domain.tracking import ALPHABET, read_code
from domain.words import Channel, Classification, Privacy, WebhookStop
from tests.reference.life_rows import Row
from tests.reference.lives import LIVES, Life

_NAMES = UUID("6f1d3b62-5c1a-4e43-9a0e-6f1f43f4a2b1")
SEED = 1708
ROUNDS = 3
"""How often each life is lived: once for each degree of privacy."""
HOLDERS = ("DPUPR", "DLH", "DISHUB", "KEC-CIBEBER", "UJI-LAMA")
ORDER = ("complaint", "reporter", "disposition", "action", "attachment", "deadline", "complaint_event")
TITLES = (
    "Jalan rusak di Citangkil",
    "Lampu jalan padam",
    "Sampah menumpuk di pasar",
    "Banjir setinggi lutut",
    'Judul "kutip" \\ dan 100% _aneh_',
    "Lubang jalan 🚧 dekat sekolah",
    "Trotoar </script> rusak",
)
BODIES = (
    "Lubang besar di depan pasar, sudah dua bulan.",
    "Baris pertama\nbaris kedua\tdan tab; tanda \u0001 dan \u2028.",
    "{\"bukan\": 'JSON'} null true 1.0",
    "Mohon segera diperbaiki karena berbahaya bagi anak sekolah. " * 8,
)
CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass
class Made:
    """What was written, and when."""

    now: datetime
    complaints: list[UUID] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    """The access tokens of the complaints that have one, by tracking code."""


async def make(database: Database, vault: Vault) -> Made:
    """Fills a seeded database; all but the day on which it is done follows from the seed."""
    made = Made(datetime.combine(local_day(datetime.now(UTC)), time(), JAKARTA))
    dice = random.Random(SEED)
    async with database.write() as session:
        await _make_master_data(session, made.now.date(), dice)
    for round_ in range(ROUNDS):
        async with database.write() as session:  # each round its own transaction: events of several
            await _make_round(session, made, dice, vault, round_)
    async with database.write() as session:
        await _make_webhooks(session, made, dice)
    return made


async def _make_webhooks(session: AsyncSession, made: Made, dice: random.Random) -> None:
    """Of two programs: with messages that wait, were delivered and were given up, and one that is stopped."""
    for name in ("Kabar Cilegon", "Ombudsman"):
        session.add(ApiClient(id=id_of(name), name=name, key_hash=token_hash(name), scopes=["webhooks"]))
    await session.flush()
    events = list(await session.scalars(sa.select(ComplaintEvent.id).order_by(ComplaintEvent.id).limit(6)))
    moments = ("next_attempt_at", "delivered_at", "failed_at")
    for number, name in enumerate(("Kabar Cilegon", "Kabar Cilegon", "Ombudsman")):
        webhook = Webhook(
            id=_key(dice),
            client_id=id_of(name),
            url=f'https://uji.example.org/{number}?a="b"',
            secret=b"rahasia",
            types=["COMPLETED", "VERIFIED"][:number],
            opd_codes=[],
            active=number != 1,
            stopped_because=WebhookStop.GONE if number == 1 else None,
            last_delivered_at=made.now if number else None,
        )
        session.add(webhook)
        await session.flush()
        for place, event in enumerate(events[number:]):
            moment = {moments[(place + number) % 3]: made.now}
            session.add(WebhookDelivery(id=_key(dice), webhook_id=webhook.id, event_id=event, **moment))


# ------------------------------------------------------------------ master data


def id_of(name: str) -> UUID:
    """The key of somebody who looks, by their name."""
    return uuid5(_NAMES, name)


def _key(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)


async def _make_master_data(session: AsyncSession, today: date, dice: random.Random) -> None:
    """OPDs that are not active, that follow each other and have odd names; parts of parts; dated rules."""
    day = timedelta(days=1)
    top, old, later, last_day = (_key(dice) for _ in range(4))
    absent = "parent_id successor_id active_from active_until address phone email website"
    common = dict.fromkeys(absent.split()) | {"kind": "OTHER"}
    opds: list[Row] = [
        common | {"id": top, "code": "UJI-INDUK", "name": 'Badan "Uji" 100% \\ _', "short_name": None},
        common | {"id": later, "code": "UJI-BARU", "name": "Dinas Uji Baru", "short_name": "Uji baru"},
        common | {"id": old, "code": "UJI-LAMA", "name": "Dinas Uji Lama", "short_name": "ujilama"},
        common | {"id": last_day, "code": "UJI-AKHIR", "name": "UPT Uji", "short_name": "Ü"},
    ]
    opds[0] |= {"address": "Jl. Uji 1", "phone": "0254123456", "email": "uji@cilegon.go.id"}
    opds[0]["website"] = "https://uji.cilegon.go.id"
    opds[1] |= {"parent_id": top, "active_from": today + day, "kind": "AGENCY"}
    opds[2] |= {"parent_id": later, "successor_id": later, "active_until": today - day, "kind": "AGENCY"}
    opds[3] |= {"parent_id": old, "active_from": today, "active_until": today, "kind": "HOSPITAL"}
    await session.execute(sa.insert(Opd), opds)
    above = await session.scalar(sa.select(Category.id).where(Category.code == "JALAN"))
    parts = [_key(dice), _key(dice)]
    categories = [
        {"id": parts[0], "code": "UJI-BAGIAN", "name": "Bagian", "parent_id": above, "default_opd_id": old},
        {"id": parts[1], "code": "UJI-BAGIAN-2", "name": "Bagian lagi", "parent_id": parts[0]}
        | {"default_opd_id": None},
    ]
    await session.execute(sa.insert(Category), [row | {"active": dice.random() < 0.5} for row in categories])
    rule = {"working_days": 7, "legal_source": "Aturan uji", "supervised": None, "classification": None}
    rules = [
        rule | {"clock": "VERIFICATION", "valid_from": date(2015, 1, 1), "valid_until": date(2018, 12, 31)},
        rule | {"clock": "FOLLOW_UP", "valid_from": today + day, "valid_until": None, "supervised": False},
        rule
        | {"clock": "RESOLUTION", "valid_from": today, "valid_until": today, "classification": "ASPIRATION"},
    ]
    await session.execute(sa.insert(SlaRule), [row | {"id": _key(dice), "confirmed": True} for row in rules])


# ------------------------------------------------------------------ complaints


async def _make_round(
    session: AsyncSession, made: Made, dice: random.Random, vault: Vault, round_: int
) -> None:
    """Every life once; privacies change places from round to round."""
    calendar = await load_calendar(session)
    rules = list(await session.scalars(sa.select(SlaRule).order_by(SlaRule.id)))
    holders = list(await session.scalars(sa.select(Opd).where(Opd.code.in_(HOLDERS)).order_by(Opd.code)))
    categories = list(await session.scalars(sa.select(Category.id).order_by(Category.code)))
    areas = list(await session.scalars(sa.select(Area.id).order_by(Area.code)))
    rows: dict[str, list[Row]] = defaultdict(list)
    for number, steps in enumerate(LIVES):
        privacy = list(Privacy)[(number + round_) % 3]
        # Half of them are submitted at one of few moments: equal keys must not lose or repeat a row.
        start = made.now - timedelta(days=dice.choice([9, 30, 90, 400]), hours=dice.choice([0, 0, 1, 7]))
        complaint = _new_complaint(dice, number + round_ * len(LIVES), privacy)
        complaint["category_id"] = dice.choice([None, None, *categories[-12:]])
        complaint["area_id"] = dice.choice([None, None, None, *areas[:9]])
        life = Life(dice, calendar, rules, holders, made.now, complaint, list(made.complaints))
        life.live(steps, start)
        if dice.random() < 0.8:  # the others were imported: nobody has a token, or is known
            token = f"ack_{complaint['tracking_code'].lower()}"
            made.tokens[complaint["tracking_code"]] = token
            complaint["access_token_hash"] = token_hash(token)
            life.rows["reporter"].append(_reporter(dice, vault, complaint))
        for part in range(dice.choice([0, 0, 1, 3])):
            life.attach(f'lampiran {part} "a".pdf', complaint_id=complaint["id"])
        if dice.random() < 0.2:  # when it was told of, it was for all to hear
            life.rows["complaint_event"][-1]["audience"] = "PUBLIC"
        made.complaints.append(complaint["id"])
        rows["complaint"].append(complaint)
        for table, found in life.rows.items():
            rows[table] += found
    rows["attachment"].append(
        rows["attachment"][0]
        | {"id": _key(dice), "complaint_id": None, "action_id": None, "stored_at": None, "digest": None}
    )
    rows["complaint_event"].sort(key=lambda row: row["occurred_at"])
    for table in ORDER:
        await session.execute(sa.insert(metadata.tables[table]), rows[table])


def _new_complaint(dice: random.Random, number: int, privacy: Privacy) -> Row:
    title = dice.choice(TITLES)
    placed = dice.random() < 0.6
    never = (
        "held_from verified_at dispatched_at first_responded_at answered_at completed_at opd_id due_at"
        " rating merged_into_id access_token_hash"
    )
    return dict.fromkeys(never.split()) | {
        "id": _key(dice),
        "tracking_code": _code(dice, number),
        "external_tracking_id": dice.choice([None, f"LAPOR-{number}"]),
        "channel": list(Channel)[number % len(Channel)],
        "classification": dice.choice(list(Classification)),
        "supervised": dice.random() < 0.3,
        "title": title,
        "body": dice.choice(BODIES),
        "privacy": privacy,
        "status": "SUBMITTED",
        "latitude": round(-6.0 + dice.random() / 20, 6) if placed else None,
        "longitude": round(106.0 + dice.random() / 20, 6) if placed else None,
        "address": dice.choice([None, "Jl. Jenderal Sudirman No. 1"]),
        "supporter_count": dice.randrange(3),
        "reopened_count": 0,
    }


def _code(dice: random.Random, number: int) -> str:
    """A tracking code: letters and digits, with the check character that makes it one."""
    while True:
        start = f"CLG-{''.join(dice.choice(CODE_LETTERS) for _ in range(4))}-{number:04d}-"
        for last in ALPHABET:
            if read_code(start + last) is not None:
                return start + last


def _reporter(dice: random.Random, vault: Vault, complaint: Row) -> dict[str, Any]:
    known = {"name": 'Siti "Nur" \\ Aminah', "email": "siti@contoh.co.id", "phone": "+62812345678"}
    given = {name: text if dice.random() < 0.7 else None for name, text in known.items()}
    return {"complaint_id": complaint["id"]} | {name: vault.seal(text) for name, text in given.items()}
