"""What mutations take; names are fixed by the public contract."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from domain.words import ActionKind, Channel, Classification, OpdKind, Privacy, Visibility
from schema.plan.fields import optional
from schema.plan.identity import uuid_of

_CODE = "The complaint's tracking code, as shown or as somebody typed it."
_VERSION = "The version that the caller saw; a stale one gets a ConflictError."
_FILES = "Uploaded attachments to add, by identifier."


def given(input_: object) -> dict[str, Any]:
    """What an input says, by the names of the domain's functions; what is absent is absent."""
    values = {name: value for name, value in vars(input_).items() if value is not strawberry.UNSET}
    if "attachment_ids" in values:
        values["attachment_ids"] = _keys(values["attachment_ids"])
    return values


def _keys(ids: Sequence[str] | None) -> tuple[UUID | None, ...]:
    return tuple(uuid_of(identifier) for identifier in ids or ())


@strawberry.input(description="A report, as a citizen's app sends it.")
class ComplaintSubmitInput:
    idempotency_key: str = strawberry.field(
        description="Random and new for each report, 1 to 200 characters (a UUID is good): repeating the same"
        " submission with it gives the same complaint, not a second one."
    )
    title: str = strawberry.field(description="What it is about, in a line: 1 to 200 characters.")
    body: str = strawberry.field(description="The report: 1 to 10,000 characters.")
    classification: Classification = strawberry.field(description="What kind of report it is.")
    channel: Channel | None = optional("The way it came in; CITY_APP if absent.")
    category_code: str | None = optional("What it is about, by category code.")
    opd_code: str | None = optional("The OPD that the reporter thinks it is for.")
    privacy: Privacy | None = optional("How far the reporter wants to be known; PUBLIC if absent.")
    latitude: float | None = optional("Degrees, WGS 84; with longitude.")
    longitude: float | None = optional("Degrees, WGS 84; with latitude.")
    address: str | None = optional("Where it is, in words: at most 500 characters.")
    area_code: str | None = optional("Kelurahan or kecamatan, by official code.")
    reporter_name: str | None = optional("Encrypted at rest; never public.")
    reporter_email: str | None = optional("Encrypted at rest; never public.")
    reporter_phone: str | None = optional("Encrypted at rest; never public.")
    attachment_ids: list[strawberry.ID] | None = optional(_FILES)
    external_tracking_id: str | None = optional("Its number in SP4N-LAPOR or another system.")


@strawberry.input(description="Diskominfo finds the report to be one.")
class ComplaintVerifyInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    classification: Classification | None = optional("Corrects the kind of report.")
    category_code: str | None = optional("Corrects what it is about, by category code.")
    supervised: bool | None = optional("Whether it needs supervision (berkadar pengawasan).")


@strawberry.input(description="Diskominfo gives the complaint to an OPD, or moves it.")
class ComplaintDispatchInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    opd_code: str = strawberry.field(description="The OPD that must act, by code.")
    instruction: str | None = optional("What is asked of the OPD: at most 2,000 characters.")


@strawberry.input(description="The holding OPD says that it is not theirs (bukan kewenangan).")
class ComplaintReturnInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    reason: str = strawberry.field(description="Why: 1 to 2,000 characters.")
    suggested_opd_code: str | None = optional("Whose it may be, by code.")


@strawberry.input(description="The holding OPD tells what it does.")
class ActionAddInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    body: str = strawberry.field(description="What was done: 1 to 10,000 characters.")
    kind: ActionKind | None = optional("NOTE or PROGRESS; PROGRESS if absent.")
    visibility: Visibility | None = optional("Who may read it; PUBLIC if absent.")
    attachment_ids: list[strawberry.ID] | None = optional(_FILES)
    idempotency_key: str | None = optional("Random and new for each action: a repeat with it adds none.")


@strawberry.input(description="The holding OPD answers the reporter.")
class ComplaintAnswerInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    body: str = strawberry.field(description="The answer, public: 1 to 10,000 characters.")
    attachment_ids: list[strawberry.ID] | None = optional(_FILES)


@strawberry.input(description="The holding OPD or Diskominfo finishes the complaint.")
class ComplaintCompleteInput:
    tracking_code: str = strawberry.field(description=_CODE)
    version: int = strawberry.field(description=_VERSION)
    body: str = strawberry.field(description="What was done, public: 1 to 10,000 characters.")
    attachment_ids: list[strawberry.ID] | None = optional(_FILES)


@strawberry.input(description="A new OPD.")
class OpdCreateInput:
    code: str = strawberry.field(description="Short stable code: capitals, digits, hyphens.")
    name: str = strawberry.field(description="Official name: 1 to 200 characters.")
    short_name: str | None = optional("What people call it: at most 40 characters.")
    kind: OpdKind = strawberry.field(description="What kind of agency it is.")
    parent_code: str | None = optional("The OPD it belongs to, by code.")
    address: str | None = optional("Postal address.")
    phone: str | None = optional("Telephone.")
    email: str | None = optional("E-mail address of the office.")
    website: str | None = optional("Web address, with https://.")
    active_from: dt.date | None = optional("First day on which it takes complaints; at once if absent.")


@strawberry.input(description="Changes of an OPD: what is absent stays, what is null is emptied.")
class OpdUpdateInput:
    code: str = strawberry.field(description="The OPD, by code.")
    name: str | None = optional("Official name: 1 to 200 characters.")
    short_name: str | None = optional("What people call it: at most 40 characters.")
    kind: OpdKind | None = optional("What kind of agency it is.")
    parent_code: str | None = optional("The OPD it belongs to, by code.")
    address: str | None = optional("Postal address.")
    phone: str | None = optional("Telephone.")
    email: str | None = optional("E-mail address of the office.")
    website: str | None = optional("Web address, with https://.")


@strawberry.input(description="Who signs in.")
class SessionCreateInput:
    email: str = strawberry.field(description="The account's e-mail address.")
    password: str = strawberry.field(description="Its password.")
