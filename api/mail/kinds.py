"""Which kinds of letters does this version write?

A kind has a line here, and its texts in `templates/` under its name in small letters: plain (`.txt`) and HTML
(`.html`), which fill in `base.txt` and `base.html`.
"""

from collections.abc import Mapping

from api.mail import digests, reminders, reporter_news, webhook_stops
from api.mail.content import Compose
from domain.words import LetterKind

KINDS: Mapping[LetterKind, Compose] = {
    LetterKind.REPORTER_NEWS: reporter_news.compose,
    LetterKind.REMINDER: reminders.compose,
    LetterKind.OPD_DIGEST: digests.compose_daily,
    LetterKind.HEAD_DIGEST: digests.compose_weekly,
    LetterKind.WEBHOOK_STOPPED: webhook_stops.compose,
}
