"""Is a letter put once, with what it was put for, and for one recipient?"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import accounts
from domain.actor import PUBLIC
from domain.mail.outbox import Letter, ToAccount, ToHead, ToReporter, put
from domain.model.mail import OutgoingLetter
from domain.submission import Submission, submit
from domain.words import Classification, LetterKind, StaffRole
from tests.service import PASSWORD, VAULT


async def test_a_letter_is_put_once_for_whom_it_is(session: AsyncSession) -> None:
    account = await accounts.create(
        session,
        email="siti@cilegon.go.id",
        name="Siti",
        role=StaffRole.OFFICE,
        opd_code=None,
        password=PASSWORD,
    )
    given = Submission("kunci-0001", "Lampu padam", "Sejak Senin.", Classification.COMPLAINT)
    complaint = (await submit(session, PUBLIC, VAULT, given)).complaint
    reminder = Letter(LetterKind.REMINDER, ToAccount(account.id), "reminder:1", {"days": 2})

    assert await put(session, reminder)
    assert not await put(session, reminder)
    assert await put(session, Letter(LetterKind.HEAD_DIGEST, ToHead(), "digest:2026-11-24"))
    assert await put(session, Letter(LetterKind.REPORTER_NEWS, ToReporter(complaint.id), "news:1"))

    rows = (await session.scalars(sa.select(OutgoingLetter).order_by(OutgoingLetter.id))).all()
    assert [(row.kind, row.account_id, row.complaint_id, row.about) for row in rows] == [
        (LetterKind.REMINDER, account.id, None, {"days": 2}),
        (LetterKind.HEAD_DIGEST, None, None, {}),
        (LetterKind.REPORTER_NEWS, None, complaint.id, {}),
    ]
