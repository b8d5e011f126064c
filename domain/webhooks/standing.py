"""Which webhooks are told of events?"""

import sqlalchemy as sa

from domain.model.people import ApiClient
from domain.model.webhook import Webhook
from domain.words import ClientScope

IN_FORCE = sa.and_(
    Webhook.active,
    sa.exists().where(
        ApiClient.id == Webhook.client_id,
        ApiClient.revoked_at.is_(None),
        sa.literal(ClientScope.WEBHOOKS.value) == sa.any_(ApiClient.scopes),
    ),
)
"""A webhook that is told of events: not stopped, and its client's key still is for that."""
