"""What do the settings say of e-mail: which server takes it, who it is from, where its links lead?"""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from api.operator_error import OperatorError
from api.settings import Settings


class Encryption(StrEnum):
    """How the way to the server is encrypted, by the scheme of its address."""

    STARTTLS = "smtp"
    TLS = "smtps"
    NONE = "smtp+plain"


_PORTS = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.NONE: 25}
_SMTP_URL = (
    "smtp://user:password@host:587 (STARTTLS), smtps://user:password@host (TLS), smtp+plain://host (none)"
)


@dataclass(frozen=True, slots=True)
class Server:
    """Where e-mail is handed over."""

    host: str
    port: int
    encryption: Encryption
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """The address without its password."""
        return f"{self.encryption}://{f'{self.user}@' if self.user else ''}{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Mail:
    """E-mail, set up."""

    server: Server
    sender: Address
    public_url: str
    """Where people reach the service, without a slash at its end."""
    reply_to: Address | None = None
    head: str | None = None
    tracking_url: str | None = None

    def tracked(self, code: str) -> str | None:
        """The page that shows a report, if there is a front-end that has one."""
        return None if self.tracking_url is None else self.tracking_url.replace("{code}", code)


def mail_of(settings: Settings) -> Mail | None:
    """E-mail as the settings have it; None where no server is named. Raises OperatorError."""
    if settings.smtp_url is None:
        return None
    server = _server(settings.smtp_url.get_secret_value())
    sender = _mailbox("ADUAN_MAIL_FROM", settings.mail_from)
    if sender is None:
        message = (
            "ADUAN_MAIL_FROM is not set, and ADUAN_SMTP_URL needs it: write whom letters come from, as"
            " Aduan Cilegon <aduan@cilegon.go.id>"
        )
        raise OperatorError(message)
    if settings.public_url is None:
        message = (
            "ADUAN_PUBLIC_URL is not set, and ADUAN_SMTP_URL needs it for the links in letters: write where"
            " people reach the service, as https://aduan.cilegon.go.id"
        )
        raise OperatorError(message)
    head = _mailbox("ADUAN_HEAD_EMAIL", settings.head_email)
    return Mail(
        server,
        sender,
        public_url=_web("ADUAN_PUBLIC_URL", settings.public_url).rstrip("/"),
        reply_to=_mailbox("ADUAN_MAIL_REPLY_TO", settings.mail_reply_to),
        head=None if head is None else head.addr_spec,
        tracking_url=_tracking(settings.tracking_url),
    )


def _server(url: str) -> Server:
    # What is wrong is said without quoting it: there is a password in it.
    try:
        parts = urlsplit(url)
        encryption, port = Encryption(parts.scheme), parts.port
    except ValueError as error:
        message = f"ADUAN_SMTP_URL is no address of a mail server: write {_SMTP_URL}"
        raise OperatorError(message) from error
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        message = (
            f"ADUAN_SMTP_URL is no address of a mail server: write {_SMTP_URL}, with signs such as / # ? @ in"
            " the password percent-encoded"
        )
        raise OperatorError(message)
    user, password = _account(parts)
    if password is not None and encryption is Encryption.NONE:
        message = "ADUAN_SMTP_URL would send a password unencrypted: write smtp:// or smtps://"
        raise OperatorError(message)
    return Server(parts.hostname, port or _PORTS[encryption], encryption, user, password)


def _account(parts: SplitResult) -> tuple[str | None, str | None]:
    if (not parts.username) != (not parts.password):
        message = f"ADUAN_SMTP_URL has a user and no password, or the other way round: write {_SMTP_URL}"
        raise OperatorError(message)
    if not parts.username or not parts.password:
        return None, None
    return unquote(parts.username), unquote(parts.password)


def _mailbox(variable: str, text: str | None) -> Address | None:
    """A mail address, with or without a name before it."""
    if text is None:
        return None
    # What follows a line break would be read as another header; without this the library takes a part of it.
    name, address = parseaddr(text) if text.isprintable() else ("", "")
    try:
        return Address(name, addr_spec=mailable(address))
    except ValueError as error:
        message = f"{variable} is no mail address: write name@host, or Name <name@host>"
        raise OperatorError(message) from error


def mailable(address: str) -> str:
    """An address as mail servers take it: a domain of other letters in its ASCII form. Raises ValueError."""
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError from error
    return found.ascii_email or found.normalized


def _web(variable: str, text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    plain = text.isascii() and text.isprintable() and not set(text) & set(' "<>')
    if parts.scheme not in ("http", "https") or not parts.netloc or not plain:
        message = (
            f"{variable} is no web address: it starts with https://, and other signs are percent-encoded"
        )
        raise OperatorError(message)
    return text


def _tracking(text: str | None) -> str | None:
    if text is None:
        return None
    if "{code}" not in text:
        message = (
            "ADUAN_TRACKING_URL does not say where the tracking code goes: write"
            " https://lapor.cilegon.go.id/lacak/{code}"
        )
        raise OperatorError(message)
    return _web("ADUAN_TRACKING_URL", text)
