"""How is a file read as a table, whatever program wrote it: CSV or a workbook, one row at a time?"""

import codecs
import csv
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import TextIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from domain.importing.columns import known
from domain.importing.problems import ImportFileError

Cell = str | int | float | bool | datetime | date | time | timedelta

DELIMITERS = (",", ";", "\t")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of Excel begin; a name may lie."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """One row at the line that a spreadsheet shows; `torn` where its quotation marks do not match."""

    line: int
    cells: Sequence[Cell]
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it."""

    header: Sequence[str]
    records: Iterator[Record]
    delimiter: str


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """The file as a table. Raises ImportFileError where it is none."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except FileNotFoundError:
        message = f"Berkas {path} tidak ditemukan. Periksa nama dan foldernya."
        raise ImportFileError(message) from None
    except IsADirectoryError:
        message = f"{path} adalah folder. Sebutkan berkas CSV atau XLSX."
        raise ImportFileError(message) from None
    except OSError as error:
        message = f"Berkas {path} tidak dapat dibaca: {error.strerror or error}."
        raise ImportFileError(message) from error
    if not start:
        message = f"Berkas {path} kosong."
        raise ImportFileError(message)
    if start in _WORKBOOKS:
        yield _workbook(path)
        return
    encoding = _encoding(path)
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    with path.open(encoding=encoding, errors=errors, newline="") as text:
        yield _csv(text)


def _encoding(path: Path) -> str:
    """UTF-8 if all of the file is; else what Excel on Windows writes.

    A byte that neither has becomes a surrogate, which the check of its row refuses.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in _UTF16:
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _split(line: str, delimiter: str) -> list[str]:
    """The cells of one line, its quotation marks taken as they come."""
    return next(csv.reader([line], delimiter=delimiter), [])


def _csv(text: TextIO) -> Table:
    before = 0
    for first in text:
        if first.strip(" \t\r\n,;"):
            break
        before += 1
    else:
        raise ImportFileError("Berkas tidak berisi apa pun. Baris pertama harus memuat nama kolom.")
    delimiter = max(DELIMITERS, key=lambda sign: known(_split(first, sign)))
    records = _csv_records(chain([first], text), delimiter, before + 1)
    header = next(records)
    return Table([str(cell) for cell in header.cells], records, delimiter)


class _Lines:
    """Lines that can be given back: what a stray quotation mark has swallowed is read again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._ahead: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self) -> str:
        """Gives back all but the first of the lines taken, which is the answer."""
        self._ahead.extendleft(reversed(self.taken[1:]))
        return self.taken[0]


def _csv_records(lines: Iterator[str], delimiter: str, line: int) -> Iterator[Record]:
    """The records; one whose quotation marks do not match is torn, and costs no other its place."""
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        source.taken.clear()
        try:
            record = Record(line, next(reader))
        except StopIteration:
            return
        except csv.Error:
            record = Record(line, _split(source.give_back(), delimiter), torn=True)
            reader = csv.reader(source, delimiter=delimiter, strict=True)
        yield record
        line += 1


def _workbook(path: Path) -> Table:
    """The first sheet that has columns of ours, else the first one."""
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
    except PasswordError:
        raise ImportFileError("Buku kerja terkunci kata sandi. Simpan tanpa kata sandi.") from None
    except (CalamineError, OSError) as error:
        message = f"Buku kerja tidak dapat dibaca ({error}). Simpan ulang sebagai XLSX."
        raise ImportFileError(message) from error
    tables = [table for table in map(_sheet, sheets) if table is not None]
    if not tables:
        raise ImportFileError("Buku kerja tidak berisi apa pun. Baris pertama harus memuat nama kolom.")
    return max(tables, key=lambda table: known(table.header))


def _sheet(sheet: CalamineSheet) -> Table | None:
    """A sheet from its first row that is not empty; rows are numbered as the sheet numbers them."""
    records = (Record(number, cells) for number, cells in enumerate(sheet.iter_rows(), 1))
    for record in records:
        header = [str(cell) for cell in record.cells]
        if any(name.strip() for name in header):
            # Indonesian Excel opens a CSV file rightly where semicolons divide it.
            return Table(header, records, ";")
    return None
