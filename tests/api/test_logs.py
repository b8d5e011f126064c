"""Are logs one JSON object a line in production, and free of whatever tells who somebody is?"""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from api import logs
from api.settings import Mode


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_a_line_of_production_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Mode.PRODUCTION)
    structlog.get_logger("aduan").info("graphql.fault", request="0192f0c1d2e37a4b", took=12)

    entry = json.loads(capsys.readouterr().err)
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "graphql.fault",
        "request": "0192f0c1d2e37a4b",
        "took": 12,
        "level": "info",
        "logger": "aduan",
    }


def test_nobody_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Mode.PRODUCTION)
    fault = ValueError(
        "duplicate key\n[SQL: INSERT INTO reporter]\n[parameters: ('Lestari Hidayat', 'x')]\n"
        "DETAIL:  Key (email)=(Lestari Hidayat) already exists."
    )
    logging.getLogger("sqlalchemy").error("for %s, 0812 3456 7890", "lestari@contoh.id", exc_info=fault)
    structlog.get_logger("aduan").warning("sign_in", email="lestari@contoh.id", phone="+6281234567890", id=7)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0])["fault"] == "ValueError"
    for word in ("Lestari", "lestari", "contoh", "0812 3456", "81234567890"):
        assert word not in lines[0] + lines[1]
    assert json.loads(lines[1])["id"] == 7
