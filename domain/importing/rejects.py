"""Where do rows go that are not imported? To a file beside the imported one, to be corrected and imported."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from domain.importing.columns import plain
from domain.importing.problems import Problem
from domain.importing.table import Record
from domain.importing.values import shown

SUFFIX = ".ditolak.csv"
LINE, REASON = "Baris", "Alasan"
_OURS = frozenset({plain(LINE), plain(REASON)})


class Rejects:
    """The file of rows that were not imported. It appears when all is done, and only if there are any.

    Where it cannot be written the import goes on: `failure` tells why.
    """

    def __init__(self, source: Path, header: Sequence[str], delimiter: str, *, dry_run: bool) -> None:
        self.path = source.with_name(source.name + SUFFIX)
        self.failure: str | None = None
        self._dry_run = dry_run
        self._unfinished = self.path.with_name(f".{self.path.name}.unfinished")
        # A file of rejected rows that is imported again has these columns already.
        self._columns = [index for index, name in enumerate(header) if plain(name) not in _OURS]
        self._width = len(header)
        self._header = header
        self._delimiter = delimiter
        self._file: TextIO | None = None

    def add(self, record: Record, problems: Sequence[Problem]) -> None:
        """Adds a row with the reasons; its cells stand as they were, the reasons before them."""
        if self._dry_run or self.failure is not None:
            return
        cells = [shown(cell) for cell in record.cells]
        own = [cells[index] if index < len(cells) else "" for index in self._columns]
        reasons = " | ".join(problem.reason for problem in problems)
        try:
            self._write([str(record.line), reasons, *own, *cells[self._width :]])
        except OSError as error:
            self._give_up(error)

    def _write(self, cells: Sequence[str]) -> None:
        if self._file is None:
            # With a mark at its start, by which Excel knows UTF-8.
            self._file = self._unfinished.open("w", encoding="utf-8-sig", errors="replace", newline="")
            self._write([LINE, REASON, *(self._header[index] for index in self._columns)])
        csv.writer(self._file, delimiter=self._delimiter).writerow(cells)

    def finish(self) -> Path | None:
        """Puts the file in its place; where there is nothing to put, an earlier one goes."""
        if self._dry_run or self.failure is not None:
            return None
        try:
            if self._file is None:
                self.path.unlink(missing_ok=True)
                return None
            self._file.close()
            self._unfinished.replace(self.path)
        except OSError as error:
            self._give_up(error)
            return None
        self._file = None
        return self.path

    def _give_up(self, error: OSError) -> None:
        self.failure = f"{self.path}: {error.strerror or error}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves nothing unfinished behind."""
        if self._file is not None:
            self._file.close()
            self._unfinished.unlink(missing_ok=True)
