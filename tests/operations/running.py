"""Starts the launcher as its user does, in a `var/` of its own, on the tiny site."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from config.launcher import paths, ports, processes
from config.launcher.processes import ProcessRecord

CHILDREN = ["postgres", "valkey", "web", "worker", "beat"]
START_SECONDS = 120.0


def environment(var: Path, **more: str) -> dict[str, str]:
    """What a fresh terminal has: none of the addresses that the test run itself uses."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tests.operations.tiny",
        "ZHANGGUI_VAR": str(var),
        "ZHANGGUI_DEMO": "0",
        **more,
    }


class Running:
    """One `script/server`, from outside: its process, its output, its state file."""

    def __init__(self, var: Path, port: int | None = None) -> None:
        self.var = var
        self.port = port or ports.free_port()
        self.output = var / "terminal.log"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.launcher", "serve", "--skip-static"],
                cwd=paths.PROJECT,
                env=environment(var, PORT=str(self.port)),
                stdout=output,
                stderr=output,
            )

    def wait(self) -> "Running":
        """Return when every child runs and the web answers; fails with the output when that takes too long."""

        def up() -> bool:
            assert self.process.poll() is None, self.output.read_text()
            owner = self.state().get("owner", {})  # until it has written its own, the state may be a dead launcher's
            mine = isinstance(owner, dict) and owner.get("pid") == self.process.pid
            return mine and list(self.children()) == CHILDREN and self.answers()

        assert processes.wait_until(up, seconds=START_SECONDS), self.output.read_text()
        return self

    def state(self) -> dict[str, object]:
        """The state file as others read it; empty when there is none."""
        try:
            return dict(json.loads((self.var / "launcher" / "state.json").read_text()))
        except FileNotFoundError:
            return {}

    def children(self) -> dict[str, ProcessRecord]:
        """The recorded children that are alive."""
        recorded = self.state().get("children", {})
        assert isinstance(recorded, dict)
        found = {name: ProcessRecord(**words) for name, words in recorded.items()}
        return {name: record for name, record in found.items() if record.alive}

    def address(self, name: str) -> str:
        """A service address from the state file, such as DATABASE_URL."""
        environment = self.state()["environment"]
        assert isinstance(environment, dict)
        return str(environment[name])

    def answers(self) -> bool:
        """True when the web answers."""
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=5):
            return True
        return False

    def stop(self) -> int:
        """Press Ctrl-C and return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        """Kill the launcher alone, as the out-of-memory killer would."""
        self.process.kill()
        self.process.wait()


def run(var: Path, *argv: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a Python command in the project to its end."""
    return subprocess.run(
        [sys.executable, *argv],
        cwd=paths.PROJECT,
        env=environment(var, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def eventually(condition: Callable[[], bool], *, seconds: float = 90.0) -> bool:
    """Poll a condition that needs a moment to become true."""
    return processes.wait_until(condition, seconds=seconds, pause=lambda _: time.sleep(0.1))


@contextlib.contextmanager
def stopped_at_the_end(running: Running) -> Iterator[Running]:
    """Whatever a test does to the launcher, nothing of it outlives the test."""
    try:
        yield running
    finally:
        left = running.children()
        running.stop()
        for record in left.values():
            processes.stop_leftover(record, signal.SIGKILL, seconds=5)
