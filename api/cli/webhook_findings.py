"""What does the checkup say of webhooks: do third parties hear of what happens?"""

from typing import Any

import asyncpg

from api.cli.finding import Finding, State, fine

_NUMBERS = """
SELECT count(*) AS number,
       count(*) FILTER (WHERE stopped_because <> 'PAUSED') AS stopped,
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.failed_at IS NOT NULL)) AS failed,
       count(*) FILTER (WHERE active AND EXISTS (
           SELECT FROM webhook_delivery d
            WHERE d.webhook_id = w.id AND d.attempts = 0 AND d.next_attempt_at < now() - interval '5 minutes'
              AND coalesce(w.wait_until, '-infinity') < now())) AS unsent
  FROM webhook w
"""


async def webhook_finding(connection: "asyncpg.Connection[Any]") -> Finding:
    """One line: stopped ones are somebody's loss, and unsent messages mean that no worker runs."""
    row = await connection.fetchrow(_NUMBERS)
    assert row is not None
    told = f"Webhooks: {row['number']}"
    if row["unsent"]:
        return Finding(
            State.WRONG,
            f"{told}, {row['unsent']} of them with messages that wait for five minutes or longer.",
            "Run `aduan worker` beside the service, and see in its log what holds it up.",
        )
    if row["stopped"] or row["failed"]:
        return Finding(
            State.NOTE,
            f"{told}, {row['stopped']} stopped by themselves, {row['failed']} with messages given up.",
            "See in the panel, under Webhook, which they are; tell those who keep the receivers.",
        )
    return fine(f"{told}; none stopped by itself or with messages that were given up.")
