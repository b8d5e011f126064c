"""How a reporter's encrypted identity becomes readable in an answer, and who read it is written down."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from graphql import OperationDefinitionNode
from sqlalchemy.sql.expression import ColumnElement

from domain.actor import Actor
from domain.model.complaint import Complaint
from domain.secrecy import Vault
from domain.words import Privacy
from schema.plan.inputs import MARKER
from schema.plan.scope import Scope

OPERATION_NAME_MOST = 100


@dataclass(frozen=True)
class Revealed:
    """What reading sealed fields needs: the keys, and where readings of anonymous reporters are noted."""

    vault: Vault
    note: Callable[[Actor, Iterable[UUID], str], Awaitable[None]]

    async def reveal(self, text: str, marker: str, actor: Actor, operation: str) -> str:
        """The answer with its sealed fields readable; what staff read of anonymous reporters is noted first.

        The contract asks nobody why they read: the operation is noted, by the name that the client gave it.
        """
        pattern = re.compile(f'"{marker}:([AN]):([0-9a-f-]{{36}}):([A-Za-z0-9_=-]+)"')
        if actor.is_staff:
            anonymous = {UUID(found[2]) for found in pattern.finditer(text) if found[1] == "A"}
            if anonymous:
                await self.note(actor, anonymous, f"API {operation}".rstrip())
        return pattern.sub(
            lambda found: json.dumps(self.vault.unseal(found[3].encode()), ensure_ascii=False), text
        )


def operation_name(operation: OperationDefinitionNode) -> str:
    """What the client calls what it asks, cut to a length that can be noted."""
    return operation.name.value[:OPERATION_NAME_MOST] if operation.name is not None else ""


def sealed(scope: Scope, name: str) -> ColumnElement[str]:
    """A sealed field in a statement: the marker, whether anonymous, whose it is, and the cipher text."""
    row = scope.row
    complaint = sa.alias(Complaint.__table__)
    anonymous = (
        sa.select(complaint.c.privacy == sa.literal_column(f"'{Privacy.ANONYMOUS}'"))
        .where(complaint.c.id == row.c.complaint_id)
        .correlate_except(complaint)
        .scalar_subquery()
    )
    return sa.case(
        (
            row.c[name].is_not(None),
            sa.func.concat(
                MARKER,
                sa.case((anonymous, sa.literal_column("':A:'")), else_=sa.literal_column("':N:'")),
                row.c.complaint_id,
                sa.literal_column("':'"),
                sa.func.convert_from(row.c[name], sa.literal_column("'UTF8'")),
            ),
        )
    )
