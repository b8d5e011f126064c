"""Webhooks of API clients, as the schema shows them."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from domain import policy
from domain.model import webhook as model
from domain.words import ComplaintEventType
from schema.plan.fields import column, planned
from schema.plan.scope import Scope
from schema.types.node import Node


def _deliveries(s: Scope, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    delivery = model.WebhookDelivery
    return (
        sa.select(sa.func.count())
        .select_from(delivery)
        .where(delivery.webhook_id == s.row.c.id, *conditions)
        .correlate(s.row)
        .scalar_subquery()
    )


@planned(model.Webhook.__table__, policy.sees_webhook)
class Webhook(Node):
    """An address that is told of events by POST, by the Standard Webhooks specification."""

    url: str = column("Where events are sent.")
    active: bool = column(
        "Whether it is told; not while it is paused, once it answered 410, or after 5 days without a success."
    )
    types: list[ComplaintEventType] = column("Which changes it is told of; empty for all.")
    pending: int = column(
        "Events that are on their way to it: to be sent, or to be tried again.",
        lambda s: _deliveries(s, model.WebhookDelivery.next_attempt_at.is_not(None)),
    )
    failed: int = column(
        "Events that were given up after ten attempts in three days; `webhookReplay` sends them again.",
        lambda s: _deliveries(s, model.WebhookDelivery.failed_at.is_not(None)),
    )
    last_delivered_at: dt.datetime | None = column("When it last answered an event with a 2xx status.")
