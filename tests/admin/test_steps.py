"""Which steps does the panel offer to whom, and what becomes of them?"""

import asyncio
import re
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from admin.complaints.step_forms import STEP_FORMS, USUALLY_NEXT
from domain.model.audit import AuditEntry
from domain.model.complaint import Action, Complaint, Disposition
from domain.model.event import ComplaintEvent
from domain.model.master import Opd
from domain.words import ComplaintStatus, StaffRole, Transition, Visibility
from domain.workflow import STEPS, WITH_OPD, Party, allowed
from tests.admin.desk import PanelDesk, Visitor, words

S = ComplaintStatus
ANSWERS = {
    "verify": {"classification": "ASPIRATION", "category_code": "JALAN"},
    "dispatch": {"opd_code": "DLH", "instruction": "Mohon dicek."},
    "act": {"body": "Survei lapangan.", "visibility": "PUBLIC"},
    "answer": {"body": "Sudah ditambal."},
    "return": {"reason": "Jalan provinsi.", "suggested_opd_code": "DLH"},
    "hold": {"reason": "Di mana tepatnya?"},
    "complete": {"body": "Selesai dikerjakan."},
    "reopen": {"reason": "Belum selesai."},
    "transfer": {"institution": "PLN", "reason": "Tiang milik PLN."},
    "archive": {"reason": "Uji coba."},
}
"""What each form is answered with; a merge also needs somewhere to go."""
STANDING = {
    (StaffRole.OFFICE, None): {Party.OFFICE},
    (StaffRole.ADMIN, None): {Party.OFFICE},
    (StaffRole.AUDITOR, None): set(),
    (StaffRole.OFFICER, "DPUPR"): {Party.HOLDER},
    (StaffRole.OFFICER, "DLH"): set(),
}


def offered(page: str) -> set[str]:
    return set(re.findall(r'action="/admin/complaint/step/(\w+)/', page))


def drawn(page: str, step: str) -> dict[str, str]:
    """The hidden values of a step's form."""
    form = page.partition(f'id="langkah-{step}"')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


async def put(panel: PanelDesk, code: str, status: S) -> None:
    """Puts a complaint that DPUPR has into a status."""
    values = {
        "status": status,
        "held_from": S.DISPATCHED if status is S.ON_HOLD else None,
        "completed_at": sa.func.now() if status is S.COMPLETED else None,
        "merged_into_id": sa.select(Complaint.id).where(Complaint.title == "Tujuan").scalar_subquery()
        if status is S.MERGED
        else None,
    }
    async with panel.database.write() as session:
        await session.execute(
            sa.update(Complaint).where(Complaint.tracking_code == code).values(**values),
            execution_options={"synchronize_session": False},
        )


def expected(status: S, parties: set[Party]) -> set[str]:
    """The forms of the transitions that the workflow's table allows."""
    transitions = set(allowed(status, parties))
    if Party.HOLDER in parties and status in WITH_OPD:
        transitions.add(Transition.START)
    return {form.name for form in STEP_FORMS.values() if form.makes in transitions}


def test_every_transition_has_a_form_and_the_usual_ones_are_possible() -> None:
    assert {form.makes for form in STEP_FORMS.values()} >= set(STEPS)
    for status, name in USUALLY_NEXT.items():
        makes = STEP_FORMS[name].makes
        assert makes is not None
        assert status in STEPS[makes].sources


async def test_each_is_offered_what_the_workflow_allows_them_and_nothing_else(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    await panel.verified(office.actor, "Tujuan")
    made = await panel.dispatched(office.actor, "DPUPR")
    path = f"/complaint/details/{made.tracking_code}"
    visitors = {who: await panel.visitor(*who) for who in STANDING}
    for status in S:
        await put(panel, made.tracking_code, status)
        for who, parties in STANDING.items():
            answer = await visitors[who].get(path)
            if answer.status_code == 404:
                assert (who, status) == ((StaffRole.OFFICER, "DLH"), S.ARCHIVED)
                continue
            assert offered(answer.text) == expected(status, parties), (status, who)
            turn = USUALLY_NEXT.get(status) in expected(status, parties)
            assert ("Giliran Anda." in answer.text) is turn, (status, who)
            asked = re.search(r"Paling lambat <strong>\d+ \w+ \d{4} 23\.59 WIB", answer.text)
            assert bool(asked) is turn, (status, who)


async def test_what_is_not_offered_is_refused_and_kept(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    made = await panel.dispatched(office.actor, "DPUPR")
    code = made.tracking_code
    visitors = {who: await panel.visitor(*who) for who in STANDING}
    for who, parties in STANDING.items():
        for name in sorted(set(ANSWERS) - expected(S.DISPATCHED, parties)):
            answer = await visitors[who].post(
                f"/complaint/step/{name}/{code}", version="3", key=name, **ANSWERS[name]
            )
            makes = STEP_FORMS[name].makes
            assert makes is not None
            # Who may make the step, from another status, is told of the status; others that it is not theirs.
            assert answer.status_code == (409 if STEPS[makes].parties & parties else 403), (who, name)
            assert all(said in answer.text for said in ANSWERS[name].values()), (who, name)
    assert await panel.value(sa.select(Complaint.version).where(Complaint.tracking_code == code)) == 3
    auditor = visitors[StaffRole.AUDITOR, None]
    assert "Yang berwenang: administrator, Diskominfo." in words(
        await auditor.post(f"/complaint/step/verify/{code}", version="3", key="a", **ANSWERS["verify"])
    )
    assert (await office.post(f"/complaint/step/verify/{code}", key="b")).status_code == 400
    assert (await office.post(f"/complaint/step/tidakada/{code}", version="3", key="b")).status_code == 404
    assert (await office.get(f"/complaint/step/verify/{code}")).status_code == 405
    assert (
        await office.http.post(f"/admin/complaint/step/archive/{code}", data={"version": "3", "reason": "x"})
    ).status_code == 403


async def step(visitor: Visitor, code: str, name: str, answers: Mapping[str, str] | None = None) -> str:
    """A form as its page drew it, filled in and sent: the page that follows."""
    page = (await visitor.get(f"/complaint/details/{code}")).text
    given = {**drawn(page, name), **(ANSWERS[name] if answers is None else answers)}
    answer = await visitor.http.post(f"/admin/complaint/step/{name}/{code}", data=given)
    assert (answer.status_code, answer.headers.get("location")) == (
        303,
        f"/admin/complaint/details/{code}#{name}-sudah",
    ), words(answer)
    return await visitor.text(f"/complaint/details/{code}")


async def test_a_complaint_is_handled_to_its_end_in_the_panel(panel: PanelDesk) -> None:
    office, officer = await panel.visitor(StaffRole.OFFICE), await panel.visitor(StaffRole.OFFICER, "DPUPR")
    code = (await panel.reported()).tracking_code
    page = await step(office, code, "verify", {"classification": "ASPIRATION", "category_code": "PJU"})
    assert "Aspirasi" in page
    assert "Laporan sudah diverifikasi." in page
    form = (await office.get(f"/complaint/details/{code}")).text
    assert re.search(r'<option value="DISHUB" selected', form), "the category's OPD is suggested"
    await step(office, code, "dispatch", {"opd_code": "DPUPR", "instruction": "Minggu ini."})
    internal = {"body": "Rahasia dapur", "visibility": "INTERNAL"}
    assert "Terdisposisi, belum ditindaklanjuti" in await step(officer, code, "act", internal)
    assert "Dalam proses" in await step(officer, code, "act")
    assert "Dikembalikan" in await step(officer, code, "return")
    form = (await office.get(f"/complaint/details/{code}")).text
    assert re.search(r'<option value="DLH" selected', form)
    assert "Usulan: Dinas Lingkungan Hidup, disarankan OPD yang mengembalikannya." in form
    await step(office, code, "dispatch", {"opd_code": "DPUPR"})
    await step(office, code, "hold")
    await step(office, code, "verify")
    await step(office, code, "dispatch", {"opd_code": "DPUPR"})
    assert "Sudah ditanggapi" in await step(officer, code, "answer")
    await step(office, code, "reopen")
    assert "Selesai dikerjakan." in await step(office, code, "complete")
    other = (await panel.verified(office.actor, "Yang satu lagi")).tracking_code
    third = (await panel.verified(office.actor, "Yang ketiga")).tracking_code
    into = {"into_tracking_code": other.lower()}
    assert other in await step(office, third, "merge", into)
    assert offered((await officer.get(f"/complaint/details/{third}")).text) == set()
    page = await step(office, third, "unmerge", {})
    assert "Terverifikasi, belum terdisposisi" in page
    assert "Penggabungan dibatalkan" in page
    assert other in await step(office, third, "merge", into)
    assert "Dapat dibatalkan sampai" in await office.text(f"/complaint/details/{third}")
    assert "Dialihkan ke PLN. Tiang milik PLN." in await step(office, other, "transfer")
    assert "Diarsipkan" in await step(office, (await panel.reported()).tracking_code, "archive")
    # Whoever did it is known, as it is through the API.
    who = await panel.value(
        sa.select(AuditEntry.actor)
        .join(Complaint, sa.cast(Complaint.id, sa.Text()) == AuditEntry.subject)
        .where(Complaint.tracking_code == code, AuditEntry.table_name == "complaint")
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    assert who == f"OFFICE:{office.actor.id}"
    said = await panel.value(sa.select(Action.visibility).where(Action.body == "Rahasia dapur"))
    assert said is Visibility.INTERNAL
    assert len(panel.changes) >= 15


async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE)
    made = await panel.verified(office.actor)
    code = made.tracking_code
    async with panel.database.write() as session:
        await session.execute(
            sa.update(Opd).where(Opd.code == "DISHUB").values(active_until=date(2020, 1, 1))
        )
    page = (await office.get(f"/complaint/details/{code}")).text
    assert '<option value="DISHUB"' not in page
    hidden = drawn(page, "dispatch")
    path = f"/admin/complaint/step/dispatch/{code}"
    for opd, sentence in (("DISHUB", "OPD DISHUB tidak aktif."), ("", "Isian wajib diisi.")):
        answer = await office.http.post(
            path, data={**hidden, "opd_code": opd, "instruction": "Mohon segera <b>"}
        )
        assert answer.status_code == 400
        beside = answer.text.split('id="dispatch-e-opd_code"')[1].split("</p>")[0]
        assert sentence in beside
        assert "Mohon segera &lt;b&gt;</textarea>" in answer.text
    answer = await office.http.post(
        f"/admin/complaint/step/merge/{code}",
        data={**drawn(page, "merge"), "into_tracking_code": "CLG-0000-0000-0"},
    )
    assert "Laporan tidak ditemukan." in answer.text.split('id="merge-e-into_tracking_code"')[1]
    assert '<details class="deed" open>' in answer.text
    earlier = await office.http.post(path, data={**hidden, "form_token": "lama", "instruction": "Tetap ada"})
    assert earlier.status_code == 403
    assert "Tetap ada</textarea>" in earlier.text


async def test_who_was_overtaken_is_told_by_whom_and_keeps_the_text(panel: PanelDesk) -> None:
    office = await panel.visitor(StaffRole.OFFICE, name="Sari Dewi")
    officer = await panel.visitor(StaffRole.OFFICER, "DPUPR")
    code = (await panel.dispatched(office.actor, "DPUPR")).tracking_code
    page = (await officer.get(f"/complaint/details/{code}")).text
    await step(office, code, "hold")
    typed = {**drawn(page, "act"), "body": "Alat berat sudah di lokasi.", "visibility": "PUBLIC"}
    answer = await officer.http.post(f"/admin/complaint/step/act/{code}", data=typed)
    assert answer.status_code == 409
    said = words(answer)
    assert "laporan ini sudah berubah sejak Anda membukanya" in said
    assert "ditunda, oleh Sari Dewi" in said
    assert "Sekarang: Ditunda, menunggu pelapor" in said
    assert "Langkah ini tidak tersedia lagi" in said
    assert "Alat berat sudah di lokasi.</textarea>" in answer.text
    await step(office, code, "verify", {})
    await step(office, code, "dispatch", {"opd_code": "DPUPR"})
    again = await officer.http.post(f"/admin/complaint/step/act/{code}", data=typed)
    assert again.status_code == 409
    assert "kirim lagi bila masih perlu" in words(again)
    sent = {**typed, **drawn(again.text, "act")}
    assert (await officer.http.post(f"/admin/complaint/step/act/{code}", data=sent)).status_code == 303
    assert "Dalam proses" in await officer.text(f"/complaint/details/{code}")


async def test_a_form_that_is_sent_twice_is_done_once(panel: PanelDesk) -> None:
    office, officer = await panel.visitor(StaffRole.OFFICE), await panel.visitor(StaffRole.OFFICER, "DPUPR")
    code = (await panel.dispatched(office.actor, "DPUPR")).tracking_code
    path = f"/admin/complaint/step/act/{code}"
    hidden = drawn((await officer.get(f"/complaint/details/{code}")).text, "act")
    sent = {**hidden, **ANSWERS["act"]}
    answers = await asyncio.gather(*(officer.http.post(path, data=sent) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    count = sa.select(sa.func.count()).select_from(Action).where(Action.body == "Survei lapangan.")
    assert await panel.value(count) == 1
    # Gone back to, changed and sent again, it is a form of what is no longer so.
    changed = await officer.http.post(path, data={**sent, "body": "Ditulis ulang"})
    assert changed.status_code == 409
    assert "Ditulis ulang</textarea>" in changed.text
    assert await panel.value(sa.select(sa.func.count()).select_from(ComplaintEvent)) == 4
    assert await panel.value(sa.select(sa.func.count()).select_from(Disposition)) == 1
