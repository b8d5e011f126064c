"""How does the operator have everything encrypted anew with a new key: `aduan privacy rekey`?"""

from functools import partial

from rich.progress import Progress, TextColumn, TimeElapsedColumn

from api.cli.on_database import on_database
from api.cli.terminal import out, say
from api.database import Database
from api.secret_keys import vault_of
from api.settings import settings
from domain.auditing import sealing
from domain.auditing.who import command
from domain.privacy import rekeying
from domain.privacy.rekeying import Counted


def run_rekey() -> bool:
    """`aduan privacy rekey`: whether everything is by the newest key now."""
    vault = vault_of(settings())
    with Progress(
        TextColumn("{task.description}"), TimeElapsedColumn(), console=out, transient=True
    ) as progress:
        task = progress.add_task("Looking", total=None)

        def told(changed: int) -> None:
            progress.update(task, description=f"{changed} values encrypted anew")

        async def work(database: Database) -> tuple[int, Counted]:
            changed = await rekeying.rekey(partial(database.write, command("privacy rekey")), vault, told)
            # So is the head of the audit trail: else none would be left that the keys sign.
            await sealing.seal_all(database.write, vault)
            async with database.write() as session:
                head = await sealing.last(session)
                if head.position:
                    await sealing.sign(session, vault, head)
                return changed, await rekeying.count(session, vault)

        changed, now = on_database(work)
    say(f"Encrypted anew: {changed} values. By the newest key now: {now.newest}.")
    if now.unreadable:
        say(f"None of the keys opens {now.unreadable} values: put back the key that sealed them.")
    if now.earlier:
        say(f"Still by an earlier key: {now.earlier}. Restart the processes of the service, and run again.")
    if not now.earlier and not now.unreadable and len(vault.keys) > 1:
        say("The earlier keys can be taken out of ADUAN_SECRET_KEYS.")
    return not now.earlier and not now.unreadable
