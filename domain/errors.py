"""What a rule of the service refuses, and how it says so.

    Refusal                    the base: a stable code, a message in two languages, the field it concerns
    ├── InvalidInput           a value is malformed or out of bounds
    ├── NotFound               it is not there, or the actor may not know that it is
    ├── Unauthenticated        the actor must sign in first
    ├── Forbidden              the actor may never do this
    ├── Conflict               somebody else changed it in the meantime
    ├── TransitionNotAllowed   the workflow has no such step from here
    ├── IdempotencyMismatch    the key was used for another input
    ├── OpdInactive            the OPD takes no complaints
    ├── OpdHasOpenComplaints   the OPD cannot end before somebody else has its complaints
    ├── AlreadySupported       the supporter is counted already
    ├── AlreadyRated           the reporter has rated it already
    ├── Throttled              too many attempts; it says until when
    ├── TooManyUploads         too much waits to be attached, or came from one network
    ├── PasswordChangeRequired somebody else set the password: it must be changed first
    └── SecondFactorRequired   the password is right, and a code is needed too

A refusal is an answer, not a fault: front-ends get it as an entry of `errors`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from domain.calendar import JAKARTA
from domain.messages import MESSAGES
from domain.who import named
from domain.words import ErrorCode, Locale, Transition


class Refusal(Exception):
    """A rule said no; `key` names the message, `values` fill it in."""

    code: ErrorCode

    def __init__(self, key: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.values = values

    def message(self, locale: Locale = Locale.ID) -> str:
        """The sentence for people; never holds personal data."""
        return MESSAGES[self.key][locale].format(field=self.field, **self.values)

    def __str__(self) -> str:
        return self.message(Locale.EN)


class InvalidInput(Refusal):
    code = ErrorCode.INVALID_INPUT


class NotFound(Refusal):
    code = ErrorCode.NOT_FOUND


class Unauthenticated(Refusal):
    code = ErrorCode.UNAUTHENTICATED


class Forbidden(Refusal):
    code = ErrorCode.FORBIDDEN

    def __init__(self, key: str = "forbidden", *, who: Iterable[StrEnum] = (), **values: object) -> None:
        super().__init__(key)
        self.values = values
        self.who = frozenset(who)

    def message(self, locale: Locale = Locale.ID) -> str:
        return MESSAGES[self.key][locale].format(who=named(self.who, locale), **self.values)


class Conflict(Refusal):
    code = ErrorCode.CONFLICT

    def __init__(self, current_version: int) -> None:
        super().__init__("conflict", field="version", version=current_version)
        self.current_version = current_version


class TransitionNotAllowed(Refusal):
    code = ErrorCode.TRANSITION_NOT_ALLOWED

    def __init__(
        self,
        transition: str,
        status: str,
        allowed: Iterable[Transition],
        *,
        key: str = "transition_not_allowed",
    ) -> None:
        super().__init__(key, transition=transition, status=status)
        self.allowed = sorted(allowed)


class IdempotencyMismatch(Refusal):
    code = ErrorCode.IDEMPOTENCY_MISMATCH


class OpdInactive(Refusal):
    code = ErrorCode.OPD_INACTIVE


class OpdHasOpenComplaints(Refusal):
    code = ErrorCode.OPD_HAS_OPEN_COMPLAINTS


class AlreadySupported(Refusal):
    code = ErrorCode.ALREADY_SUPPORTED


class AlreadyRated(Refusal):
    code = ErrorCode.ALREADY_RATED


class Throttled(Refusal):
    code = ErrorCode.THROTTLED

    def __init__(self, until: datetime) -> None:
        # To the full minute, and never a little too early.
        said = (until.astimezone(JAKARTA) + timedelta(seconds=59)).strftime("%H.%M WIB")
        super().__init__("throttled", until=said)
        self.until = until


class TooManyUploads(Refusal):
    code = ErrorCode.THROTTLED


class PasswordChangeRequired(Refusal):
    code = ErrorCode.PASSWORD_CHANGE_REQUIRED


class SecondFactorRequired(Refusal):
    code = ErrorCode.SECOND_FACTOR_REQUIRED

    def __init__(self, key: str = "second_factor_required", *, ticket: str | None = None) -> None:
        super().__init__(key, field="code")
        self.ticket = ticket
        """What the next step of signing in goes on with."""
