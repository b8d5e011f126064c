"""What mutations answer with: the changed object, or why nothing changed."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
import strawberry

from domain.actor import Actor
from schema.plan.fields import inline, one
from schema.refusals import UserError
from schema.types.complaint import Action, Complaint
from schema.types.opd import Opd
from schema.types.viewer import Viewer
from schema.types.webhook import Webhook

ERRORS = "Why nothing changed; empty where it did."


@strawberry.type(description="The complaint after the change.")
class ComplaintPayload:
    complaint: Complaint | None = one(
        "The complaint, null where `errors` says why.",
        lambda s, c: c.c.id == s.source("complaint_id", sa.Uuid()),
    )
    errors: list[UserError] = strawberry.field(description=ERRORS)
    complaint_id: strawberry.Private[UUID | None] = None
    viewed_by: strawberry.Private[Actor | None] = None


@strawberry.type(description="The new report.")
class ComplaintSubmitPayload:
    complaint: Complaint | None = one(
        "The complaint, null where `errors` says why.",
        lambda s, c: c.c.id == s.source("complaint_id", sa.Uuid()),
    )
    access_token: str | None = strawberry.field(
        default=None,
        description="Shown once, and to a repeat of the same submission: whoever holds it is the reporter.",
    )
    errors: list[UserError] = strawberry.field(description=ERRORS)
    complaint_id: strawberry.Private[UUID | None] = None
    viewed_by: strawberry.Private[Actor | None] = None


@strawberry.type(description="The new action and its complaint.")
class ActionPayload:
    action: Action | None = one(
        "The action, null where `errors` says why.",
        lambda s, a: a.c.id == s.source("action_id", sa.Uuid()),
    )
    complaint: Complaint | None = one(
        "Its complaint, null where `errors` says why.",
        lambda s, c: c.c.id == s.source("complaint_id", sa.Uuid()),
    )
    errors: list[UserError] = strawberry.field(description=ERRORS)
    action_id: strawberry.Private[UUID | None] = None
    complaint_id: strawberry.Private[UUID | None] = None


@strawberry.type(description="The OPD after the change.")
class OpdPayload:
    opd: Opd | None = one(
        "The OPD, null where `errors` says why.",
        lambda s, o: o.c.id == s.source("opd_id", sa.Uuid()),
    )
    errors: list[UserError] = strawberry.field(description=ERRORS)
    opd_id: strawberry.Private[UUID | None] = None


@strawberry.type(description="Where the content of an attachment is to be sent.")
class AttachmentUploadPayload:
    attachment_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="For `attachmentIds`, once its content is uploaded. Keep it to yourself until then: of"
        " what the public uploads, whoever knows it may attach it.",
    )
    upload_url: str | None = strawberry.field(
        default=None,
        description="Where the file is sent, as the body of one request. A path is to be read from the"
        " address of the service.",
    )
    method: str | None = strawberry.field(default=None, description="The method of that request: PUT.")
    expires_at: dt.datetime | None = strawberry.field(
        default=None, description="Until when that request may be sent."
    )
    errors: list[UserError] = strawberry.field(description=ERRORS)


@strawberry.type(description="The webhook after the change.")
class WebhookPayload:
    webhook: Webhook | None = one(
        "The webhook, null where `errors` says why, and where it was deleted.",
        lambda s, w: w.c.id == s.source("webhook_id", sa.Uuid()),
    )
    secret: str | None = strawberry.field(
        default=None,
        description="What its messages are signed with, as the Standard Webhooks specification writes it;"
        " shown once, when it is made.",
    )
    errors: list[UserError] = strawberry.field(description=ERRORS)
    webhook_id: strawberry.Private[UUID | None] = None


@strawberry.type(description="A new session of a member of staff.")
class SessionPayload:
    token: str | None = strawberry.field(
        default=None, description="For `Authorization: Bearer TOKEN`; shown once."
    )
    expires_at: dt.datetime | None = strawberry.field(default=None, description="When it ends by itself.")
    viewer: Viewer | None = inline("Who signed in, null where `errors` says why not.")
    errors: list[UserError] = strawberry.field(description=ERRORS)
    viewed_by: strawberry.Private[Actor | None] = None


@strawberry.type(description="The end of a session.")
class SessionRevokePayload:
    errors: list[UserError] = strawberry.field(description=ERRORS)
