"""One PostgreSQL cluster: made, started, found again after a crash, stopped."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from config.launcher import binaries, ports
from config.launcher.accounts import Account
from config.launcher.errors import LauncherError
from config.launcher.processes import (
    Pause,
    ProcessRecord,
    signal_process,
    spawn,
    start_time,
    stop_leftover,
    tail,
    wait_until,
)

NAME = "zhanggui"  # of the database and of its owner
START_SECONDS = 60.0
STOP_SECONDS = 30.0
# A crash leaves backends that hold the old memory for a moment; past this time they are stuck and are killed.
ORPHAN_SECONDS = 10.0
SERVER_ENV = {"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",  # a path over 107 bytes fails, and nothing needs one
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class Cluster:
    """A cluster in `home`, which holds `data/` and the owner's password, and belongs to `account` (None: to us)."""

    home: Path
    log: Path
    account: Account | None
    throwaway: bool = False
    port: int = 0
    _served: bool = False  # once others hold our address, every later start has to use the same port

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    @property
    def url(self) -> str:
        """What DATABASE_URL has to be while the cluster runs."""
        password = (self.home / "password").read_text().strip()
        return f"postgres://{NAME}:{password}@{ports.LOOPBACK}:{self.port}/{NAME}"

    def start(self, *, pause: Pause = time.sleep) -> subprocess.Popen[bytes]:
        """Start the server (making the cluster first when there is none) and return when it takes connections.

        Comes back on the port of an earlier start: others hold an address with it.
        Raises LauncherError with the end of the server's log when it does not come up in a minute.
        """
        programs = binaries.postgres_bin(self.account)
        self._create(programs)
        self.stop_orphan(pause=pause)
        limit = time.monotonic() + START_SECONDS
        crashed = time.monotonic()
        while True:
            if not self._served:
                self.port = ports.free_port(self.port or self._remembered_port())
            mark = self.log.stat().st_size if self.log.exists() else 0
            settings = SETTINGS | {"port": str(self.port)} | (THROWAWAY_SETTINGS if self.throwaway else {})
            words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
            server = spawn(
                [programs / "postgres", "-D", self.data, *words],
                log=self.log,
                env=SERVER_ENV,
                cwd=self.data if self.account is None else Path("/"),
                account=self.account,
            )
            try:
                wait_until(partial(self._settled, server), seconds=START_SECONDS, pause=pause)
            except BaseException:
                server.send_signal(signal.SIGINT)
                server.wait()
                raise
            if server.poll() is None:
                (self.home / "port").write_text(str(self.port))
                self._served = True
                return server
            said = self.log.read_bytes()[mark:].decode("utf-8", "replace") if self.log.exists() else ""
            again = "shared memory" in said or "could not bind" in said or "lock file" in said
            if not again or time.monotonic() > limit:
                raise LauncherError(f"PostgreSQL did not start; the end of {self.log}:\n{tail(self.log)}")
            if "could not bind" in said and not self._served:
                self.port = ports.free_port()
            if time.monotonic() - crashed > ORPHAN_SECONDS:
                self._kill_orphaned_backends()
            pause(0.5)

    def stop_orphan(self, *, pause: Pause = time.sleep) -> None:
        """Stop a server that a dead launcher left alive on this data, known by its own `postmaster.pid`."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].isdigit() else 0
        started = start_time(pid) if pid > 0 else None
        if started is None or not self._works_here(pid):
            return
        stop_leftover(ProcessRecord(pid, started), signal.SIGINT, seconds=STOP_SECONDS, pause=pause)

    def _create(self, programs: Path) -> None:
        """Make the cluster with its database, at once or not at all: initdb works beside the final name."""
        if (self.data / "PG_VERSION").exists():
            if not (self.home / "password").exists():
                raise LauncherError(
                    f"{self.home / 'password'} is missing: without it the data beside it cannot be opened."
                )
            return
        fresh = self.home / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        password = self.home / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(24))
        if self.account:
            os.chown(password, self.account.uid, self.account.gid)
        self._run(
            programs / "initdb",
            *("-D", fresh, "-U", NAME, f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"),
            # With the locale C the words of Chinese text have no trigrams: searches would find nothing.
            *("--locale-provider=libc", f"--locale={'en_US.UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}"),
            *(("--no-sync",) if self.throwaway else ()),
        )
        self._run(
            programs / "postgres",
            *("--single", "-D", fresh, "-c", "fsync=off" if self.throwaway else "fsync=on", "postgres"),
            stdin=f"CREATE DATABASE {NAME}\n",
        )
        fresh.rename(self.data)

    def _run(self, *argv: str | Path, stdin: str = "") -> None:
        done = subprocess.run(
            [str(word) for word in argv],
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=SERVER_ENV,
            cwd="/",
            check=False,
            start_new_session=True,
            **(self.account.popen_arguments() if self.account else {}),
        )
        # Single-user mode ends with 0 even when its statement failed.
        if done.returncode or re.search(rb"^\S* ?(ERROR|FATAL|PANIC):|\b(ERROR|FATAL|PANIC): ", done.stdout):
            said = done.stdout.decode("utf-8", "replace").strip()
            raise LauncherError(f"{Path(argv[0]).name} could not make the database in {self.home}:\n{said}")

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _settled(self, server: subprocess.Popen[bytes]) -> bool:
        """True when the server takes connections, or has given up."""
        lines = self._pid_file()
        ready = len(lines) >= 8 and lines[0] == str(server.pid) and lines[7].strip() == "ready"
        return ready or server.poll() is not None

    def _remembered_port(self) -> int | None:
        try:
            return int((self.home / "port").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _works_here(self, pid: int) -> bool:
        """True when the process works on our data: every PostgreSQL process has the data as working directory."""
        if sys.platform != "linux":
            answer = subprocess.run(
                ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
            )
            return str(self.data) in answer.stdout
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", self.data)
        except OSError:
            return False

    def _kill_orphaned_backends(self) -> None:
        """Kill backends whose server is gone. Each has a session of its own, so only their folder tells them."""
        if sys.platform != "linux":
            return
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and self._works_here(int(entry.name)):
                signal_process(int(entry.name), signal.SIGKILL)


def home_for(account: Account | None, wanted: Path, *, fallback: Path | None = None) -> Path:
    """Make the folder of a cluster where its account can reach it: as wanted, or at the fallback.

    Raises LauncherError when the account reaches neither, or when what lies there belongs to somebody else.
    """
    for place in (wanted, fallback):
        if place is None:
            continue
        _refuse_foreign_data(account, place / "data")
        if place is fallback:
            binaries.open_shared_place()
            place.parent.mkdir(exist_ok=True)
            place.parent.chmod(0o755)
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o700)
        if account is None:
            return place
        os.chown(place, account.uid, account.gid)
        if account.can_enter(place):
            return place
        if not any(place.iterdir()):
            place.rmdir()
    raise LauncherError(f"the account {account.name if account else ''} reaches neither {wanted} nor {fallback}.")


def _refuse_foreign_data(account: Account | None, data: Path) -> None:
    try:
        owner = data.stat().st_uid
    except FileNotFoundError:
        return
    if owner != (account.uid if account else os.geteuid()):
        raise LauncherError(f"{data} belongs to another account (number {owner}): run as that account, or remove it.")
