"""The job that writes the news for reporters, and sends the letters of the outbox."""

from datetime import datetime

import structlog

from api.mail.content import Desk
from api.mail.kinds import KINDS
from api.mail.posting import post_letters
from api.mail.server import mail_of
from api.worker.tools import Tools
from domain.mail import news, sending

log = structlog.get_logger()


async def send_letters(tools: Tools, now: datetime) -> int:
    """Without a mail server the letters wait, in case that it is only missing here, and then are given up."""
    async with tools.write() as session:
        ended = await sending.end_old(session)
    if ended:
        log.warning("mail.given_up", number=len(ended))
    mail = mail_of(tools.settings)
    if mail is None:
        return 0
    try:
        await _write_news(tools, now)
    except Exception:  # what is in the outbox goes out all the same
        log.exception("mail.news_fault")
    return await post_letters(tools.write, Desk(mail, tools.vault), KINDS, tools.stopping)


async def _write_news(tools: Tools, now: datetime) -> None:
    more = True
    while more and not tools.stopping.is_set():
        async with tools.write() as session:
            more = (await news.read_on(session, now)).more
