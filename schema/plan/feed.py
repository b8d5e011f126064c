"""The statement of a subscription: the events after a position, each rendered with its own."""

from typing import Any

import sqlalchemy as sa
from graphql import get_named_type
from sqlalchemy.sql.expression import ColumnElement

from domain.model.event import TransactionId
from schema.plan import fields as declared
from schema.plan.build import Builder, plan_of, source_of
from schema.plan.scope import ResolveInfo, Scope

BATCH = 100

HORIZON: ColumnElement[Any] = sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot())
"""Below it every transaction has ended: nothing can appear there any more."""


def feed_statement(builder: Builder, info: ResolveInfo) -> "sa.Select[Any]":
    """Events beyond the position and below the horizon, in the order of the sequence."""
    type_: Any = get_named_type(info.return_type)
    definition = info.parent_type.fields[info.field_name]
    plan = plan_of(definition)
    assert isinstance(plan, declared.Feed)
    number, values = builder.draft.arguments(definition, info.field_nodes[0])
    event = builder.fresh(type_)
    scope = Scope(builder.draft, event, info.parent_type.name, info.field_name, number, values)
    asked = values.get("filter") or {}
    position = sa.tuple_(
        sa.cast(scope.source("xid", sa.Text()), TransactionId), scope.source("number", sa.BigInteger())
    )
    return (
        sa.select(sa.cast(event.c.xid, sa.Text()), event.c.id, builder.object(type_, event, info.field_nodes))
        .where(
            sa.tuple_(event.c.xid, event.c.id) > position,
            event.c.xid < HORIZON,
            plan.on(scope, event),
            source_of(type_).listed(builder.draft.viewer, event),
            *(plan.filters[name](scope, event, value) for name, value in asked.items() if value is not None),
        )
        .order_by(event.c.xid, event.c.id)
        .limit(sa.literal_column(str(BATCH), sa.Integer()))
    )
