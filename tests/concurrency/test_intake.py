"""Many buyers through every door at once; for each guard a control that shows the race without it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.kit.actor import Actor
from config.kit.errors import Busy
from customers.models import Customer, Identity, Message
from inventory import selectors
from inventory.models import Reservation, StockLevel
from inventory.policies import LevelFacts
from inventory.services import reservations
from orders.drafts import BuyerDraft
from orders.models import ColumnMap, Order, OrderLine, RawInput
from orders.services import TakenResult, take_orders
from orders.services.imports import run_import, upload_file
from orders.services.inputs import sweep_inputs
from orders.services.intake import take
from orders.states import OrderMode
from stores.models import Shop, ShopApiKey
from tests.conftest import RoleClient
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ChannelFactory, EmployeeFactory, ShopFactory
from tests.support.concurrency import run_concurrently
from tests.support.orders import draft

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("tests")
BUYERS, PIECES = 50, 10
SECRET = "hush"


@pytest.fixture(autouse=True)
def _site_is_loaded() -> None:
    """A web process loads its middleware once, before the first request; the clients of threads would do it side by side."""
    Client().get("/livez")


@pytest.fixture
def shop() -> Shop:
    return ShopFactory()


@pytest.fixture
def level() -> StockLevel:
    return stock(PIECES, variant=VariantFactory(sku="SKU-1"))


def buy(shop: Shop, number: int, lines: list[tuple[str, int]] | None = None) -> str:
    """One order of this buyer; returns what became of it."""
    [taken] = take_orders(
        shop_id=shop.pk,
        channel="api",
        drafts=[draft(f"A-{number}", lines)],
        actor=SYSTEM,
        now=timezone.now(),
    )
    return taken.status


def require_exactly_ten_served(level: StockLevel) -> None:
    """Ten orders have their piece, forty wait for stock, and every sum agrees."""
    found = Counter(Order.objects.values_list("status", "stock_status"))
    assert found == {("ready", "reserved"): PIECES, ("held", "short"): BUYERS - PIECES}
    assert StockLevel.objects.values_list("on_hand", "reserved").get(pk=level.pk) == (PIECES, PIECES)
    assert Reservation.objects.filter(state="held").count() == PIECES
    assert OrderLine.objects.count() == BUYERS
    assert selectors.ledger_differences() == []


def test_fifty_buyers_through_take_orders_get_exactly_ten(shop: Shop, level: StockLevel) -> None:
    outcomes = run_concurrently(BUYERS, lambda number: buy(shop, number))

    assert Counter(outcomes) == {"ready": PIECES, "held": BUYERS - PIECES}
    require_exactly_ten_served(level)
    # All fifty gave the same telephone: one customer, however many tried to make it.
    assert (Customer.objects.count(), Identity.objects.filter(kind="phone").count()) == (1, 1)
    assert Message.objects.count() == BUYERS


def read_without_lock(together: threading.Barrier) -> Callable[[Sequence[int]], list[LevelFacts]]:
    """The lock as it would be without FOR UPDATE: everybody has read before anybody writes."""

    def read(variant_ids: Sequence[int]) -> list[LevelFacts]:
        rows = StockLevel.objects.filter(variant_id__in=variant_ids).order_by("pk")
        facts = [
            LevelFacts(row.pk, row.variant_id, row.location_id, row.on_hand, row.reserved, None, 10, True)
            for row in rows
        ]
        together.wait()
        return facts

    return read


def test_control_without_the_lock_buyers_attempt_to_oversell(
    shop: Shop, level: StockLevel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody believes in the pieces; only the statement's condition refuses, so orders are lost instead of held."""
    for number in range(BUYERS):  # each buyer is known: none waits for another one's identity
        customer = Customer.objects.create(shop=shop, created_at=timezone.now())
        Identity.objects.create(
            customer=customer, kind="platform", scope=shop.code, value=f"b{number}", created_at=timezone.now()
        )
    monkeypatch.setattr(
        reservations, "lock_levels_of_variants", read_without_lock(threading.Barrier(BUYERS, timeout=60))
    )

    def blind(number: int) -> str:
        mine = draft(f"A-{number}", buyer=BuyerDraft(platform_id=f"b{number}"))
        [taken] = take_orders(shop_id=shop.pk, channel="api", drafts=[mine], actor=SYSTEM, now=timezone.now())
        return taken.status

    outcomes = run_concurrently(BUYERS, blind)
    assert outcomes.count("ready") == PIECES
    assert sum(isinstance(outcome, Busy) for outcome in outcomes) == BUYERS - PIECES
    assert Order.objects.count() == PIECES


# --- the doors ---------------------------------------------------------------------------------------------------------


def body(external_id: str) -> dict[str, Any]:
    return {
        "external_id": external_id,
        "placed_at": "2026-03-10T09:00:00+08:00",
        "paid_at": "2026-03-10T09:01:00+08:00",
        "lines": [{"seller_code": "SKU-1", "title": "Cup", "quantity": 1, "unit_price": "9.90"}],
        "buyer": {"name": "王小明", "email": "w@example.com"},
        "recipient": {"name": "王小明", "phone": "13800138000", "city": "杭州", "street": "文三路 1 号"},
    }


@pytest.fixture
def call(shop: Shop) -> Callable[[str], Any]:
    _key, secret = ShopApiKey.objects.create_key(name="till", shop=shop)

    def post(external_id: str) -> Any:
        return Client(raise_request_exception=False).post(
            "/api/v1/orders",
            json.dumps(body(external_id)),
            content_type="application/json",
            headers={"X-Api-Key": secret},
        )

    return post


def test_fifty_buyers_through_the_api_get_exactly_ten(level: StockLevel, call: Callable[[str], Any]) -> None:
    answers = run_concurrently(BUYERS, lambda number: call(f"A-{number}"))

    assert Counter(answer.status_code for answer in answers) == {201: BUYERS}
    assert Counter(answer.json()["status"] for answer in answers) == {"ready": PIECES, "held": BUYERS - PIECES}
    require_exactly_ten_served(level)


def test_the_same_api_order_twenty_times_at_once_makes_one(level: StockLevel, call: Callable[[str], Any]) -> None:
    answers = run_concurrently(20, lambda _number: call("A-1"))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert {answer.json()["number"] for answer in answers} == {Order.objects.get().number}
    assert (RawInput.objects.get().state, Message.objects.count(), Reservation.objects.count()) == ("done", 1, 1)
    assert selectors.ledger_differences() == []


def test_control_without_a_second_look_the_same_order_at_once_is_refused(
    shop: Shop, level: StockLevel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody has looked before anybody writes, and nobody looks again: the unique key refuses all but one."""
    together, look_up = threading.Barrier(20, timeout=60), take.look_up

    def look_together(*args: Any) -> Any:
        found = look_up(*args)
        together.wait()
        return found

    monkeypatch.setattr(take, "look_up", look_together)
    monkeypatch.setattr(take, "_ATTEMPTS", 1)
    outcomes = run_concurrently(20, lambda _number: buy(shop, 1))
    assert outcomes.count("ready") == 1
    assert sum(isinstance(outcome, Busy) for outcome in outcomes) == 19
    assert Order.objects.count() == 1


def test_the_same_draft_twenty_times_at_once_is_created_once(shop: Shop, level: StockLevel) -> None:
    def send(_number: int) -> str:
        [taken] = take_orders(shop_id=shop.pk, channel="api", drafts=[draft()], actor=SYSTEM, now=timezone.now())
        return str(taken.result)

    assert Counter(run_concurrently(20, send)) == {TakenResult.CREATED: 1, TakenResult.UNCHANGED: 19}
    assert (Order.objects.count(), Reservation.objects.count(), Customer.objects.count()) == (1, 1, 1)


@pytest.fixture
def shopify(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    ChannelFactory(kind="shopify", code="intl", shop=shop)
    monkeypatch.setenv("CHANNEL_SECRET_INTL", SECRET)

    def post(number: int, webhook_id: str) -> Any:
        raw = json.dumps(
            {
                "id": 4503599627370000 + number,
                "name": f"#{number}",
                "created_at": "2026-03-10T09:00:00+08:00",
                "updated_at": "2026-03-10T09:00:00+08:00",
                "currency": "CNY",
                "financial_status": "paid",
                "total_price": "10.00",
                "email": "jo@example.com",
                "line_items": [{"id": 1, "sku": "SKU-1", "name": "Cup", "quantity": 1, "price": "10.00"}],
                "shipping_address": {"name": "Jo Lin", "address1": "1 Road", "city": "Leeds", "country": "UK"},
            }
        ).encode()
        signature = base64.b64encode(hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()).decode()
        headers = {
            "X-Shopify-Topic": "orders/create",
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Hmac-Sha256": signature,
        }
        client = Client(raise_request_exception=False)
        return client.post("/callbacks/shopify/intl/", raw, content_type="application/json", headers=headers)

    return post


def test_fifty_buyers_through_webhooks_and_four_sweeps_get_exactly_ten(
    level: StockLevel, shopify: Callable[..., Any]
) -> None:
    answers = run_concurrently(BUYERS, lambda number: shopify(number, f"w-{number}").json())
    assert answers == [{"result": "stored"}] * BUYERS

    sweeps = run_concurrently(4, lambda _number: sweep_inputs(now=timezone.now()))

    assert [sweep.failed for sweep in sweeps] == [0] * 4
    assert sum(sweep.handled for sweep in sweeps) == BUYERS
    require_exactly_ten_served(level)


def test_the_same_webhook_twenty_times_at_once_is_one_input_and_one_order(
    level: StockLevel, shopify: Callable[..., Any]
) -> None:
    answers = run_concurrently(20, lambda _number: shopify(1, "w-1").json()["result"])
    assert Counter(answers) == {"stored": 1, "known": 19}

    sweeps = run_concurrently(4, lambda _number: sweep_inputs(now=timezone.now()))

    assert sorted((sweep.handled, sweep.failed) for sweep in sweeps) == [(0, 0), (0, 0), (0, 0), (1, 0)]
    assert (RawInput.objects.count(), Order.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_control_looking_before_storing_fails_for_all_but_one(shop: Shop) -> None:
    together = threading.Barrier(20, timeout=60)

    def naive(_number: int) -> bool:
        is_here = RawInput.objects.filter(source="shopify", shop=shop, key="w-1").exists()
        together.wait()
        if not is_here:
            RawInput.objects.create(source="shopify", shop=shop, key="w-1", body=b"", received_at=timezone.now())
        return not is_here

    outcomes = run_concurrently(20, naive)
    assert outcomes.count(True) == 1
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 19


def test_fifty_orders_typed_in_at_once_get_exactly_ten(shop: Shop, level: StockLevel) -> None:
    agent = EmployeeFactory(roles=["CS"], shops=[shop])
    address = reverse("orders:order_new")

    def type_in(number: int) -> int:
        client = RoleClient(raise_request_exception=False)
        client.sign_in(agent)
        typed = {
            "key": f"H-{number:010}",
            "shop": str(shop.pk),
            "buyer_name": "王小明",
            "buyer_phone": "13800138000",
            "city": "杭州",
            "street": "文三路 1 号",
            "is_paid": "on",
            "lines-TOTAL_FORMS": "1",
            "lines-INITIAL_FORMS": "0",
            "lines-0-code": "SKU-1",
            "lines-0-quantity": "1",
        }
        return client.post(address, typed).status_code

    assert Counter(run_concurrently(BUYERS, type_in)) == {302: BUYERS}
    require_exactly_ten_served(level)


def upload(shop: Shop, numbers: range, now: datetime) -> int:
    header = "order_number,sku,qty,price,paid_at,收货人,联系手机,address\n"
    lines = [f"F-{number},SKU-1,1,9.90,2026-03-10 09:00:00,王小明,13800138000,文三路 1 号\n" for number in numbers]
    run = upload_file(
        shop_id=shop.pk,
        column_map_id=ColumnMap.objects.get(code="generic").pk,
        file=ContentFile((header + "".join(lines)).encode()),
        file_name=f"{numbers.start}.csv",
        mode=OrderMode.LIVE,
        makes_drafts=False,
        is_dry_run=False,
        actor=SYSTEM,
        now=now,
    )
    return run.pk


@pytest.fixture
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.usefixtures("_media")
def test_two_files_at_once_serve_exactly_ten(shop: Shop, level: StockLevel, now: datetime) -> None:
    runs = [upload(shop, range(25), now), upload(shop, range(25, 50), now)]

    done = run_concurrently(2, lambda number: run_import(run_id=runs[number], actor=SYSTEM))

    assert [(run.state, run.order_count, run.quarantined_count) for run in done] == [("done", 25, 0)] * 2
    require_exactly_ten_served(level)


@pytest.mark.usefixtures("_media")
def test_one_file_that_two_workers_run_is_taken_in_once(shop: Shop, level: StockLevel, now: datetime) -> None:
    run_id = upload(shop, range(BUYERS), now)

    run_concurrently(2, lambda _number: run_import(run_id=run_id, actor=SYSTEM))
    run = run_import(run_id=run_id, actor=SYSTEM)

    assert (run.state, run.row_count, run.order_line_count, run.duplicate_count) == ("done", BUYERS, BUYERS, 0)
    require_exactly_ten_served(level)


# --- lines in opposite order ---------------------------------------------------------------------------------------------


def test_orders_with_lines_in_opposite_order_do_not_lock_each_other_out(shop: Shop) -> None:
    levels = [stock(100, variant=VariantFactory(sku=sku)) for sku in ("SKU-1", "SKU-2")]
    lines = [("SKU-1", 1), ("SKU-2", 1)]

    def order(number: int) -> list[str]:
        mine = lines if number % 2 else lines[::-1]
        return [buy(shop, number * 100 + turn, mine) for turn in range(5)]

    assert run_concurrently(8, order) == [["ready"] * 5] * 8
    found = StockLevel.objects.filter(pk__in=[level.pk for level in levels]).values_list("on_hand", "reserved")
    assert list(found) == [(100, 40)] * 2
    assert selectors.ledger_differences() == []


def test_control_locks_in_the_order_of_the_lines_end_in_a_deadlock(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for sku in ("SKU-1", "SKU-2"):
        stock(100, variant=VariantFactory(sku=sku))
    buy(shop, 0)  # the buyer is known: the two below do not wait for each other's identity
    both_hold_one = threading.Barrier(2, timeout=30)

    def lock_as_asked(variant_ids: Sequence[int]) -> list[LevelFacts]:
        facts = []
        for place, variant_id in enumerate(variant_ids):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM inventory_stocklevel WHERE variant_id = %s FOR UPDATE", [variant_id])
            if place == 0:
                both_hold_one.wait()
            row = StockLevel.objects.get(variant_id=variant_id)
            facts.append(LevelFacts(row.pk, variant_id, row.location_id, row.on_hand, row.reserved, None, 10, True))
        return facts

    monkeypatch.setattr(reservations, "lock_levels_of_variants", lock_as_asked)
    lines = [("SKU-1", 1), ("SKU-2", 1)]
    known = draft("A-0").buyer

    def order(number: int) -> str:
        mine = draft(f"B-{number}", lines if number else lines[::-1], buyer=known)
        [taken] = take_orders(shop_id=shop.pk, channel="api", drafts=[mine], actor=SYSTEM, now=timezone.now())
        return taken.status

    outcomes = run_concurrently(2, order)
    [deadlock] = [outcome for outcome in outcomes if outcome != "ready"]
    assert isinstance(deadlock, OperationalError)
    assert "deadlock" in str(deadlock)
