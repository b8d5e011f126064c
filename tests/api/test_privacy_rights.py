"""Is a reporter given all that is held of them, and is it gone for good when they ask for that?"""

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from domain.attachments.collecting import collect
from domain.attachments.store import Store
from domain.auditing import checking, sealing
from domain.model.event import IdempotencyKey
from tests.attachments import picture, uploaded
from tests.commands import ran, told
from tests.service import VAULT, Service
from tests.steps import completed, done, own

PERSON: dict[str, Any] = {
    "reporterName": "Ratna Wulandari",
    "reporterEmail": "ratna.w@contoh.id",
    "reporterPhone": "+62 813-9876-5432",
}
WRITTEN: dict[str, Any] = {
    "title": "Lampu di depan rumah Kasmaranti",
    "body": "Nama saya Kasmaranti, lampu di Gg. Melati 17 padam.",
    "address": "Gg. Melati 17",
    "latitude": -6.01,
    "longitude": 106.05,
    "areaCode": "36.72.02.1004",
}
PERSONAL = ("Ratna", "ratna.w", "81398765432")
TEXTS = ("Kasmaranti", "kasmaranti", "Melati", "surat tanah", "Puas sekali")
FIGURES = """{ statistics(period: {from: "2020-01-01", until: "2099-12-31"}) {
  total completed byOpd { opd { code } total } byCategory { category { code } total } meanRating } }"""


async def a_case(service: Service, key: str = "k", **values: Any) -> dict[str, Any]:
    """A completed report with a reply, a rating, two pictures and a reading of the identity."""
    first, second = (
        await uploaded(service, name="foto rumah.jpg"),
        await uploaded(service, picture("PNG"), "image/png"),
    )
    made = await service.dispatched(key=key, attachmentIds=[first], **PERSON | WRITTEN | values)
    code = made["trackingCode"]
    await own(service, made, "complaintReply", body="Ini surat tanah saya.", attachmentIds=[second])
    officer = await service.officer("DPUPR")
    await done(service, officer, "complaintAnswer", code, body="Lampu sudah diganti.")
    await done(service, officer, "complaintComplete", code, body="Selesai.")
    await own(service, made, "complaintRate", rating=5, comment="Puas sekali, Kasmaranti")
    look = "query Pemeriksaan($c: String!) { complaint(trackingCode: $c) { reporter { name } } }"
    await service.data(look, await service.office(), c=code)
    return made


async def everything(service: Service) -> str:
    """All that the database holds, as text."""
    async with service.database.write() as session:
        tables = await session.scalars(
            sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        )
        return "\n".join(
            [
                str(await session.scalar(sa.text(f"SELECT string_agg(t::text, ';') FROM {table} t")))
                for table in tables.all()
            ]
        )


async def test_a_reporter_gets_all_that_is_held_of_them(
    service: Service, database_url: str, tmp_path: Path
) -> None:
    made = await a_case(service, privacy="ANONYMOUS")
    code, out = made["trackingCode"], tmp_path / "berkas.zip"
    said = await told(service, database_url, "privacy", "export", code, "--out", str(out))
    assert said == f"All that is held of the reporter of {code} is in {out}, with 2 attachments.\n"
    with zipfile.ZipFile(out) as archive:
        data = json.loads(archive.read("data.json"))
        assert archive.read(data["lampiran"][0]["berkas"])[:3] == b"\xff\xd8\xff"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert data["pelapor"] == {
        "nama": "Ratna Wulandari",
        "surel": "ratna.w@contoh.id",
        "telepon": "+6281398765432",
    }
    assert data["laporan"].items() >= {"kode": code, "judul": WRITTEN["title"], "penilaian": 5}.items()
    assert [(step["dari"], step["isi"]) for step in data["tanggapan"]] == [
        ("pelapor", "Ini surat tanah saya."),
        ("Dinas Pekerjaan Umum dan Penataan Ruang", "Lampu sudah diganti."),
        ("Dinas Pekerjaan Umum dan Penataan Ruang", "Selesai."),
    ]
    assert [file["nama"] for file in data["lampiran"]] == ["foto rumah.jpg", "foto.jpg.png"]
    assert [(r["oleh"], r["alasan"]) for r in data["pembukaan_identitas"]] == [
        ("Petugas office", "API Pemeriksaan")
    ]
    assert [act["perlakuan"] for act in data["perlakuan_data"]] == ["diekspor"]

    status, refused = await ran(service, database_url, "privacy", "export", code, "--out", str(out))
    assert (status, refused.partition(":")[0]) == (1, "Error")
    assert "--force" in refused
    folder = tmp_path / "milik-orang"
    folder.mkdir()
    (folder / "surat").write_text("penting")
    status, refused = await ran(
        service, database_url, "privacy", "export", code, "--out", str(folder), "--force"
    )
    assert (status, (folder / "surat").read_text()) == (1, "penting")
    async with service.database.write() as session:
        entries = await session.execute(
            sa.text(
                "SELECT actor, after ->> 'kind' AS kind FROM audit_entry WHERE table_name = 'privacy_act'"
            )
        )
        # The one that could not be written is none: it was refused before anything was read.
        assert [(actor.partition(" ")[0], kind) for actor, kind in entries.all()] == [
            ("COMMAND:privacy", "EXPORTED")
        ]


async def test_a_reporter_is_forgotten_and_the_case_stays(service: Service, database_url: str) -> None:
    made = await a_case(service)
    other = await completed(service, "lain", body="Lampu padam di Cibeber.", **PERSON)
    code, figures = made["trackingCode"], await service.data(FIGURES)
    status, said = await ran(service, database_url, "privacy", "erase", code)
    assert (status, "use --yes" in said) == (1, True)
    open_one = await service.submitted("buka", **PERSON)
    status, said = await ran(service, database_url, "privacy", "erase", open_one["trackingCode"], "--yes")
    assert (status, "--even-open" in said) == (1, True)

    said = await told(service, database_url, "privacy", "erase", code, "--yes")
    assert f"Erased who reported {code}." in said
    assert await service.data(FIGURES) == figures
    look = "query ($c: String!) { complaint(trackingCode: $c) { title body rating reporter { name } } }"
    kept = (await service.data(look, await service.office(), c=code))["complaint"]
    assert kept == {"title": WRITTEN["title"], "body": WRITTEN["body"], "rating": 5, "reporter": None}
    payload = await own(service, made, "complaintReply", body="Masih saya?")
    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]

    again = await told(service, database_url, "privacy", "erase", code, "--yes", "--redact-text")
    assert f"Nothing was known any more of who reported {code}." in again
    assert "Made unreadable: 5 texts. Deleted: 2 attachments." in again
    third = await told(service, database_url, "privacy", "erase", code, "--yes", "--redact-text")
    assert "Made unreadable: 0 texts. Deleted: 0 attachments." in third
    # Those of others are as they were.
    for each in (other, open_one):
        seen = (await service.data(look, await service.office(), c=each["trackingCode"]))["complaint"]
        assert seen["reporter"] == {"name": "Ratna Wulandari"}
    for each in (other, open_one):
        await told(service, database_url, "privacy", "erase", each["trackingCode"], "--yes", "--even-open")
    held = await everything(service)
    for word in (*PERSONAL, *TEXTS, made["accessToken"]):
        assert word not in held, word
    assert "cibeber" in held
    assert await service.data(FIGURES) == figures
    found = '{ complaints(filter: {search: "Kasmaranti"}) { totalCount } }'
    assert (await service.data(found))["complaints"]["totalCount"] == 0
    done_with = await collect(service.database.write, Store(service.attachments.as_uri()))
    assert done_with.removed == 2
    assert [path for path in service.attachments.rglob("*") if path.is_file()] == []
    await sealing.seal_all(service.database.write, VAULT)
    async with service.database.write() as session:
        assert (await checking.check(session, VAULT)).fault is None
        acts = await session.execute(sa.text("SELECT kind FROM privacy_act ORDER BY at, id"))
        assert acts.scalars().all() == ["ERASED", "REDACTED", "ERASED", "ERASED"]
        assert await session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 0
