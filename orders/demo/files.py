"""What came in besides live orders: the old system's files, a file that is only checked, and raw inputs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.core.files.base import ContentFile

from config.kit.errors import InvalidInput
from orders import services
from orders.demo.intake import draft_of
from orders.demo.plan import LIVE_DAYS, MAIN, Fate, PlannedOrder
from orders.demo.world import ZONE, World
from orders.models import ColumnMap, ImportRun
from orders.services.imports import run_import, upload_file
from orders.services.inputs import sweep_inputs
from orders.states import OrderMode

_HEADER = (
    "订单编号", "商家编码", "商品名称", "数量", "单价", "下单时间", "付款时间", "买家会员名", "买家姓名", "买家手机",
    "收货人姓名", "联系手机", "省", "市", "区", "收货地址", "邮编", "运费", "订单优惠", "实付金额", "买家留言",
)  # fmt: skip
Row = list[str]


def bring_history(world: World) -> None:
    """The orders of the old system, one file a shop, taken in as history."""
    orders = [order for order in world.plan.orders if order.fate == Fate.HISTORY]
    for shop in sorted({order.shop for order in orders}):
        rows = [row for order in orders if order.shop == shop for row in _rows(order, world)]
        _import(world, shop, f"历史订单-{shop}.csv", rows, OrderMode.HISTORY, day=LIVE_DAYS, is_dry_run=False)


def check_a_file(world: World) -> ImportRun:
    """This morning's file of a partner, checked and not yet started: a few of its rows cannot be read."""
    orders = [order for order in world.plan.orders if order.shop == MAIN][:14]
    rows = [row for order in orders for row in _rows(order, world)]
    for number, row in enumerate(rows):
        row[0] = f"TG{row[0][2:]}"
        if number in (2, 7, 11):
            column, wrong = {2: (3, "两件"), 7: (4, ""), 11: (5, "昨天下午")}[number]
            row[column] = wrong
    return _import(world, MAIN, "团购订单.csv", rows, OrderMode.LIVE, day=0, is_dry_run=True)


def bring_raw_inputs(world: World) -> None:
    """Bodies at the doors: three that wait in quarantine for a person, one that told us nothing, one that was worked off."""
    now = world.now - timedelta(hours=3)
    unknown = {"status": "polling", "lastResult": {"nu": "75880009999999", "state": "0", "data": []}}
    buyer = {"id": 88_001, "first_name": "Ivy", "last_name": "Marsh", "email": "ivy.marsh@example.com"}
    bodies: tuple[tuple[str, str, str, bytes], ...] = (
        ("api", MAIN, "", '{"external_id": "TB26-坏了", "lines": [{"seller_code": '.encode()),
        ("kuaidi100", MAIN, "", json.dumps(unknown).encode()),
        ("shopify", "intl", "orders/create", json.dumps({"id": 6_100_077, "name": "#9077", "line_items": []}).encode()),
        ("shopify", "intl", "products/update", json.dumps({"id": 5}).encode()),
        ("shopify", "intl", "customers/update", json.dumps(buyer).encode()),
    )
    for source, shop, topic, body in bodies:
        services.store_input(source=source, shop_id=world.shops[shop].pk, body=body, topic=topic, now=now)
    sweep_inputs(now=now + timedelta(seconds=5))


def _import(
    world: World, shop: str, name: str, rows: Sequence[Row], mode: OrderMode, *, day: int, is_dry_run: bool
) -> ImportRun:
    now = world.at(day, 8 * 60) if day else world.now - timedelta(hours=1)
    out = io.StringIO()
    csv.writer(out).writerows([_HEADER, *rows])
    actor = world.staff("sell" if day == 0 else "ops")
    run = upload_file(
        shop_id=world.shops[shop].pk, column_map_id=ColumnMap.objects.get(code="generic").pk,
        file=ContentFile(out.getvalue().encode("utf-8-sig")), file_name=name, mode=mode, makes_drafts=False,
        is_dry_run=is_dry_run, actor=actor, now=now,
    )  # fmt: skip
    run = run_import(run_id=run.pk, actor=actor, now=now + timedelta(minutes=1))
    if run.error:
        raise InvalidInput(field=name, problem=run.error)
    return run


def _rows(order: PlannedOrder, world: World) -> Iterable[Row]:
    draft = draft_of(order, world)
    placed = draft.placed_at.astimezone(ZONE)
    to = draft.recipient
    for line in draft.lines:
        yield [
            draft.external_id, line.seller_code, line.title, str(line.quantity), str(line.unit_price),
            f"{placed:%Y-%m-%d %H:%M:%S}",
            f"{placed + timedelta(seconds=40):%Y-%m-%d %H:%M:%S}", draft.buyer.platform_id, draft.buyer.name, draft.buyer.phone,
            to.name, to.phone, to.region, to.city, to.district, to.street, to.postcode, str(draft.amount_shipping),
            str(draft.amount_discount), str(draft.computed_total), draft.buyer_note,
        ]  # fmt: skip
