"""Starting, recognising and stopping processes, our own children and those that an earlier launcher left alive."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.launcher.accounts import Account
from config.launcher.errors import LauncherError

Pause = Callable[[float], None]
LOG_LIMIT_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class ProcessRecord:
    """A process as the state file remembers it. The start time tells it from a later process with the same number."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "ProcessRecord":
        """Describe a live process now.

        Raises LauncherError when it is gone already.
        """
        started = start_time(pid)
        if started is None:
            raise LauncherError(f"process {pid} ended right after its start")
        return cls(pid, started)

    @property
    def alive(self) -> bool:
        """True while exactly this process runs."""
        return start_time(self.pid) == self.started


def start_time(pid: int) -> str | None:
    """An opaque mark of when a process started; None when it is gone or only waits to be reaped."""
    if sys.platform == "linux":
        try:
            # The name in brackets may itself hold blanks and brackets: count the fields from the last one.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path | None = None,
    account: Account | None = None,
    stdin: bytes | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C in the terminal reaches only the launcher.

    Output goes to a file, never to a pipe: a pipe would break with the launcher and take the child along.
    """
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in argv],
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            **(account.popen_arguments() if account else {}),
        )
    if stdin is not None and process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # a child that died at once is noticed by whoever waits for it
            process.stdin.write(stdin)
            process.stdin.close()
    return process


def signal_process(pid: int, number: int, *, group: bool = False) -> None:
    """Send a signal to a process (or its whole group); one that is gone already is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: Pause = time.sleep) -> bool:
    """Poll until the condition holds or the time is over; True when it held."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        pause(0.05)
    return True


def stop_child(child: subprocess.Popen[bytes], number: int, *, seconds: float) -> None:
    """Ask our own child to end; after `seconds` kill it and what it left in its group."""
    if child.poll() is None:
        signal_process(child.pid, number)
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            pass
    # Workers of a master that was killed still hold its socket or its queue.
    signal_process(child.pid, signal.SIGKILL, group=True)
    child.wait()


def stop_leftover(record: ProcessRecord, number: int, *, seconds: float, pause: Pause = time.sleep) -> None:
    """The same for a process that is not our child but was started by a launcher that has died."""
    if not record.alive:
        return
    signal_process(record.pid, number)
    if not wait_until(lambda: not record.alive, seconds=seconds, pause=pause):
        signal_process(record.pid, signal.SIGKILL, group=True)
        wait_until(lambda: not record.alive, seconds=5, pause=pause)


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for a message that must say why something did not start."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
