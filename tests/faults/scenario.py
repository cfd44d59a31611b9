"""What the processes of the kill tests do: `python -m tests.faults.scenario COMMAND …` on the database of the environment."""

from __future__ import annotations

import csv
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.core.files import File  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.kit.actor import Actor  # noqa: E402
from customers.tasks import send_due_messages  # noqa: E402
from orders.models import ColumnMap, ImportRun  # noqa: E402
from orders.services.imports import sweep_imports, upload_file  # noqa: E402
from orders.services.inputs import sweep_inputs  # noqa: E402
from orders.states import OrderMode  # noqa: E402
from stores.models import Shop, ShopApiKey  # noqa: E402
from tests.factories.catalog import VariantFactory  # noqa: E402
from tests.factories.inventory import stock  # noqa: E402
from tests.factories.stores import ShopFactory  # noqa: E402

ACTOR = Actor.system("tests")
GOODS, BAD_ORDERS, MAILS_EVERY = 20, 3, 10
_HEADER = ("order_number", "sku", "qty", "price", "paid_at", "buyer_id", "email", "收货人", "联系手机", "address")


def found_company() -> None:
    """One shop with its key, and goods with too little stock for everybody."""
    shop = ShopFactory(code="faults")
    _key, secret = ShopApiKey.objects.create_key(name="faults", shop=shop)
    for number in range(GOODS):
        stock(150, variant=VariantFactory(sku=f"F-{number}"))
    print(secret)


def upload(mark: str, orders: int, folder: str) -> None:
    """A file of so many orders of two lines; the last three have a row that cannot be read. Prints the run's key."""
    path = Path(folder) / f"{mark}.csv"
    with path.open("w", newline="") as handle:
        write = csv.writer(handle).writerow
        write(_HEADER)
        for number in range(orders):
            mail = f"{mark}{number}@example.com" if number % MAILS_EVERY == 0 else ""
            buyer = (f"{mark}{number}", mail, "王小明", f"139{number:08}", "文三路 1 号")
            for line in range(2):
                quantity = "x" if line and number >= orders - BAD_ORDERS else "1"
                write(
                    (
                        f"{mark}-{number:05}",
                        f"F-{(number + line) % GOODS}",
                        quantity,
                        "9.90",
                        "2026-03-10 09:00:00",
                        *buyer,
                    )
                )
    with path.open("rb") as handle:
        run = upload_file(
            shop_id=Shop.objects.get(code="faults").pk,
            column_map_id=ColumnMap.objects.get(code="generic").pk,
            file=File(handle),
            file_name=path.name,
            mode=OrderMode.LIVE,
            makes_drafts=False,
            is_dry_run=False,
            actor=ACTOR,
            now=timezone.now(),
        )
    print(run.pk)


def work(run_id: int) -> None:
    """Sweep imports until the run is over, as workers after a restart would; an hour later, so that nothing is postponed."""
    while ImportRun.objects.get(pk=run_id).state in ("reading", "running"):
        sweep_imports(actor=ACTOR, now=timezone.now() + timedelta(hours=1))
        time.sleep(0.05)


def send() -> None:
    """Send mails for ever."""
    while True:
        if not send_due_messages():
            time.sleep(0.05)


def tidy() -> None:
    """One sweep of everything that a dead process may have left, some time later."""
    later = timezone.now() + timedelta(hours=1)
    sweep_inputs(now=later)
    send_due_messages(clock=lambda: later, limit=100_000)


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    if command == "upload":
        upload(words[0], int(words[1]), words[2])
    elif command == "work":
        work(int(words[0]))
    else:
        {"found": found_company, "send": send, "tidy": tidy}[command]()
