"""The import command: the same way in as the screen."""

import pytest
from django.core.management import CommandError, call_command

from orders.models import ImportRun, Order
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
TEXT = (
    "order_number,sku,quantity,price,paid_at\nA-1,CUP,2,9.90,2026-03-10 09:00:00\nA-2,CUP,x,9.90,2026-03-10 09:00:00\n"
)


@pytest.fixture
def file(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    ShopFactory(code="main-shop")
    path = tmp_path / "orders.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(file, *options):
    call_command("import_orders", str(file), "--shop", "main-shop", "--map", "generic", *options)


def test_command_takes_history_in_and_tells_the_figures(file, capsys):
    run(file)

    assert [order.external_id for order in Order.objects.all()] == ["A-1"]
    assert "2 rows → 1 order lines in 1 orders, 0 cancellation lines, 1 quarantined" in capsys.readouterr().out


def test_command_live_reserves_stock(file):
    level = stock(5, variant=VariantFactory(sku="CUP"))
    run(file, "--live")

    level.refresh_from_db()
    assert level.reserved == 2


def test_command_check_makes_nothing(file):
    run(file, "--check")

    assert (ImportRun.objects.get().state, Order.objects.count()) == ("checked", 0)


@pytest.mark.parametrize(("option", "words"), [("--shop", "no shop"), ("--map", "no column map")])
def test_command_names_what_does_not_exist(file, option, words):
    with pytest.raises(CommandError, match=words):
        call_command("import_orders", str(file), "--shop", "main-shop", "--map", "generic", option, "nothing")
    assert ImportRun.objects.count() == 0


def test_command_fails_with_the_reason_of_an_unreadable_file(file):
    file.write_text("what,is,this\n1,2,3\n", encoding="utf-8")
    with pytest.raises(CommandError, match="No header row was recognised"):
        run(file)
