"""Gives one pytest run its database and broker, before pytest-django reads the settings.

Loaded with `-p tests.plugin` (pyproject.toml): a conftest would come too late. The xdist controller starts the servers
and the workers find them in the environment; each worker has its own test database and its own Redis number.
TEST_DATABASE_URL and TEST_REDIS_URL name servers to use instead.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import launcher
from config.launcher import messages

# What a developer's shell may hold for a running system must not change what the tests see.
CLEARED = (
    *("ALLOWED_HOSTS", "CHANNELS_MAY_BE_LOCAL", "DEBUG", "EMAIL_URL", "HTTPS", "LOG_LEVEL", "METRICS_TOKEN"),
    *("MFA_REQUIRED_ROLES", "SENTRY_DSN", "SITE_URL", "TIME_ZONE", "ZHANGGUI_DEMO"),
)
EMPTY = Path(__file__).resolve().parent.parent / "var" / "test-static"
_running: list[launcher.Throwaway] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Set the environment of the settings; start the servers unless this is an xdist worker."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        number = int(worker.removeprefix("gw")) % 15 + 1
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{number}"
    else:
        _start()
    return (yield)


def _start() -> None:
    for name in CLEARED:
        os.environ.pop(name, None)
    given = {name: os.environ.get(f"TEST_{name}", "") for name in ("DATABASE_URL", "REDIS_URL")}
    if not all(given.values()):
        try:
            throwaway = launcher.start_throwaway()
        except launcher.LauncherError as error:
            raise pytest.UsageError(str(error)) from error
        _running.append(throwaway)
        given = throwaway.environment() | {name: url for name, url in given.items() if url}
    # Nothing is collected for tests, but WhiteNoise warns of a folder that is not there, and warnings are errors.
    EMPTY.mkdir(parents=True, exist_ok=True)
    given |= {"STATIC_ROOT": str(EMPTY), "ZHANGGUI_PROCESS": "test"}
    os.environ.update(given, SECRET_KEY="only-for-tests-" + "x" * 50)
    messages.compile_all()


def pytest_unconfigure() -> None:
    """Stop what this run started."""
    while _running:
        _running.pop().stop()
