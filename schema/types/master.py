"""Categories, areas, rules of deadlines and holidays, as the schema shows them."""

import datetime as dt
from typing import Optional

from domain import policy
from domain.model import master
from domain.succession_sql import opd_now
from domain.words import AreaKind, Classification, Clock, HolidayKind
from schema.plan.fields import by, column, one, planned
from schema.types.node import Node
from schema.types.opd import Opd


@planned(master.Category.__table__, policy.everything)
class Category(Node):
    """Kategori: what a complaint is about."""

    code: str = column("Short stable code, such as JALAN.")
    name: str = column("Name in Indonesian.")
    parent: Optional["Category"] = one("The wider category.", by("parent_id"))
    default_opd: Opd | None = one(
        "The OPD that such complaints go to as a rule; instead of one that has ended, its successor that"
        " takes complaints today, if there is one.",
        lambda s, o: o.c.id == opd_now(s.row.c.default_opd_id),
    )
    active: bool = column("Whether new complaints may have it.")


@planned(master.Area.__table__, policy.everything)
class Area(Node):
    """Wilayah: a kecamatan or kelurahan of Cilegon."""

    code: str = column("Official code of the Ministry of Home Affairs (Kemendagri), such as 36.72.01.1001.")
    name: str = column("Name.")
    kind: AreaKind = column("Kecamatan or kelurahan.")
    parent: Optional["Area"] = one("The kecamatan of a kelurahan.", by("parent_id"))


@planned(master.SlaRule.__table__, policy.everything)
class SlaRule(Node):
    """Aturan tenggat: how many working days a clock gives, and by which law."""

    clock: Clock = column("What it measures.")
    classification: Classification | None = column("For which reports; null: for all.")
    supervised: bool | None = column(
        "Only for reports under supervision (berkadar pengawasan), or only for others; null: for all."
    )
    working_days: int = column("Working days from the start of the clock to the end of the last day.")
    legal_source: str = column("The law or published procedure that sets it.")
    valid_from: dt.date = column("First day on which a clock starts under it.")
    valid_until: dt.date | None = column("Last such day; null: until further notice.")
    confirmed: bool = column("Whether Diskominfo has confirmed it.")


@planned(master.Holiday.__table__, policy.everything)
class Holiday:
    """Hari libur: a day that is no working day although it is a weekday."""

    date: dt.date = column("The day.")
    name: str = column("Name in Indonesian.")
    kind: HolidayKind = column("Why nobody works.")
