"""The sentences that people read when a rule refuses something, in Indonesian and English."""

from domain.attachments.sentences import ATTACHMENTS
from domain.words import Locale

MESSAGES: dict[str, dict[Locale, str]] = {
    key: {Locale.ID: indonesian, Locale.EN: english}
    for key, indonesian, english in (
        *ATTACHMENTS,
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
        (
            "bad_webhook_url",
            "Alamat webhook diawali https://, tanpa nama pengguna dan tanpa #; port 443 atau di atas 1023.",
            "A webhook's address starts with https://, without user name or #; port 443 or above 1023.",
        ),
        (
            "webhook_url_closed",
            "Alamat webhook harus nama lengkap atau alamat IP yang terbuka di internet.",
            "The address of a webhook has a full name, or an IP address that is open to the internet.",
        ),
        (
            "too_many_webhooks",
            "Satu klien paling banyak memiliki {most} webhook. Hapus dahulu yang tidak dipakai.",
            "A client has at most {most} webhooks. Delete one that is not used.",
        ),
        ("webhook_not_found", "Webhook tidak ditemukan.", "No such webhook."),
        ("too_many", "Terlalu banyak: paling banyak {most}.", "Too many: at most {most}."),
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
        (
            "erase_open",
            "Laporan ini belum selesai, dan pelapornya masih harus dapat dihubungi.",
            "It is still open ({status}), and its reporter must be reached: wait, or add --even-open.",
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
        (
            "own_not_found",
            "Laporan tidak ditemukan. Periksa kode pelacakan dan token aksesnya.",
            "No such complaint. Check the tracking code and its access token.",
        ),
        (
            "reopen_too_late",
            "Batas waktu untuk membuka kembali laporan ini sudah lewat. Sampaikan laporan baru.",
            "The time to have this complaint taken up again has passed. Submit a new one.",
        ),
        (
            "reply_not_allowed",
            "Laporan berstatus {status} tidak dapat dibalas lagi.",
            "A complaint whose status is {status} takes no more replies.",
        ),
        (
            "rate_not_allowed",
            "Laporan dapat dinilai setelah selesai; statusnya sekarang {status}.",
            "A complaint is rated once it is completed; its status is {status}.",
        ),
        (
            "support_not_allowed",
            "Laporan berstatus {status} tidak dapat didukung lagi.",
            "A complaint whose status is {status} takes no more support.",
        ),
        (
            "deadlines_without_rule",
            "{number} tenggat berjalan akan kehilangan aturannya. Tambahkan dahulu aturan penggantinya.",
            "{number} running deadlines would be left without a rule. First add the one that replaces it.",
        ),
        ("bad_rating", "Nilai harus 1 sampai 5.", "A rating is 1 to 5."),
        ("already_rated", "Laporan ini sudah Anda nilai.", "You have rated this complaint already."),
        (
            "already_supported",
            "Dukungan Anda sudah dihitung.",
            "Your support is counted already.",
        ),
        (
            "merge_same",
            "Laporan tidak dapat digabung dengan dirinya sendiri.",
            "A complaint cannot be merged into itself.",
        ),
        (
            "merge_closed",
            "Laporan {value} sudah ditutup. Pilih laporan yang masih terbuka.",
            "The complaint {value} is closed. Choose one that is open.",
        ),
        (
            "unmerge_not_merged",
            "Laporan ini tidak sedang digabung dengan laporan lain.",
            "The complaint is not part of another one.",
        ),
        (
            "unmerge_too_late",
            "Penggabungan hanya dapat dibatalkan sampai akhir hari kerja saat dilakukan.",
            "A merge can be undone until the end of the working day in which it was made.",
        ),
        (
            "unmerge_merged_on",
            "Laporan tujuannya sudah digabung lagi. Batalkan dahulu penggabungan {value}.",
            "The one that it became part of was merged itself. First undo the merge of {value}.",
        ),
        (
            "merge_confidential",
            "Laporan yang tidak rahasia tidak dapat digabung ke laporan rahasia.",
            "A complaint that is not confidential cannot become part of one that is.",
        ),
        (
            "opd_has_open_complaints",
            "Masih ada {number} laporan terbuka di OPD ini. Selesaikan, atau pindahkan ke OPD penerus.",
            "The OPD still has {number} open complaints. Finish them, or move them to a successor.",
        ),
        (
            "opd_own_successor",
            "OPD tidak dapat menjadi penerus dirinya sendiri, juga tidak lewat OPD lain.",
            "An OPD cannot be its own successor, nor through another one.",
        ),
        ("unauthenticated", "Silakan masuk terlebih dahulu.", "Sign in first."),
        (
            "bad_token",
            "Token tidak sah atau sudah berakhir. Masuk kembali.",
            "The token is not valid or has ended. Sign in again.",
        ),
        (
            "forbidden",
            "Anda tidak berwenang melakukan ini. Yang berwenang: {who}.",
            "You may not do this. Those who may: {who}.",
        ),
        (
            "intake_known",
            "Hanya untuk petugas dan aplikasi dengan kunci API. Masuklah, atau kosongkan isian ini.",
            "For staff and for programs with an API key. Sign in, or leave this field out.",
        ),
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
        ("too_late", "Waktunya habis. Masuklah lagi.", "Time is up. Sign in again."),
        ("unknown_account", "Tidak ada akun dengan surel ini.", "No account has this e-mail address."),
        ("unknown_client", "Tidak ada klien API bernama {value}.", "No API client is called {value}."),
        ("client_revoked", "Kunci ini sudah dicabut.", "This key was revoked before."),
        ("name_taken", "Nama {value} sudah dipakai.", "The name {value} is already in use."),
        (
            "throttled",
            "Terlalu banyak percobaan masuk. Coba lagi pukul {until}, atau hubungi administrator.",
            "Too many attempts to sign in. Try again at {until}, or ask an administrator.",
        ),
        (
            "password_known",
            "Kata sandi ini mudah ditebak. Jangan memakai nama, surel, urutan, atau kata sandi yang umum.",
            "This password is easy to guess. Use no name, e-mail address, sequence or well-known password.",
        ),
        (
            "password_same",
            "Kata sandi baru harus berbeda dari yang sekarang.",
            "The new password must differ from the present one.",
        ),
        ("password_wrong", "Kata sandi sekarang salah.", "The present password is wrong."),
        (
            "password_to_change",
            "Kata sandi ini diberikan orang lain. Masuklah ke panel (/admin) dan gantilah dahulu.",
            "Somebody else set this password. Sign in to the panel (/admin) and change it first.",
        ),
        (
            "second_factor_required",
            "Akun ini memakai aplikasi autentikator. Sertakan kodenya, atau kode pemulihan, sebagai code.",
            "This account uses an authenticator app. Send its code, or a recovery code, as code.",
        ),
        (
            "second_factor_to_enrol",
            "Administrator harus memakai autentikator. Masuklah ke panel (/admin) untuk memasangnya.",
            "Administrators must use an authenticator app. Sign in to the panel (/admin) to set it up.",
        ),
        (
            "wrong_code",
            "Kode salah, atau sudah dipakai. Tunggu kode berikutnya.",
            "The code is wrong or was used already. Wait for the next one.",
        ),
        (
            "idempotency_mismatch",
            "Kunci idempotensi ini sudah dipakai untuk isian yang berbeda.",
            "This idempotency key was already used for another input.",
        ),
        ("bad_cursor", "Kursor tidak sah.", "The cursor is not valid."),
        (
            "cursor_expired",
            "Peristiwa sebelum {before} tidak disediakan lagi. Lanjutkan dari extensions.resumeFrom.",
            "Events before {before} are no longer offered. Go on from extensions.resumeFrom.",
        ),
        (
            "limit_exceeded",
            "Permintaan melampaui batas {limit}: {actual}, paling banyak {most}.",
            "The request exceeds the limit {limit}: {actual}, at most {most}.",
        ),
        (
            "rate_exceeded",
            "Kunci API ini sudah mencapai {limit} ({most}). Coba lagi dalam {seconds} detik.",
            "This API key has reached its {limit} ({most}). Try again in {seconds} seconds.",
        ),
        (
            "query_timeout",
            "Permintaan memakan waktu terlalu lama. Persempit, lalu coba lagi.",
            "The request took too long. Narrow it and try again.",
        ),
        (
            "introspection_closed",
            "Skema tidak dapat ditelusuri oleh publik; baca /schema.graphql.",
            "Introspection is not open to the public; read /schema.graphql.",
        ),
        (
            "subscription_transport",
            "Langganan memerlukan WebSocket (graphql-transport-ws), atau Accept: text/event-stream.",
            "Subscriptions go over WebSocket (graphql-transport-ws), or with Accept: text/event-stream.",
        ),
        (
            "too_many_streams",
            "Terlalu banyak langganan yang terbuka. Coba lagi nanti.",
            "Too many open subscriptions. Try again later.",
        ),
        (
            "request_json",
            "Badan permintaan bukan JSON yang sah.",
            "The request body is not valid JSON.",
        ),
        (
            "request_object",
            "Permintaan harus berupa satu objek JSON.",
            "The request must be one JSON object.",
        ),
        (
            "request_parameter",
            "Parameter {name} harus berupa {kind}.",
            "The parameter {name} must be a JSON {kind}.",
        ),
        # The sentence by which clients know that they shall send the query itself.
        ("request_persisted", "PersistedQueryNotSupported", "PersistedQueryNotSupported"),
        (
            "request_method",
            "Metode ini tidak dapat dipakai untuk permintaan ini.",
            "This method cannot be used for this request.",
        ),
        (
            "request_media_type",
            "Badan permintaan harus application/json dalam UTF-8.",
            "The request body must be application/json in UTF-8.",
        ),
        (
            "request_encoding",
            "Badan permintaan harus dikirim tanpa kompresi (tanpa Content-Encoding).",
            "The request body must be sent without compression (no Content-Encoding).",
        ),
        (
            "request_accept",
            "Jawaban hanya tersedia sebagai application/graphql-response+json atau application/json.",
            "Answers are application/graphql-response+json or application/json only.",
        ),
        (
            "database_away",
            "Basis data sedang tidak dapat dihubungi. Kirim permintaan yang sama beberapa detik lagi.",
            "The database cannot be reached at the moment. Send the same request again in a few seconds.",
        ),
        (
            "fault",
            "Terjadi kesalahan di server. Sebutkan nomor {request} saat melapor.",
            "Something went wrong on the server. Quote {request} when you report it.",
        ),
    )
}
