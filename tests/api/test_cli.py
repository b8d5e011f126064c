"""Does the command `aduan` do what its help says, and tell in one line what the operator must put right?"""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.embedded import running_dsn
from api.migrate import head
from domain.seed import SAMPLE

ADUAN = Path(sys.executable).with_name("aduan")
PASSWORD = "kata sandi yang panjang"
Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """What the command finds around it: nothing of ours but what a test gives it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADUAN_", "DATABASE_"))}
    return kept | {"ADUAN_DATA_DIR": str(folder / "data")} | variables


@pytest.fixture
def aduan(tmp_path: Path, database_url: str) -> Run:
    """Runs the command on the test's database."""

    def run(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ADUAN, *arguments],
            input=stdin,
            env=environment(tmp_path, **({"DATABASE_URL": database_url} | variables)),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    return run


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of an error."""
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.removeprefix("Error: ").rstrip("\n")


@pytest.mark.parametrize(
    "command",
    ["serve", "worker", "migrate", "seed", "import", "doctor", "user create", "client create"],
)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200"})

    assert shown.exit_code == 0
    assert "For example:" in shown.stdout
    assert f"aduan {command}" in shown.stdout.partition("For example:")[2]


def test_the_database_is_brought_up_to_date(aduan: Run) -> None:
    assert aduan("migrate").stdout == f"The database is up to date (revision {head()}).\n"
    assert aduan("seed").stdout == "The master data was there already: nothing was added.\n"


def test_the_doctor_finds_what_is_missing_until_it_is_there(aduan: Run) -> None:
    before = aduan("doctor")
    assert before.returncode == 1
    assert "wrong  Accounts: there is no administrator." in before.stdout

    made = aduan(
        *("user", "create", "--email", "Siti@Cilegon.go.id", "--name", "Siti", "--role", "admin"),
        "--password-stdin",
        stdin=f"{PASSWORD}\n",
    )

    assert (made.returncode, made.stdout) == (0, "Account created: siti@cilegon.go.id (ADMIN).\n")
    after = aduan("doctor")
    assert after.returncode == 0, after.stdout
    assert "ok     Accounts: 1 administrator." in after.stdout
    assert re.search(r"^(ok|note)  +Attachments: in .*/attachments", after.stdout, re.MULTILINE)
    elsewhere = aduan("doctor", ADUAN_ATTACHMENTS_URL="ftp://cilegon/lampiran")
    assert elsewhere.returncode == 1
    assert "wrong  Attachments: ADUAN_ATTACHMENTS_URL cannot be used" in elsewhere.stdout
    assert after.stdout.endswith("Everything is in order.\n")


def test_a_file_is_imported_once(aduan: Run, tmp_path: Path) -> None:
    path = tmp_path / "laporan-2023.csv"
    shutil.copy(SAMPLE, path)

    def numbers(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
        return dict(re.findall(r"^(\w+) +(\d+)$", done.stdout, re.MULTILINE))

    nothing = {"added": "0", "updated": "0", "unchanged": "0", "skipped": "0", "rejected": "0"}
    assert numbers(aduan("import", str(path), "--dry-run")) == nothing | {"added": "142"}
    first = aduan("import", str(path))
    assert (first.returncode, numbers(first)) == (0, nothing | {"added": "142"})
    path.write_text(path.read_text().replace("7100300,", ",", 1))
    second = aduan("import", str(path))
    assert (second.returncode, numbers(second)) == (1, nothing | {"unchanged": "141", "rejected": "1"})
    assert "Baris 2 (ditolak). Kolom Tracking ID: Isian wajib diisi. Isi sel ini." in second.stdout
    assert (tmp_path / "laporan-2023.csv.ditolak.csv").exists()


def test_keys_of_clients_are_shown_once(aduan: Run) -> None:
    made = aduan("client", "create", "--name", "Radar Banten", "--scope", "read", "--scope", "events")

    assert made.returncode == 0
    assert re.fullmatch(r"key_[a-z2-7]{32}", made.stdout.splitlines()[-1])
    again = aduan("client", "create", "--name", "Radar Banten", "--scope", "read")
    assert refused(again) == "name: The name Radar Banten is already in use."


def test_what_the_rules_refuse_is_said_in_one_line(aduan: Run) -> None:
    officer = ("user", "create", "--email", "budi@cilegon.go.id", "--name", "Budi", "--role", "OFFICER")

    unknown = aduan(*officer, "--opd", "DPUPR2", "--password-stdin", stdin=PASSWORD)
    assert refused(unknown) == "opd: OPD DPUPR2 is unknown."
    short = aduan(*officer, "--opd", "DPUPR", "--password-stdin", stdin="pendek")
    assert refused(short) == "password: A password has at least 12 characters."
    unasked = aduan(*officer, "--opd", "DPUPR")
    assert refused(unasked) == "there is no keyboard to ask for the password: use --password-stdin"


def test_a_database_that_cannot_be_used_is_said_in_one_line(aduan: Run) -> None:
    nobody = aduan("seed", DATABASE_URL="postgresql://aduan:rahasia@127.0.0.1:1/aduan")
    assert refused(nobody) == (
        "postgresql://aduan:***@127.0.0.1:1/aduan cannot be reached (it does not answer): "
        "start the server, or correct DATABASE_URL"
    )
    other = aduan("migrate", DATABASE_URL="mysql://localhost/aduan")
    assert refused(other).startswith("DATABASE_URL is no address of PostgreSQL")
    assert refused(aduan("import", "tidak-ada.csv")).startswith("Berkas tidak-ada.csv tidak ditemukan")
    assert refused(aduan("doctor", ADUAN_PORT="delapan")).startswith("ADUAN_PORT: ")


async def test_a_database_without_our_tables_is_said_in_one_line(aduan: Run, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()

    assert refused(aduan("seed")) == "the database is not set up for this version: run `aduan migrate`"


def test_what_the_service_cannot_start_with_is_said_before_anything_is_begun(
    aduan: Run, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert refused(aduan("serve", "--port", port)).startswith(
            f"port {port} on 127.0.0.1 cannot be used (Address already in use): "
        )
    assert refused(aduan("serve", "--port", "0", ADUAN_MODE="production")).startswith(
        "ADUAN_SECRET_KEYS is not set"
    )
    assert refused(aduan("serve", "--port", "0", "--workers", "2", DATABASE_URL="")).startswith(
        "--workers needs DATABASE_URL"
    )
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-keys"]


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Iterator[tuple[list[str], str]]:
    """A running `aduan serve`: what it said until it was ready, and its address."""
    with subprocess.Popen(
        [ADUAN, "serve", "--port", "0", *options],
        env=environment(folder, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            said = list(_until_ready(process.stdout))
            address = next(line.split()[-1] for line in said if "Health" in line)
            yield said, address.removesuffix("/healthz")
        finally:
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=120)
        *logged, last = rest.splitlines()
        assert (process.returncode, last) == (0, "Stopped.")
        # Its worker may have come to a minute at which it has something to do.
        assert all("audit.sealed" in line or "worker.done" in line for line in logged), logged


def _until_ready(output: IO[str] | None) -> Iterator[str]:
    assert output is not None
    for line in output:
        yield line.rstrip()
        if line.startswith("Stop it with Ctrl-C"):
            return


async def test_the_service_with_its_own_database(aduan: Run, tmp_path: Path) -> None:
    with serving(tmp_path) as (said, address):
        assert "Imported the sample of 2023: 142 made-up reports." in said
        password = next(line.split()[1] for line in said if line.startswith("  Password"))
        ready = httpx.get(f"{address}/readyz").json()
        assert ready.pop("eventsHeldBackSeconds") < 5
        assert ready == {"status": "ok", "revision": head()}
        sign_in = "mutation ($i: SessionCreateInput!) { sessionCreate(input: $i) { viewer { kind } } }"
        answer = httpx.post(
            f"{address}/graphql",
            json={
                "query": sign_in,
                "variables": {"i": {"email": "admin@cilegon.go.id", "password": password}},
            },
        )
        assert answer.json()["data"] == {"sessionCreate": {"viewer": {"kind": "ADMIN"}}}

        # A command beside the service works on the service's database.
        made = aduan(
            *("user", "create", "--email", "ani@cilegon.go.id", "--name", "Ani", "--role", "OFFICE"),
            "--password-stdin",
            stdin=PASSWORD,
            DATABASE_URL="",
        )
        assert (made.returncode, made.stdout) == (0, "Account created: ani@cilegon.go.id (OFFICE).\n")
    keys = tmp_path / "data" / "secret-keys"
    assert keys.stat().st_mode & 0o777 == 0o600
    before = keys.read_text()

    with serving(tmp_path) as (said, _):
        assert not [line for line in said if "Password" in line or "Imported" in line]
        dsn = running_dsn(tmp_path / "data")
        assert dsn is not None
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("SELECT count(*) FROM account") == 2
        assert await connection.fetchval("SELECT count(*) FROM complaint") == 142
        await connection.close()
    assert keys.read_text() == before


async def test_the_service_in_several_processes(database_url: str, tmp_path: Path) -> None:
    admin = {"ADUAN_ADMIN_EMAIL": "kepala@cilegon.go.id", "ADUAN_ADMIN_PASSWORD": PASSWORD}
    with serving(tmp_path, "--workers", "2", DATABASE_URL=database_url, **admin) as (said, address):
        assert "  E-mail    kepala@cilegon.go.id" in said
        assert not [line for line in said if PASSWORD in line or "sample" in line]
        assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT count(*) FROM complaint") == 0
    await connection.close()


def test_open_deadlines_are_worked_out_anew_once_that_was_shown(aduan: Run, database_url: str) -> None:
    assert "Every open deadline is as the rules" in aduan("deadlines", "recompute", "--yes").stdout

    async def sql(statement: str) -> Any:
        connection = await asyncpg.connect(database_url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    asyncio.run(
        sql(
            """
            WITH c AS (
                INSERT INTO complaint (id, tracking_code, channel, classification, title, body, privacy,
                                       status, submitted_at, updated_at)
                VALUES (gen_random_uuid(), 'CLG-0000-0000-0', 'LETTER', 'COMPLAINT', 'Jalan', 'Lubang',
                        'PUBLIC', 'SUBMITTED', '2023-01-02T01:00Z', '2023-01-02T01:00Z') RETURNING id)
            INSERT INTO deadline (id, complaint_id, clock, rule_id, started_at, due_at)
            SELECT gen_random_uuid(), c.id, 'VERIFICATION', r.id, '2023-01-02T01:00Z', '2023-01-03T16:59:59Z'
              FROM c, sla_rule AS r WHERE r.clock = 'VERIFICATION'
            """
        )
    )
    shown = aduan("deadlines", "recompute", "--dry-run").stdout
    assert "CLG-0000-0000-0 VERIFICATION: 2023-01-03 -> 2023-01-05" in shown
    assert "Nothing was written" in shown
    assert aduan("deadlines", "recompute", stdin="n\n").returncode == 1
    assert "1 deadlines were changed." in aduan("deadlines", "recompute", "--yes").stdout
    same = "SELECT c.due_at = d.due_at FROM deadline d JOIN complaint c ON c.id = d.complaint_id"
    assert asyncio.run(sql(same))
    assert asyncio.run(sql("SELECT changed FROM deadline_recalculation")) == 1
