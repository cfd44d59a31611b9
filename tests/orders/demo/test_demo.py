"""The demo company: a small one made on the test database, and the plan that it is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Q
from django.test import override_settings

from approvals.models import Deadline, Notice
from catalog.models import Product, Variant
from catalog.selectors import products_matching
from customers.models import Message
from customers.states import MessageState
from inventory.models import StockMovement
from inventory.selectors import ledger_differences
from orders.demo.catalogue import plan_catalogue
from orders.demo.plan import Plan
from orders.demo.planning import plan_company
from orders.demo.story import tell_story
from orders.demo.waybills import waybill
from orders.models import Courier, Hold, ImportRun, Order, Parcel, RawInput, TrackingEvent, Wave
from orders.policies import looks_like_goods
from orders.selectors.bench import looks_wrong
from orders.states import HoldKind, ImportState, InputState, OrderStatus, ParcelState, WaveState
from stores.models import Employee, Shop
from stores.selectors import demo_sign_ins
from stores.states import Role

NOW = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
ORDERS = 150


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plan]:
    """A small demo company that the tests of this module read; taken back at the end."""
    plan = plan_company(20, ORDERS)
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"), DEMO=True)
    with django_db_blocker.unblock(), media, rolled_back():
        tell_story(plan, now=NOW, say=lambda words: None)
        yield plan


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction that says it is a test's, as TestCase's own does, and never commits."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with atomic:
        try:
            yield
        finally:
            transaction.set_rollback(True)


def test_every_state_and_every_hold_kind_occurs(company: Plan) -> None:
    assert set(Order.objects.values_list("status", flat=True)) == set(OrderStatus.values)
    assert set(Hold.objects.filter(released_at=None).values_list("kind", flat=True)) == set(HoldKind.values)
    assert set(Wave.objects.values_list("state", flat=True)) == set(WaveState.values)
    assert {ParcelState.PROBLEM, ParcelState.RETURNING, ParcelState.SIGNED, ParcelState.LOST} <= set(
        Parcel.objects.values_list("state", flat=True)
    )
    assert Order.objects.count() == len(company.orders) == ORDERS


def test_stock_agrees_with_the_ledger_and_orders_with_their_holds(company: Plan) -> None:
    assert ledger_differences() == []
    assert StockMovement.objects.filter(at__gt=NOW).count() == 0
    assert Order.objects.filter(status=OrderStatus.READY).exclude(open_holds=0).count() == 0
    assert Order.objects.filter(status=OrderStatus.HELD, open_holds=0).count() == 0


def test_nothing_happened_in_the_future(company: Plan) -> None:
    assert Order.objects.filter(Q(placed_at__gt=NOW) | Q(received_at__gt=NOW) | Q(status_at__gt=NOW)).count() == 0
    assert TrackingEvent.objects.filter(Q(at__gt=NOW) | Q(received_at__gt=NOW)).count() == 0
    assert Order.objects.filter(mode="live", received_at__lt=NOW, placed_at__gt=NOW).count() == 0


def test_everybody_signs_in_with_one_click_and_nobody_has_a_password(company: Plan) -> None:
    assert [username for _role, username in demo_sign_ins()] == [role.value.lower() for role in Role]
    assert [person.username for person in Employee.objects.all() if person.has_usable_password()] == []
    for role in Role:
        assert list(Employee.objects.get(username=role.value.lower()).groups.values_list("name", flat=True)) == [role]


def test_products_have_barcodes_pictures_and_can_be_found(company: Plan) -> None:
    stocked = Variant.objects.filter(product__state__in=("active", "archived"))
    assert [variant.sku for variant in stocked if not looks_like_goods(variant.barcode)] == []
    assert stocked.filter(picture="").count() == 0
    picture = stocked[0].picture
    assert Path(picture.path).read_bytes().startswith(b"\x89PNG")
    names = set(products_matching(Product.objects.all(), "龙井").values_list("name", flat=True))
    assert len(names) == 2
    assert all("龙井" in name for name in names)


def test_doors_files_mails_and_clocks_have_something_to_show(company: Plan) -> None:
    assert Counter(RawInput.objects.values_list("state", flat=True)) == {
        InputState.QUARANTINED: 3,
        InputState.IGNORED: 1,
        InputState.DONE: 1,
    }
    runs = {(run.state, run.is_dry_run, run.quarantined_count > 0) for run in ImportRun.objects.all()}
    assert runs == {(ImportState.DONE, False, False), (ImportState.CHECKED, True, True)}
    assert set(Message.objects.values_list("state", flat=True)) == {
        MessageState.SENT, MessageState.QUEUED, MessageState.FAILED, MessageState.UNCONFIRMED, MessageState.DROPPED,
    }  # fmt: skip
    assert Deadline.objects.filter(state="running", breached_at__isnull=False).exists()
    assert Deadline.objects.filter(state="running", breached_at__isnull=True).exists()
    assert Notice.objects.filter(kind="demo").count() == Employee.objects.count()


def test_people_buy_again_in_another_shop(company: Plan) -> None:
    shops_of: dict[int, set[int]] = {}
    for customer_id, shop_id in Order.objects.exclude(customer=None).values_list("customer_id", "shop_id"):
        shops_of.setdefault(customer_id, set()).add(shop_id)
    assert max(len(shops) for shops in shops_of.values()) > 1
    assert max(Counter(Order.objects.values_list("customer_id", flat=True)).values()) > 2


def test_the_command_leaves_a_company_alone(company: Plan, settings: Any) -> None:
    settings.DEMO = True
    call_command("demo", "--if-empty")
    with pytest.raises(CommandError, match="There are shops already"):
        call_command("demo")
    assert Order.objects.count() == ORDERS


def test_the_command_prints_who_can_be_signed_in_as(company: Plan, settings: Any, capsys: Any) -> None:
    settings.DEMO = True
    call_command("demo", "--sign-ins")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [role.value.lower() for role in Role]


@pytest.mark.django_db
def test_the_command_refuses_outside_a_demo_installation(settings: Any) -> None:
    settings.DEMO = False
    call_command("demo", "--if-empty")
    with pytest.raises(CommandError, match="no demo installation"):
        call_command("demo")
    assert Shop.objects.count() == 0


def test_the_same_seed_makes_the_same_plan_and_another_seed_another() -> None:
    assert plan_company(3, 300) == plan_company(3, 300)
    assert plan_company(3, 300).orders != plan_company(4, 300).orders
    assert len(plan_company(3, 300).orders) == 300


def test_skus_and_barcodes_are_unique_and_well_formed() -> None:
    variants = plan_catalogue(20)
    assert len(variants) == len({one.sku for one in variants}) == len({one.barcode for one in variants}) == 300
    assert [
        one.barcode for one in variants if not (one.barcode.startswith("690") and looks_like_goods(one.barcode))
    ] == []


def test_waybills_look_like_numbers_of_their_couriers(company: Plan) -> None:
    couriers = {courier.code: courier for courier in Courier.objects.all()}
    assert [order.key for order in company.orders if looks_wrong(waybill(order), couriers[order.courier])] == []
