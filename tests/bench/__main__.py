"""`script/bench`: measures the intake on a throwaway database and prints a table. Exit status 0 unless something breaks."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from config.launcher import messages, throwaway_services
from config.launcher.paths import PROJECT

T = TypeVar("T")
PARTS = ("api", "batch", "file", "memory")


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table."""

    what: str
    ours: str
    control: str
    result: str
    target: str
    is_met: bool


def main() -> int:
    """Start a database, measure, print."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="what to measure; default: everything")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and a tenth of the huge file")
    options = parser.parse_args()
    messages.compile_all()
    with throwaway_services() as addresses, tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            addresses, SECRET_KEY="only-for-the-bench-" + "x" * 40, DJANGO_SETTINGS_MODULE="config.settings"
        )
        os.environ.update(
            DEBUG="0", ZHANGGUI_DEMO="0", ZHANGGUI_PROCESS="command", MEDIA_ROOT=folder, EMAIL_URL="smtp://127.0.0.1:9"
        )
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=PROJECT, check=True)
        _show(_measure(options.parts or list(PARTS), Path(folder), is_quick=options.quick))
    return 0


def _measure(parts: list[str], folder: Path, *, is_quick: bool) -> list[Measured]:
    import django

    django.setup()
    from tests.bench import batch, files, web
    from tests.bench.company import found_company

    company = found_company()
    found: list[Measured] = []
    rate = 0.0
    if "api" in parts:
        ours, control, ratio = _timed(
            "api", lambda: web.measure(company, folder, rounds=3 if is_quick else 9, calls=80 if is_quick else 240)
        )
        found.append(
            Measured(
                "a) API, one order of two lines a call",
                f"{ours:.0f} orders/s",
                f"{control:.0f} orders/s",
                f"{ratio:.2f}",
                "≥ 0.65",
                ratio >= 0.65,
            )
        )
    if "batch" in parts or "file" in parts:
        rate, control, ratio = _timed("batch", lambda: batch.measure(company, rounds=7 if is_quick else 21))
        found.append(
            Measured(
                "b) take_orders, 100 × 2 lines, live",
                f"{rate:.0f} orders/s",
                f"{control:.0f} orders/s",
                f"{ratio:.2f}",
                "≥ 0.25",
                ratio >= 0.25,
            )
        )
    if "file" in parts:
        rows, orders = _timed(
            "file",
            lambda: files.measure_rate(company, folder, rounds=2 if is_quick else 3, orders=1000 if is_quick else 2000),
        )
        found.append(
            Measured(
                "c) file import, live, against b)",
                f"{rows:.0f} rows/s",
                f"{rate:.0f} orders/s",
                f"{orders / rate:.2f}",
                "≥ 0.50",
                orders / rate >= 0.5,
            )
        )
    if "memory" in parts:
        amount = 50_000 if is_quick else 500_000
        megabytes, seconds = _timed("memory", lambda: files.measure_memory(company, folder, rows=amount))
        found.append(
            Measured(
                f"d) file of {amount:,} rows, peak memory",
                f"{amount / seconds:.0f} rows/s",
                f"{seconds:.0f} s",
                f"{megabytes:.0f} MB",
                "< 300 MB",
                megabytes < 300,
            )
        )
    return found


def _timed(what: str, work: Callable[[], T]) -> T:
    started = time.perf_counter()
    result = work()
    sys.stderr.write(f"{what}: measured in {time.perf_counter() - started:.0f} s\n")
    return result


def _show(found: list[Measured]) -> None:
    lines = [("", "ours", "control", "result", "target", "")]
    lines += [
        (one.what, one.ours, one.control, one.result, one.target, "met" if one.is_met else "MISSED") for one in found
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    for line in lines:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n")


if __name__ == "__main__":
    sys.exit(main())
