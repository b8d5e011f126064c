"""What people read when an attachment is refused, in both languages; `domain.messages` has the rest."""

ATTACHMENTS = (
    (
        "unknown_attachment",
        "Lampiran tidak dikenal, milik orang lain, atau sudah dipakai. Unggah berkasnya lagi.",
        "Unknown attachment, somebody else's, or attached already. Upload the file again.",
    ),
    (
        "attachment_not_uploaded",
        "Berkas lampiran belum diunggah. Kirim dengan PUT ke uploadUrl, lalu ulangi.",
        "The file of an attachment has not been uploaded. PUT it to its uploadUrl, then try again.",
    ),
    (
        "content_type_not_taken",
        "Jenis berkas ini tidak diterima. Yang diterima: {kinds}.",
        "Files of this type are not taken. Taken are: {kinds}.",
    ),
    (
        "heic_not_taken",
        "Foto HEIC tidak diterima. Ubah dahulu menjadi JPEG.",
        "HEIC pictures are not taken. Convert it to JPEG first.",
    ),
    (
        "size_not_taken",
        "Ukuran berkas harus 1 byte sampai {most}.",
        "A file has 1 byte to {most}.",
    ),
    (
        "attachments_full",
        "Terlalu banyak berkas yang menunggu laporannya. Coba lagi nanti, atau kirim tanpa lampiran.",
        "Too many files wait for their reports. Try again later, or submit without attachments.",
    ),
    (
        "address_uploads_much",
        "Terlalu banyak unggahan dari jaringan ini. Coba lagi satu jam lagi.",
        "Too much was uploaded from this network. Try again in an hour.",
    ),
    (
        "link_bad",
        "Alamat ini tidak sah. Pakai alamat persis seperti yang diberikan API.",
        "This address is not valid. Use it exactly as the API gave it.",
    ),
    (
        "link_expired",
        "Alamat ini sudah kedaluwarsa. Minta yang baru dengan memuat ulang laporan.",
        "This address has expired. Load the complaint again to get a new one.",
    ),
    (
        "upload_expired",
        "Alamat unggahan ini sudah kedaluwarsa. Minta yang baru dengan attachmentUploadCreate.",
        "This upload address has expired. Ask for a new one with attachmentUploadCreate.",
    ),
    (
        "upload_too_large",
        "Berkas lebih besar dari ukuran yang disebut ({size} byte). Minta alamat unggahan baru.",
        "The file is larger than was announced ({size} bytes). Ask for a new upload address.",
    ),
    (
        "upload_incomplete",
        "Hanya {received} dari {size} byte yang sampai. Kirim lagi ke alamat yang sama.",
        "Only {received} of {size} bytes came. Send it again to the same address.",
    ),
    (
        "upload_too_slow",
        "Unggahan terlalu lambat. Kirim lagi ke alamat yang sama.",
        "The upload took too long. Send it again to the same address.",
    ),
    (
        "upload_encoded",
        "Kirim isi berkas apa adanya, tanpa Content-Encoding.",
        "Send the file as it is, without a Content-Encoding.",
    ),
    (
        "upload_of_other_content",
        "Berkas lain sudah diunggah ke alamat ini. Minta alamat baru dengan attachmentUploadCreate.",
        "Another file was uploaded to this address. Ask for a new one with attachmentUploadCreate.",
    ),
    (
        "content_of_other_type",
        "Isi berkas bukan {declared} (terbaca: {found}). Minta alamat unggahan dengan jenis yang benar.",
        "The file is no {declared} (it looks like {found}). Ask for an upload address with its own type.",
    ),
    (
        "picture_broken",
        "Gambar rusak atau tidak lengkap. Buka dan simpan ulang gambarnya, lalu unggah lagi.",
        "The picture is damaged or incomplete. Open and save it anew, then upload it again.",
    ),
    (
        "picture_too_many_pixels",
        "Gambar terlalu besar: paling banyak {most} juta piksel. Perkecil, lalu unggah lagi.",
        "The picture is too large: at most {most} million pixels. Make it smaller, then upload it again.",
    ),
    (
        "document_broken",
        "Dokumen PDF rusak atau tidak lengkap. Simpan ulang, lalu unggah lagi.",
        "The PDF is damaged or incomplete. Save it anew, then upload it again.",
    ),
    ("attachment_not_found", "Lampiran tidak ditemukan.", "No such attachment."),
    (
        "range_not_satisfiable",
        "Rentang yang diminta di luar isi berkas.",
        "The range asked for lies outside the file.",
    ),
    (
        "attachments_busy",
        "Terlalu banyak unggahan sekaligus. Coba lagi sebentar lagi.",
        "Too many uploads at once. Try again in a moment.",
    ),
    (
        "store_unavailable",
        "Penyimpanan lampiran sedang tidak dapat dicapai. Coba lagi sebentar lagi.",
        "The store of attachments cannot be reached now. Try again in a moment.",
    ),
)
