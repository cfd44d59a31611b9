"""A system of its own that tests may kill: database, broker and whatever processes they start on them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from config.launcher import Throwaway, start_throwaway
from config.launcher.paths import PROJECT
from config.launcher.processes import stop_child, wait_until


class System:
    """Throwaway servers, migrated, with durable commits: a killed database must forget nothing that it has confirmed."""

    def __init__(self, throwaway: Throwaway, folder: Path) -> None:
        self.throwaway, self.folder = throwaway, folder
        self.more: dict[str, str] = {"MEDIA_ROOT": str(folder), "ZHANGGUI_PROCESS": "worker", "LOG_LEVEL": "WARNING"}
        self.processes: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        """What the processes of this system see."""
        words = {"SECRET_KEY": "only-for-tests-" + "x" * 50, "DJANGO_SETTINGS_MODULE": "config.settings"}
        return os.environ | words | self.throwaway.environment() | self.more

    def run(self, *argv: str) -> str:
        """Run a Python command to its end; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *argv],
            cwd=PROJECT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout.strip()

    def start(self, *argv: str, name: str = "process", **more: str) -> subprocess.Popen[bytes]:
        """Start a Python process in a group of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *argv],
                cwd=PROJECT,
                env=self.environment() | more,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process and its group with -9."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def kill_server(self, name: str) -> None:
        """Kill the database or the broker with -9. `restart_server` brings it back at its old address."""
        server = self.throwaway.services.children[name]
        server.kill()
        server.wait(30)

    def restart_server(self, name: str) -> None:
        """Start the database or the broker again."""
        services = self.throwaway.services
        starter = services.cluster if name == "postgres" else services.broker
        assert starter is not None
        services.children[name] = starter.start()

    def ask(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, on a connection of its own."""
        with psycopg.connect(self.throwaway.environment()["DATABASE_URL"]) as connection:
            return connection.execute(query, params).fetchall()

    def number(self, query: str, *params: Any) -> int:
        """The only figure of a query."""
        return self.ask(query, *params)[0][0]

    def wait_for(self, query: str, *params: Any, seconds: float = 60) -> None:
        """Wait until a query finds a row."""
        assert wait_until(lambda: bool(self.ask(query, *params)), seconds=seconds), query

    @contextlib.contextmanager
    def somebody_waits_for(self, query: str, *params: Any) -> Iterator[None]:
        """Lock the row that a query finds as soon as it is there, and wait until another process waits for it."""
        with psycopg.connect(self.throwaway.environment()["DATABASE_URL"]) as connection:

            def locked() -> bool:
                found = connection.execute(f"{query} FOR UPDATE", params).fetchall()
                if not found:
                    connection.rollback()
                return bool(found)

            assert wait_until(locked, seconds=60), query
            self.wait_for("SELECT 1 FROM pg_locks WHERE NOT granted")
            yield
            with contextlib.suppress(psycopg.OperationalError):  # the database may have been killed
                connection.rollback()

    def stop(self) -> None:
        """Stop everything."""
        for process in self.processes:
            stop_child(process, signal.SIGKILL, seconds=10)
        self.throwaway.stop()


@contextlib.contextmanager
def own_system(folder: Path) -> Iterator[System]:
    """A migrated system that nobody else uses."""
    system = System(start_throwaway(), folder)
    try:
        system.run("manage.py", "migrate", "--verbosity", "0")
        with psycopg.connect(system.throwaway.environment()["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("ALTER DATABASE zhanggui SET synchronous_commit = on")
        yield system
    finally:
        system.stop()
