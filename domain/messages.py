"""The sentences that people read when a rule refuses something, in Indonesian and English."""

from domain.words import Locale

MESSAGES: dict[str, dict[Locale, str]] = {
    key: {Locale.ID: indonesian, Locale.EN: english}
    for key, indonesian, english in (
        ("required", "Isian wajib diisi.", "This field is required."),
        (
            "too_long",
            "Terlalu panjang: paling banyak {most} karakter.",
            "Too long: at most {most} characters.",
        ),
        (
            "control_characters",
            "Berisi karakter yang tidak dapat disimpan (NUL atau surrogate). Hapus karakter itu.",
            "Contains characters that cannot be stored (NUL or a lone surrogate). Remove them.",
        ),
        ("bad_email", "Bukan alamat surel yang sah.", "Not a valid e-mail address."),
        (
            "bad_phone",
            "Bukan nomor telepon yang sah: 6 sampai 20 angka, boleh diawali +.",
            "Not a valid phone number: 6 to 20 digits, optionally after a +.",
        ),
        (
            "bad_url",
            "Alamat web harus diawali http:// atau https://.",
            "A web address starts with http:// or https://.",
        ),
        (
            "bad_code",
            "Kode terdiri atas huruf besar, angka dan tanda hubung, paling banyak 32 karakter.",
            "A code has capital letters, digits and hyphens, at most 32 characters.",
        ),
        (
            "bad_position",
            "Lintang (-90..90) dan bujur (-180..180) harus diisi keduanya.",
            "Latitude (-90..90) and longitude (-180..180) must be given together.",
        ),
        (
            "bad_period",
            "Tanggal akhir tidak boleh sebelum tanggal awal.",
            "The end of a period cannot be before its start.",
        ),
        ("code_taken", "Kode {value} sudah dipakai.", "The code {value} is already in use."),
        (
            "external_id_taken",
            "Nomor laporan {value} sudah terdaftar.",
            "The external tracking ID {value} is already registered.",
        ),
        (
            "unknown_category",
            "Kategori {value} tidak dikenal atau tidak aktif.",
            "Category {value} is unknown or inactive.",
        ),
        ("unknown_area", "Wilayah {value} tidak dikenal.", "Area {value} is unknown."),
        ("unknown_opd", "OPD {value} tidak dikenal.", "OPD {value} is unknown."),
        ("too_many", "Terlalu banyak: paling banyak {most}.", "Too many: at most {most}."),
        ("unknown_attachment", "Lampiran tidak dikenal.", "Unknown attachment."),
        ("opd_inactive", "OPD {value} tidak aktif.", "OPD {value} is not active."),
        (
            "opd_own_parent",
            "OPD tidak dapat menjadi induk dirinya sendiri.",
            "An OPD cannot be its own parent.",
        ),
        (
            "opd_same",
            "Laporan sudah berada di OPD {value}.",
            "The complaint is already with OPD {value}.",
        ),
        (
            "kind_not_allowed",
            "Jenis tindak lanjut di sini hanya NOTE atau PROGRESS.",
            "Here the kind of an action is NOTE or PROGRESS.",
        ),
        (
            "complaint_not_found",
            "Laporan tidak ditemukan. Periksa kode pelacakan.",
            "No such complaint. Check the tracking code.",
        ),
        ("opd_not_found", "OPD {value} tidak ditemukan.", "No OPD {value}."),
        (
            "conflict",
            "Data sudah diubah orang lain (versi sekarang {version}). Muat ulang, lalu coba lagi.",
            "Somebody else has changed it (now at version {version}). Reload and try again.",
        ),
        (
            "transition_not_allowed",
            "Langkah {transition} tidak dapat dilakukan saat status {status}.",
            "{transition} is not possible while the status is {status}.",
        ),
        ("unauthenticated", "Silakan masuk terlebih dahulu.", "Sign in first."),
        (
            "bad_token",
            "Token tidak sah atau sudah berakhir. Masuk kembali.",
            "The token is not valid or has ended. Sign in again.",
        ),
        ("forbidden", "Anda tidak berwenang melakukan ini.", "You may not do this."),
        (
            "scope_missing",
            "Kunci API tidak memiliki cakupan {scope}.",
            "The API key lacks the scope {scope}.",
        ),
        ("bad_credentials", "Surel atau kata sandi salah.", "Wrong e-mail address or password."),
        (
            "password_short",
            "Kata sandi paling sedikit {least} karakter.",
            "A password has at least {least} characters.",
        ),
        ("email_taken", "Surel sudah dipakai akun lain.", "Another account uses this e-mail address."),
        ("officer_needs_opd", "Petugas OPD harus memiliki OPD.", "An officer needs an OPD."),
        ("only_officer_has_opd", "Hanya petugas OPD yang memiliki OPD.", "Only an officer has an OPD."),
        ("name_taken", "Nama {value} sudah dipakai.", "The name {value} is already in use."),
        (
            "throttled",
            "Terlalu banyak percobaan. Coba lagi beberapa menit lagi.",
            "Too many attempts. Try again in a few minutes.",
        ),
        (
            "idempotency_mismatch",
            "Kunci idempotensi ini sudah dipakai untuk isian yang berbeda.",
            "This idempotency key was already used for another input.",
        ),
        ("bad_cursor", "Kursor tidak sah.", "The cursor is not valid."),
    )
}
