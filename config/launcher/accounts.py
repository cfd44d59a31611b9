"""Which account a server runs as. PostgreSQL refuses root, so root hands it to an account that exists already."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.launcher.errors import LauncherError

CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """An unprivileged account, by number."""

    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        """The arguments that make `subprocess` start a program as this account and in no other group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, program: Path) -> bool:
        """True when the account can start this program, folders above it and its libraries included."""
        try:
            probe = subprocess.run(
                [str(program), "--version"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                check=False,
                **self.popen_arguments(),
            )
        except (FileNotFoundError, PermissionError):
            return False
        return probe.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        """True when the account reaches this folder from the root and can write into it."""
        # Not with `cwd=`: the child would change its folder while it still is root.
        script = 'cd -- "$1" && test -w .'
        probe = subprocess.run(
            ["sh", "-c", script, "sh", folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            check=False,
            **self.popen_arguments(),
        )
        return probe.returncode == 0


def unprivileged_account() -> Account | None:
    """The account for PostgreSQL: None (stay who we are) unless we are root.

    Raises LauncherError when we are root and can become nobody else.
    """
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(name, entry.pw_uid, entry.pw_gid)
        try:
            subprocess.run(["true"], cwd="/", check=True, **account.popen_arguments())
        except (PermissionError, OSError, subprocess.CalledProcessError):
            continue
        return account
    raise LauncherError(
        "PostgreSQL refuses to run as root and no other account can be used here"
        f" (tried {', '.join(CANDIDATES)}): run as an ordinary user, or set DATABASE_URL."
    )
