"""Which words a search text has: stop words left out, usual abbreviations written out."""

import re
from itertools import takewhile

WORDS_AT_MOST = 12
WORD_LENGTH_AT_MOST = 40
TEXT_READ_MOST = 2_000
"""So far into a text words may begin; none is cut there, for half a word is found nowhere."""

_WORD = re.compile(r"[^\W\d_]{2,}|\d{2,}")

_STOP_WORDS = """
ada adalah agar akan aku anda apa atau bagi bahwa banyak bapak belum bila bisa bu buat dalam dan dapat
dari dengan di dia dong hanya harus hingga ibu ini itu jadi jika juga kalau kami kamu karena ke kepada
kita lagi lalu maka masih melalui mereka mohon namun nya oleh pada pak para per sama sampai sangat saya
sebagai secara sedang selalu semua seperti serta setiap sudah supaya tapi telah tentang terhadap terima
kasih tersebut tetapi tidak tolong untuk yaitu yang
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""The stemmer of PostgreSQL has no list of its own for Indonesian."""

ABBREVIATIONS = {
    "adm": "administrasi",
    "air": "air",
    "bgt": "sekali",
    "blm": "belum",
    "bpk": "bapak",
    "dgn": "dengan",
    "dkt": "dekat",
    "dpn": "depan",
    "gg": "gang",
    "jl": "jalan",
    "jln": "jalan",
    "kec": "kecamatan",
    "kel": "kelurahan",
    "krn": "karena",
    "lgi": "lagi",
    "mhn": "mohon",
    "pd": "pada",
    "pju": "penerangan",
    "sdh": "sudah",
    "sklh": "sekolah",
    "tdk": "tidak",
    "tlg": "tolong",
    "utk": "untuk",
    "yg": "yang",
}


def words_of(text: str) -> list[str]:
    """The words that count, in lower case, each once; anything else in the text is only text.

    A text of nothing but stop words is searched by them.
    """
    begun = takewhile(lambda word: word.start() < TEXT_READ_MOST, _WORD.finditer(text.lower()))
    found = [word[0][:WORD_LENGTH_AT_MOST] for word in begun]
    written_out = [ABBREVIATIONS.get(word, word) for word in found]
    telling = [word for word in written_out if word not in STOP_WORDS] or written_out
    return list(dict.fromkeys(telling))[:WORDS_AT_MOST]
