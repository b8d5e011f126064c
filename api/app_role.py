"""Which rights has the account that serves, where another one owns the tables and migrates them?

It reads and writes what the service reads and writes. The audit trail it can only read, and add seals to:
what is recorded there is recorded by the owner's triggers.
"""

import asyncpg

from api.database import connect
from api.operator_error import OperatorError

_GRANTS = """
GRANT USAGE ON SCHEMA public, jobs TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, jobs TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public, jobs TO {role};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_entry, alembic_version FROM {role};
REVOKE UPDATE, DELETE, TRUNCATE ON audit_seal, audit_head FROM {role};
"""


async def grant(url: str, role: str) -> None:
    """Gives the role its rights on what there is now; again after each migration. Raises OperatorError."""
    connection = await connect(url)
    try:
        found = await connection.fetchrow(
            "SELECT quote_ident(rolname) AS name, rolsuper, pg_has_role(rolname, relowner, 'USAGE') AS owns"
            "  FROM pg_roles, pg_class WHERE rolname = $1 AND pg_class.oid = 'audit_entry'::regclass",
            role,
        )
        if found is None:
            message = f"there is no role {role}: CREATE ROLE {role} LOGIN PASSWORD '...'"
            raise OperatorError(message)
        if found["rolsuper"] or found["owns"]:
            message = f"{role} is a superuser or owns the tables: serve with a role that is neither"
            raise OperatorError(message)
        await connection.execute(_GRANTS.format(role=found["name"]))
    except asyncpg.InsufficientPrivilegeError as error:
        message = "this account does not own the tables: migrate with the account that does"
        raise OperatorError(message) from error
    finally:
        await connection.close()
