"""Where do encrypted values lie, and for which purpose is each of them sealed?"""

from dataclasses import dataclass

import sqlalchemy as sa

from domain import second_factor
from domain.model.tables import metadata
from domain.secrecy import IDENTITY
from domain.webhooks import endpoints


@dataclass(frozen=True, slots=True)
class Sealed:
    """The encrypted columns of one table."""

    table: sa.Table
    purpose: str
    columns: tuple[str, ...]

    @property
    def key(self) -> sa.Column[object]:
        """What its rows are known by."""
        return self.table.primary_key.columns[0]


SEALED = (
    # table, purpose, columns; a test finds what is missing here.
    Sealed(metadata.tables["reporter"], IDENTITY, ("name", "email", "phone")),
    Sealed(metadata.tables["account"], second_factor.PURPOSE, ("totp_secret",)),
    Sealed(metadata.tables["webhook"], endpoints.PURPOSE, ("secret", "former_secret")),
)
