"""Stock: opened before the first order, filled up every week with what the plan is going to need."""

from __future__ import annotations

from collections import Counter

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalog.models import Variant
from catalog.models.products import picture_path
from catalog.services import map_seller_code
from inventory import services as inventory
from inventory.models import StockLevel
from orders.demo.catalogue import PlannedVariant, write_catalogue
from orders.demo.luck import dice
from orders.demo.pictures import draw_tile
from orders.demo.plan import FIRST_DAY, INTL, LATE_GOODS_DAY, LIVE_DAYS, PHYSICAL, Fate, Plan
from orders.demo.world import World

OPENING_DAY = FIRST_DAY + 1
RECEIPT_DAYS = range(OPENING_DAY - 7, 0, -7)
Receipt = dict[tuple[int, str], int]  # (variant of the plan, location) → pieces


def plan_receipts(plan: Plan) -> dict[int, Receipt]:
    """Days ago → what came in that day. Every order of the plan finds its goods, but for those that are to be short."""
    rng = dice(plan.seed, "stock")
    places = [(variant, "main") for variant in range(plan.late)]
    places += [(variant, shop) for shop in PHYSICAL for variant in sorted(plan.floors[shop])]
    receipts: dict[int, Receipt] = {OPENING_DAY: {}, LATE_GOODS_DAY: {}}
    for variant, location in places:
        receipts[OPENING_DAY][variant, location] = rng.choice(
            (3, 6, 12, 20, 30, 45) if location == "main" else (2, 4, 6, 10)
        )
    receipts[OPENING_DAY] |= {(variant, "main"): 2 for variant in plan.scarce} | {(plan.late, "main"): 1}
    for day in RECEIPT_DAYS:  # something comes in every week, also before the live days
        receipts[day] = {place: rng.choice((6, 12, 24)) for place in sorted(rng.sample(places, 10))}
    for (day, variant, location), pieces in sorted(_demand(plan).items()):
        receipts[day][variant, location] = receipts[day].get((variant, location), 0) + 5 * -(-pieces // 5)
    receipts[LATE_GOODS_DAY][plan.late, "main"] = 60
    return receipts


def _demand(plan: Plan) -> Counter[tuple[int, int, str]]:
    demand: Counter[tuple[int, int, str]] = Counter()
    for order in plan.orders:
        if order.fate == Fate.HISTORY or order.days_ago > LIVE_DAYS:
            continue
        day = min(day for day in RECEIPT_DAYS if day >= order.days_ago)
        for variant, quantity in order.lines:
            if variant < plan.late:
                demand[day, variant, order.shop if order.shop in PHYSICAL else "main"] += quantity
    return demand


def stock_up(world: World, receipts: dict[int, Receipt]) -> None:
    """Enter the catalogue with its pictures and the codes of the international shop; receive the opening stock into its bins."""
    now = world.at(OPENING_DAY, 9 * 60)
    by_sku = {
        variant.sku: variant
        for variant in write_catalogue(sorted_by_shelf(world.plan), actor=world.staff("ops"), now=now)
    }
    world.variants = [by_sku[variant.sku] for variant in world.plan.variants]
    _hang_pictures(world)
    for number in range(0, 60, 2):
        map_seller_code(
            shop_id=world.shops[INTL].pk, code=f"ZS-{1000 + number}", variant_id=world.variants[number].pk,
            actor=world.staff("ops"), now=now,
        )  # fmt: skip
    receive(world, OPENING_DAY, receipts[OPENING_DAY], "期初入库")
    bins = {row.pk: planned.bin_code for row, planned in zip(world.variants, world.plan.variants, strict=True)}
    for level in StockLevel.objects.select_related("location").order_by("pk"):
        own = bins[level.variant_id]
        bin_code = own if level.location_id == world.locations["main"].pk else f"S-{own[0]}"
        inventory.set_bin(level_id=level.pk, bin_code=bin_code, actor=world.staff("wh"), now=now)


def sorted_by_shelf(plan: Plan) -> list[PlannedVariant]:
    """The plan's variants in the order in which they were entered: by product."""
    return sorted(plan.variants, key=lambda variant: (variant.product, variant.bin_code))


def receive(world: World, day: int, receipt: Receipt, reference: str) -> None:
    """Book what came in, and let the orders that wait for it have it."""
    lines = [
        inventory.StockLine(world.variants[variant].pk, world.locations[location].pk, pieces)
        for (variant, location), pieces in sorted(receipt.items())
    ]
    if lines:
        inventory.receive_stock(
            lines=lines, reference=reference, actor=world.staff("wh"), now=world.at(day, 8 * 60 + 20)
        )
        world.tell_news()


def _hang_pictures(world: World) -> None:
    for row, planned in zip(world.variants, world.plan.variants, strict=True):
        path = picture_path(row, "tile.png")
        if not default_storage.exists(path):  # a first run that was killed may have left it
            default_storage.save(path, ContentFile(draw_tile(planned.family.shape, planned.colour)))
        row.picture.name = path
    Variant.objects.bulk_update(world.variants, ["picture"])
