"""script/server: the whole system as one tree of processes, watched until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from config.launcher import paths, ports, services, state, steps
from config.launcher.errors import Interrupted, LauncherError
from config.launcher.processes import ProcessRecord, spawn, stop_child, tail, wait_until

WEB_SECONDS = 120.0
FIRST_DELAY, LONGEST_DELAY = 0.5, 15.0  # seconds before a dead child is started again
CALM_SECONDS = 30.0  # a child that lived this long has recovered: its next death counts as the first
DEMO = steps.manage("demo", "--if-empty")


@dataclass
class Child:
    """One watched process and how to start it again."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    since: float = 0.0
    next_try: float = 0.0


class Server:
    """Starts everything in order, restarts what dies, stops everything in order."""

    def __init__(self, *, skip_static: bool = False) -> None:
        self.skip_static = skip_static
        self.stopping = False
        self.children: dict[str, Child] = {}
        self.current = state.State("server", ProcessRecord.of(os.getpid()))
        self.environment: dict[str, str] = {}
        self.port = 0

    def run(self) -> None:
        """Run until a signal asks to stop.

        Raises LauncherError when the system cannot start; everything that was started is stopped on every way out.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        services.stop_leftovers(pause=self.pause)
        self.current.save()
        try:
            self._start()
            self._watch()
        except Interrupted:
            pass
        finally:
            self._stop()

    def pause(self, seconds: float) -> None:
        """Sleep, but end at once when a signal asks to stop (raises Interrupted)."""
        limit = time.monotonic() + seconds
        while True:
            if self.stopping:
                raise Interrupted
            left = limit - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.2))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            say("still stopping, one moment …")
        self.stopping = True

    # --- starting ---------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        started = time.monotonic()
        self.port = self._choose_port()
        address = f"http://localhost:{self.port}"
        embedded = services.embedded_services()
        if cluster := embedded.cluster:
            self._add("postgres", lambda: cluster.start(pause=self.pause))
        if broker := embedded.broker:
            self._add("valkey", lambda: broker.start(pause=self.pause))
        self.environment = {
            **os.environ,
            **services.process_environment(embedded),
            "SITE_URL": os.environ.get("SITE_URL") or address,
            "PYTHONUNBUFFERED": "1",
        }
        words = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ZHANGGUI_DEMO", "SITE_URL")
        self.current.environment = {name: self.environment[name] for name in words if name in self.environment}
        self._note()
        command = {**self.environment, "ZHANGGUI_PROCESS": "command"}
        if not self.skip_static:
            steps.prepare_files(command, say=say, pause=self.pause)
            steps.collect_static(command, say=say, pause=self.pause)
        home = embedded.cluster.home if embedded.cluster else None
        wanted = self.environment.get("ZHANGGUI_DEMO", "").lower() in ("1", "true", "yes", "on")
        demo = home is not None and wanted and steps.has_command("demo")
        fresh = home is None or not steps.is_migrated(home)
        if fresh:
            steps.run("Bringing the database up to date", steps.manage("migrate"), command, say=say, pause=self.pause)
            if demo:
                steps.run("Looking after the demo company", DEMO, command, say=say, pause=self.pause)
            if home:
                steps.note_migrated(home)
        self._add("web", self._start_web)
        self._wait_for_web()
        self.current.address = address
        self._note()
        say(f"Zhanggui runs at {address} (ready after {time.monotonic() - started:.1f} s; Ctrl-C stops it)")
        self._add("worker", self._start_worker)
        self._add("beat", self._start_beat)
        if demo:
            if not fresh:  # somebody may have emptied the database since; the pages need not wait for the answer
                steps.run("Looking after the demo company", DEMO, command, say=say, pause=self.pause)
            if sign_ins := steps.show(steps.manage("demo", "--sign-ins"), command):
                say(sign_ins)

    def _choose_port(self) -> int:
        host = _host()
        if wanted := os.environ.get("PORT"):
            if not wanted.isdigit() or not 0 < int(wanted) < 65536:
                raise LauncherError(f"PORT={wanted} is no port number.")
            if not ports.is_free(int(wanted), host):
                raise LauncherError(f"port {wanted} is taken by another program: choose another PORT.")
            return int(wanted)
        for port in range(8000, 8100):
            if ports.is_free(port, host):
                return port
        raise LauncherError("no port from 8000 to 8099 is free: choose one with PORT.")

    def _start_web(self) -> subprocess.Popen[bytes]:
        metrics = paths.var_dir() / "metrics"
        metrics.mkdir(parents=True, exist_ok=True)
        for file in metrics.glob("*.db"):
            file.unlink()
        argv = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"]
        return self._spawn("web", argv, {"PORT": str(self.port), "PROMETHEUS_MULTIPROC_DIR": str(metrics)})

    def _start_worker(self) -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--concurrency", "2"]
        return self._spawn("worker", [*argv, "--loglevel", "INFO", "--without-gossip", "--without-mingle"])

    def _start_beat(self) -> subprocess.Popen[bytes]:
        schedule = paths.var_dir() / "beat-schedule"
        argv = [sys.executable, "-m", "celery", "-A", "config.celery", "beat", "--pidfile=", "--loglevel", "INFO"]
        return self._spawn("beat", [*argv, "--schedule", str(schedule)])

    def _spawn(self, name: str, argv: list[str], more: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        env = {**self.environment, "ZHANGGUI_PROCESS": name, **(more or {})}
        return spawn(argv, log=paths.log_dir() / f"{name}.log", env=env, cwd=paths.PROJECT)

    def _wait_for_web(self) -> None:
        child = self.children["web"]

        def settled() -> bool:
            return child.process is None or child.process.poll() is not None or self._web_answers()

        answered = wait_until(settled, seconds=WEB_SECONDS, pause=self.pause)
        if not answered or child.process is None or child.process.poll() is not None:
            log = paths.log_dir() / "web.log"
            raise LauncherError(f"the web process does not start; the end of {log}:\n{tail(log)}")

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True  # an error page is an answer as well: /readyz and the log tell what is wrong
        except OSError:
            return False

    # --- watching ---------------------------------------------------------------------------------------------------

    def _add(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        child = self.children[name] = Child(name, start)
        child.process = start()
        child.since = time.monotonic()
        self._note()

    def _note(self) -> None:
        self.current.note({child.name: child.process for child in self.children.values() if child.process})

    def _watch(self) -> None:
        while True:
            self.pause(0.2)
            for child in self.children.values():
                self._look_after(child)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            if child.process.poll() is None:
                return
            ending = child.process.returncode
            if child.name != "postgres":  # its backends end by themselves, each in a session of its own
                stop_child(child.process, signal.SIGKILL, seconds=1)
            child.process = None
            child.failures = 1 if now - child.since > CALM_SECONDS else child.failures + 1
            delay = min(FIRST_DELAY * 2 ** (child.failures - 1), LONGEST_DELAY)
            child.next_try = now + delay
            how = f"was ended by signal {-ending}" if ending < 0 else f"ended with status {ending}"
            say(f"{child.name} {how}; starting it again in {delay:.1f} s (see {paths.log_dir() / child.name}.log)")
        if now < child.next_try:
            return
        try:
            child.process = child.start()
        except LauncherError as error:
            child.failures += 1
            child.next_try = time.monotonic() + LONGEST_DELAY
            say(str(error))
            return
        child.since = time.monotonic()
        self._note()

    # --- stopping ---------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        if self.stopping:
            say("stopping …")
        self.stopping = True
        alive = {child.name: child.process for child in self.children.values() if child.process}
        # Those that work stop side by side, so that one slow job does not add to another.
        for name in ("web", "worker", "beat"):
            if name in alive and alive[name].poll() is None:
                alive[name].send_signal(services.STOPPING[name][0])
        for name, (number, seconds) in services.STOPPING.items():
            if name in alive:
                stop_child(alive[name], number, seconds=seconds)
        state.clear()


def _host() -> str:
    return os.environ.get("WEB_HOST") or ports.LOOPBACK


def say(words: str) -> None:
    """One line to the terminal, at once."""
    print(words, flush=True)


def serve(*, skip_static: bool = False) -> int:
    """Run the server in the foreground; returns the exit status."""
    try:
        with state.ownership() as owner:
            if not owner:
                say(f"script/server: {_who_runs()}")
                return 1
            Server(skip_static=skip_static).run()
            return 0
    except LauncherError as error:
        say(f"script/server: {error}")
    except PermissionError as error:
        say(f"script/server: {error.filename} belongs to another account: run as that account, or remove it.")
    return 1


def _who_runs() -> str:
    found = state.load()
    if found and found.kind == "server" and found.address:
        return (
            f"already running at {found.address} (process {found.owner.pid}): stop that one first, with Ctrl-C there."
        )
    if found and found.kind == "server":
        return f"already starting (process {found.owner.pid})."
    number = f" (process {found.owner.pid})" if found else ""
    return f"a management command{number} uses the embedded database: try again when it has ended."
