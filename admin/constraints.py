"""What an officer reads when the database itself refuses a row: a sentence for each constraint."""

from sqlalchemy.exc import IntegrityError

from admin.forms import Problem

_TAKEN = "Kode ini sudah dipakai."
_CODE = "Kode terdiri atas huruf besar, angka dan tanda hubung, paling banyak 32 karakter."
_NAME = "Nama wajib diisi, paling banyak 200 karakter."
_OWN_PARENT = "Data ini tidak dapat menjadi induk dirinya sendiri."
_PERIOD = "Tanggal akhir tidak boleh sebelum tanggal awal."

SENTENCES: dict[str, tuple[str | None, str]] = {
    "uq_opd_code": ("code", _TAKEN),
    "ck_opd_code_form": ("code", _CODE),
    "ck_opd_name_length": ("name", _NAME),
    "ck_opd_parent_is_another": ("parent_code", _OWN_PARENT),
    "ck_opd_active_period": ("active_from", _PERIOD),
    "uq_area_code": ("code", _TAKEN),
    "ck_area_code_length": ("code", "Kode wajib diisi, paling banyak 32 karakter."),
    "ck_area_name_length": ("name", _NAME),
    "ck_area_village_has_district": ("parent", "Kelurahan memerlukan kecamatan; kecamatan tidak."),
    "uq_category_code": ("code", _TAKEN),
    "ck_category_code_form": ("code", _CODE),
    "ck_category_name_length": ("name", _NAME),
    "ck_category_parent_is_another": ("parent", _OWN_PARENT),
    "uq_sla_rule_clock_classification_supervised_valid_from": (
        "valid_from",
        "Sudah ada aturan untuk tahap, klasifikasi dan pengawasan ini yang berlaku sejak tanggal itu.",
    ),
    "ck_sla_rule_working_days_range": ("working_days", "Tulis bilangan bulat dari 1 sampai 365."),
    "ck_sla_rule_valid_period": ("valid_until", _PERIOD),
    "ck_sla_rule_legal_source_length": (
        "legal_source",
        "Dasar hukum wajib diisi, paling banyak 500 karakter.",
    ),
    "uq_holiday_date": ("date", "Tanggal ini sudah ada di daftar hari libur."),
    "ck_holiday_name_length": ("name", _NAME),
    "uq_account_email": ("email", "Surel sudah dipakai akun lain."),
    "ck_account_email_form": ("email", "Bukan alamat surel yang sah."),
    "ck_account_name_length": ("name", _NAME),
    "ck_account_officer_has_opd": ("opd", "Hanya petugas OPD yang memiliki OPD, dan ia harus memilikinya."),
}


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint that was violated."""
    name = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
    return str(name) if name else None


def problem_of(error: IntegrityError) -> Problem:
    """The sentence for people; the row's values stay out of it, and out of the log."""
    field, sentence = SENTENCES.get(
        constraint_of(error) or "",
        (None, "Data ini bertentangan dengan data lain yang sudah tersimpan. Periksa isian, lalu coba lagi."),
    )
    return Problem(sentence, field)
