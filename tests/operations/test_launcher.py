"""The launcher with real processes: started, watched, killed and started again. Each test has a `var/` of its own."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from kombu import pools
from kombu.exceptions import OperationalError

from config.launcher import binaries, paths, ports, postgres, processes, services
from config.launcher.accounts import unprivileged_account
from config.launcher.processes import ProcessRecord
from tests.operations.running import CHILDREN, Running, environment, eventually, run, stopped_at_the_end

# One server serves most of the tests: keep them on one worker.
pytestmark = pytest.mark.xdist_group("launcher")
WHICH_DATABASE = "from django.conf import settings; print(settings.DATABASES['default']['PORT'])"


def open_folder() -> Path:
    """A folder that PostgreSQL's account can walk into, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="zhanggui-launcher-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def var() -> Iterator[Path]:
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    folder = open_folder()
    with stopped_at_the_end(Running(folder)) as running:
        yield running.wait()
    shutil.rmtree(folder)


def answers_ping(broker: str) -> bool:
    pools.reset()  # they would keep connections to a broker that has been killed
    with contextlib.suppress(OperationalError), Celery(broker=broker, set_as_current=False) as app:
        return len(app.control.ping(timeout=1)) == 1
    return False


def test_second_server_names_the_address_of_the_first(server: Running) -> None:
    second = run(server.var, "-m", "config.launcher", "serve", "--skip-static")

    assert second.stdout == (
        f"script/server: already running at http://localhost:{server.port} (process {server.process.pid}):"
        " stop that one first, with Ctrl-C there.\n"
    )
    assert (second.returncode, second.stderr) == (1, "")
    assert list(server.children()) == CHILDREN


def test_command_beside_a_server_uses_its_database(server: Running) -> None:
    before = server.children()

    done = run(server.var, "manage.py", "shell", "--verbosity=0", "-c", WHICH_DATABASE)

    assert done.stdout.strip() == server.address("DATABASE_URL").rpartition(":")[2].partition("/")[0], done.stderr
    assert server.children() == before


def test_secrets_are_readable_only_by_their_owner(server: Running) -> None:
    for file in (server.var / "secret-key", server.var / "launcher" / "state.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    said = "".join(file.read_text() for file in (server.var / "log").glob("*.log")) + server.output.read_text()
    for name in ("DATABASE_URL", "REDIS_URL"):
        password = server.address(name).partition("@")[0].rpartition(":")[2]
        assert password not in said, name


@pytest.mark.parametrize("name", CHILDREN)
def test_killed_child_comes_back_where_it_was(server: Running, name: str) -> None:
    before = server.children()
    database, broker = server.address("DATABASE_URL"), server.address("REDIS_URL")

    os.kill(before[name].pid, signal.SIGKILL)

    assert eventually(lambda: server.children().get(name, before[name]) != before[name]), server.output.read_text()
    assert f"{name} was ended by signal 9" in server.output.read_text()
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert eventually(server.answers)
    assert eventually(lambda: answers_ping(broker))
    after = server.children()
    assert {other: after[other] for other in CHILDREN if other != name} == {
        other: before[other] for other in CHILDREN if other != name
    }


def test_killed_launcher_leaves_nothing_that_the_next_start_does_not_take_over(var: Path) -> None:
    with stopped_at_the_end(Running(var)) as first:
        orphans = first.wait().children()
        with psycopg.connect(first.address("DATABASE_URL")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        first.kill()
        assert first.children() == orphans  # they do outlive it: otherwise this test would show nothing

        with stopped_at_the_end(Running(var, first.port)) as second:
            fresh = second.wait().children()
            assert [name for name, record in orphans.items() if record.alive] == []
            assert set(fresh.values()).isdisjoint(orphans.values())
            with psycopg.connect(second.address("DATABASE_URL")) as connection:
                assert connection.execute("SELECT number FROM kept").fetchone() == (42,)

            assert second.stop() == 0
            assert [name for name, record in fresh.items() if record.alive] == []
            assert second.state() == {}
            assert ports.is_free(second.port)


def test_command_alone_brings_its_database_and_takes_it_along(var: Path) -> None:
    look = f"{WHICH_DATABASE}; print(open('{var}/launcher/state.json').read())"

    done = run(var, "manage.py", "shell", "--verbosity=0", "-c", look)

    port, _, words = done.stdout.partition("\n")
    assert port.isdigit(), done.stderr
    assert '"kind": "command"' in words
    assert ports.is_free(int(port))
    assert not (var / "launcher" / "state.json").exists()


def test_command_waits_for_another_that_uses_its_database(var: Path) -> None:
    def command(code: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", code],
            cwd=paths.PROJECT,
            env=environment(var),
            stdout=subprocess.PIPE,
            text=True,
        )

    ready = var / "ready"
    with command(f"import pathlib, time\nwhile not pathlib.Path('{ready}').exists(): time.sleep(0.1)") as owner:
        assert eventually((var / "launcher" / "state.json").exists)
        with command(
            f"import pathlib, time; from django.db import connection; pathlib.Path('{ready}').touch(); time.sleep(2)\n"
            "connection.cursor().execute('SELECT 1'); print('still there')"
        ) as guest:
            assert guest.communicate(timeout=60) == ("still there\n", None)
        assert owner.wait(timeout=60) == 0
    assert not (var / "launcher" / "state.json").exists()


def test_port_that_is_taken_is_named(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(var, "-m", "config.launcher", "serve", "--skip-static", PORT=str(port))

    assert done.stdout == f"script/server: port {port} is taken by another program: choose another PORT.\n"
    assert done.returncode == 1
    assert not (var / "launcher" / "state.json").exists()


def test_commands_that_need_no_database_start_none(var: Path) -> None:
    done = run(var, "manage.py", "version")

    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in var.iterdir()) == ["secret-key"]


@pytest.mark.parametrize(
    ("given", "cluster", "broker"),
    [({}, True, True), ({"DATABASE_URL": "postgres://a"}, False, True), ({"REDIS_URL": "redis://a"}, True, False)],
)
def test_each_address_replaces_one_embedded_server(
    given: dict[str, str], cluster: bool, broker: bool, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in services.NEEDED:
        monkeypatch.delenv(name, raising=False)
    for name, url in given.items():
        monkeypatch.setenv(name, url)
    monkeypatch.setenv("ZHANGGUI_VAR", str(var))

    embedded = services.embedded_services()

    assert (embedded.cluster is not None, embedded.broker is not None) == (cluster, broker)


def test_throwaway_database_finds_chinese_words_and_vanishes() -> None:
    throwaway = services.start_throwaway()
    try:
        url = throwaway.environment()["DATABASE_URL"]
        with psycopg.connect(url) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
            found = connection.execute("SELECT similarity('红色连衣裙', '红色连衣裤') > 0.3, lower('ÄÖ')").fetchone()
        assert found == (True, "äö")
        children = [ProcessRecord.of(child.pid) for child in throwaway.services.children.values()]
    finally:
        throwaway.stop()
    assert [record for record in children if record.alive] == []
    assert not throwaway.folder.exists()


def test_next_run_removes_the_throwaway_of_a_killed_one() -> None:
    code = "import os; from config import launcher; t = launcher.start_throwaway(); print(t.folder, flush=True)"
    killed = run(Path(tempfile.gettempdir()), "-c", f"{code}; os.kill(os.getpid(), 9)")
    folder = Path(killed.stdout.strip())
    children = [line.split(" ", 2) for line in (folder / "children").read_text().splitlines()]
    records = [ProcessRecord(int(pid), started) for _, pid, started in children]
    assert [record.alive for record in records] == [True, True]

    services.start_throwaway().stop()

    assert [record.alive for record in records] == [False, False]
    assert not folder.exists()


def test_half_made_cluster_is_made_anew(var: Path) -> None:
    home = postgres.home_for(unprivileged_account(), var / "postgres")
    (home / "data.new").mkdir()
    (home / "data.new" / "PG_VERSION").write_text("18\n")
    cluster = postgres.Cluster(home, var / "postgres.log", unprivileged_account(), throwaway=True)

    process = cluster.start()
    try:
        with psycopg.connect(cluster.url) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("zhanggui",)
    finally:
        processes.stop_child(process, signal.SIGINT, seconds=30)


def test_start_waits_for_backends_of_a_killed_postgres(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "ORPHAN_SECONDS", 1.0)
    home = postgres.home_for(unprivileged_account(), var / "postgres")
    cluster = postgres.Cluster(home, var / "postgres.log", unprivileged_account(), throwaway=True)
    first = cluster.start()
    port = cluster.port
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        # Stopped, a backend cannot notice that its server has gone, and goes on holding the shared memory.
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        first.kill()
        first.wait()

        again = postgres.Cluster(home, var / "postgres.log", unprivileged_account(), throwaway=True)
        second = again.start()
    try:
        assert processes.start_time(backend) is None
        assert again.port == port
        assert "shared memory" in (var / "postgres.log").read_text()
    finally:
        processes.stop_child(second, signal.SIGINT, seconds=30)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another account")
def test_closed_home_gets_its_database_elsewhere(var: Path) -> None:
    closed = var / "home"
    closed.mkdir(mode=0o700)
    account = unprivileged_account()
    fallback = binaries.SHARED_PLACE / "test-of-the-launcher" / "postgres"
    try:
        home = postgres.home_for(account, closed / "postgres", fallback=fallback)

        assert home == fallback
        assert account is not None and home.stat().st_uid == account.uid
        assert not (closed / "postgres").exists()
    finally:
        shutil.rmtree(fallback.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can copy the programs for another account")
def test_programs_under_a_closed_home_are_copied_with_their_libraries(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = var / "home"
    closed.mkdir(mode=0o700)
    package = binaries.postgres_bin(None).parent.parent
    shutil.copytree(package, closed / package.name)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    monkeypatch.setattr(binaries, "_wheel_folder", lambda *names: closed / package.name)
    monkeypatch.setattr(binaries, "SHARED_PLACE", var / "shared")
    account = unprivileged_account()

    programs = binaries.postgres_bin(account)

    assert account is not None
    assert programs.is_relative_to(var / "shared")
    assert account.can_run(programs / "initdb") and account.can_run(programs / "psql")
    assert not account.can_run(closed / package.name / "pginstall" / "bin" / "initdb")


def test_data_of_another_account_is_left_alone(var: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of another account")
    data = var / "postgres" / "data"
    data.mkdir(parents=True)
    os.chown(data, 12345, 12345)

    with pytest.raises(services.LauncherError, match="belongs to another account"):
        postgres.home_for(unprivileged_account(), var / "postgres")
