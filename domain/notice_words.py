"""The vocabularies of what staff and reporters are told, with the words that people read for them."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What staff are told of; the first four are the rungs of the ladder of reminders."""

    DUE_TOMORROW = "DUE_TOMORROW"
    DUE_TODAY = "DUE_TODAY"
    OVERDUE = "OVERDUE"
    ESCALATED = "ESCALATED"
    DAILY_DIGEST = "DAILY_DIGEST"
    WEEKLY_DIGEST = "WEEKLY_DIGEST"


class Recipient(StrEnum):
    """Whom an e-mail is for; the address is looked up when it is sent."""

    ACCOUNT = "ACCOUNT"
    OPD = "OPD"
    HEAD = "HEAD"
    REPORTER = "REPORTER"


class EmailKind(StrEnum):
    """Which letter an e-mail is."""

    REMINDER = "REMINDER"
    DAILY_DIGEST = "DAILY_DIGEST"
    WEEKLY_DIGEST = "WEEKLY_DIGEST"
    CHANGE = "CHANGE"


class EmailOutcome(StrEnum):
    """How an e-mail ended; DROPPED is one that nobody wants, or has an address for, any more."""

    SENT = "SENT"
    FAILED = "FAILED"
    DROPPED = "DROPPED"


NOTICE_LABELS = {
    NoticeKind.DUE_TOMORROW: "Jatuh tempo hari kerja berikutnya",
    NoticeKind.DUE_TODAY: "Jatuh tempo hari ini",
    NoticeKind.OVERDUE: "Melewati tenggat",
    NoticeKind.ESCALATED: "Melewati tenggat, diteruskan ke Diskominfo",
    NoticeKind.DAILY_DIGEST: "Ringkasan harian",
    NoticeKind.WEEKLY_DIGEST: "Ringkasan mingguan",
}
