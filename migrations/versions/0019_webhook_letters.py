"""Letters that tell of a webhook which has stopped by itself"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BEFORE = "'REPORTER_NEWS', 'REMINDER', 'OPD_DIGEST', 'HEAD_DIGEST'"
KIND = "'WEBHOOK_STOPPED'"


def _allow(kinds: str) -> None:
    op.drop_constraint(op.f("ck_letter_kind_word"), "letter")
    op.create_check_constraint(op.f("ck_letter_kind_word"), "letter", f"kind IN ({kinds})")


def upgrade() -> None:
    _allow(f"{BEFORE}, {KIND}")


def downgrade() -> None:
    op.execute(sa.text(f"DELETE FROM letter WHERE kind = {KIND}"))
    _allow(BEFORE)
