"""Whom does the audit trail name for what a transaction changes?

The transaction carries it (`aduan.actor`), and the triggers write it down. What is changed without it, as by
hand in psql, is recorded with the name of the database's user.
"""

from getpass import getuser

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor

CLOCK = "CLOCK"
COMMAND = "COMMAND"
DATABASE = "DATABASE"
_ACTS_FOR = sa.select(sa.func.set_config("aduan.actor", sa.bindparam("who", type_=sa.Text()), True))


def written(actor: Actor) -> str:
    """The actor as the trail names them: what they are and which one, never their name."""
    if actor.is_clock:
        return CLOCK
    return f"{actor.kind}:{actor.id}" if actor.id is not None else actor.kind


def command(name: str) -> str:
    """Whoever runs a command of `aduan` on the server, by the name that the machine knows them by."""
    try:
        return f"{COMMAND}:{name} ({getuser()})"
    except (KeyError, OSError):  # a container's user often has no name
        return f"{COMMAND}:{name}"


async def acts_for(session: AsyncSession, who: Actor | str) -> None:
    """Says for whom the session's transaction changes what it changes."""
    await session.execute(_ACTS_FOR, {"who": who if isinstance(who, str) else written(who)})
