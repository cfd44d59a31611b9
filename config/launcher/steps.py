"""What has to be done before the web can start. Each step is skipped when nothing that it reads has changed."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from config.launcher import frontend, messages, paths
from config.launcher.errors import LauncherError
from config.launcher.processes import Pause, signal_process, spawn, tail

Say = Callable[[str], None]
# Folders that installed packages bring and no page uses; compressing them would take a third of the time.
UNUSED_STATIC = ("rest_framework", "redoc")


def run(title: str, argv: Sequence[str | Path], env: Mapping[str, str], *, say: Say, pause: Pause = time.sleep) -> None:
    """Run one step to its end, its output in `var/log/setup.log`.

    Raises LauncherError with the end of the output when it fails.
    """
    say(f"{title} …")
    log = paths.log_dir() / "setup.log"
    log.unlink(missing_ok=True)
    step = spawn(argv, log=log, env=env, cwd=paths.PROJECT)
    try:
        while step.poll() is None:
            pause(0.05)
    except BaseException:
        signal_process(step.pid, signal.SIGTERM, group=True)
        step.wait()
        raise
    if step.returncode:
        raise LauncherError(f"{title} failed; the end of {log}:\n{tail(log)}")


def manage(*words: str) -> list[str]:
    """The command line of a management command."""
    return [sys.executable, str(paths.PROJECT / "manage.py"), *words]


def prepare_files(env: Mapping[str, str], *, say: Say, pause: Pause = time.sleep) -> None:
    """Browser libraries and translations, whatever of them is missing or stale."""
    if not frontend.npm_is_done():
        argv, npm_env = frontend.npm_ci_command(env)
        run("Fetching the browser libraries", argv, npm_env, say=say, pause=pause)
        frontend.note_npm_done()
    if not frontend.is_picked():
        frontend.pick()
    messages.compile_all()


def collect_static(env: Mapping[str, str], *, say: Say, pause: Pause = time.sleep) -> None:
    """Collect and compress the static files when one of their sources has changed."""
    if env.get("DEBUG", "").lower() in ("1", "true", "on", "yes"):
        return  # then whitenoise serves the sources themselves
    stamp = paths.PROJECT / "var" / "static-stamp"
    now = _static_stamp()
    if stamp.exists() and stamp.read_text() == now and (paths.static_root() / "staticfiles.json").exists():
        return
    ignored = [word for name in UNUSED_STATIC for word in ("--ignore", name)]
    argv = manage("collectstatic", "--noinput", "--clear", "--verbosity=0", *ignored)
    run("Collecting the static files", argv, {**env, "ZHANGGUI_PROCESS": "command"}, say=say, pause=pause)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(now)


def _static_stamp() -> str:
    """A hash over name, size and age of each source. Those of installed packages change only with the requirements."""
    words = [str(paths.static_root())]
    words += [file.read_text() for file in sorted((paths.PROJECT / "requirements").glob("*.txt"))]
    for source in _static_sources():
        state = source.stat()
        words.append(f"{source} {state.st_size} {state.st_mtime_ns}")
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _static_sources() -> Iterator[Path]:
    folders = [paths.PROJECT / "static", frontend.PICKED, *paths.PROJECT.glob("*/static")]
    for folder in sorted(folders):
        for place, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                yield Path(place) / name


def _migrations_stamp() -> str:
    """A hash over every migration of the house and over the versions of the packages, which bring their own."""
    files = [paths.PROJECT / "requirements" / "base.txt", *sorted(paths.PROJECT.glob("*/migrations/*.py"))]
    words = b"".join(f"{file.relative_to(paths.PROJECT)}\n".encode() + file.read_bytes() for file in files)
    return hashlib.sha256(words).hexdigest()


def is_migrated(home: Path) -> bool:
    """True when the cluster in `home` has been through these very migrations (asking it costs a start of Django)."""
    stamp = home / "migrated"
    return stamp.exists() and stamp.read_text() == _migrations_stamp()


def note_migrated(home: Path) -> None:
    """Remember it beside the data, so that it goes when the data goes."""
    (home / "migrated").write_text(_migrations_stamp())


def has_command(name: str) -> bool:
    """True when one of the project's apps has this management command."""
    return any(paths.PROJECT.glob(f"*/management/commands/{name}.py"))


def show(argv: Sequence[str], env: Mapping[str, str]) -> str:
    """What a command prints; an empty text when it fails (the system runs without it)."""
    done = subprocess.run(argv, env=dict(env), cwd=paths.PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
