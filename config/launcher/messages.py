"""Compiles the translations without GNU gettext: a fresh machine has none, and polib writes the same files."""

import os
from pathlib import Path

from config.launcher import paths


def compile_all(project: Path = paths.PROJECT) -> list[Path]:
    """Write each `.mo` that is older than its `.po`; returns those written.

    Raises OSError when a file is no valid catalogue. Entries marked fuzzy are left out, as gettext does.
    """
    written = []
    for source in sorted(project.glob("locale/*/LC_MESSAGES/*.po")) + sorted(
        project.glob("*/locale/*/LC_MESSAGES/*.po")
    ):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        import polib  # only here: the rest of the launcher has to work where nothing is installed

        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(fresh))
        fresh.replace(target)
        written.append(target)
    return written
