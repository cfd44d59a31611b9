"""The embedded broker and cache. Nothing is kept on disk: messages only wake, and cached values can be made again."""

import secrets
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from config.launcher import binaries, ports
from config.launcher.errors import LauncherError
from config.launcher.processes import Pause, spawn, stop_child, tail, wait_until

START_SECONDS = 20.0
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir {folder}
save ""
appendonly no
daemonize no
maxmemory 256mb
maxmemory-policy volatile-lru
"""


@dataclass
class Broker:
    """A Valkey server on the loopback address. The same port and password serve for as long as this object lives."""

    folder: Path
    log: Path
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)
    _served: bool = False

    @property
    def url(self) -> str:
        """What REDIS_URL has to be while the server runs."""
        return f"redis://:{self.password}@{ports.LOOPBACK}:{self.port}/0"

    def start(self, *, pause: Pause = time.sleep) -> subprocess.Popen[bytes]:
        """Start the server and return when it answers.

        Raises LauncherError with the end of its log when it does not.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(5):
            if not self._served:
                self.port = ports.free_port(self.port or None)
            words = CONFIGURATION.format(
                host=ports.LOOPBACK, port=self.port, password=self.password, folder=f'"{self.folder}"'
            )
            # The configuration comes through a pipe: a password on the command line is there for all to see.
            server = spawn(
                [binaries.valkey_server(), "-"],
                log=self.log,
                env={"LANG": "C.UTF-8"},
                cwd=self.folder,
                stdin=words.encode(),
            )
            try:
                wait_until(partial(self._settled, server), seconds=START_SECONDS, pause=pause)
            except BaseException:
                stop_child(server, signal.SIGTERM, seconds=5)
                raise
            if server.poll() is None:
                self._served = True
                return server
            pause(0.2)
        raise LauncherError(f"Valkey did not start; the end of {self.log}:\n{tail(self.log)}")

    def _settled(self, server: subprocess.Popen[bytes]) -> bool:
        """True when the server answers, or has given up."""
        return server.poll() is not None or self._answers()

    def _answers(self) -> bool:
        try:
            with socket.create_connection((ports.LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while b"PONG" not in answer:
                    more = connection.recv(256)
                    if not more:
                        return False
                    answer += more
                return True
        except OSError:
            return False
