"""How is a file of LAPOR's reports imported: the good rows at once, the others named with their remedy?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from domain.importing.catalogue import Catalogue
from domain.importing.columns import Column, positions
from domain.importing.fingerprint import Fingerprints
from domain.importing.problems import Problem, Verdict
from domain.importing.rejects import Rejects
from domain.importing.rows import Reader, Report
from domain.importing.store import Fate, Store, Write
from domain.importing.table import Record, opened
from domain.importing.values import quoted, shown
from domain.importing.writing import Writer
from domain.secrecy import Vault

BATCH = 500
"""Rows of one transaction: enough to be quick, few enough to keep nobody waiting."""
MOST_PROBLEMS = 1_000
"""Problems kept for the report; the file of rejected rows has them all."""

_LEFT_OUT = {
    Fate.SUBMITTED_HERE: (
        "Laporan ini masuk langsung ke Aduan Cilegon, bukan lewat impor.",
        "Perbarui di panel bila perlu; impor tidak menimpanya.",
        Verdict.SKIPPED,
    ),
    Fate.WORKED_ON_HERE: (
        "Laporan ini sudah dikerjakan di Aduan Cilegon sejak impor terakhir.",
        "Perbarui di panel bila perlu; impor tidak menimpanya.",
        Verdict.SKIPPED,
    ),
    Fate.IMPOSSIBLE: (
        "Basis data menolak baris ini.",
        "Periksa isinya, lalu impor lagi.",
        Verdict.REJECTED,
    ),
}
"""What is said of a row that was not stored."""


@dataclass(slots=True)
class ImportReport:
    """What an import did; of a dry run, what it would do."""

    dry_run: bool
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    more_problems: int = 0
    """Problems beyond those in `problems`."""
    rejects: Path | None = None
    """The file with the rows that were rejected or skipped."""
    rejects_failure: str | None = None
    """Why that file could not be written."""

    @property
    def rows(self) -> int:
        """Rows that are dealt with."""
        return self.added + self.updated + self.unchanged + self.skipped + self.rejected

    def mention(self, problems: Sequence[Problem]) -> None:
        room = max(MOST_PROBLEMS - len(self.problems), 0)
        self.problems += problems[:room]
        self.more_problems += len(problems[room:])


async def import_file(
    write: Write,
    vault: Vault,
    path: Path,
    *,
    dry_run: bool = False,
    on_progress: Callable[[ImportReport], None] | None = None,
    now: datetime | None = None,
) -> ImportReport:
    """Imports a CSV or XLSX file; a second run changes only what has changed in the file.

    Each batch is one transaction: what `on_progress` is told of stays, whatever happens next. A dry run
    writes nothing. Raises ImportFileError where the file as a whole cannot be read.
    """
    moment = now or datetime.now(UTC)
    with opened(path) as table:
        columns = positions(table.header)
        async with write() as session:
            catalogue = await Catalogue.load(session)
        with Rejects(path, table.header, table.delimiter, dry_run=dry_run) as rejects:
            run = _Run(
                ImportReport(dry_run),
                Reader(columns, len(table.header), catalogue, moment),
                Store(write, Writer(catalogue, vault, Fingerprints(vault), moment), dry_run),
                rejects,
            )
            while batch := list(islice(table.records, BATCH)):
                await run.batch(batch)
                if on_progress is not None:
                    on_progress(run.report)
            run.report.rejects = rejects.finish()
            run.report.rejects_failure = rejects.failure
    return run.report


class _Run:
    """One import under way."""

    def __init__(self, report: ImportReport, reader: Reader, store: Store, rejects: Rejects) -> None:
        self.report = report
        self._reader = reader
        self._store = store
        self._rejects = rejects
        self._lines: dict[str, int] = {}

    async def batch(self, records: Iterable[Record]) -> None:
        good: list[tuple[Record, Report]] = []
        for record in records:
            if not any(shown(cell).strip() for cell in record.cells):
                continue
            report, problems = self._reader.read(record)
            if report is None:
                self._refuse(record, problems)
                continue
            first = self._lines.setdefault(report.tracking_id, record.line)
            if first != record.line:
                self._refuse(record, [_twice(record, report, first)])
                continue
            self.report.mention(problems)
            good.append((record, report))
        fates = await self._store.put([report for _, report in good])
        for (record, _), fate in zip(good, fates, strict=True):
            self._count(record, fate)

    def _count(self, record: Record, fate: Fate) -> None:
        if fate is Fate.ADDED:
            self.report.added += 1
        elif fate is Fate.UPDATED:
            self.report.updated += 1
        elif fate is Fate.UNCHANGED:
            self.report.unchanged += 1
        else:
            self._refuse(record, [Problem(record.line, None, *_LEFT_OUT[fate])])

    def _refuse(self, record: Record, problems: Sequence[Problem]) -> None:
        if any(problem.verdict is Verdict.REJECTED for problem in problems):
            self.report.rejected += 1
        else:
            self.report.skipped += 1
        self.report.mention(problems)
        self._rejects.add(record, problems)


def _twice(record: Record, report: Report, first: int) -> Problem:
    return Problem(
        record.line,
        Column.TRACKING_ID,
        f"{quoted(report.tracking_id)} sudah ada di baris {first}.",
        "Hapus salah satu dari kedua baris itu.",
    )
