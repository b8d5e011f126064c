"""What the panel says instead of a page: one Indonesian title and remedy for each reason."""

from typing import NamedTuple

from starlette.exceptions import HTTPException


class Notice(NamedTuple):
    """A page that holds a title, an explanation and a way on."""

    title: str
    text: str


BY_REASON = {
    "elsewhere": Notice(
        "Permintaan ditolak",
        "Formulir ini dikirim dari situs lain, bukan dari panel. Tidak ada yang diubah.",
    ),
    "form_token": Notice(
        "Formulir sudah kedaluwarsa",
        "Formulir ini dibuat untuk sesi yang lain, jadi tidak ada yang diubah. Kembali ke halaman"
        " sebelumnya, muat ulang, lalu coba lagi.",
    ),
    "own_account": Notice(
        "Ini akun Anda sendiri",
        "Ubahlah kata sandi dan autentikator Anda sendiri lewat menu Akun saya.",
    ),
}
BY_STATUS = {
    400: Notice("Alamat tidak dapat dibaca", "Periksa alamat halaman, atau mulai lagi dari Beranda."),
    401: Notice(
        "Sesi Anda sudah berakhir",
        "Isian belum disimpan. Masuk kembali di tab baru, lalu muat ulang halaman ini dan pilih kirim"
        " ulang: isian Anda tidak hilang.",
    ),
    403: Notice(
        "Anda tidak berwenang membuka halaman ini",
        "Bila Anda memerlukannya untuk bekerja, mintalah kepada administrator di Diskominfo.",
    ),
    404: Notice(
        "Halaman tidak ditemukan",
        "Data ini tidak ada, atau bukan untuk Anda lihat. Periksa alamat atau kode pelacakannya.",
    ),
    405: Notice("Cara ini tidak tersedia", "Buka halaman lewat menu, bukan lewat alamat ini."),
    413: Notice("Isian terlalu besar", "Ringkaslah isian, lalu kirim lagi."),
    500: Notice(
        "Terjadi kesalahan pada sistem",
        "Ini bukan kesalahan Anda. Coba lagi sebentar lagi; bila berulang, hubungi administrator.",
    ),
    503: Notice(
        "Panel sedang tidak dapat dipakai",
        "Basis datanya sedang tidak dapat dihubungi, misalnya karena dimulai ulang. Tunggu sebentar, lalu"
        " muat ulang halaman ini. Bila Anda baru mengirim isian, pilih kirim ulang. Bila lebih dari beberapa"
        " menit, hubungi administrator.",
    ),
}


def notice_of(refused: HTTPException) -> Notice:
    """What to tell people; the exception's own English words are never shown."""
    return BY_REASON.get(refused.detail) or BY_STATUS.get(refused.status_code) or BY_STATUS[400]
