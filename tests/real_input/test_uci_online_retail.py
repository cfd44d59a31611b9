"""A real shop's December 2010 through the file door, against its known totals (UCI Online Retail, CC BY 4.0)."""

from decimal import Decimal

import pytest
from django.core.files import File
from django.db.models import F, Sum

from catalog.models import Variant
from customers.models import Customer
from inventory.models import StockLevel
from inventory.selectors import ledger_differences
from inventory.services import StockLine, receive_stock
from orders.models import Cancellation, CancellationLine, ColumnMap, ImportRow, Order, OrderLine
from orders.services.imports import run_import, upload_file
from orders.states import OrderMode
from tests.factories.inventory import LocationFactory
from tests.factories.stores import ShopFactory
from tests.support.shared import shared_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(now, actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    path = shared_file("orders/uci_online_retail_2010-12.csv.gz")
    shop = ShopFactory(code="gifts", currency="GBP", time_zone="Europe/London")

    def run(mode=OrderMode.HISTORY, shop=shop):
        with path.open("rb") as handle:
            uploaded = upload_file(
                shop_id=shop.pk,
                column_map_id=ColumnMap.objects.get(code="uci_online_retail").pk,
                file=File(handle),
                file_name=path.name,
                mode=mode,
                makes_drafts=True,
                is_dry_run=False,
                actor=actor,
                now=now,
            )
        return run_import(run_id=uploaded.pk, actor=actor, now=now)

    return run


def test_history_import_reproduces_the_known_totals_and_again_makes_nothing(imported):
    run = imported()

    assert run.state == "done"
    assert (run.row_count, run.order_line_count + run.cancellation_line_count + run.quarantined_count) == (42481, 42481)
    assert (OrderLine.objects.count(), CancellationLine.objects.count()) == (
        run.order_line_count,
        run.cancellation_line_count,
    )
    quarantined = ImportRow.objects.filter(state="quarantined")
    assert quarantined.count() == run.quarantined_count == 70
    assert not quarantined.filter(problem="").exists()

    numbers = set(ImportRow.objects.values_list("group_key", flat=True))
    assert (len(numbers), sum(number.startswith("C") for number in numbers)) == (2025, 326)
    assert Cancellation.objects.count() == 326
    assert Order.objects.count() == 2025 - 326 - quarantined.values("group_key").distinct().count()
    assert Customer.objects.count() == 948

    sold = OrderLine.objects.aggregate(total=Sum(F("quantity") * F("unit_price")))["total"]
    taken_back = CancellationLine.objects.aggregate(total=Sum(F("quantity") * F("unit_price")))["total"]
    aside = sum(
        int(row.cells["quantity"]) * Decimal(row.cells["unit_price"]) for row in quarantined.only("cells").iterator()
    )
    assert sold - taken_back + aside == Decimal("748957.02")
    assert OrderLine.objects.filter(variant__isnull=True).count() == 0
    assert Variant.objects.filter(sku="POST").get().is_stocked is False

    before = (Order.objects.count(), OrderLine.objects.count(), Cancellation.objects.count(), Customer.objects.count())
    again = imported()
    after = (Order.objects.count(), OrderLine.objects.count(), Cancellation.objects.count(), Customer.objects.count())
    assert after == before
    assert (again.order_count, again.order_line_count, again.duplicate_count) == (0, 0, before[0] + before[2])


def test_live_import_after_stock_was_received_reserves_every_piece(imported, now, actor):
    imported()
    needed = OrderLine.objects.filter(variant__is_stocked=True).values("variant").annotate(pieces=Sum("quantity"))
    location = LocationFactory()
    receive_stock(
        lines=[StockLine(row["variant"], location.pk, row["pieces"]) for row in needed],
        reference="opening",
        actor=actor,
        now=now,
    )
    run = imported(OrderMode.LIVE, ShopFactory(code="live", currency="GBP"))

    live = Order.objects.filter(import_run=run)
    assert live.count() == 1699 - 70
    assert set(live.values_list("status", "stock_status").distinct()) <= {
        ("ready", "reserved"),
        ("ready", "not_needed"),
    }
    assert StockLevel.objects.aggregate(free=Sum(F("on_hand") - F("reserved")))["free"] == 0
    assert ledger_differences() == []
