"""What does the worker do by itself, and when?

A part of the service that has something to do by the clock adds its line here. A job runs on one worker at a
time. It can be killed at any moment and be run again, so it commits whole things; and a key in the database
forbids what must not be done twice.
"""

from dataclasses import dataclass

from api.worker.archiving import archive_events
from api.worker.attachments import collect_attachments
from api.worker.auditing import seal_audit_trail
from api.worker.closing import complete_unanswered
from api.worker.deliveries import forget_deliveries
from api.worker.mailing import send_letters
from api.worker.reminding import forget_old, send_digests, send_reminders
from api.worker.retention import erase_by_retention, forget_used
from api.worker.tallying import fold_tally
from api.worker.tools import Work


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the table: a name, when it runs (crontab, in UTC), and what it does."""

    name: str
    schedule: str
    work: Work


SEND_REMINDERS = "send-reminders"
JOBS = (
    # name, minute hour day month weekday, function
    Job("complete-unanswered", "*/5 * * * *", complete_unanswered),
    Job("collect-attachments", "17 * * * *", collect_attachments),
    Job("forget-old", "*/10 * * * *", forget_old),
    Job("send-digests", "*/5 * * * *", send_digests),
    Job(SEND_REMINDERS, "*/5 * * * *", send_reminders),
    Job("fold-tally", "* * * * *", fold_tally),
    Job("erase-by-retention", "23 19 * * *", erase_by_retention),  # at night in Cilegon
    Job("forget-used", "43 19 * * *", forget_used),
    Job("archive-events", "53 19 * * *", archive_events),
    Job("forget-deliveries", "3 20 * * *", forget_deliveries),
    Job("seal-audit-trail", "* * * * *", seal_audit_trail),
    Job("send-letters", "* * * * *", send_letters),
)
