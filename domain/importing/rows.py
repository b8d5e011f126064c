"""What does one row of a file say?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from domain.importing import values
from domain.importing.catalogue import Catalogue, Named
from domain.importing.columns import Column
from domain.importing.consistency import disagreements
from domain.importing.problems import Problem, Verdict, Wrong
from domain.importing.table import Cell, Record
from domain.importing.vocabulary import (
    CHANNEL_CHOICES,
    CHANNELS,
    CLASSIFICATION_CHOICES,
    CLASSIFICATIONS,
    STATUS_CHOICES,
    STATUSES,
)
from domain.model.complaint import BODY_MAX, TITLE_MAX
from domain.words import Channel, Classification, ComplaintStatus, Privacy

Value = TypeVar("Value")
NAME_MAX = 200


@dataclass(frozen=True, slots=True)
class Report:
    """One report as LAPOR exports it, each value in the service's own terms."""

    tracking_id: str
    submitted_at: datetime
    channel: Channel
    classification: Classification
    category: Named | None
    title: str
    body: str
    reporter_name: str | None
    privacy: Privacy
    area: Named | None
    latitude: float | None
    longitude: float | None
    opd: Named | None
    verified_at: datetime | None
    dispatched_at: datetime | None
    followed_up_at: datetime | None
    follow_up: str | None
    closed_at: datetime | None
    final_reply: str | None
    status: ComplaintStatus
    rating: int | None


class Reader:
    """Reads the rows of one file."""

    def __init__(
        self, positions: Mapping[Column, int], width: int, catalogue: Catalogue, now: datetime
    ) -> None:
        self._positions = positions
        self._width = width
        self._catalogue = catalogue
        self._now = now

    def read(self, record: Record) -> tuple[Report | None, list[Problem]]:
        """The report, unless something is wrong with the row; and all that is to be said of it."""
        shape = self._wrong_shape(record)
        if shape is not None:
            return None, [shape]
        row = _Row(record, self._positions)
        report = self._report(row)
        return (None if row.refused else report), row.problems

    def _wrong_shape(self, record: Record) -> Problem | None:
        """Why the cells cannot be told apart."""
        if record.torn:
            return Problem(
                record.line,
                None,
                "Tanda kutip tidak berpasangan.",
                "Apit teks dengan tanda kutip, dan gandakan tanda kutip di dalamnya.",
            )
        if any(str(cell).strip() for cell in record.cells[self._width :]):
            return Problem(
                record.line,
                None,
                "Selnya lebih banyak daripada judul kolom.",
                "Apit teks yang memuat tanda pemisah dengan tanda kutip.",
            )
        return None

    def _report(self, row: "_Row") -> Report:
        """The row's values. Where a cell that must say something does not, its value here means nothing."""
        status = row.get(Column.STATUS, _status)
        moments = {
            column: row.get(column, values.moment)
            for column in (
                Column.VERIFIED_AT,
                Column.DISPATCHED_AT,
                Column.FOLLOWED_UP_AT,
                Column.CLOSED_AT,
            )
        }
        submitted_at = row.get(Column.SUBMITTED_AT, _submitted)
        opd = row.get(Column.OPD, self._catalogue.opds.find)
        follow_up = row.get(Column.FOLLOW_UP, _long_text)
        final_reply = row.get(Column.FINAL_REPLY, _long_text)
        latitude, longitude = self._position(row)
        report = Report(
            tracking_id=row.get(Column.TRACKING_ID, values.identifier) or "",
            submitted_at=submitted_at or datetime.min.replace(tzinfo=UTC),
            channel=row.get(Column.CHANNEL, _channel) or Channel.LAPOR_WEB,
            classification=row.get(Column.CLASSIFICATION, _classification) or Classification.COMPLAINT,
            category=row.get(Column.CATEGORY, self._catalogue.categories.find),
            title=row.get(Column.TITLE, _title) or "",
            body=row.get(Column.BODY, _body) or "",
            reporter_name=row.get(Column.REPORTER_NAME, _name),
            privacy=_privacy(
                anonymous=row.get(Column.ANONYMOUS, values.yes),
                confidential=row.get(Column.CONFIDENTIAL, values.yes),
            ),
            area=self._area(row),
            latitude=latitude,
            longitude=longitude,
            opd=opd,
            verified_at=moments[Column.VERIFIED_AT],
            dispatched_at=moments[Column.DISPATCHED_AT],
            followed_up_at=moments[Column.FOLLOWED_UP_AT],
            follow_up=follow_up,
            closed_at=moments[Column.CLOSED_AT],
            final_reply=final_reply,
            status=status or ComplaintStatus.SUBMITTED,
            rating=row.get(Column.RATING, values.rating),
        )
        said: dict[Column, object] = {
            **moments,
            Column.SUBMITTED_AT: submitted_at,
            Column.OPD: opd,
            Column.FOLLOW_UP: follow_up,
            Column.FINAL_REPLY: final_reply,
        }
        unread = {problem.column for problem in row.problems if problem.column is not None}
        for found in disagreements(said, status, self._now, unread):
            row.refuse(*found)
        return report

    def _position(self, row: "_Row") -> tuple[float | None, float | None]:
        latitude, longitude = (
            row.get(Column.LATITUDE, values.number),
            row.get(Column.LONGITUDE, values.number),
        )
        if row.refused_any(Column.LATITUDE, Column.LONGITUDE):
            return None, None
        for column, value, other, most in (
            (Column.LATITUDE, latitude, longitude, 90),
            (Column.LONGITUDE, longitude, latitude, 180),
        ):
            if value is None and other is not None:
                row.refuse(column, "Kosong.", "Isi Lintang dan Bujur keduanya, atau kosongkan keduanya.")
            elif value is not None and not -most <= value <= most:
                row.refuse(column, f"{value:g} di luar -{most}..{most}.", "Periksa letak tanda desimalnya.")
        return latitude, longitude

    def _area(self, row: "_Row") -> Named | None:
        try:
            found, left_out = self._catalogue.area(row.cell(Column.DISTRICT), row.cell(Column.VILLAGE))
        except Wrong as wrong:
            named = row.cell(Column.DISTRICT) != ""
            row.refuse(Column.DISTRICT if named else Column.VILLAGE, wrong.wrong, wrong.remedy)
            return None
        if left_out is not None:
            row.note(Column.VILLAGE, left_out, "Perbaiki namanya, lalu impor lagi.")
        return found


class _Row:
    """The cells of one row, and what has been found wrong with them."""

    def __init__(self, record: Record, positions: Mapping[Column, int]) -> None:
        self._record = record
        self._positions = positions
        self.problems: list[Problem] = []
        self.refused = False

    def cell(self, column: Column) -> Cell:
        """The cell of a column; empty where the file or the row does not reach that far."""
        index = self._positions.get(column)
        return "" if index is None or index >= len(self._record.cells) else self._record.cells[index]

    def get(self, column: Column, read: Callable[[Cell], Value | None]) -> Value | None:
        """What a cell says; where it cannot be read the row is refused."""
        try:
            return read(self.cell(column))
        except Wrong as wrong:
            self.refuse(column, wrong.wrong, wrong.remedy)
            return None

    def refuse(self, column: Column | None, wrong: str, remedy: str) -> None:
        self.refused = True
        self.problems.append(Problem(self._record.line, column, wrong, remedy))

    def note(self, column: Column, wrong: str, remedy: str) -> None:
        self.problems.append(Problem(self._record.line, column, wrong, remedy, Verdict.NOTED))

    def refused_any(self, *columns: Column) -> bool:
        return any(problem.column in columns for problem in self.problems)


def _status(cell: Cell) -> ComplaintStatus:
    return values.word(cell, STATUSES, STATUS_CHOICES)


def _channel(cell: Cell) -> Channel:
    return values.word(cell, CHANNELS, CHANNEL_CHOICES)


def _classification(cell: Cell) -> Classification:
    return values.word(cell, CLASSIFICATIONS, CLASSIFICATION_CHOICES)


def _submitted(cell: Cell) -> datetime:
    found = values.moment(cell)
    if found is None:
        raise Wrong("Isian wajib diisi.", "Tulis dd/mm/yyyy hh:mm, misalnya 31/01/2023 14:05.")
    return found


def _title(cell: Cell) -> str:
    return values.required(cell, TITLE_MAX)


def _body(cell: Cell) -> str:
    return values.required(cell, BODY_MAX)


def _long_text(cell: Cell) -> str | None:
    return values.optional(cell, BODY_MAX)


def _name(cell: Cell) -> str | None:
    return values.optional(cell, NAME_MAX)


def _privacy(*, anonymous: bool | None, confidential: bool | None) -> Privacy:
    """Confidential is the stricter one, and wins."""
    if confidential:
        return Privacy.CONFIDENTIAL
    return Privacy.ANONYMOUS if anonymous else Privacy.PUBLIC
