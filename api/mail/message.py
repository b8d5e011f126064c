"""How does a letter become a message: plain and HTML, and the same one however often it is sent?"""

import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from admin.wording import day, moment
from api.mail.content import Content, Desk
from domain.calendar import JAKARTA
from domain.model.mail import OutgoingLetter
from domain.words import label

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
TEMPLATES.filters |= {"day": day, "moment": moment, "label": label}


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to a mail server."""

    sender: str
    recipient: str
    content: bytes


def written(letter: OutgoingLetter, to: str, content: Content, desk: Desk) -> Message:
    """A letter of the outbox as a message to an address as mail servers take it."""
    return message_of(letter.kind.lower(), letter.id, at=letter.created_at, to=to, content=content, desk=desk)


def message_of(template: str, key: UUID, *, at: datetime, to: str, content: Content, desk: Desk) -> Message:
    """A message of the moment `at`; its key is how mail programs know a second copy for what it is."""
    mail = desk.mail
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = mail.sender
    message["To"] = to
    if mail.reply_to is not None:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = content.subject
    message["Date"] = format_datetime(at.astimezone(JAKARTA))
    # Nobody's absence note answers it.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    plain, page = texts(template, content, desk)
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    message["Content-Language"] = "id"
    exact = {"Message-ID": f"<{key}@{mail.sender.domain}>"}
    if content.unsubscribe is not None:
        exact |= {
            "List-Unsubscribe": f"<{content.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    # These the library would fold where they are long, and mail programs would not know them again.
    head = "".join(f"{name}: {value}\r\n" for name, value in exact.items()).encode("ascii")
    return Message(mail.sender.addr_spec, to, head + message.as_bytes())


def texts(template: str, content: Content, desk: Desk) -> tuple[str, str]:
    """A letter's two forms, which say the same."""
    values = {
        "subject": content.subject,
        "unsubscribe": content.unsubscribe,
        "public_url": desk.mail.public_url,
        "reply_to": desk.mail.reply_to,
        **content.values,
    }
    plain, page = (TEMPLATES.get_template(f"{template}.{form}") for form in ("txt", "html"))
    return plain.render(values), page.render(values)
