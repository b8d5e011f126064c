"""The closed vocabularies of the service, with the words that people read for them."""

from enum import StrEnum
from typing import Any


class ComplaintStatus(StrEnum):
    SUBMITTED = "SUBMITTED"
    ON_HOLD = "ON_HOLD"
    VERIFIED = "VERIFIED"
    DISPATCHED = "DISPATCHED"
    IN_PROGRESS = "IN_PROGRESS"
    ANSWERED = "ANSWERED"
    COMPLETED = "COMPLETED"
    TRANSFERRED = "TRANSFERRED"
    ARCHIVED = "ARCHIVED"
    MERGED = "MERGED"


class Transition(StrEnum):
    VERIFY = "VERIFY"
    HOLD = "HOLD"
    DISPATCH = "DISPATCH"
    RETURN = "RETURN"
    START = "START"
    ANSWER = "ANSWER"
    COMPLETE = "COMPLETE"
    REOPEN = "REOPEN"
    TRANSFER = "TRANSFER"
    ARCHIVE = "ARCHIVE"
    MERGE = "MERGE"


class Channel(StrEnum):
    LAPOR_WEB = "LAPOR_WEB"
    LAPOR_APP = "LAPOR_APP"
    SMS_1708 = "SMS_1708"
    CITY_APP = "CITY_APP"
    WHATSAPP = "WHATSAPP"
    PHONE = "PHONE"
    WALK_IN = "WALK_IN"
    LETTER = "LETTER"
    SOCIAL_MEDIA = "SOCIAL_MEDIA"


class Classification(StrEnum):
    COMPLAINT = "COMPLAINT"
    ASPIRATION = "ASPIRATION"
    INFORMATION_REQUEST = "INFORMATION_REQUEST"


class Privacy(StrEnum):
    PUBLIC = "PUBLIC"
    ANONYMOUS = "ANONYMOUS"
    CONFIDENTIAL = "CONFIDENTIAL"


class Visibility(StrEnum):
    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"


class ActionKind(StrEnum):
    NOTE = "NOTE"
    PROGRESS = "PROGRESS"
    ANSWER = "ANSWER"
    COMPLETION = "COMPLETION"
    RETURN = "RETURN"
    HOLD = "HOLD"
    REPORTER_REPLY = "REPORTER_REPLY"
    SYSTEM = "SYSTEM"


class DispositionOutcome(StrEnum):
    COMPLETED = "COMPLETED"
    RETURNED = "RETURNED"
    MOVED = "MOVED"
    TRANSFERRED = "TRANSFERRED"
    MERGED = "MERGED"
    ARCHIVED = "ARCHIVED"


class Clock(StrEnum):
    VERIFICATION = "VERIFICATION"
    FOLLOW_UP = "FOLLOW_UP"
    RESOLUTION = "RESOLUTION"
    REPORTER_REPLY = "REPORTER_REPLY"


class DeadlineState(StrEnum):
    RUNNING = "RUNNING"
    DUE_SOON = "DUE_SOON"
    OVERDUE = "OVERDUE"
    PAUSED = "PAUSED"
    MET = "MET"
    MISSED = "MISSED"


class Rung(StrEnum):
    """The rungs of the ladder of reminders, each higher than the one before."""

    DUE_TOMORROW = "DUE_TOMORROW"
    DUE_TODAY = "DUE_TODAY"
    OVERDUE = "OVERDUE"
    OVERDUE_OFFICE = "OVERDUE_OFFICE"


class DigestKind(StrEnum):
    """What is told together, at the start of a day or a week."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"


class Waiting(StrEnum):
    """Why a complaint waits for whoever holds it; the first that is so counts."""

    OVERDUE = "OVERDUE"
    DUE_SOON = "DUE_SOON"
    REPLIED = "REPLIED"
    RETURNED = "RETURNED"
    DISPATCHED = "DISPATCHED"
    SUBMITTED = "SUBMITTED"
    VERIFIED = "VERIFIED"
    IN_PROGRESS = "IN_PROGRESS"


class OpdKind(StrEnum):
    SECRETARIAT = "SECRETARIAT"
    INSPECTORATE = "INSPECTORATE"
    AGENCY = "AGENCY"
    BOARD = "BOARD"
    DISTRICT = "DISTRICT"
    VILLAGE = "VILLAGE"
    HOSPITAL = "HOSPITAL"
    ENTERPRISE = "ENTERPRISE"
    OTHER = "OTHER"


class AreaKind(StrEnum):
    DISTRICT = "DISTRICT"
    VILLAGE = "VILLAGE"


class HolidayKind(StrEnum):
    NATIONAL = "NATIONAL"
    JOINT_LEAVE = "JOINT_LEAVE"
    LOCAL = "LOCAL"


class ViewerKind(StrEnum):
    REPORTER = "REPORTER"
    OFFICER = "OFFICER"
    OFFICE = "OFFICE"
    AUDITOR = "AUDITOR"
    ADMIN = "ADMIN"
    CLIENT = "CLIENT"


class StaffRole(StrEnum):
    """The kinds of viewer that an account may have."""

    ADMIN = "ADMIN"
    OFFICE = "OFFICE"
    OFFICER = "OFFICER"
    AUDITOR = "AUDITOR"


class PasswordStanding(StrEnum):
    """Who knows an account's password."""

    OWN = "OWN"
    GIVEN = "GIVEN"
    """Somebody else set it: it must be changed before anything else."""
    PRINTED = "PRINTED"
    """Made up at the first start, to try the service with: the panel has it changed, the API takes it."""


class SessionKind(StrEnum):
    """By what door somebody has signed in."""

    PANEL = "PANEL"
    API = "API"


class ClientScope(StrEnum):
    """What an API key may be used for."""

    READ = "read"
    SUBMIT = "submit"
    EVENTS = "events"
    WEBHOOKS = "webhooks"


class WebhookStop(StrEnum):
    """Why a webhook is told nothing for now."""

    PAUSED = "PAUSED"
    GONE = "GONE"
    """The receiver answered that there is nobody any more (410)."""
    FAILING = "FAILING"
    """Nothing came through for five days."""


class DeliveryFault(StrEnum):
    """Why a webhook gave no answer."""

    NAME_UNKNOWN = "NAME_UNKNOWN"
    ADDRESS_FORBIDDEN = "ADDRESS_FORBIDDEN"
    UNREACHABLE = "UNREACHABLE"
    INSECURE = "INSECURE"
    TIMEOUT = "TIMEOUT"
    BROKEN_OFF = "BROKEN_OFF"


class ComplaintOrderField(StrEnum):
    SUBMITTED_AT = "SUBMITTED_AT"
    UPDATED_AT = "UPDATED_AT"
    DUE_AT = "DUE_AT"
    SUPPORTER_COUNT = "SUPPORTER_COUNT"


class OrderDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


class ComplaintEventType(StrEnum):
    SUBMITTED = "SUBMITTED"
    VERIFIED = "VERIFIED"
    HELD = "HELD"
    DISPATCHED = "DISPATCHED"
    RETURNED = "RETURNED"
    STARTED = "STARTED"
    ANSWERED = "ANSWERED"
    REPLIED = "REPLIED"
    COMPLETED = "COMPLETED"
    REOPENED = "REOPENED"
    TRANSFERRED = "TRANSFERRED"
    ARCHIVED = "ARCHIVED"
    MERGED = "MERGED"
    ACTION_ADDED = "ACTION_ADDED"
    RATED = "RATED"


class EventAudience(StrEnum):
    """The widest circle that may hear of an event."""

    PUBLIC = "PUBLIC"
    REPORTER = "REPORTER"
    STAFF = "STAFF"


class LetterKind(StrEnum):
    """What a letter (an e-mail) is about."""

    REPORTER_NEWS = "REPORTER_NEWS"
    REMINDER = "REMINDER"
    OPD_DIGEST = "OPD_DIGEST"
    HEAD_DIGEST = "HEAD_DIGEST"
    WEBHOOK_STOPPED = "WEBHOOK_STOPPED"


class LetterOutcome(StrEnum):
    """What became of a letter."""

    SENT = "SENT"
    REFUSED = "REFUSED"
    """The mail server takes no mail for this address, or not this letter."""
    UNDELIVERABLE = "UNDELIVERABLE"
    """It was tried for two days."""
    TOO_OLD = "TOO_OLD"
    """It waited until what it says was no news any more: no mail server was set up, or no worker ran."""
    NO_ADDRESS = "NO_ADDRESS"
    """Whom it was for has no address, or none any more."""
    STOPPED = "STOPPED"
    """Whom it was for does not want any, or is not active any more."""
    POINTLESS = "POINTLESS"
    """What it was about is gone, or is no longer so."""


class PrivacyActKind(StrEnum):
    """What was done with what the service holds of a reporter."""

    EXPORTED = "EXPORTED"
    ERASED = "ERASED"
    REDACTED = "REDACTED"


class Locale(StrEnum):
    ID = "ID"
    EN = "EN"


class ErrorCode(StrEnum):
    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    TRANSITION_NOT_ALLOWED = "TRANSITION_NOT_ALLOWED"
    CONFLICT = "CONFLICT"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    OPD_INACTIVE = "OPD_INACTIVE"
    OPD_HAS_OPEN_COMPLAINTS = "OPD_HAS_OPEN_COMPLAINTS"
    ALREADY_SUPPORTED = "ALREADY_SUPPORTED"
    ALREADY_RATED = "ALREADY_RATED"
    THROTTLED = "THROTTLED"
    PASSWORD_CHANGE_REQUIRED = "PASSWORD_CHANGE_REQUIRED"  # noqa: S105 - a word
    SECOND_FACTOR_REQUIRED = "SECOND_FACTOR_REQUIRED"


STATUS_LABELS: dict[Locale, dict[ComplaintStatus, str]] = {
    Locale.ID: {
        ComplaintStatus.SUBMITTED: "Menunggu verifikasi",
        ComplaintStatus.ON_HOLD: "Ditunda, menunggu pelapor",
        ComplaintStatus.VERIFIED: "Terverifikasi, belum terdisposisi",
        ComplaintStatus.DISPATCHED: "Terdisposisi, belum ditindaklanjuti",
        ComplaintStatus.IN_PROGRESS: "Dalam proses",
        ComplaintStatus.ANSWERED: "Sudah ditanggapi, menunggu pelapor",
        ComplaintStatus.COMPLETED: "Selesai",
        ComplaintStatus.TRANSFERRED: "Dialihkan ke instansi lain",
        ComplaintStatus.ARCHIVED: "Diarsipkan",
        ComplaintStatus.MERGED: "Digabung",
    },
    Locale.EN: {
        ComplaintStatus.SUBMITTED: "Awaiting verification",
        ComplaintStatus.ON_HOLD: "On hold, waiting for the reporter",
        ComplaintStatus.VERIFIED: "Verified, not yet dispatched",
        ComplaintStatus.DISPATCHED: "Dispatched, not yet followed up",
        ComplaintStatus.IN_PROGRESS: "In progress",
        ComplaintStatus.ANSWERED: "Answered, waiting for the reporter",
        ComplaintStatus.COMPLETED: "Completed",
        ComplaintStatus.TRANSFERRED: "Transferred to another institution",
        ComplaintStatus.ARCHIVED: "Archived",
        ComplaintStatus.MERGED: "Merged",
    },
}

LABELS: dict[type[StrEnum], dict[Any, str]] = {
    ComplaintStatus: STATUS_LABELS[Locale.ID],
    Transition: {
        Transition.VERIFY: "Verifikasi",
        Transition.HOLD: "Tunda",
        Transition.DISPATCH: "Disposisi",
        Transition.RETURN: "Kembalikan (bukan kewenangan)",
        Transition.START: "Mulai tindak lanjut",
        Transition.ANSWER: "Tanggapi",
        Transition.COMPLETE: "Selesaikan",
        Transition.REOPEN: "Buka kembali",
        Transition.TRANSFER: "Alihkan ke instansi lain",
        Transition.ARCHIVE: "Arsipkan",
        Transition.MERGE: "Gabungkan",
    },
    Channel: {
        Channel.LAPOR_WEB: "www.lapor.go.id",
        Channel.LAPOR_APP: "Aplikasi LAPOR!",
        Channel.SMS_1708: "SMS 1708",
        Channel.CITY_APP: "Aplikasi kota",
        Channel.WHATSAPP: "WhatsApp",
        Channel.PHONE: "Telepon",
        Channel.WALK_IN: "Datang langsung",
        Channel.LETTER: "Surat",
        Channel.SOCIAL_MEDIA: "Media sosial",
    },
    Classification: {
        Classification.COMPLAINT: "Pengaduan",
        Classification.ASPIRATION: "Aspirasi",
        Classification.INFORMATION_REQUEST: "Permintaan informasi",
    },
    Privacy: {
        Privacy.PUBLIC: "Terbuka",
        Privacy.ANONYMOUS: "Anonim",
        Privacy.CONFIDENTIAL: "Rahasia",
    },
    Visibility: {
        Visibility.PUBLIC: "Publik",
        Visibility.INTERNAL: "Internal",
    },
    ActionKind: {
        ActionKind.NOTE: "Catatan",
        ActionKind.PROGRESS: "Perkembangan",
        ActionKind.ANSWER: "Tanggapan",
        ActionKind.COMPLETION: "Penyelesaian",
        ActionKind.RETURN: "Pengembalian",
        ActionKind.HOLD: "Penundaan",
        ActionKind.REPORTER_REPLY: "Balasan pelapor",
        ActionKind.SYSTEM: "Sistem",
    },
    DispositionOutcome: {
        DispositionOutcome.COMPLETED: "Selesai",
        DispositionOutcome.RETURNED: "Dikembalikan",
        DispositionOutcome.MOVED: "Dipindahkan ke OPD lain",
        DispositionOutcome.TRANSFERRED: "Dialihkan",
        DispositionOutcome.MERGED: "Digabung",
        DispositionOutcome.ARCHIVED: "Diarsipkan",
    },
    Clock: {
        Clock.VERIFICATION: "Verifikasi",
        Clock.FOLLOW_UP: "Tindak lanjut pertama",
        Clock.RESOLUTION: "Penyelesaian",
        Clock.REPORTER_REPLY: "Balasan pelapor",
    },
    DeadlineState: {
        DeadlineState.RUNNING: "Berjalan",
        DeadlineState.DUE_SOON: "Segera jatuh tempo",
        DeadlineState.OVERDUE: "Terlambat",
        DeadlineState.PAUSED: "Dijeda",
        DeadlineState.MET: "Tepat waktu",
        DeadlineState.MISSED: "Lewat tenggat",
    },
    Rung: {
        Rung.DUE_TOMORROW: "Sisa 1 hari kerja",
        Rung.DUE_TODAY: "Jatuh tempo hari ini",
        Rung.OVERDUE: "Terlambat",
        Rung.OVERDUE_OFFICE: "Terlambat 3 hari kerja atau lebih",
    },
    DigestKind: {
        DigestKind.DAILY: "Ringkasan harian",
        DigestKind.WEEKLY: "Ringkasan mingguan",
    },
    Waiting: {
        Waiting.OVERDUE: "Terlambat",
        Waiting.DUE_SOON: "Segera jatuh tempo",
        Waiting.REPLIED: "Pelapor membalas, belum ditanggapi",
        Waiting.RETURNED: "Dikembalikan OPD, menunggu disposisi",
        Waiting.DISPATCHED: "Baru didisposisikan, belum ditindaklanjuti",
        Waiting.SUBMITTED: "Menunggu verifikasi",
        Waiting.VERIFIED: "Menunggu disposisi",
        Waiting.IN_PROGRESS: "Dalam proses",
    },
    OpdKind: {
        OpdKind.SECRETARIAT: "Sekretariat",
        OpdKind.INSPECTORATE: "Inspektorat",
        OpdKind.AGENCY: "Dinas",
        OpdKind.BOARD: "Badan",
        OpdKind.DISTRICT: "Kecamatan",
        OpdKind.VILLAGE: "Kelurahan",
        OpdKind.HOSPITAL: "Rumah sakit",
        OpdKind.ENTERPRISE: "BUMD",
        OpdKind.OTHER: "Lainnya",
    },
    AreaKind: {
        AreaKind.DISTRICT: "Kecamatan",
        AreaKind.VILLAGE: "Kelurahan",
    },
    HolidayKind: {
        HolidayKind.NATIONAL: "Libur nasional",
        HolidayKind.JOINT_LEAVE: "Cuti bersama",
        HolidayKind.LOCAL: "Libur daerah",
    },
    ComplaintEventType: {
        ComplaintEventType.SUBMITTED: "Laporan masuk",
        ComplaintEventType.VERIFIED: "Diverifikasi",
        ComplaintEventType.HELD: "Ditunda",
        ComplaintEventType.DISPATCHED: "Didisposisikan",
        ComplaintEventType.RETURNED: "Dikembalikan",
        ComplaintEventType.STARTED: "Mulai ditindaklanjuti",
        ComplaintEventType.ANSWERED: "Dijawab",
        ComplaintEventType.REPLIED: "Dibalas pelapor",
        ComplaintEventType.COMPLETED: "Selesai",
        ComplaintEventType.REOPENED: "Dibuka kembali",
        ComplaintEventType.TRANSFERRED: "Diteruskan ke instansi lain",
        ComplaintEventType.ARCHIVED: "Diarsipkan",
        ComplaintEventType.MERGED: "Digabungkan",
        ComplaintEventType.ACTION_ADDED: "Tindak lanjut ditambah",
        ComplaintEventType.RATED: "Dinilai pelapor",
    },
    WebhookStop: {
        WebhookStop.PAUSED: "Dijeda",
        WebhookStop.GONE: "Berhenti: tidak dipakai lagi",
        WebhookStop.FAILING: "Berhenti: gagal lima hari",
    },
    DeliveryFault: {
        DeliveryFault.NAME_UNKNOWN: "Nama alamat tidak dikenal",
        DeliveryFault.ADDRESS_FORBIDDEN: "Alamat menuju jaringan tertutup",
        DeliveryFault.UNREACHABLE: "Tidak dapat dihubungi",
        DeliveryFault.INSECURE: "Sertifikat TLS tidak sah",
        DeliveryFault.TIMEOUT: "Tidak menjawab pada waktunya",
        DeliveryFault.BROKEN_OFF: "Sambungan terputus",
    },
    SessionKind: {
        SessionKind.PANEL: "Panel",
        SessionKind.API: "API",
    },
    StaffRole: {
        StaffRole.ADMIN: "Administrator",
        StaffRole.OFFICE: "Diskominfo",
        StaffRole.OFFICER: "Petugas OPD",
        StaffRole.AUDITOR: "Auditor",
    },
}


def label(word: StrEnum) -> str:
    """What an Indonesian officer reads for a word."""
    return LABELS[type(word)][word]
