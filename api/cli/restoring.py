"""How are the events of a restored dump put in order: `aduan events repair`?"""

from sqlalchemy.ext.asyncio import AsyncSession

from api.cli.finding import Finding, State, fine
from api.cli.on_database import on_database
from api.cli.terminal import say
from api.database import Database, connect
from domain import restored
from domain.auditing.who import command

COUNT_ON = """
DO $$ BEGIN FOR i IN 1..{number} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$
"""


def run_repair() -> None:
    """`aduan events repair`."""

    async def work(database: Database) -> int:
        async with database.sessions() as session:
            if not await restored.number_ahead(session):
                return 0
            missing = (await restored.room(session)).missing
        if missing:
            connection = await connect(database.url, statement_timeout="0")
            await connection.execute(COUNT_ON.format(number=missing))
            await connection.close()
        async with database.write(command("events repair")) as session:
            return await restored.repair(session)

    number = on_database(work)
    if number:
        say(f"{number} events are in their order again, in the numbers of this cluster.")
    else:
        say("Every event is in order: nothing was changed.")


async def restore_finding(session: AsyncSession) -> Finding:
    """Whether a dump was restored whose events followers cannot see."""
    ahead = await restored.number_ahead(session)
    if ahead:
        return Finding(
            State.WRONG,
            f"Events: {ahead} are from another cluster, so that followers do not get them.",
            "A dump was restored: run `aduan events repair`.",
        )
    return fine("Events: in order.")
