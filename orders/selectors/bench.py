"""What the bench reads: orders for a wave, waves, pick lists, parcels. No personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Upper

from catalog.models import Variant
from inventory.models import Location, Reservation
from inventory.states import ReservationState
from orders.couriers import clean_waybill, fits, guess
from orders.models import Courier, HandOver, Note, Order, OrderLine, Parcel, ParcelLine, PickLine, Wave
from orders.states import NoteKind, OrderStatus, ParcelState, StockStatus, WaveState


@dataclass(frozen=True, slots=True)
class WaveRule:
    """Which ready orders a wave takes: those of one location, the most urgent first.

    `order_ids` names them; without it the other conditions choose. `courier_id` is whom the wave's parcels are planned for.
    `single_item`: True takes only orders of one piece, False only the others, None both.
    """

    location_id: int
    order_ids: tuple[int, ...] | None = None
    courier_id: int | None = None
    single_item: bool | None = None
    ship_by_before: datetime | None = None
    limit: int = 60


def orders_for_wave(rule: WaveRule) -> QuerySet[Order]:
    """Ready orders whose reserved stock lies at the rule's location, the most urgent first; annotated with `pieces`."""
    held = Reservation.objects.filter(line_id=OuterRef("pk"), state=ReservationState.HELD)
    here = OrderLine.objects.filter(Exists(held.filter(level__location_id=rule.location_id)), order=OuterRef("pk"))
    orders = Order.objects.filter(
        Exists(here), status=OrderStatus.READY, stock_status=StockStatus.RESERVED, open_holds=0
    ).annotate(pieces=_pieces())
    if rule.order_ids is not None:
        orders = orders.filter(pk__in=rule.order_ids)
    if rule.single_item is not None:
        orders = orders.filter(pieces=1) if rule.single_item else orders.exclude(pieces=1)
    if rule.ship_by_before is not None:
        orders = orders.filter(ship_by__lt=rule.ship_by_before)
    return orders.order_by(F("ship_by").asc(nulls_last=True), "pk")


def _pieces() -> Coalesce:
    lines = OrderLine.objects.filter(order=OuterRef("pk"), variant__is_stocked=True).order_by().values("order")
    return Coalesce(Subquery(lines.annotate(n=Sum("quantity")).values("n")), 0)


@dataclass(frozen=True, slots=True)
class LocationWork:
    """How many ready orders wait at a location, and when the first of them must leave."""

    location_id: int
    name: str
    ready: int
    single: int
    first_ship_by: datetime | None


def work_by_location() -> list[LocationWork]:
    """The ready orders of every active location, in one statement."""
    line_here = Reservation.objects.filter(
        state=ReservationState.HELD, line_id__in=OrderLine.objects.filter(order=OuterRef(OuterRef("pk"))).values("pk")
    )
    rows = (
        Order.objects.filter(status=OrderStatus.READY, stock_status=StockStatus.RESERVED, open_holds=0)
        .annotate(location=Subquery(line_here.values("level__location_id")[:1]), pieces=_pieces())
        .exclude(location=None)
        .values("location")
        .annotate(ready=Count("pk"), single=Count("pk", filter=Q(pieces=1)), first=Min("ship_by"))
    )
    found = {row["location"]: row for row in rows}
    return [
        LocationWork(
            location.pk,
            location.name,
            found[location.pk]["ready"] if location.pk in found else 0,
            found[location.pk]["single"] if location.pk in found else 0,
            found[location.pk]["first"] if location.pk in found else None,
        )
        for location in Location.objects.filter(is_active=True).order_by("priority", "pk")
    ]


def open_waves() -> QuerySet[Wave]:
    """Waves that are not finished, oldest first, with how far they are."""
    return (
        Wave.objects.exclude(state=WaveState.FINISHED)
        .select_related("location", "created_by")
        .annotate(
            order_count=Count("orders", distinct=True),
            packed_count=Count("orders", filter=~Q(orders__status=OrderStatus.PICKING), distinct=True),
            first_ship_by=Min("orders__ship_by", filter=Q(orders__status=OrderStatus.PICKING)),
        )
        .order_by("pk")
    )


def pick_lines(wave_id: int) -> QuerySet[PickLine]:
    """A wave's pick list in walk order, with what the picker must see."""
    return (
        PickLine.objects.filter(wave_id=wave_id)
        .select_related("level__variant__product", "level__location")
        .order_by("walk_order")
    )


def next_pick_line(wave_id: int) -> PickLine | None:
    """The next bin of the walk that is not settled."""
    return pick_lines(wave_id).filter(quantity__gt=F("picked") + F("short")).first()


def parcels_of_wave(wave_id: int) -> QuerySet[Parcel]:
    """The parcels of the orders that are in a wave now, in the order of their notes, with how far they are scanned."""
    return (
        Parcel.objects.filter(
            order__wave_id=wave_id, state__in=(ParcelState.PACKING, ParcelState.PACKED, ParcelState.HANDED_OVER)
        )
        .select_related("order", "courier")
        .annotate(wanted=Coalesce(Sum("lines__quantity"), 0), scanned=Coalesce(Sum("lines__scanned"), 0))
        .order_by("note_number")
    )


def parcels_by_code(code: str) -> list[Parcel]:
    """Parcels that a scanned note, order number, waybill or wave number means; the ones to pack first."""
    text = clean_waybill(code)
    if not text:
        return []
    found = Parcel.objects.select_related("order", "courier", "location")
    exact = found.filter(Q(note_number=text) | Q(order__number=text)).order_by("-pk")[:5]
    return (
        list(exact)
        or list(found.alias(number=Upper("waybill")).filter(number=text).exclude(waybill=""))
        or list(found.filter(order__wave__number=text, order__status=OrderStatus.PICKING).order_by("note_number"))
    )


def parcel_lines(parcel_id: int) -> list[ParcelLineFacts]:
    """What belongs in a parcel and how much of it is in."""
    rows = ParcelLine.objects.filter(parcel_id=parcel_id).select_related("order_line__variant__product").order_by("pk")
    return [
        ParcelLineFacts(
            line_id=row.pk,
            variant_id=row.order_line.variant_id or 0,
            sku=row.order_line.variant.sku if row.order_line.variant else row.order_line.seller_code,
            barcode=row.order_line.variant.barcode if row.order_line.variant else "",
            title=str(row.order_line.variant.product) if row.order_line.variant else row.order_line.title,
            variant_name=row.order_line.variant.name if row.order_line.variant else "",
            has_picture=bool(row.order_line.variant and row.order_line.variant.picture),
            quantity=row.quantity,
            scanned=row.scanned,
            weight_grams=(row.order_line.variant.weight_grams if row.order_line.variant else 0) * row.quantity,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ParcelLineFacts:
    """One line of a parcel as the bench shows it."""

    line_id: int
    variant_id: int
    sku: str
    barcode: str
    title: str
    variant_name: str
    has_picture: bool
    quantity: int
    scanned: int
    weight_grams: int

    @property
    def missing(self) -> int:
        """Pieces that are not in yet."""
        return self.quantity - self.scanned


def warehouse_notes(order_id: int) -> QuerySet[Note]:
    """The notes that the packer must have read, in the order they were written."""
    return Note.objects.filter(order_id=order_id, kind=NoteKind.WAREHOUSE).order_by("pk")


def active_couriers() -> list[Courier]:
    """Couriers in use, by name."""
    return list(Courier.objects.filter(is_active=True).order_by("name"))


def guess_courier(waybill: str) -> Courier | None:
    """The one active courier whose numbers look like this waybill."""
    return guess(clean_waybill(waybill), active_couriers())


def looks_wrong(waybill: str, courier: Courier) -> bool:
    """Whether the courier has patterns and the number fits none of them: worth a warning, never a refusal."""
    return bool(courier.patterns) and not fits(clean_waybill(waybill), courier.patterns)


def parcels_to_hand_over(location_id: int | None = None, courier_ids: Sequence[int] | None = None) -> QuerySet[Parcel]:
    """Packed parcels that no courier has yet: those in the bag and those left over; the longest packed first."""
    parcels = Parcel.objects.filter(state=ParcelState.PACKED).select_related("order", "courier", "location")
    if location_id is not None:
        parcels = parcels.filter(location_id=location_id)
    if courier_ids is not None:
        parcels = parcels.filter(courier_id__in=courier_ids)
    return parcels.order_by("packed_at", "pk")


@dataclass(frozen=True, slots=True)
class Bag:
    """The packed parcels of one courier at one location."""

    location_id: int
    location: str
    courier_id: int
    courier: str
    in_bag: int
    left: int
    first_ship_by: datetime | None


def bags() -> list[Bag]:
    """What waits for couriers, by location and courier, in one statement."""
    rows = (
        Parcel.objects.filter(state=ParcelState.PACKED)
        .values("location_id", "location__name", "courier_id", "courier__name")
        .annotate(
            in_bag=Count("pk", filter=Q(bagged_at__isnull=False)),
            left=Count("pk", filter=Q(bagged_at__isnull=True)),
            first=Min("order__ship_by"),
        )
        .order_by("location_id", "courier__name")
    )
    return [
        Bag(
            row["location_id"],
            row["location__name"],
            row["courier_id"],
            row["courier__name"],
            row["in_bag"],
            row["left"],
            row["first"],
        )
        for row in rows
    ]


def latest_handovers(count: int = 12) -> QuerySet[HandOver]:
    """What left last, newest first."""
    return HandOver.objects.select_related("courier", "location", "created_by").order_by("-at", "-pk")[:count]


def variant_by_code(code: str) -> Variant | None:
    """The variant of a scanned barcode or seller code, whatever its case."""
    text = code.strip()
    if not text:
        return None
    known = Variant.objects.select_related("product")
    # The exact question has an index; the other one is only asked for a code that is wrong anyway.
    exact = known.filter(Q(barcode=text) | Q(sku=text)).first()
    return exact or known.filter(Q(barcode__iexact=text) | Q(sku__iexact=text)).first()
