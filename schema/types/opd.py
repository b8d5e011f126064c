"""Organisasi perangkat daerah, as the schema shows it."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Optional

import sqlalchemy as sa
import strawberry

from domain import policy
from domain.model import master
from domain.words import OpdKind
from schema.declaring import optional
from schema.finding.filters import words
from schema.plan.fields import bearing, by, column, one, planned
from schema.plan.paging import Order, connection
from schema.plan.scope import Scope
from schema.statistics.counted import statistics_of_opd
from schema.types.complaint_filter import COMPLAINT_ARGUMENTS, COMPLAINT_FILTERS, complaint_order
from schema.types.node import Connection, Node

if TYPE_CHECKING:
    from schema.types.complaint import Complaint
    from schema.types.statistics import Statistics


@planned(master.Opd.__table__, policy.everything)
class Opd(Node):
    """Organisasi perangkat daerah (OPD): a city agency that complaints are dispatched to."""

    code: str = column("Short stable code, such as DPUPR.")
    name: str = column("Official name.")
    short_name: str | None = column("What people call it.")
    kind: OpdKind = column("What kind of agency it is.")
    parent: Optional["Opd"] = one("The OPD it belongs to.", by("parent_id"))
    address: str | None = column("Postal address.")
    phone: str | None = column("Telephone, digits only.")
    email: str | None = column("E-mail address of the office.")
    website: str | None = column("Web address.")
    active: bool = column("Whether it takes complaints today.", lambda s: policy.opd_is_active(s.row))
    active_from: date | None = column("First day on which it takes complaints; null: always did.")
    active_until: date | None = column("Last day on which it takes complaints; null: no end is set.")
    successor: Optional["Opd"] = one("Who took over its work.", by("successor_id"))
    complaints: Connection[Annotated["Complaint", strawberry.lazy("schema.types.complaint")]] = connection(
        "The complaints that it has or finished, of those that the viewer sees.",
        bearing("opd_id"),
        order=complaint_order,
        filters=COMPLAINT_FILTERS,
        arguments=COMPLAINT_ARGUMENTS,
    )
    statistics: Annotated["Statistics", strawberry.lazy("schema.types.statistics")] = statistics_of_opd(
        "Counts and measures of the complaints that it has or finished."
    )


@strawberry.input(description="Which OPDs; what is absent or null does not narrow.")
class OpdFilter:
    search: str | None = optional("Part of the code, name or short name, in any case.")
    kind: list[OpdKind] | None = optional("Any of these kinds.")
    active: bool | None = optional("Whether it takes complaints today.")


def _contains(text: str) -> str:
    """A LIKE pattern in which the text's own wildcards are only text."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _search(s: Scope, o: sa.FromClause, _value: str) -> sa.ColumnElement[bool]:
    pattern = s.bind("filter", "search", type_=sa.Text(), convert=_contains)
    text = sa.func.concat_ws(sa.literal_column("' '"), o.c.code, o.c.name, o.c.short_name)
    return text.ilike(pattern)


OPD_FILTERS = {
    "search": _search,
    "kind": words("kind"),
    "active": lambda _s, o, v: policy.opd_is_active(o) if v else sa.not_(policy.opd_is_active(o)),
}


def opd_order(_scope: Scope) -> Order:
    """By code."""
    return Order(lambda o: o.c.code)


OpdConnection = Connection[Opd]
