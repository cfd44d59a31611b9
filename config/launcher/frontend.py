"""The browser libraries: installed by npm from the lock file, then only the files that pages use are picked out."""

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from config.launcher import binaries, paths
from config.launcher.errors import LauncherError

NODE_MODULES = paths.PROJECT / "node_modules"
# A folder of STATICFILES_DIRS: `{% static "vendor/tabler/tabler.min.css" %}`.
PICKED = paths.PROJECT / "var" / "frontend"
FILES = {
    "vendor/tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/tabler-vendors.min.css": "@tabler/core/dist/css/tabler-vendors.min.css",
    "vendor/tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/icons/tabler-icons.min.css": "@tabler/icons-webfont/dist/tabler-icons.min.css",
    "vendor/icons/fonts/tabler-icons.woff2": "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2",
}
SOURCE_MAP = re.compile(rb"\s*(/\*#|//#) sourceMappingURL=[^\n]*\n?\Z")
# Every browser that Tabler supports reads woff2; the older forms would be 2.6 MB more.
OLD_FONTS = re.compile(rb',url\("[^"]*\.(woff|ttf)\?[^"]*"\) format\("(woff|truetype)"\)')


def npm_ci_command(env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The command that installs exactly the lock file, with Node's own wheel, and the environment to run it in.

    Node trusts what the machine trusts: behind a company's proxy its built-in authorities alone would fail.
    """
    node = binaries.node_folder()
    path = f"{node / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    argv = [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), "ci"]
    return [*argv, "--no-audit", "--no-fund", "--loglevel=error"], {**env, "PATH": path, "NODE_USE_SYSTEM_CA": "1"}


def lock_stamp() -> str:
    """Changes whenever `npm ci` has to run again."""
    words = b"".join((paths.PROJECT / name).read_bytes() for name in ("package.json", "package-lock.json", ".npmrc"))
    return hashlib.sha256(words).hexdigest()


def npm_is_done() -> bool:
    """True when node_modules holds what the lock file says (npm empties the folder first, and with it the stamp)."""
    stamp = NODE_MODULES / ".zhanggui-stamp"
    return stamp.exists() and stamp.read_text() == lock_stamp()


def note_npm_done() -> None:
    """Remember that `npm ci` went through."""
    (NODE_MODULES / ".zhanggui-stamp").write_text(lock_stamp())


def picked_stamp() -> str:
    """Changes whenever the files have to be picked again."""
    return hashlib.sha256(lock_stamp().encode() + Path(__file__).read_bytes()).hexdigest()


def is_picked() -> bool:
    """True when the picked files are those of the lock file."""
    stamp = PICKED / "stamp"
    return stamp.exists() and stamp.read_text() == picked_stamp()


def pick() -> None:
    """Fill `var/frontend/` afresh from node_modules.

    References to source maps and old fonts go: the hashed storage of production refuses files that name missing ones.
    Raises LauncherError when a package no longer has a file.
    """
    PICKED.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=PICKED.parent, prefix="frontend-"))
    fresh.chmod(0o755)
    for target, source in FILES.items():
        if not (NODE_MODULES / source).exists():
            shutil.rmtree(fresh)
            raise LauncherError(f"node_modules/{source} is missing: mend FILES in config/launcher/frontend.py.")
        words = (NODE_MODULES / source).read_bytes()
        if source.endswith((".css", ".js")):
            words = OLD_FONTS.sub(b"", SOURCE_MAP.sub(b"\n", words))
        (fresh / target).parent.mkdir(parents=True, exist_ok=True)
        (fresh / target).write_bytes(words)
    (fresh / "stamp").write_text(picked_stamp())
    if PICKED.exists():
        old = Path(tempfile.mkdtemp(dir=PICKED.parent, prefix="frontend-"))
        PICKED.rename(old / "old")
        fresh.rename(PICKED)
        shutil.rmtree(old)
    else:
        fresh.rename(PICKED)


if __name__ == "__main__":  # the container image picks here what its Node stage has installed
    try:
        pick()
    except LauncherError as error:
        sys.exit(str(error))
