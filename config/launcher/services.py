"""The database and the broker that a process needs: given by the environment, found running, or started here."""

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.launcher import binaries, paths, state
from config.launcher.accounts import unprivileged_account
from config.launcher.errors import LauncherError
from config.launcher.postgres import STOP_SECONDS, Cluster, home_for
from config.launcher.processes import Pause, ProcessRecord, stop_child, stop_leftover
from config.launcher.valkey import Broker

NEEDED = ("DATABASE_URL", "REDIS_URL")
# These run on the settings alone. They get addresses where nothing listens rather than a database of their own.
WITHOUT_SERVICES = {"help", "version", "collectstatic", "compilemessages", "diffsettings", "findstatic", "makemessages"}
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing", "REDIS_URL": "redis://127.0.0.1:9/0"}
ADOPT_SECONDS = 120.0
# In this order they are stopped: whoever works before whoever is worked with. The number is the patience in seconds.
STOPPING: dict[str, tuple[int, float]] = {
    "web": (signal.SIGTERM, 15.0),
    "worker": (signal.SIGTERM, 15.0),
    "beat": (signal.SIGTERM, 10.0),
    "valkey": (signal.SIGTERM, 10.0),
    "postgres": (signal.SIGINT, STOP_SECONDS),
}


@dataclass
class Services:
    """The embedded servers of this process; either is None when the environment names another one."""

    cluster: Cluster | None
    broker: Broker | None
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, *, pause: Pause = time.sleep, on_start: Callable[[], None] = lambda: None) -> None:
        """Start what is missing, calling `on_start` after each so that no process is ever unknown for long."""
        if self.cluster:
            self.children["postgres"] = self.cluster.start(pause=pause)
            on_start()
        if self.broker:
            self.children["valkey"] = self.broker.start(pause=pause)
            on_start()

    def environment(self) -> dict[str, str]:
        """The variables with which others reach the services."""
        words = {name: os.environ[name] for name in NEEDED if os.environ.get(name)}
        if self.cluster:
            words["DATABASE_URL"] = self.cluster.url
        if self.broker:
            words["REDIS_URL"] = self.broker.url
        return words

    def stop(self) -> None:
        """Stop what runs, in order."""
        for name in [name for name in STOPPING if name in self.children]:
            number, seconds = STOPPING[name]
            stop_child(self.children.pop(name), number, seconds=seconds)


def embedded_services() -> Services:
    """The servers that the environment does not name, on this project's own data; not started yet."""
    cluster = broker = None
    if not os.environ.get("DATABASE_URL"):
        account = unprivileged_account()
        name = f"postgres-{binaries.postgres_version().partition('.')[0]}"
        place = hashlib.sha256(str(paths.var_dir()).encode()).hexdigest()[:12]
        home = home_for(account, paths.var_dir() / name, fallback=binaries.SHARED_PLACE / place / name)
        cluster = Cluster(home, paths.log_dir() / "postgres.log", account)
    if not os.environ.get("REDIS_URL"):
        broker = Broker(paths.var_dir() / "valkey", paths.log_dir() / "valkey.log")
    return Services(cluster, broker)


def secret_key() -> str:
    """SECRET_KEY of the embedded system: from the environment, else made once and kept, readable only by us."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    file = paths.var_dir() / "secret-key"
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, secrets.token_urlsafe(50).encode())
        os.close(descriptor)
    return file.read_text().strip()


def process_environment(services: Services) -> dict[str, str]:
    """Everything that the settings need to run on these services."""
    words = services.environment() | {"SECRET_KEY": secret_key()}
    if services.cluster:
        words["ZHANGGUI_DEMO"] = os.environ.get("ZHANGGUI_DEMO", "1")
    return words


def stop_leftovers(*, pause: Pause = time.sleep) -> None:
    """Stop what a launcher that was killed has left alive. Only the holder of the lock may call this."""
    left = state.load()
    if left is None:
        return
    for name, (number, seconds) in STOPPING.items():
        if name in left.children:
            stop_leftover(left.children[name], number, seconds=seconds, pause=pause)
    state.clear()


@contextlib.contextmanager
def services_for_command(argv: Sequence[str]) -> Iterator[None]:
    """Give one management command its services: those of the environment, of a running server, or its own.

    Services started here end with the command, but not while another command still uses them.
    Raises SystemExit with one line when they cannot be had.
    """
    if all(os.environ.get(name) for name in NEEDED):
        yield
        return
    if len(argv) < 2 or argv[1] in WITHOUT_SERVICES or {"-h", "--help", "--version"} & set(argv[1:]):
        os.environ.update({name: os.environ.get(name) or NOWHERE[name] for name in NEEDED})
        os.environ["SECRET_KEY"] = secret_key()
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            found = stack.enter_context(_adopted_or_own())
        except LauncherError as error:
            raise SystemExit(f"manage.py: {error}") from None
        except PermissionError as error:
            raise SystemExit(f"manage.py: {error.filename} belongs to another account: run as that account.") from None
        # What the caller names counts; only what is missing is filled in.
        os.environ.update({name: value for name, value in found.items() if not os.environ.get(name)})
        yield


@contextlib.contextmanager
def _adopted_or_own() -> Iterator[dict[str, str]]:
    limit = time.monotonic() + ADOPT_SECONDS
    while True:
        with state.using():
            with state.ownership() as owner:
                if not owner and (found := _running_environment()):
                    yield found
                    return
        if owner:
            break
        if time.monotonic() > limit:
            raise LauncherError("another process has been starting the embedded services for too long; see var/log/.")
        time.sleep(0.2)
    with state.ownership() as owner:
        if not owner:  # another command was quicker
            with _adopted_or_own() as found:
                yield found
            return
        with _own() as found:
            yield found


def _running_environment() -> dict[str, str] | None:
    found = state.load()
    if found is None or not found.environment or not found.owner.alive:
        return None
    return found.environment


@contextlib.contextmanager
def _own() -> Iterator[dict[str, str]]:
    previous = signal.getsignal(signal.SIGTERM)
    if previous == signal.SIG_DFL:
        # Without this a polite end of the command would leave its servers behind.
        signal.signal(signal.SIGTERM, _end)
    stop_leftovers()
    services = embedded_services()
    current = state.State("command", ProcessRecord.of(os.getpid()))

    try:
        services.start(on_start=lambda: current.note(services.children))
        current.environment = process_environment(services)
        current.save()
        yield current.environment
    finally:
        with state.unused():
            services.stop()
            state.clear()
        if previous == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@dataclass
class Throwaway:
    """A database and a broker for a test run: fast, unsafe against power loss, gone afterwards."""

    folder: Path
    services: Services

    def environment(self) -> dict[str, str]:
        """DATABASE_URL and REDIS_URL of these servers."""
        return self.services.environment()

    def stop(self) -> None:
        """Stop the servers and remove their folder."""
        self.services.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


THROWAWAY_PREFIX = "zhanggui-throwaway-"


def start_throwaway() -> Throwaway:
    """Start a database and a broker that share nothing with a running server; the caller stops them.

    What killed runs have left behind is removed on the way. Raises LauncherError when they do not start.
    """
    place = Path(tempfile.gettempdir())
    _remove_dead_throwaways(place)
    account = unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX, dir=place))
    if account:
        folder.chmod(0o711)
        if not account.can_enter(folder):
            folder.rmdir()
            folder = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX, dir="/tmp"))
            folder.chmod(0o711)
    me = ProcessRecord.of(os.getpid())
    (folder / "owner").write_text(f"{me.pid} {me.started}")
    home = home_for(account, folder / "postgres")
    services = Services(
        Cluster(home, folder / "postgres.log", account, throwaway=True),
        Broker(folder / "valkey", folder / "valkey.log"),
    )
    throwaway = Throwaway(folder, services)
    try:
        services.start(on_start=lambda: _note_children(throwaway))
    except BaseException:
        throwaway.stop()
        raise
    return throwaway


@contextlib.contextmanager
def throwaway_services() -> Iterator[dict[str, str]]:
    """`start_throwaway` as a block; yields DATABASE_URL and REDIS_URL without touching os.environ."""
    throwaway = start_throwaway()
    try:
        yield throwaway.environment()
    finally:
        throwaway.stop()


def _note_children(throwaway: Throwaway) -> None:
    lines = []
    for name, child in throwaway.services.children.items():
        record = ProcessRecord.of(child.pid)
        lines.append(f"{name} {record.pid} {record.started}\n")
    (throwaway.folder / "children").write_text("".join(lines))


def _remove_dead_throwaways(place: Path) -> None:
    for folder in place.glob(f"{THROWAWAY_PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            pid, _, started = (folder / "owner").read_text().partition(" ")
            if ProcessRecord(int(pid), started).alive:
                continue
            children = folder / "children"
            for line in children.read_text().splitlines() if children.exists() else ():
                name, number, mark = line.split(" ", 2)
                stop_leftover(ProcessRecord(int(number), mark), signal.SIGQUIT, seconds=5)
            shutil.rmtree(folder, ignore_errors=True)
