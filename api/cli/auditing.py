"""How is the audit trail sealed, checked and shown: `aduan audit`?"""

from datetime import datetime

from api.cli.on_database import on_database
from api.cli.terminal import say
from api.database import Database
from api.operator_error import OperatorError
from api.secret_keys import vault_of
from api.settings import settings
from domain.auditing import checking, reading, sealing
from domain.auditing.sealing import Head
from domain.calendar import JAKARTA
from domain.model.audit import AuditEntry


def run_seal() -> None:
    """`aduan audit seal`."""
    vault = vault_of(settings())

    async def work(database: Database) -> int:
        number = await sealing.seal_all(database.write, vault)
        async with database.write() as session:
            head = await sealing.last(session)
            if head.position:
                await sealing.sign(session, vault, head)  # with the newest key, also after a rotation
        return number

    say(f"Sealed {on_database(work)} entries.")


def run_verify(head: str | None) -> bool:
    """`aduan audit verify`: whether the trail is as it was sealed."""
    vault = vault_of(settings())
    try:
        kept = None if head is None else Head.parse(head)
    except ValueError as error:
        message = "--head is no head of the chain: give it as `aduan audit verify` has printed it"
        raise OperatorError(message) from error

    async def work(database: Database) -> checking.Verdict:
        async with database.write() as session:
            return await checking.check(session, vault, kept)

    verdict = on_database(work)
    if verdict.fault is not None:
        say(f"The audit trail is broken: {verdict.fault}.")
        return False
    if verdict.head is None:
        say("Nothing is sealed yet.")
    else:
        say(f"The audit trail is intact: {verdict.head.position} entries in one chain.")
        say(f"Its head, to keep elsewhere: {verdict.head}")
    if verdict.waiting and verdict.oldest_waiting is not None:
        say(f"Not sealed yet: {verdict.waiting}, the oldest since {_moment(verdict.oldest_waiting)}.")
    return True


def run_list(
    *, table: str | None, who: str | None, row: str | None, since: datetime | None, limit: int
) -> None:
    """`aduan audit list`."""
    start = since and since.replace(tzinfo=JAKARTA)

    async def work(database: Database) -> list[str]:
        async with database.write() as session:
            entries = await reading.newest(session, table=table, who=who, row=row, since=start, limit=limit)
            names = await reading.names_of(session, [entry.actor for entry in entries])
        return [line for entry in entries for line in _told(entry, names.get(entry.actor, entry.actor))]

    lines = on_database(work)
    for line in lines or ["There is nothing like that in the audit trail."]:
        say(line)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(JAKARTA):%Y-%m-%d %H:%M:%S} WIB"


def _told(entry: AuditEntry, who: str) -> list[str]:
    what = f"{entry.operation} {entry.table_name} {entry.row_key or ''}".rstrip()
    before, after = entry.before or {}, entry.after or {}
    both = entry.before is not None and entry.after is not None
    changes = {name: f"{before.get(name)} -> {after.get(name)}" for name in sorted({*before, *after})}
    lines = [f"    {name}: {change}" for name, change in (changes if both else before | after).items()]
    if entry.hidden:
        lines.append(f"    changed, not recorded: {', '.join(entry.hidden)}")
    return [f"{_moment(entry.at)}  {who}  {what}", *lines]
