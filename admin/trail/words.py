"""What do an auditor and an administrator read for the tables, columns and acts of the audit trail?"""

OPERATIONS = {"INSERT": "Ditambah", "UPDATE": "Diubah", "DELETE": "Dihapus", "TRUNCATE": "Dikosongkan"}

TABLES = {
    "complaint": "Laporan",
    "reporter": "Identitas pelapor",
    "action": "Tindak lanjut",
    "disposition": "Disposisi",
    "deadline": "Tenggat laporan",
    "attachment": "Lampiran",
    "identity_reading": "Pembukaan identitas",
    "privacy_act": "Data pribadi pelapor",
    "opd": "OPD",
    "area": "Wilayah",
    "category": "Kategori",
    "sla_rule": "Aturan tenggat",
    "holiday": "Hari libur",
    "account": "Akun",
    "api_client": "Klien API",
    "webhook": "Webhook",
}

_WHO = {
    "CLOCK": "Layanan ini (otomatis)",
    "COMMAND": "Perintah di server",
    "DATABASE": "Langsung di basis data",
    "REPORTER": "Publik atau pelapor",
    "CLIENT": "Klien API",
    "ADMIN": "Administrator",
    "OFFICE": "Diskominfo",
    "OFFICER": "Petugas OPD",
}
WHO = tuple(_WHO.items())

_COLUMNS = {
    "access_token_hash": "Token pelapor",
    "account_id": "Akun",
    "action_id": "Tindak lanjut",
    "active": "Aktif",
    "active_from": "Berlaku sejak",
    "active_until": "Berlaku sampai",
    "address": "Alamat",
    "answered_at": "Ditanggapi",
    "area_id": "Wilayah",
    "at": "Saat",
    "author_id": "Penulis",
    "author_name": "Nama penulis",
    "body": "Isi",
    "category_id": "Kategori",
    "channel": "Kanal",
    "classification": "Klasifikasi",
    "client_id": "Klien API",
    "clock": "Tahap",
    "code": "Kode",
    "complaint_id": "Laporan",
    "completed_at": "Selesai",
    "confirmed": "Sudah dipastikan",
    "content_type": "Jenis berkas",
    "cost_per_minute": "Biaya permintaan tiap menit",
    "created_at": "Dibuat",
    "date": "Tanggal",
    "default_opd_id": "OPD penerima",
    "dispatched_at": "Didisposisikan",
    "due_at": "Jatuh tempo",
    "email": "Surel",
    "ended_at": "Berakhir",
    "external_tracking_id": "Nomor LAPOR!",
    "file_name": "Nama berkas",
    "first_responded_at": "Ditindaklanjuti",
    "from_status": "Status sebelumnya",
    "held_from": "Ditunda dari",
    "instruction": "Arahan",
    "key_hash": "Kunci",
    "kind": "Jenis",
    "latitude": "Lintang",
    "legal_source": "Dasar hukum",
    "longitude": "Bujur",
    "mail_stopped_at": "Berita surel dihentikan",
    "merged_into_id": "Digabung ke",
    "name": "Nama",
    "opd_codes": "OPD",
    "opd_id": "OPD",
    "opd_name": "Nama OPD",
    "outcome": "Hasil",
    "owner_id": "Pengunggah",
    "parent_id": "Induk",
    "password_hash": "Kata sandi",
    "password_standing": "Asal kata sandi",
    "paused_at": "Dijeda",
    "pauses": "Masa jeda",
    "phone": "Telepon",
    "privacy": "Kerahasiaan",
    "rating": "Penilaian",
    "rating_comment": "Komentar penilaian",
    "read_at": "Dibuka",
    "reason": "Alasan",
    "reopened_count": "Dibuka kembali",
    "requested_opd_id": "Ditujukan ke",
    "requests_per_minute": "Permintaan tiap menit",
    "revoked_at": "Dicabut",
    "role": "Peran",
    "row_key": "Kunci",
    "rule_id": "Aturan tenggat",
    "scopes": "Boleh",
    "secret": "Rahasia penanda tangan",
    "short_name": "Singkatan",
    "size": "Ukuran",
    "started_at": "Mulai",
    "sent_to_id": "Dikirim lewat kode laporan",
    "status": "Status",
    "stored_at": "Diunggah",
    "submitted_at": "Masuk",
    "successor_id": "Penerus",
    "suggested_opd_id": "Disarankan ke",
    "supervised": "Berkadar pengawasan",
    "thumbnail_size": "Ukuran gambar kecil",
    "title": "Judul",
    "to_status": "Status menjadi",
    "totp_confirmed_at": "Faktor kedua dipasang",
    "totp_secret": "Rahasia faktor kedua",
    "tracking_code": "Kode laporan",
    "types": "Peristiwa",
    "url": "Alamat penerima",
    "valid_from": "Berlaku sejak",
    "valid_until": "Berlaku sampai",
    "verified_at": "Diverifikasi",
    "version": "Versi",
    "visibility": "Keterbukaan",
    "website": "Situs web",
    "working_days": "Hari kerja",
}


def operation(name: str) -> str:
    return OPERATIONS.get(name, name)


def table(name: str) -> str:
    return TABLES.get(name, name)


def column(name: str) -> str:
    return _COLUMNS.get(name, name.removesuffix("_id").replace("_", " "))


def kind_of_actor(actor: str) -> str:
    """Who it was, where no name is known: what they are, and the rest as it stands in the trail."""
    kind, _, rest = actor.partition(":")
    return _WHO.get(kind, kind) + (f" ({rest})" if rest and kind in ("COMMAND", "DATABASE") else "")
