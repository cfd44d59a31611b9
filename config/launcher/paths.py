"""Where the launcher keeps things. `var/` is disposable: removing it starts the demo company afresh."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent


def var_dir() -> Path:
    """The folder of everything that running leaves behind (ZHANGGUI_VAR, default `var/` in the project)."""
    return Path(os.environ.get("ZHANGGUI_VAR") or PROJECT / "var").resolve()


def launcher_dir() -> Path:
    """Lock and state of the running services. Created on first use, closed to other accounts."""
    folder = var_dir() / "launcher"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def log_dir() -> Path:
    """One log file per child process. Created on first use."""
    folder = var_dir() / "log"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def static_root() -> Path:
    """Where collectstatic writes; settings.STATIC_ROOT reads the same variable."""
    return Path(os.environ.get("STATIC_ROOT") or PROJECT / "staticfiles")
