"""Who reads the audit trail in the panel, and does it read as people speak?"""

import re

import sqlalchemy as sa

from domain.model.audit import AuditEntry
from domain.model.master import Holiday, Opd
from domain.words import StaffRole
from tests.admin.desk import PanelDesk, words


async def test_the_trail_is_for_auditors_and_administrators_to_read(panel: PanelDesk) -> None:
    admin = await panel.visitor(StaffRole.ADMIN, name="Sri Mulyani")
    auditor = await panel.visitor(StaffRole.AUDITOR)
    office = await panel.visitor(StaffRole.OFFICE, name="Dewi Kartika")
    made = await panel.verified(office.actor, "Pipa bocor di rumah Pak Slamet")
    key = await panel.key(Opd, code="DLH")
    await admin.save(f"/opd/edit/{key}", name="Dinas Lingkungan", phone="0254-555666")
    await admin.save("/holiday/create", date="2050-03-01", name="Hari jadi", kind="LOCAL")
    for visitor, status in ((admin, 200), (auditor, 200), (office, 403)):
        assert (await visitor.get("/audit-entry/list")).status_code == status
        assert ("Jejak audit" in await visitor.text("/")) is (status == 200)
    for act in ("create", "edit/1", "remove/1"):
        assert (await admin.get(f"/audit-entry/{act}")).status_code == 403

    newest = await auditor.text("/audit-entry/list?table=opd")
    assert "Sri Mulyani (Administrator) Diubah: OPD Dinas Lingkungan Nama, Telepon" in newest
    entry = await panel.value(
        sa.select(AuditEntry.id).order_by(AuditEntry.id.desc()).where(AuditEntry.table_name == "opd").limit(1)
    )
    page = words(answer := await auditor.get(f"/audit-entry/details/{entry}"))
    assert "Nama Dinas Lingkungan Hidup Dinas Lingkungan" in page
    assert "nilainya tidak disalin ke jejak audit: Telepon" in page
    assert "254555666" not in answer.text
    holiday = await panel.value(sa.select(Holiday.id).where(Holiday.name == "Hari jadi"))
    history = await auditor.text(f"/audit-entry/list?search={holiday}")
    assert re.search("Baris 1 sampai 1 dari 1", history)

    code = made.tracking_code
    story = await auditor.text(f"/audit-entry/list?search={code.lower()}&by=DATABASE")
    assert f") Ditambah: Laporan {code}" in story
    assert "Langsung di basis data (" in story
    assert "Slamet" not in story
    assert "Dewi Kartika" in await auditor.text(f"/audit-entry/list?account={office.actor.id}&since=1")
    for query in ("table=x", "since=9", "by=x", "account='", "search=%25", "operation=x"):
        assert "Tidak ada yang cocok" in await auditor.text(f"/audit-entry/list?{query}"), query
    for wrong in ("abc", "0", "%00", "9" * 30, "-1"):
        assert (await auditor.get(f"/audit-entry/details/{wrong}")).status_code == 404
