"""What may be wrong with a file or a row of it, and how is that said?"""

from dataclasses import dataclass
from enum import StrEnum


class ImportFileError(Exception):
    """The file as a whole cannot be imported; the message is one line that names the cause and the remedy."""


class Verdict(StrEnum):
    """What became of the row that a problem concerns."""

    REJECTED = "ditolak"
    SKIPPED = "dilewati"
    NOTED = "catatan"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one row, at the line that a spreadsheet shows."""

    line: int
    column: str | None
    wrong: str
    remedy: str
    verdict: Verdict = Verdict.REJECTED

    @property
    def reason(self) -> str:
        """The problem without its line, as the file of rejected rows has it."""
        where = f"Kolom {self.column}: " if self.column else ""
        return f"{where}{self.wrong} {self.remedy}"

    def __str__(self) -> str:
        return f"Baris {self.line} ({self.verdict}). {self.reason}"


class Wrong(Exception):
    """A cell does not hold what its column needs."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.remedy = remedy
