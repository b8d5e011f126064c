"""Which mutations are there? Those of reporters, of Diskominfo, of the OPDs, and those of their accounts."""

import strawberry

from schema.mutations.attachments import AttachmentMutations
from schema.mutations.office import OfficeMutations
from schema.mutations.officers import OfficerMutations
from schema.mutations.opds import OpdMutations
from schema.mutations.reporters import ReporterMutations
from schema.mutations.sessions import SessionMutations
from schema.mutations.webhooks import WebhookMutations


@strawberry.type(description="What can be changed. A rule that forbids it is an entry of `errors`.")
class Mutation(
    WebhookMutations,
    SessionMutations,
    OfficerMutations,
    OpdMutations,
    OfficeMutations,
    AttachmentMutations,
    ReporterMutations,
):
    """Fields appear from the last of the parts to the first."""
