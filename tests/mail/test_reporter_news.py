"""Does a reporter who left an address hear of every change that all may hear of, and of nothing else?"""

import re
from typing import Any

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from api.mail.news_wording import NEWS
from api.mail.stop_page import PER_MINUTE
from domain.mail.news import TOLD, UNTOLD
from domain.mail.stopping import ROOT, complaint_of, stop_link
from domain.secrecy import Vault
from domain.words import ComplaintEventType
from tests.mail.letters import told
from tests.mailroom import Letter, Mailroom
from tests.service import VAULT, Service
from tests.steps import done, merge, own, row

ANI, BUDI = "ani@contoh.id", "budi@contoh.id"
TRACKING = "https://lapor.contoh.id/lacak/{code}"


def subjects(letters: list[Letter]) -> list[str]:
    return [re.sub(r"Laporan CLG-\S+: ", "", str(letter.message["Subject"])) for letter in letters]


def both(letter: Letter) -> list[str]:
    """Its two parts as people read them."""
    page = re.sub(r"<title>.*?</title>|<[^>]+>", " ", letter.page)
    return [" ".join(text.split()) for text in (letter.plain, page)]


def altered(link: str) -> str:
    """The same, but for one letter of its signature."""
    return f"{link[:-5]}{'A' if link[-5] != 'A' else 'B'}{link[-4:]}"


async def test_every_change_of_an_open_report_is_told_in_words(service: Service, room: Mailroom) -> None:
    await told(service, room)
    made = await service.submitted(reporterEmail=ANI, reporterName="Ani Lestari", title="Lampu <b>padam</b>")
    code, office = made["trackingCode"], await service.office()
    officer = await service.officer("DPUPR")

    async def heard(mutation: str, who: str | None, **values: Any) -> Letter:
        await done(service, who, mutation, code, **values)
        [letter] = await told(service, room, tracking_url=TRACKING)
        return letter

    held = await heard("complaintHold", office, reason="Di RT berapa lampunya?")
    assert [("Di RT berapa lampunya?" in part, "Balaslah" in part) for part in both(held)] == [
        (True, True)
    ] * 2
    assert "padam" not in held.plain  # nobody has verified that it is fit to be read
    await own(service, made, "complaintReply", body="Di RT 3, dekat rumah saya.")
    [replied] = await told(service, room)
    assert "rumah saya" not in replied.plain
    verified = await heard("complaintVerify", office)
    assert "Judul: Lampu <b>padam</b>" in verified.plain
    assert "Lampu &lt;b&gt;padam&lt;/b&gt;" in verified.page
    assert TRACKING.replace("{code}", code) in verified.plain
    dispatched = await heard("complaintDispatch", office, opdCode="DPUPR", instruction="Segera!")
    assert all("Dinas Pekerjaan Umum" in part and "Segera" not in part for part in both(dispatched))
    secret = {"body": "Rahasia di antara kami", "visibility": "INTERNAL", "kind": "NOTE"}
    given = {"trackingCode": code, "version": (await row(service, code)).version} | secret
    assert (await service.do("actionAdd", officer, "errors { code }", **given))["errors"] == []
    assert await told(service, room) == []
    answered = await heard("complaintAnswer", officer, body="Lampu diganti\nbesok pagi.")
    assert "  Lampu diganti\n  besok pagi." in answered.plain
    assert re.search(
        r"Balaslah di aplikasi tempat Anda melapor paling lambat \d+ \w+ 20\d\d\.", both(answered)[1]
    )
    completed = await heard("complaintComplete", officer, body="Sudah menyala.")
    await own(service, made, "complaintRate", rating=4)
    await own(service, made, "complaintReopen", reason="Padam lagi, dekat rumah saya.")
    [reopened] = await told(service, room)

    assert subjects(room.letters) == [
        "kami menunggu keterangan Anda",
        "balasan diterima",
        "terverifikasi",
        "diteruskan ke OPD",
        "sudah ditanggapi",
        "selesai",
        "dibuka kembali",
    ]
    for letter in room.letters:
        assert letter.to == ANI
        assert code in letter.message["Subject"]
        for part in both(letter):
            assert code in part
            assert "Kode laporan" in part
            assert not re.search("Ani Lestari|Petugas o|RT 3|Rahasia|dekat rumah", part)
    assert all("Sudah menyala." in part and "Nilailah" in part for part in both(completed))
    assert "Status: Dalam proses" in reopened.plain
    async with service.database.write() as session:
        about = (await session.scalars(sa.text("SELECT DISTINCT jsonb_object_keys(about) FROM letter"))).all()
    assert about == ["event"]


async def test_of_a_guarded_report_only_that_there_is_news_and_of_a_merged_one_what_the_public_hears(
    service: Service, room: Mailroom
) -> None:
    await told(service, room)
    office, officer = await service.office(), await service.officer("DPUPR")
    main = await service.dispatched(key="utama", reporterEmail=ANI)
    guarded = await service.submitted("anonim", reporterEmail=BUDI, privacy="ANONYMOUS")
    assert subjects(await told(service, room)) == ["terverifikasi", "diteruskan ke OPD"]
    assert (await merge(service, guarded["trackingCode"], main["trackingCode"]))["errors"] == []
    [merged] = await told(service, room)
    assert merged.to == BUDI
    assert (subjects([merged]), merged.message["Subject"][:22]) == (
        ["ada kabar"],
        f"Laporan {guarded['trackingCode']}"[:22],
    )
    for part in both(merged):
        assert main["trackingCode"] not in part
        assert not re.search("Citangkil|gabung|Status|DPUPR|Dinas", part)
    also = await service.submitted("juga", reporterEmail="cici@contoh.id")
    await merge(service, also["trackingCode"], main["trackingCode"])
    [merged] = await told(service, room)
    assert all(main["trackingCode"] in part for part in both(merged))

    await done(service, officer, "complaintAnswer", main["trackingCode"], body="Besok ditambal.")
    answers = {letter.to: letter for letter in await told(service, room)}
    assert sorted(answers) == [ANI, BUDI, "cici@contoh.id"]
    assert all("Besok ditambal." in part for part in both(answers["cici@contoh.id"]))
    assert also["trackingCode"] in answers["cici@contoh.id"].message["Subject"]
    assert "Besok" not in answers[BUDI].plain + answers[BUDI].page

    rejected = await service.submitted("arsip", reporterEmail=ANI)
    await done(service, office, "complaintArchive", rejected["trackingCode"], reason="Bukan pengaduan.")
    await service.submitted("tanpa-alamat")
    [archived] = await told(service, room)
    assert all("Bukan pengaduan." in part and "Citangkil" not in part for part in both(archived))


async def test_a_letter_can_be_stopped_by_a_button_and_by_the_mail_program_and_begun_again(
    service: Service, room: Mailroom
) -> None:
    await told(service, room)
    office = await service.office()
    made = await service.submitted(reporterEmail=ANI)
    code = made["trackingCode"]
    await done(service, office, "complaintVerify", code)
    [letter] = await told(service, room)
    link = re.fullmatch(r"<(\S+)>", str(letter.message["List-Unsubscribe"]))
    assert link is not None
    assert link[1] in letter.plain
    assert link[1] in letter.page
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    async def stopped() -> bool:
        async with service.database.write() as session:
            at = await session.scalar(sa.text("SELECT max(mail_stopped_at) FROM reporter"))
        return at is not None

    page = await service.http.get(link[1])
    assert (page.status_code, await stopped()) == (200, False)
    assert '<form method="post">' in page.text
    assert "script" not in page.headers["content-security-policy"]
    for _ in range(2):
        answer = await service.http.post(link[1], data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, await stopped()) == (200, True)
    await done(service, office, "complaintDispatch", code, opdCode="DPUPR")
    assert await told(service, room) == []
    again = await service.http.post(f"{link[1]}/lanjut")
    assert (again.status_code, await stopped()) == (200, False)

    # A letter that waits when it is stopped is not sent, and one that nobody signed stops nothing.
    room.to_recipients = {ANI: ["451 later"]}
    await done(service, await service.officer("DPUPR"), "complaintAnswer", code, body="Besok")
    assert await told(service, room) == []
    assert (await service.http.post(altered(link[1]))).status_code == 404
    assert (await service.http.get(f"{service.url}/surel/berhenti/bukan")).status_code == 404
    assert not await stopped()
    await service.http.post(link[1])
    async with service.database.write() as session:
        await session.execute(sa.text("UPDATE letter SET next_attempt_at = now() WHERE ended_at IS NULL"))
    assert await told(service, room) == []
    async with service.database.write() as session:
        outcome = await session.scalar(sa.text("SELECT outcome FROM letter ORDER BY id DESC LIMIT 1"))
        trail = await session.execute(
            sa.text(
                "SELECT actor, hidden FROM audit_entry WHERE table_name = 'reporter' AND operation = 'UPDATE'"
            )
        )
        assert outcome == "STOPPED"
        assert [tuple(entry) for entry in trail] == [("REPORTER", ["mail_stopped_at"])] * 3
    # More than two minutes have together, whenever one of them ends.
    statuses = {(await service.http.get(link[1])).status_code for _ in range(2 * PER_MINUTE + 1)}
    assert statuses == {200, 429}


def test_each_change_is_either_told_or_the_reporters_own() -> None:
    assert set(NEWS) == TOLD
    assert set(ComplaintEventType) == TOLD | UNTOLD
    assert not TOLD & UNTOLD


def test_a_link_holds_after_a_change_of_keys_as_long_as_the_old_one_is_kept() -> None:
    complaint_id = uuid7()
    token = stop_link(VAULT, "", complaint_id).removeprefix(f"{ROOT}/")
    newer = Vault(("kunci-yang-lebih-baru-0123456789", *VAULT.keys))
    assert complaint_of(newer, token) == complaint_id
    for other in (altered(token), "é" * 43, "", f"{token}A", token.swapcase(), "%" * 43):
        assert complaint_of(newer, other) is None
    assert complaint_of(Vault(newer.keys[:1]), token) is None
