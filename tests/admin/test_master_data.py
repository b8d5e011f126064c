"""How do officers keep the master data, and what are they told when it cannot be saved?"""

import asyncio
from datetime import date

import pytest
import sqlalchemy as sa

from admin import wording
from domain.calendar import today_sql
from domain.model.complaint import Complaint, Deadline
from domain.model.master import Area, Category, Holiday, Opd, SlaRule, WorkingCalendar
from domain.words import Clock, StaffRole
from tests.admin.desk import PanelDesk, fields, links, words


async def test_an_opd_is_added_and_changed_by_the_rules_of_the_api(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    added = await office.save(
        "/opd/create",
        name="Dinas Kebudayaan",
        code="disbud",
        kind="AGENCY",
        parent_code="SETDA",
        phone="(0254) 391-222",
        email="Surat@Disbud.cilegon.go.id",
    )
    assert added.status_code == 303
    assert added.headers["location"].endswith("#tersimpan")
    assert panel.changes == ["committed"]
    key = await panel.key(Opd, code="DISBUD")
    page = await office.text(f"/opd/details/{key}")
    for said in ("Dinas Kebudayaan", "DISBUD", "Sekretariat Daerah", "0254391222", "surat@disbud"):
        assert said in page

    changed = await office.save(f"/opd/edit/{key}", name="Dinas Kebudayaan dan Museum", parent_code="")
    assert changed.status_code == 303
    async with panel.database.sessions() as session:
        opd = await session.get_one(Opd, key)
    assert (opd.name, opd.code, opd.parent_id) == ("Dinas Kebudayaan dan Museum", "DISBUD", None)
    assert opd.phone == "0254391222"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": "dpupr"}, "Kode DPUPR sudah dipakai."),
        ({"code": "a b"}, "Kode terdiri atas huruf besar, angka dan tanda hubung"),
        ({"name": "   "}, "Isian wajib diisi."),
        ({"name": "x" * 201}, "Terlalu panjang: paling banyak 200 karakter."),
        ({"name": "a\x00b"}, "Berisi karakter yang tidak dapat disimpan"),
        ({"kind": ""}, "Isian wajib diisi."),
        ({"kind": "DINAS"}, "Pilih salah satu dari daftar."),
        ({"parent_code": "TIDAKADA"}, "OPD TIDAKADA tidak dikenal."),
        ({"email": "bukan surel"}, "Bukan alamat surel yang sah."),
        ({"phone": "abc"}, "Bukan nomor telepon yang sah"),
        ({"website": "cilegon.go.id"}, "Alamat web harus diawali http:// atau https://."),
        ({"active_from": "31/12/2026"}, "Tulis tanggal sebagai tahun-bulan-hari"),
        ({"active_from": "0001-01-01"}, "Periksa tahunnya"),
    ],
)
async def test_a_refused_opd_keeps_what_was_typed(
    panel: PanelDesk, typed: dict[str, str], sentence: str
) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    given = {"name": "Dinas Uji", "code": "UJI", "kind": "AGENCY", "address": "Jl. Uji <1>"} | typed
    answer = await office.save("/opd/create", **given)
    assert answer.status_code == 400
    assert sentence in words(answer)
    (field,) = typed
    assert f'id="e-{field}"' in answer.text
    shown = fields(answer)
    assert {name: shown[name] for name in given} == {
        name: value.replace("\x00", shown[name][1:2]) if name == "name" else value
        for name, value in given.items()
    }
    assert await panel.value(sa.select(sa.func.count()).where(Opd.code == "UJI")) == 0
    assert panel.changes == []


async def test_a_form_opened_before_somebody_else_saved_is_refused(panel: PanelDesk) -> None:
    first, second = await panel.visitor(StaffRole.OFFICE), await panel.visitor(StaffRole.ADMIN)
    path = f"/opd/edit/{await panel.key(Opd, code='DPUPR')}"
    opened = fields(await first.get(path))
    assert (await second.save(path, phone="0254111111")).status_code == 303
    for _ in range(2):
        answer = await first.http.post(f"/admin{path}", data={**opened, "address": "Jl. Baru 1"})
        assert answer.status_code == 409
        assert "sudah diubah orang lain" in words(answer)
        assert "Tersimpan sekarang: 0254111111" in words(answer)
        assert fields(answer)["address"] == "Jl. Baru 1"
    assert await panel.value(sa.select(Opd.address).where(Opd.code == "DPUPR")) is None
    assert (await first.save(path, address="Jl. Baru 1")).status_code == 303
    assert await panel.value(sa.select(Opd.phone).where(Opd.code == "DPUPR")) == "0254111111"


async def test_of_two_who_save_at_once_one_is_refused(panel: PanelDesk) -> None:
    visitors = [await panel.visitor(StaffRole.OFFICE), await panel.visitor(StaffRole.OFFICE)]
    path = f"/opd/edit/{await panel.key(Opd, code='DPUPR')}"
    forms = [fields(await visitor.get(path)) for visitor in visitors]
    answers = await asyncio.gather(
        *(
            visitor.http.post(f"/admin{path}", data={**form, "phone": phone})
            for visitor, form, phone in zip(visitors, forms, ("0254111111", "0254222222"), strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    new = {"name": "Dinas Uji", "code": "UJI", "kind": "AGENCY"}
    answers = await asyncio.gather(*(visitor.save("/opd/create", **new) for visitor in visitors))
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert "sudah dipakai" in words(next(answer for answer in answers if answer.status_code == 400))


async def test_a_form_without_its_sessions_token_changes_nothing(panel: PanelDesk) -> None:
    office, other = await panel.visitor(StaffRole.OFFICE), await panel.visitor(StaffRole.OFFICE)
    path = f"/opd/edit/{await panel.key(Opd, code='DPUPR')}"
    opened = fields(await office.get(path)) | {"name": "Diambil alih"}
    for token in ("", "salah", other.token()):
        answer = await office.http.post(f"/admin{path}", data=opened | {"form_token": token})
        assert answer.status_code == 403
        assert fields(answer)["name"] == "Diambil alih"
    foreign = await office.http.post(
        f"/admin{path}", data=opened, headers={"origin": "https://jahat.example"}
    )
    assert foreign.status_code == 403
    assert "Diambil alih" not in foreign.text
    late = await panel.browser().post(f"/admin{path}", data=opened)
    assert late.status_code == 401
    assert "Sesi Anda sudah berakhir" in words(late)
    assert await panel.value(sa.select(Opd.name).where(Opd.code == "DPUPR")) != "Diambil alih"


async def test_areas_and_categories_keep_their_trees(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    kelurahan = {"name": "Uji", "code": "36.72.01.1999", "kind": "VILLAGE"}
    assert "Pilih kecamatan" in words(await office.save("/area/create", **kelurahan))
    assert (await office.save("/area/create", **kelurahan, parent="36.72.01")).status_code == 303
    twice = await office.save("/area/create", **kelurahan, parent="36.72.01")
    assert (twice.status_code, "Kode ini sudah dipakai." in words(twice)) == (400, True)
    district = await panel.key(Area, code="36.72.01")
    answer = await office.save(f"/area/edit/{district}", kind="VILLAGE", parent="36.72.02")
    assert "Kecamatan ini memiliki kelurahan" in words(answer)

    group = await panel.key(Category, code="INFRASTRUKTUR")
    answer = await office.save(f"/category/edit/{group}", parent="JALAN")
    assert (answer.status_code, "pilih kelompok lain" in words(answer)) == (400, True)
    saved = await office.save(f"/category/edit/{group}", opd="DLH", name="Prasarana")
    assert saved.status_code == 303
    assert await panel.value(sa.select(Category.active).where(Category.code == "INFRASTRUKTUR"))
    opened = fields(await office.get(f"/category/edit/{group}"))
    del opened["active"]  # an unticked box is not sent
    assert (await office.http.post(f"/admin/category/edit/{group}", data=opened)).status_code == 303
    assert not await panel.value(sa.select(Category.active).where(Category.code == "INFRASTRUKTUR"))


async def test_a_holiday_is_added_once_and_goes_by_its_form(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    given = {"date": "2031-08-18", "name": "HUT Kota Cilegon", "kind": "LOCAL"}
    assert (await office.save("/holiday/create", **given)).status_code == 303
    twice = await office.save("/holiday/create", **given)
    assert (twice.status_code, "sudah ada di daftar hari libur" in words(twice)) == (400, True)
    too_far = await office.save("/holiday/create", **given | {"date": "2099-08-18"})
    assert "Kalender kerja berlaku 2010 sampai 2059." in words(too_far)
    path = f"/holiday/remove/{await panel.key(Holiday, date=date(2031, 8, 18))}"
    assert "kembali menjadi hari kerja" in await office.text(path)
    assert (await office.http.post(f"/admin{path}", data={})).status_code == 403
    assert (await office.post(path)).headers["location"] == "/admin/holiday/list#dihapus"
    assert await panel.value(sa.select(sa.func.count()).where(Holiday.date == date(2031, 8, 18))) == 0


async def soon(panel: PanelDesk) -> date:
    """A weekday on which no one is off, within the three working days that a new report waits at most."""
    async with panel.database.write() as session:
        days = sa.select(sa.func.min(WorkingCalendar.day)).where(
            WorkingCalendar.day > today_sql(), sa.extract("isodow", WorkingCalendar.day) < 6
        )
        soon = await session.scalar(days)
        assert soon is not None
        await session.execute(sa.delete(Holiday).where(Holiday.date == soon))
        return soon


async def test_what_a_holiday_does_to_deadlines_is_shown_before_it_is_saved(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE, name="Siti Aminah")
    day_off = await soon(panel)
    first = await panel.reported()
    path = "/holiday/create"
    given = {"date": day_off.isoformat(), "name": "Libur uji", "kind": "LOCAL"}
    before = await panel.value(sa.select(Complaint.due_at).where(Complaint.id == first.id))
    shown = await office.save(path, **given)
    assert shown.status_code == 200
    for said in (
        "Belum disimpan: 1 tenggat akan berubah",
        first.tracking_code,
        "Ya, simpan dan ubah",
    ):
        assert said in words(shown)
    assert await panel.value(sa.select(sa.func.count()).where(Holiday.name == "Libur uji")) == 0
    assert panel.changes == []

    # Another report comes in: what would be saved is not what was shown.
    second = await panel.reported("Lampu mati")
    anew = await office.http.post(f"/admin{path}", data=fields(shown) | given)
    assert "2 tenggat akan berubah" in words(anew)
    assert "Sejak dampaknya ditampilkan, ada yang berubah." in words(anew)
    saved = await office.http.post(f"/admin{path}", data=fields(anew))
    assert (saved.status_code, saved.headers["location"][-10:]) == (303, "#tersimpan")
    assert panel.changes == ["committed"]
    for each in (first, second):
        due = await panel.value(sa.select(Complaint.due_at).where(Complaint.id == each.id))
        assert due == await panel.value(sa.select(Deadline.due_at).where(Deadline.complaint_id == each.id))
        assert due > before
        assert await panel.value(sa.select(Complaint.version).where(Complaint.id == each.id)) == 1
    history = await office.text("/recalculation/list")
    assert f"Hari libur ditambah: Libur uji, {wording.day(day_off)} 2 0 0 Siti Aminah" in history

    key = await panel.key(Holiday, name="Libur uji")
    renamed = await office.save(f"/holiday/edit/{key}", name="Libur daerah")
    assert renamed.status_code == 303, "no due time changes by a name"
    removing = await office.post(f"/holiday/remove/{key}")
    assert "Ya, hapus dan ubah 2 tenggat" in words(removing)
    removed = await office.http.post(f"/admin/holiday/remove/{key}", data=fields(removing))
    assert removed.headers["location"] == "/admin/holiday/list#dihapus"
    assert await panel.value(sa.select(Complaint.due_at).where(Complaint.id == first.id)) == before


async def test_a_rule_gives_running_deadlines_its_days_and_leaves_the_ended(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    made = await panel.reported()
    rule = await panel.key(SlaRule, clock=Clock.VERIFICATION)
    bare = await office.post(f"/sla-rule/remove/{rule}")
    assert (bare.status_code, "1 tenggat berjalan akan kehilangan aturannya" in words(bare)) == (409, True)
    shown = await office.save(f"/sla-rule/edit/{rule}", working_days="30")
    assert "Belum disimpan: 1 tenggat akan berubah" in words(shown)
    saved = await office.http.post(f"/admin/sla-rule/edit/{rule}", data=fields(shown))
    assert saved.status_code == 303
    due = await panel.value(sa.select(Deadline.due_at).where(Deadline.complaint_id == made.id))

    await panel.verified(office.actor, "Lampu mati")
    refused = await office.post(f"/sla-rule/remove/{rule}")
    assert (refused.status_code, "1 tenggat sudah berakhir menurut" in words(refused)) == (409, True)
    shorter = await office.save(f"/sla-rule/edit/{rule}", working_days="2")
    assert (shorter.status_code, "Buat aturan baru dari isian ini" in words(shorter)) == (400, True)
    new = fields(await office.get(next(path for path in links(shorter) if "/sla-rule/create?" in path)))
    assert (new["clock"], new["working_days"]) == ("VERIFICATION", "2")
    new |= {"valid_from": "2026-01-01", "legal_source": "Perwal"}
    shown = await office.http.post("/admin/sla-rule/create", data=new)
    assert "1 tenggat akan berubah" in words(shown)
    assert (await office.http.post("/admin/sla-rule/create", data=fields(shown))).status_code == 303
    moved = await panel.value(sa.select(Deadline.due_at).where(Deadline.complaint_id == made.id))
    assert moved < due
    added = await panel.key(SlaRule, working_days=2)
    removing = await office.post(f"/sla-rule/remove/{added}")
    gone = await office.http.post(f"/admin/sla-rule/remove/{added}", data=fields(removing))
    assert gone.status_code == 303
    assert await panel.value(sa.select(Deadline.due_at).where(Deadline.complaint_id == made.id)) == due
    ended = await office.save(f"/sla-rule/edit/{rule}", valid_until="2030-12-31", confirmed="ya")
    assert ended.status_code == 303

    new = {
        "clock": "VERIFICATION",
        "working_days": "2",
        "valid_from": "2031-01-01",
        "legal_source": "Perwal",
    }
    for typed, sentence in (
        ({"working_days": "0"}, "Tulis bilangan bulat dari 1 sampai 365."),
        ({"working_days": "9" * 30}, "Tulis bilangan bulat dari 1 sampai 365."),
        ({"valid_until": "2030-01-01"}, "Tanggal akhir tidak boleh sebelum tanggal awal."),
        ({"valid_from": "2019-01-01"}, "Sudah ada aturan untuk tahap"),
        ({"legal_source": ""}, "Isian wajib diisi."),
    ):
        answer = await office.save("/sla-rule/create", **new | typed)
        assert (answer.status_code, sentence in words(answer)) == (400, True), sentence
    assert (await office.save("/sla-rule/create", **new)).status_code == 303


async def test_only_office_removes_and_only_by_its_form(panel: PanelDesk) -> None:
    officer = await panel.visitor(StaffRole.OFFICER, "DPUPR")
    path = f"/holiday/remove/{await panel.key(Holiday, date=date(2027, 1, 1))}"
    assert (await officer.post(path)).status_code == 403
    office = await panel.visitor(StaffRole.OFFICE)
    opd = await panel.key(Opd, code="DPK")
    assert (await office.post(f"/opd/remove/{opd}")).status_code == 403
    assert await panel.value(sa.select(sa.func.count()).where(Opd.code == "DPK")) == 1
    assert await panel.value(sa.select(sa.func.count()).where(Holiday.date == date(2027, 1, 1))) == 1


async def test_a_category_that_has_lost_its_opd_is_pointed_out(panel: PanelDesk) -> None:
    office, officer = await panel.visitor(StaffRole.OFFICE), await panel.visitor(StaffRole.OFFICER, "DLH")
    code = (await panel.verified(office.actor)).tracking_code
    path, found = f"/complaint/details/{code}", "OPD yang tidak aktif lagi"
    assert found not in await office.text("/")

    async def follow(successor: str | None) -> None:
        async with panel.database.write() as session:
            heir = await session.scalar(sa.select(Opd.id).where(Opd.code == successor))
            ended = {"active_until": date(2020, 1, 1), "successor_id": heir}
            await session.execute(sa.update(Opd).where(Opd.code == "DPUPR").values(**ended))

    await follow("DLH")
    assert found not in await office.text("/")
    assert "DLH penerus DPUPR" in await office.text("/category/list?search=JALAN")
    assert 'value="DLH" selected' in (await office.get(path)).text
    await follow(None)
    assert found in await office.text("/")
    assert found not in await officer.text("/")
    page = (await office.get(path)).text
    assert 'value="DPUPR"' not in page
    lost = await office.text("/category/list?lost=ya")
    assert "DPUPR Tidak aktif: pilih OPD lain" in lost
    key = await panel.key(Category, code="JALAN")
    await office.save(f"/category/edit/{key}", opd="DLH")
    assert "Jalan rusak" not in await office.text("/category/list?lost=ya")
