"""What is running here: a lock that dies with its holder, and a file that tells others where the services are."""

import contextlib
import fcntl
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from config.launcher import paths
from config.launcher.errors import LauncherError
from config.launcher.processes import ProcessRecord


@dataclass
class State:
    """The running services as the launcher writes them down, after every change."""

    kind: str  # "server" (script/server) or "command" (one management command that started the services for itself)
    owner: ProcessRecord
    address: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    children: dict[str, ProcessRecord] = field(default_factory=dict)

    def note(self, processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
        """Write down which children run now."""
        self.children = {}
        for name, process in processes.items():
            with contextlib.suppress(LauncherError):  # it ended this moment; whoever watches it will see
                self.children[name] = ProcessRecord.of(process.pid)
        self.save()

    def save(self) -> None:
        """Replace the state file in one step. It holds passwords: only we may read it."""
        target = _file()
        fresh = target.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file, indent=1)
        fresh.replace(target)


def _file() -> Path:
    return paths.launcher_dir() / "state.json"


def load() -> State | None:
    """The state as last written, by a launcher that may have died since; None when there is none."""
    try:
        words = json.loads(_file().read_text())
        return State(
            kind=words["kind"],
            owner=ProcessRecord(**words["owner"]),
            address=words["address"],
            environment=words["environment"],
            children={name: ProcessRecord(**record) for name, record in words["children"].items()},
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def clear() -> None:
    """Forget what ran: everything has been stopped."""
    _file().unlink(missing_ok=True)


def _open(name: str) -> IO[str]:
    return (paths.launcher_dir() / name).open("a+")


@contextlib.contextmanager
def ownership() -> Iterator[bool]:
    """Try to become the one that starts services here; yields whether we are. The lock falls when we die."""
    with _open("lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextlib.contextmanager
def using() -> Iterator[None]:
    """Say that a command uses the services; whoever ends them politely waits for `unused`."""
    with _open("users") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def unused() -> Iterator[None]:
    """Wait until no command uses the services, and let none begin until the block is left."""
    with _open("users") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
