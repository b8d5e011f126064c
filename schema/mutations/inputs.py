"""What mutations take; names are fixed by the public contract."""

import datetime as dt
from typing import Any

import strawberry

from domain.words import ActionKind, Channel, Classification, OpdKind, Privacy, Visibility

_CODE = "The complaint's tracking code, as shown or as somebody typed it."
_VERSION = "The version that the caller saw; a stale one gets a ConflictError."
_FILES = "Uploaded attachments to add, by identifier."


def _optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


def _unchanged(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


@strawberry.input(description="A report, as a citizen's app sends it.")
class ComplaintSubmitInput:
    idempotency_key: str = strawberry.field(
        description="Random and new for each report, 1 to 200 characters (a UUID is good): repeating the same"
        " submission with it gives the same complaint, not a second one."
    )
    title: str = strawberry.field(description="What it is about, in a line: 1 to 200 characters.")
    body: str = strawberry.field(description="The report: 1 to 10,000 characters.")
    classification: Classification = strawberry.field(description="What kind of report it is.")
    channel: Channel | None = _optional("The way it came in; CITY_APP if absent.")
    category_code: str | None = _optional("What it is about, by category code.")
    opd_code: str | None = _optional("The OPD that the reporter thinks it is for.")
    privacy: Privacy | None = _optional("How far the reporter wants to be known; PUBLIC if absent.")
    latitude: float | None = _optional("Degrees, WGS 84; with longitude.")
    longitude: float | None = _optional("Degrees, WGS 84; with latitude.")
    address: str | None = _optional("Where it is, in words: at most 500 characters.")
    area_code: str | None = _optional("Kelurahan or kecamatan, by official code.")
    reporter_name: str | None = _optional("Encrypted at rest; never public.")
    reporter_email: str | None = _optional("Encrypted at rest; never public.")
    reporter_phone: str | None = _optional("Encrypted at rest; never public.")
    attachment_ids: list[strawberry.ID] | None = _optional(_FILES)
    external_tracking_id: str | None = _optional("Its number in SP4N-LAPOR or another system.")


@strawberry.input(description="Diskominfo finds the report to be one.")
class ComplaintVerifyInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    classification: Classification | None = _optional("Corrects the kind of report.")
    category_code: str | None = _optional("Corrects what it is about, by category code.")
    supervised: bool | None = _optional("Whether it needs supervision (berkadar pengawasan).")


@strawberry.input(description="Diskominfo gives the complaint to an OPD, or moves it.")
class ComplaintDispatchInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    opd_code: str = strawberry.field(description="The OPD that must act, by code.")
    instruction: str | None = _optional("What is asked of the OPD: at most 2,000 characters.")


@strawberry.input(description="The holding OPD says that it is not theirs (bukan kewenangan).")
class ComplaintReturnInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    reason: str = strawberry.field(description="Why: 1 to 2,000 characters.")
    suggested_opd_code: str | None = _optional("Whose it may be, by code.")


@strawberry.input(description="The holding OPD tells what it does.")
class ActionAddInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    body: str = strawberry.field(description="What was done: 1 to 10,000 characters.")
    kind: ActionKind | None = _optional("NOTE or PROGRESS; PROGRESS if absent.")
    visibility: Visibility | None = _optional("Who may read it; PUBLIC if absent.")
    attachment_ids: list[strawberry.ID] | None = _optional(_FILES)
    idempotency_key: str | None = _optional("Random and new for each action: a repeat with it adds none.")


@strawberry.input(description="The holding OPD answers the reporter.")
class ComplaintAnswerInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    body: str = strawberry.field(description="The answer, public: 1 to 10,000 characters.")
    attachment_ids: list[strawberry.ID] | None = _optional(_FILES)


@strawberry.input(description="The holding OPD or Diskominfo finishes the complaint.")
class ComplaintCompleteInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    body: str = strawberry.field(description="What was done, public: 1 to 10,000 characters.")
    attachment_ids: list[strawberry.ID] | None = _optional(_FILES)


@strawberry.input(description="A new OPD.")
class OpdCreateInput:
    code: str = strawberry.field(description="Short stable code: capitals, digits, hyphens.")
    name: str = strawberry.field(description="Official name: 1 to 200 characters.")
    short_name: str | None = _optional("What people call it: at most 40 characters.")
    kind: OpdKind = strawberry.field(description="What kind of agency it is.")
    parent_code: str | None = _optional("The OPD it belongs to, by code.")
    address: str | None = _optional("Postal address.")
    phone: str | None = _optional("Telephone.")
    email: str | None = _optional("E-mail address of the office.")
    website: str | None = _optional("Web address, with https://.")
    active_from: dt.date | None = _optional("First day on which it takes complaints; at once if absent.")


@strawberry.input(description="Changes of an OPD: what is absent stays, what is null is emptied.")
class OpdUpdateInput:
    code: str = strawberry.field(description="The OPD, by code.")
    name: str | None = _unchanged("Official name: 1 to 200 characters.")
    short_name: str | None = _unchanged("What people call it: at most 40 characters.")
    kind: OpdKind | None = _unchanged("What kind of agency it is.")
    parent_code: str | None = _unchanged("The OPD it belongs to, by code.")
    address: str | None = _unchanged("Postal address.")
    phone: str | None = _unchanged("Telephone.")
    email: str | None = _unchanged("E-mail address of the office.")
    website: str | None = _unchanged("Web address, with https://.")


@strawberry.input(description="Who signs in.")
class SessionCreateInput:
    email: str = strawberry.field(description="The account's e-mail address.")
    password: str = strawberry.field(description="Its password.")
