"""Order files: rows per second, and the memory that a huge one takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from django.core.files import File
from django.utils import timezone

from config.kit.actor import Actor
from orders.models import ColumnMap, ImportRun
from orders.services.imports import run_import, upload_file
from orders.states import OrderMode
from tests.bench.company import Company, write_file

ACTOR = Actor.system("bench")


def upload(company: Company, path: Path) -> int:
    """Hand a file in as an operator would; returns the run's key."""
    with path.open("rb") as handle:
        run = upload_file(
            shop_id=company.shop.pk,
            column_map_id=ColumnMap.objects.get(code="generic").pk,
            file=File(handle),
            file_name=path.name,
            mode=OrderMode.LIVE,
            makes_drafts=False,
            is_dry_run=False,
            actor=ACTOR,
            now=timezone.now(),
        )
    return run.pk


def measure_rate(company: Company, folder: Path, *, rounds: int, orders: int) -> tuple[float, float]:
    """Rows and orders per second of a live import, reading included (medians)."""
    seconds = []
    for number in range(rounds):
        run_id = upload(company, write_file(folder / f"rate{number}.csv", company, orders=orders, lines=2))
        started = time.perf_counter()
        _require_complete(run_import(run_id=run_id, actor=ACTOR), orders)
        seconds.append(time.perf_counter() - started)
    return orders * 2 / median(seconds), orders / median(seconds)


def measure_memory(company: Company, folder: Path, *, rows: int) -> tuple[float, float]:
    """Peak memory in MB and seconds of an import of `rows` rows, five to an order, in a process of its own."""
    run_id = upload(company, write_file(folder / "huge.csv.gz", company, orders=rows // 5, lines=5))
    child = subprocess.run(
        [sys.executable, "-m", "tests.bench.one_import", str(run_id)], capture_output=True, text=True, check=False
    )
    if child.returncode:
        raise RuntimeError(child.stderr[-4000:])
    answer = json.loads(child.stdout.splitlines()[-1])
    return answer["megabytes"], answer["seconds"]


def _require_complete(run: ImportRun, orders: int) -> None:
    if (run.state, run.order_count, run.quarantined_count) != ("done", orders, 0):
        raise RuntimeError(f"{run.state}: {run.order_count} orders, {run.quarantined_count} quarantined, {run.error}")
