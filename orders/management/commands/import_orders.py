"""Import an order file from the command line: the same way as from the screen."""

from __future__ import annotations

import sys
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from config.kit.actor import Actor
from config.kit.errors import DomainError
from orders.models import ColumnMap, ImportRun
from orders.services.imports import run_import, upload_file
from orders.states import ImportState, OrderMode
from stores.models import Shop


class Command(BaseCommand):
    """`manage.py import_orders FILE --shop CODE --map CODE [--live] [--drafts] [--check]`."""

    help = "Import an order file (CSV, CSV.GZ or XLSX) by a declared column map, with progress."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and how to take it in."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--shop", required=True, help="code of the shop")
        parser.add_argument("--map", required=True, help="code of the column map")
        parser.add_argument(
            "--live", action="store_true", help="reserve stock, send mails, start clocks (default: history)"
        )
        parser.add_argument("--drafts", action="store_true", help="unknown seller codes become draft products")
        parser.add_argument("--check", action="store_true", help="read and check only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep the file, run it, print what came of it. Raises CommandError with the reason."""
        actor, now = Actor.system("import_orders"), timezone.now()
        try:
            shop = Shop.objects.get(code=options["shop"])
            column_map = ColumnMap.objects.get(code=options["map"])
            with options["file"].open("rb") as handle:
                run = upload_file(
                    shop_id=shop.pk,
                    column_map_id=column_map.pk,
                    file=File(handle),
                    file_name=options["file"].name,
                    mode=OrderMode.LIVE if options["live"] else OrderMode.HISTORY,
                    makes_drafts=options["drafts"],
                    is_dry_run=options["check"],
                    actor=actor,
                    now=now,
                )
        except Shop.DoesNotExist:
            raise CommandError(f"There is no shop “{options['shop']}”.") from None
        except ColumnMap.DoesNotExist:
            raise CommandError(f"There is no column map “{options['map']}”.") from None
        except (OSError, DomainError) as error:
            raise CommandError(str(error)) from error
        run = self._run_with_progress(run, actor)
        if run.state == ImportState.FAILED:
            raise CommandError(run.error)
        self.stdout.write(_summary(run))

    def _run_with_progress(self, run: ImportRun, actor: Actor) -> ImportRun:
        finished = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(run.pk, finished), daemon=True)
        if sys.stderr.isatty():
            watcher.start()
        try:
            return run_import(run_id=run.pk, actor=actor)
        finally:
            finished.set()
            if watcher.is_alive():
                watcher.join()

    def _watch(self, run_id: int, finished: threading.Event) -> None:
        while not finished.wait(1):
            self.stderr.write("\r" + _summary(ImportRun.objects.get(pk=run_id)), ending="")
        connection.close()
        self.stderr.write("")


def _summary(run: ImportRun) -> str:
    return (
        f"{run.get_state_display()}: {run.row_count} rows → {run.order_line_count} order lines in {run.order_count} orders, "
        f"{run.cancellation_line_count} cancellation lines, {run.quarantined_count} quarantined, "
        f"{run.duplicate_count} were here already"
    )
