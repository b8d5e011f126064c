"""The job that sends the letters of the outbox."""

from datetime import datetime

import structlog

from api.mail.content import Desk
from api.mail.kinds import KINDS
from api.mail.posting import post_letters
from api.mail.server import mail_of
from api.worker.tools import Tools
from domain.mail import sending

log = structlog.get_logger()


async def send_letters(tools: Tools, _now: datetime) -> int:
    """Without a mail server the letters wait, in case that it is only missing here, and then are given up."""
    async with tools.write() as session:
        ended = await sending.end_old(session)
    if ended:
        log.warning("mail.given_up", number=len(ended))
    mail = mail_of(tools.settings)
    if mail is None:
        return 0
    return await post_letters(tools.write, Desk(mail, tools.vault), KINDS, tools.stopping)
