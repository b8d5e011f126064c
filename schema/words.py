"""The enums of the schema: the domain's vocabularies, each word described."""

from enum import StrEnum
from typing import Any

import strawberry

from domain import words

_EVENTS = {
    "SUBMITTED": "A report came in.",
    "VERIFIED": "Diskominfo found it to be one; the public sees it from now on.",
    "HELD": "It waits for the reporter.",
    "DISPATCHED": "It went to an OPD, or moved from one to another.",
    "RETURNED": "The OPD gave it back: not theirs (bukan kewenangan).",
    "STARTED": "The OPD's first action.",
    "ANSWERED": "The OPD answered the reporter.",
    "REPLIED": "The reporter replied.",
    "COMPLETED": "It is finished.",
    "REOPENED": "It was taken up again.",
    "TRANSFERRED": "It went to another institution.",
    "ARCHIVED": "It was put away without action.",
    "MERGED": "It became part of another one.",
    "ACTION_ADDED": "A further action, without a change of status.",
    "RATED": "The reporter rated how it was handled.",
}
_VIEWERS = {
    "REPORTER": "A member of the public: nobody is signed in.",
    "OFFICER": "An officer of an OPD (admin OPD, pejabat penghubung).",
    "OFFICE": "Diskominfo (admin instansi).",
    "AUDITOR": "Reads all, changes nothing.",
    "ADMIN": "Keeps accounts and API clients; may all that Diskominfo may.",
    "CLIENT": "A program of a third party, by its API key.",
}
_ERRORS = {
    "INVALID_INPUT": "A value is malformed or out of bounds; `field` names it.",
    "NOT_FOUND": "It is not there, or the viewer may not know that it is.",
    "FORBIDDEN": "The viewer may never do this.",
    "UNAUTHENTICATED": "Sign in first, or again.",
    "TRANSITION_NOT_ALLOWED": "The workflow has no such step from the present status.",
    "CONFLICT": "Somebody else changed it in the meantime: reload and try again.",
    "IDEMPOTENCY_MISMATCH": "The key was already used for another input.",
    "OPD_INACTIVE": "The OPD takes no complaints.",
    "OPD_HAS_OPEN_COMPLAINTS": "The OPD still has open complaints.",
    "ALREADY_SUPPORTED": "This supporter is counted already.",
    "ALREADY_RATED": "The reporter has rated it already.",
    "THROTTLED": "Too many attempts: wait and try again.",
    "PASSWORD_CHANGE_REQUIRED": "Somebody else set the password: its person changes it in the panel first.",
    "SECOND_FACTOR_REQUIRED": "A code of the authenticator app is needed too, or the app must be set up.",
}
_ORDERS = {
    "SUBMITTED_AT": "When it was submitted.",
    "UPDATED_AT": "When it last changed.",
    "DUE_AT": "Its earliest running deadline; those without one are last.",
    "SUPPORTER_COUNT": "How many support it.",
}
_DIRECTIONS = {"ASC": "Smallest or earliest first.", "DESC": "Largest or latest first."}
_LOCALES = {"ID": "Bahasa Indonesia.", "EN": "English."}

_DESCRIBED: dict[type[StrEnum], tuple[str, dict[str, str] | None]] = {
    words.ComplaintStatus: ("Where a complaint stands.", None),
    words.Transition: ("A step of the workflow.", None),
    words.Channel: ("The way a report came in (kanal, sumber).", None),
    words.Classification: ("What kind of report it is (klasifikasi).", None),
    words.Privacy: ("How far the reporter wants to be known (anonim, rahasia).", None),
    words.Visibility: ("Who may read an action.", None),
    words.ActionKind: ("What kind of action it is.", None),
    words.DispositionOutcome: ("How an OPD's stay ended.", None),
    words.Clock: ("What a deadline measures.", None),
    words.DeadlineState: ("How a deadline stands now.", None),
    words.OpdKind: ("What kind of agency it is.", None),
    words.AreaKind: ("Kecamatan or kelurahan.", None),
    words.HolidayKind: ("Why nobody works that day.", None),
    words.ViewerKind: ("Who asks.", _VIEWERS),
    words.ComplaintOrderField: ("What complaints are ordered by.", _ORDERS),
    words.OrderDirection: ("Which end comes first.", _DIRECTIONS),
    words.ComplaintEventType: ("What happened to a complaint.", _EVENTS),
    words.Locale: ("The language of labels.", _LOCALES),
    words.ErrorCode: ("Why something was refused; codes never change.", _ERRORS),
}


def register() -> None:
    """Makes each vocabulary an enum of the schema."""
    for vocabulary, (description, texts) in _DESCRIBED.items():
        strawberry.enum(vocabulary, description=description)
        definition: Any = vocabulary.__strawberry_definition__  # type: ignore[attr-defined]
        for value in definition.values:
            value.description = texts[value.name] if texts else words.LABELS[vocabulary][value.name]
