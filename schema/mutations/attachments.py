"""How does a client begin to upload an attachment?"""

from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from domain.attachments.reserving import reserve
from domain.words import ViewerKind
from schema.identifiers import global_id
from schema.mutations.given import given
from schema.mutations.payloads import AttachmentUploadPayload
from schema.refusals import Info, carry_out


@strawberry.input(description="What is going to be uploaded.")
class AttachmentUploadCreateInput:
    file_name: str = strawberry.field(
        description="What it is called: 1 to 200 characters. Only the last part of a path is kept, and an"
        " ending that fits the type is added where there is none."
    )
    content_type: str = strawberry.field(
        description="image/jpeg, image/png, image/webp or application/pdf; its bytes must be of that type."
    )
    size: int = strawberry.field(
        description="Exactly how many bytes will be sent: 10 MB at most, unless the operator has set another"
        " size."
    )


@strawberry.type
class AttachmentMutations:
    @strawberry.mutation(
        description="Makes room for one attachment. Then send the file as it is with `method` to `uploadUrl`,"
        " and name `attachmentId` when you submit, reply, act, answer or complete. Pictures are stored anew:"
        " upright, at most 4,096 pixels wide or high, without position or other notes of the camera. What"
        " nobody attaches within 24 hours is removed. Errors: INVALID_INPUT, THROTTLED, FORBIDDEN for an"
        " API key without the scope `submit` and for auditors."
    )
    async def attachment_upload_create(
        self, info: Info, input: AttachmentUploadCreateInput
    ) -> AttachmentUploadPayload:
        context = info.context

        async def work(session: AsyncSession) -> dict[str, Any]:
            made = await reserve(session, context.actor, **given(input))
            if context.actor.kind is ViewerKind.REPORTER:
                context.services.admit_upload(context.address, input.size)
            return {
                "attachment_id": global_id("Attachment", made.id),
                "upload_url": context.services.links.upload(made.folder, made.until),
                "method": "PUT",
                "expires_at": made.until,
            }

        return await carry_out(info, AttachmentUploadPayload, work)
