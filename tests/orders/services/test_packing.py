"""The pack bench: units, notes, waybill, closing and opening again."""

import pytest

from approvals.models import TrailEntry
from orders.errors import PackingRefused, WaybillTaken
from orders.models import Courier, Note, Parcel, ScanEvent
from orders.services import acknowledge_notes, close_parcel, hold_order, scan_unit, unpack_parcel, write_note
from orders.states import HoldKind, NoteKind
from tests.factories.bench import packed, parcel_of, ready_order, stocked, wave_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea():
    return stocked("TEA-1", barcode="6901234567892", name="龙井茶")


@pytest.fixture
def order(tea, now):
    order = ready_order([(tea, 2)], now=now)
    wave_of([order], now=now)
    return order


@pytest.fixture
def parcel(order):
    return parcel_of(order)


def scan(parcel, code, actor, now):
    return scan_unit(parcel_id=parcel.pk, code=code, actor=actor, now=now)


def close(parcel, actor, now, waybill="73123456789012", **facts):
    return close_parcel(parcel_id=parcel.pk, waybill=waybill, weight_grams=480, actor=actor, now=now, **facts)


def fill(parcel, actor, now):
    for _unit in range(2):
        scan(parcel, "tea-1", actor, now)


@pytest.mark.parametrize("code", ["6901234567892", " tea-1 ", "TEA-1"])
def test_scan_unit_matches_barcode_and_seller_code(parcel, staff, now, code):
    answer = scan(parcel, code, staff, now)

    assert (answer.result, answer.missing, answer.text) == ("matched", 1, "龙井茶: 1 piece to go.")
    assert parcel.lines.get().scanned == 1
    event = ScanEvent.objects.get()
    assert (event.parcel_id, event.code, event.result, event.at, event.person_id) == (
        parcel.pk, code.strip(), "matched", now, staff.user_id,
    )  # fmt: skip


def test_scan_unit_reads_a_upc_with_and_without_its_leading_zero(now, actor):
    order = ready_order([(stocked("PEN", barcode="012345678905"), 1)], now=now)
    wave_of([order], now=now)

    assert scan(parcel_of(order), "0012345678905", actor, now).result == "matched"


def test_scan_unit_stops_one_too_many(parcel, actor, now):
    fill(parcel, actor, now)

    answer = scan(parcel, "TEA-1", actor, now)

    assert (answer.result, answer.is_right, answer.missing) == ("surplus", False, 0)
    assert parcel.lines.get().scanned == 2
    assert list(ScanEvent.objects.order_by("pk").values_list("result", flat=True)) == ["matched", "matched", "surplus"]


def test_scan_unit_tells_a_wrong_article_from_an_unknown_code(parcel, actor, now):
    stocked("CUP-1", name="杯子")

    wrong, unknown = scan(parcel, "cup-1", actor, now), scan(parcel, "4006381333931", actor, now)

    assert (wrong.result, "杯子" in wrong.text) == ("wrong_item", True)
    assert unknown.result == "unknown_code"
    assert parcel.lines.get().scanned == 0
    assert list(ScanEvent.objects.order_by("pk").values_list("result", flat=True)) == ["wrong_item", "unknown_code"]


def test_scan_unit_fills_two_lines_of_one_article_one_after_the_other(tea, actor, now):
    order = ready_order([(tea, 1), (tea, 1)], now=now)
    wave_of([order], now=now)
    parcel = parcel_of(order)

    results = [scan(parcel, "TEA-1", actor, now).result for _ in range(3)]

    assert results == ["matched", "matched", "surplus"]
    assert list(parcel.lines.order_by("pk").values_list("scanned", flat=True)) == [1, 1]


def test_scan_unit_refuses_an_order_that_was_put_on_hold_meanwhile(order, parcel, actor, now):
    hold_order(order_id=order.pk, kind=HoldKind.ADDRESS, reason="street?", actor=actor, now=now)

    with pytest.raises(PackingRefused):
        scan(parcel, "TEA-1", actor, now)

    assert (parcel.lines.get().scanned, ScanEvent.objects.count()) == (0, 0)


def test_close_parcel_packs_parcel_and_order(order, parcel, staff, now):
    fill(parcel, staff, now)

    closed = close(parcel, staff, now, waybill=" 7312 3456 789012 ")

    parcel.refresh_from_db()
    order.refresh_from_db()
    assert closed.warning == ""
    assert (parcel.state, parcel.waybill, parcel.courier.code, parcel.weight_grams) == (
        "packed",
        "73123456789012",
        "zto",
        480,
    )
    assert (parcel.packed_at, parcel.packed_by_id, order.status) == (now, staff.user_id, "packed")
    entry = TrailEntry.objects.about("orders.order", order.pk).last()
    assert (entry.action, entry.changes["waybill"]) == ("orders.packed", [None, "73123456789012"])


def test_close_parcel_warns_of_a_number_that_does_not_fit_and_takes_it(parcel, actor, now):
    fill(parcel, actor, now)

    closed = close(parcel, actor, now, waybill="sf1234567890123", courier_id=Courier.objects.get(code="zto").pk)

    assert closed.warning == "SF1234567890123 does not look like a number of 中通快递. Check the label."
    assert (closed.parcel.state, closed.parcel.waybill) == ("packed", "SF1234567890123")


def test_close_parcel_asks_for_the_courier_when_the_number_does_not_tell(parcel, actor, now):
    fill(parcel, actor, now)

    with pytest.raises(PackingRefused) as refused:
        close(parcel, actor, now, waybill="ABC")

    parcel.refresh_from_db()
    assert (refused.value.field, parcel.state, parcel.waybill) == ("courier", "packing", "")


def test_close_parcel_refuses_while_a_piece_is_missing(order, parcel, actor, now):
    scan(parcel, "TEA-1", actor, now)

    with pytest.raises(PackingRefused):
        close(parcel, actor, now)

    parcel.refresh_from_db()
    order.refresh_from_db()
    assert (parcel.state, parcel.waybill, order.status) == ("packing", "", "picking")


def test_close_parcel_refuses_while_a_note_for_the_warehouse_is_unread(order, parcel, staff, now):
    write_note(order_id=order.pk, kind=NoteKind.WAREHOUSE, text="礼品包装", actor=staff, now=now)
    write_note(order_id=order.pk, kind=NoteKind.INTERNAL, text="VIP", actor=staff, now=now)
    fill(parcel, staff, now)

    with pytest.raises(PackingRefused) as refused:
        close(parcel, staff, now)
    parcel.refresh_from_db()
    assert (refused.value.field, parcel.state) == ("notes", "packing")

    note = Note.objects.get(kind="warehouse")
    assert acknowledge_notes(parcel_id=parcel.pk, note_ids=[note.pk], actor=staff, now=now) == 1
    note.refresh_from_db()
    assert (note.acknowledged_at, note.acknowledged_by_id) == (now, staff.user_id)
    assert close(parcel, staff, now).parcel.state == "packed"


def test_acknowledge_notes_keeps_the_first_reader_and_leaves_strange_notes(order, parcel, tea, staff, actor, now):
    stranger = ready_order([(tea, 1)], now=now)
    own = write_note(order_id=order.pk, kind=NoteKind.WAREHOUSE, text="a", actor=staff, now=now)
    other = write_note(order_id=stranger.pk, kind=NoteKind.WAREHOUSE, text="b", actor=staff, now=now)

    assert acknowledge_notes(parcel_id=parcel.pk, note_ids=[own.pk, other.pk], actor=staff, now=now) == 1
    assert acknowledge_notes(parcel_id=parcel.pk, note_ids=[own.pk], actor=actor, now=now) == 0

    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.acknowledged_by_id, other.acknowledged_at) == (staff.user_id, None)


@pytest.mark.parametrize("twin", ["sf1234567890123", "SF 1234567890123"])
def test_close_parcel_refuses_a_number_that_is_on_another_parcel(tea, actor, now, twin):
    first, second = ready_order([(tea, 1)], now=now), ready_order([(tea, 1)], now=now)
    wave_of([first, second], now=now)
    taken = packed(first, "SF1234567890123", now=now, courier="sf")
    parcel = parcel_of(second)
    scan(parcel, "TEA-1", actor, now)

    with pytest.raises(WaybillTaken) as refused:
        close(parcel, actor, now, waybill=twin)

    assert refused.value.facts == {"waybill": "SF1234567890123", "note": taken.note_number}
    parcel.refresh_from_db()
    second.refresh_from_db()
    assert (parcel.state, parcel.waybill, second.status) == ("packing", "", "picking")


def test_close_parcel_refuses_a_held_order(order, parcel, actor, now):
    fill(parcel, actor, now)
    hold_order(order_id=order.pk, kind=HoldKind.ADDRESS, reason="street?", actor=actor, now=now)

    with pytest.raises(PackingRefused):
        close(parcel, actor, now)

    parcel.refresh_from_db()
    assert parcel.state == "packing"


def test_close_parcel_refuses_a_weight_of_nothing(parcel, actor, now):
    fill(parcel, actor, now)

    with pytest.raises(PackingRefused) as refused:
        close_parcel(parcel_id=parcel.pk, waybill="73123456789012", weight_grams=0, actor=actor, now=now)

    assert refused.value.field == "weight_grams"
    assert Parcel.objects.get().state == "packing"


def test_unpack_parcel_starts_the_check_again(order, actor, staff, now):
    parcel = packed(order, "73123456789012", now=now)

    unpack_parcel(parcel_id=parcel.pk, reason="wrong box", actor=staff, now=now)

    parcel.refresh_from_db()
    order.refresh_from_db()
    assert (parcel.state, parcel.waybill, parcel.packed_at, order.status) == (
        "packing",
        "73123456789012",
        None,
        "picking",
    )
    assert parcel.lines.get().scanned == 0
    assert TrailEntry.objects.about("orders.order", order.pk).last().reason == "wrong box"
    fill(parcel, actor, now)
    assert close(parcel, actor, now).parcel.state == "packed"


@pytest.mark.parametrize(("reason", "is_packed"), [(" ", True), ("why", False)])
def test_unpack_parcel_refuses_without_a_reason_or_what_is_not_packed(order, parcel, actor, now, reason, is_packed):
    if is_packed:
        packed(order, "73123456789012", now=now)
    before = Parcel.objects.get().state

    with pytest.raises(PackingRefused):
        unpack_parcel(parcel_id=parcel.pk, reason=reason, actor=actor, now=now)

    assert Parcel.objects.get().state == before
