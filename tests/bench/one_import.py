"""One import in a process of its own, as a worker does it: prints its peak memory and its seconds as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import django


def main(run_id: int) -> None:
    """Run the import to its end."""
    django.setup()
    from config.kit.actor import Actor
    from orders.services.imports import run_import

    started = time.perf_counter()
    run = run_import(run_id=run_id, actor=Actor.system("bench"))
    if run.state != "done" or run.order_line_count != run.row_count:
        raise SystemExit(f"{run.state}: {run.order_line_count} of {run.row_count} rows, {run.error}")
    figures = {"megabytes": peak_megabytes(), "seconds": time.perf_counter() - started}
    sys.stdout.write(json.dumps(figures) + "\n")


def peak_megabytes() -> float:
    """The most memory that this process has held. Linux's own figure is asked first: getrusage's may be the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(int(sys.argv[1]))
