"""Makes `.venv` and installs locked requirements into it, when they have changed since the last time.

Usage: python script/bootstrap.py base embedded dev
Runs under the machine's own Python: nothing but the standard library may be used here.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
STAMP = VENV / "zhanggui-requirements.json"


def main(names: list[str]) -> None:
    """Bring `.venv` to the named requirement files; exits with one line when that cannot be done."""
    files = [PROJECT / "requirements" / f"{name}.txt" for name in names]
    wanted = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    try:
        (PROJECT / "var").mkdir(exist_ok=True)
        # Two scripts started at once must not install into one folder.
        with (PROJECT / "var" / "bootstrap.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            make_venv()
            done = installed()
            if any(done.get(name) != stamp for name, stamp in wanted.items()):
                install(files)
                STAMP.write_text(json.dumps(done | wanted))
    except PermissionError as error:
        sys.exit(f"{error.filename} cannot be written: it belongs to another account. Run as that account.")


def make_venv() -> None:
    """Create the environment, anew when its Python has gone or is too old."""
    python = VENV / "bin" / "python"
    usable = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if python.exists() and subprocess.run([python, "-c", usable], capture_output=True, check=False).returncode == 0:
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    print("Making .venv …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        if "ensurepip" in made.stdout + made.stderr:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            sys.exit(
                f"Python's venv module is incomplete here; on Debian or Ubuntu: apt-get install python{version}-venv"
            )
        sys.exit(f"{sys.executable} -m venv failed:\n{made.stdout}{made.stderr}")


def installed() -> dict[str, str]:
    """The stamps of the requirement files that the environment was brought to."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def install(files: list[Path]) -> None:
    """Install locked files, refusing anything whose hash is not in them; pip byte-compiles on the way."""
    print("Installing the locked requirements (the first time takes a minute or two) …", flush=True)
    STAMP.unlink(missing_ok=True)  # an interrupted run must not look like a finished one
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "-qq"]
    command += [word for file in files for word in ("-r", str(file))]
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.run(command, env=env, cwd=PROJECT, check=False).returncode:
        sys.exit("pip could not install the requirements; its own words stand above.")


if __name__ == "__main__":
    main(sys.argv[1:])
