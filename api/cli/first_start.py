"""How is a database set up that is not: migrations, master data, and at the first start an account?"""

import sqlalchemy as sa

from api.cli.on_database import database_at
from api.cli.setup_state import HAS_ACCOUNTS, has_schema_and_data
from api.cli.terminal import say
from api.cli.upkeep import import_into, migration_told, seed_database, seeding_told
from api.database import Database
from api.migrate import migrate
from api.settings import Mode, Settings
from domain import accounts, passwords
from domain.auditing.who import command
from domain.secrecy import Vault
from domain.seed import SAMPLE
from domain.words import PasswordStanding, StaffRole

FIRST_ADMIN = "admin@cilegon.go.id"


async def set_up(settings: Settings, url: str, vault: Vault, *, sample: bool) -> None:
    """Does what is not done yet."""
    if not await has_schema_and_data(url):
        say("Setting up the database ...")
        say(migration_told(*await migrate(url)))
        # Not at every start: a holiday that Diskominfo has deleted would come back.
        say(seeding_told(await seed_database(url)))
    async with database_at(url) as database:
        async with database.write() as session:
            started_before = await session.scalar(HAS_ACCOUNTS)
        if not started_before:
            if sample:
                await _import_sample(url, vault)
            await _create_first_admin(settings, database)


async def _import_sample(url: str, vault: Vault) -> None:
    """The reports of 2023, so that there is something to look at."""
    report = await import_into(url, vault, SAMPLE)
    say(f"Imported the sample of 2023: {report.added + report.unchanged} made-up reports.")


async def _create_first_admin(settings: Settings, database: Database) -> None:
    """The panel's first account. Its password is told before it counts: it could not be told again."""
    email = settings.admin_email or FIRST_ADMIN
    password = settings.admin_password or passwords.temporary()
    async with database.write(command("serve")) as session:
        # Of two processes that start at once, one waits here and then finds the other's account.
        await session.execute(sa.text("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE"))
        if await session.scalar(HAS_ACCOUNTS):
            return
        account = await accounts.create(
            session,
            email=email,
            name="Administrator",
            role=StaffRole.ADMIN,
            opd_code=None,
            password=password,
            standing=_standing(settings),
        )
        say("First account for the panel:")
        say(f"  E-mail    {account.email}")
        if settings.admin_password is None:
            say(f"  Password  {password}   (shown only now; the panel asks for one of your own)")
        else:
            say("  Password  as in ADUAN_ADMIN_PASSWORD")


def _standing(settings: Settings) -> PasswordStanding:
    """A password that a log has is nobody's own; in development it may be tried out with first."""
    if settings.admin_password is not None:
        return PasswordStanding.OWN
    return PasswordStanding.PRINTED if settings.mode is Mode.DEVELOPMENT else PasswordStanding.GIVEN
