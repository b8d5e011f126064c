"""How dates, statuses and deadlines read to an officer."""

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from domain.calendar import JAKARTA, local_day
from domain.model.complaint import Complaint
from domain.model.master import Opd
from domain.words import ComplaintStatus, label

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
NONE = Markup('<span class="none">&ndash;</span>')
"""What stands where there is nothing to say."""


def day(value: date) -> str:
    """A date, as in a letter."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def written_day(value: str) -> str:
    """The date in Cilegon of what a digest has kept, a moment or a day."""
    if len(value) == len("2026-11-24"):
        return day(date.fromisoformat(value))
    return day(local_day(datetime.fromisoformat(value)))


def decimal(value: float | None) -> Markup | str:
    """A number as it is written in Indonesian."""
    return NONE if value is None else f"{value:.1f}".replace(".", ",")


def hour(value: datetime) -> str:
    """The time of day in Cilegon."""
    return f"{value.astimezone(JAKARTA):%H.%M} WIB"


def moment(value: datetime) -> str:
    """A date with its time of day in Cilegon."""
    return f"{day(local_day(value))} {hour(value)}"


def two_lines(value: datetime | None) -> Markup:
    """A moment for a narrow column: the date, and below it the time."""
    if value is None:
        return NONE
    return Markup('<time datetime="{}">{} <span class="sub">{}</span></time>').format(
        value.isoformat(), day(local_day(value)), hour(value)
    )


def yes_no(value: bool) -> str:
    return "Ya" if value else "Tidak"


def status_badge(status: ComplaintStatus) -> Markup:
    """The status in its colour; the words alone say it too."""
    return Markup('<span class="badge-status is-{}">{}</span>').format(
        status.value.lower().replace("_", "-"), label(status)
    )


@dataclass(frozen=True, slots=True)
class Due:
    """How far a deadline is, in working days, and how much it presses."""

    at: datetime
    words: str
    tone: str

    @classmethod
    def of(cls, at: datetime, left: int) -> "Due":
        """A running deadline with so many working days left, negative once it is late."""
        if left < 0:
            return cls(at, f"terlambat {-left} hari kerja", "late")
        if left > 1:
            return cls(at, f"sisa {left} hari kerja", "ample")
        return cls(at, "sisa 1 hari kerja" if left else "jatuh tempo hari ini", "soon")

    @property
    def html(self) -> Markup:
        return Markup('<span class="due due-{}">{}</span>').format(self.tone, self.words)


_WAITS = {
    ComplaintStatus.SUBMITTED: "Diskominfo memverifikasi laporan ini",
    ComplaintStatus.ON_HOLD: "pelapor melengkapi laporannya",
    ComplaintStatus.VERIFIED: "Diskominfo mendisposisikan laporan ini ke OPD",
    ComplaintStatus.DISPATCHED: "{opd} mulai menindaklanjuti",
    ComplaintStatus.IN_PROGRESS: "{opd} menanggapi atau menyelesaikan",
    ComplaintStatus.ANSWERED: "pelapor membalas tanggapan {opd}",
}


def waits_for(complaint: Complaint, opd: Opd | None) -> str | None:
    """Whose turn it is; None where nobody has anything left to do."""
    sentence = _WAITS.get(complaint.status)
    return sentence and sentence.format(opd=opd or "OPD")
