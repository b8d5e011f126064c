"""How is an event told to a webhook? Thin, without personal data, signed by Standard Webhooks.

Who wants to know more asks the API by the tracking code, and then sees what they may see at that moment.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from standardwebhooks import Webhook as Signer

from domain.webhooks.outcomes import Message
from schema.following.places import Position, cursor_of


def body_of(message: Message, cursor_secret: bytes) -> bytes:
    """The JSON of a message: the event's type and time, and its data."""
    cursor = cursor_of(cursor_secret, Position(int(message.xid), message.event_id))
    return orjson.dumps(
        {
            "type": f"complaint.{message.type.lower()}",
            "timestamp": message.occurred_at,
            "data": {
                "cursor": cursor,
                "type": message.type,
                "trackingCode": message.tracking_code,
                "version": message.version,
                "fromStatus": message.from_status,
                "toStatus": message.to_status,
                "opd": message.opd_code,
            },
        }
    )


def headers_of(message: Message, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """Its headers; while a secret is changed over, there are two signatures."""
    identifier = str(message.delivery_id)
    moment = now.astimezone(UTC).replace(microsecond=0)
    return {
        "content-type": "application/json",
        "user-agent": "Aduan-Cilegon-Webhook/1",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(
            Signer(secret).sign(identifier, moment, body.decode()) for secret in secrets
        ),
    }
