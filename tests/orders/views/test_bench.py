"""The warehouse's screens, through HTTP."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from inventory.models import StockLevel
from orders.models import Courier, HandOver, Order, Parcel, ScanEvent, Wave
from orders.services import hold_order, pick, write_note
from orders.states import HoldKind, NoteKind
from tests.factories.bench import handed_over, packed, parcel_of, ready_order, stocked, wave_of
from tests.factories.inventory import LocationFactory
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def tea():
    return stocked("TEA", 50, bin_code="A-1", barcode="6901234567892", name="龙井茶")


@pytest.fixture
def packer(client_as):
    return client_as("WH")


@pytest.fixture
def order(tea, now):
    return ready_order([(tea, 2)], now=now)


@pytest.fixture
def wave(order, now):
    return wave_of([order], now=now)


def url(name, *args):
    return reverse(f"orders:{name}", args=args)


def htmx(client, address, data):
    return client.post(address, data, headers={"HX-Request": "true", "HX-Target": "bench"})


def result(response):
    """(ok|warn|bad, words) of the answer to a scan."""
    html = response.content.decode()
    found = re.search(r'data-scan-result="(\w+)".*?scan-result-title">(.*?)</p>', html, re.DOTALL)
    return found.groups() if found else None


# --- waves


def test_wave_board_offers_ready_orders_and_builds_a_wave_of_the_ticked(packer, tea, now):
    first, second = ready_order([(tea, 1)], now=now), ready_order([(tea, 2)], now=now)
    board = packer.get(url("wave_board")).content.decode()
    assert (first.number in board, second.number in board) == (True, True)

    answer = packer.post(url("wave_build"), {"location": LocationFactory().pk, "order": [first.pk], "courier": ""})

    wave = Wave.objects.get()
    assert (answer.status_code, answer.url) == (303, url("wave_detail", wave.pk))
    assert list(wave.orders.all()) == [first]
    assert wave.created_by == packer.employee
    assert first.number not in packer.get(url("wave_board")).content.decode()


def test_wave_board_filters_orders_of_one_piece(packer, tea, now):
    one, two = ready_order([(tea, 1)], now=now), ready_order([(tea, 2)], now=now)

    html = packer.get(url("wave_board"), {"location": LocationFactory().pk, "single": "yes"}).content.decode()

    assert (one.number in html, two.number in html) == (True, False)


@pytest.mark.parametrize("orders", [[], ["0"], ["x"]])
def test_wave_build_without_a_free_order_says_so(packer, order, orders):
    answer = packer.post(url("wave_build"), {"location": LocationFactory().pk, "order": orders})

    assert (answer.status_code, Wave.objects.count()) == (422, 0)


def test_wave_board_costs_the_same_for_one_and_for_three(packer, tea, now, django_assert_num_queries):
    wave_of([ready_order([(tea, 1)], now=now)], now=now)
    ready_order([(tea, 1)], now=now)
    packer.get(url("wave_board"))
    with django_assert_num_queries(10):
        packer.get(url("wave_board"))
    for _ in range(2):
        wave_of([ready_order([(tea, 1)], now=now)], now=now)
        ready_order([(tea, 1)], now=now)
    with django_assert_num_queries(10):
        packer.get(url("wave_board"))


def test_wave_detail_costs_the_same_for_one_and_for_three(packer, tea, now, django_assert_num_queries):
    goods = [stocked(f"G{number}") for number in range(3)]
    one = wave_of([ready_order([(tea, 1)], now=now)], now=now)
    three = wave_of([ready_order([(variant, 1)], now=now) for variant in goods], now=now)
    packer.get(url("wave_detail", one.pk))
    for wave in (one, three):
        with django_assert_num_queries(6):
            packer.get(url("wave_detail", wave.pk))


def test_wave_leave_takes_the_order_out_and_says_what_goes_back(packer, order, wave, now, actor):
    pick(wave_id=wave.pk, pick_line_id=wave.pick_lines.get().pk, quantity=2, actor=actor, now=now)

    answer = packer.post(url("wave_leave", order.pk), {"reason": "called"}, follow=True)

    order.refresh_from_db()
    assert order.status == "ready"
    assert "2 × TEA into A-1" in answer.content.decode()


# --- picking


def scan_bin(packer, wave, code):
    line = wave.pick_lines.order_by("walk_order").first()
    return htmx(packer, url("wave_pick_scan", wave.pk), {"code": code, "line": line.pk})


def test_pick_shows_the_next_bin_and_takes_scanned_pieces(packer, wave):
    html = packer.get(url("wave_pick", wave.pk)).content.decode()
    assert ("A-1" in html, "× 2" in html) == (True, True)

    assert result(scan_bin(packer, wave, "a-1")) == ("ok", "This is the bin. Take the goods.")
    assert result(scan_bin(packer, wave, "6901234567892")) == ("ok", "TEA: 1 more from this bin.")
    assert result(scan_bin(packer, wave, "tea")) == ("ok", "TEA: done. Go on to the next bin.")
    wave.refresh_from_db()
    assert (wave.pick_lines.get().picked, wave.state) == (2, "packing")


def test_pick_stops_wrong_goods_and_wrong_bins(packer, tea, now):
    wave = wave_of([ready_order([(tea, 1), (stocked("CUP", bin_code="B-1"), 1)], now=now)], now=now)

    assert result(scan_bin(packer, wave, "B-1")) == ("bad", "Wrong bin: go to A-1.")
    assert result(scan_bin(packer, wave, "4711")) == ("bad", "WRONG: 4711 is not TEA.")
    assert set(wave.pick_lines.values_list("picked", flat=True)) == {0}


def test_pick_takes_a_typed_quantity_and_refuses_too_many(packer, wave):
    line = wave.pick_lines.get()
    address = url("wave_pick_take", wave.pk)

    assert result(htmx(packer, address, {"line": line.pk, "quantity": 3}))[0] == "bad"
    assert htmx(packer, address, {"line": line.pk, "quantity": ""}).status_code == 422
    assert result(htmx(packer, address, {"line": line.pk, "quantity": 2}))[0] == "ok"
    line.refresh_from_db()
    assert line.picked == 2


def test_short_pick_holds_the_order_and_books_the_pieces_off(packer, order, wave, tea):
    line = wave.pick_lines.get()
    data = {"line": line.pk, "quantity": 1, "reason": "shelf empty", "corrects_stock": "on"}

    answer = packer.post(url("wave_pick_short", wave.pk), data, follow=True)

    order.refresh_from_db()
    assert (order.status, StockLevel.objects.get(variant=tea).on_hand) == ("held", 49)
    assert order.number in answer.content.decode()


def test_short_pick_without_the_right_to_correct_leaves_the_stock(client_as, order, wave, tea):
    picker = client_as()
    picker.employee.user_permissions.add(Permission.objects.get(codename="pick_order"))
    line = wave.pick_lines.get()
    data = {"line": line.pk, "quantity": 1, "reason": "shelf empty", "corrects_stock": "on"}

    picker.post(url("wave_pick_short", wave.pk), data)

    order.refresh_from_db()
    assert (order.status, StockLevel.objects.get(variant=tea).on_hand) == ("held", 50)


# --- packing


def scan(packer, parcel, code, **fields):
    return htmx(packer, url("pack_scan", parcel.pk), {"code": code, **fields})


@pytest.mark.parametrize("by", ["note", "order", "wave"])
def test_scanning_note_order_or_wave_opens_the_packing_screen(packer, order, wave, by):
    parcel = parcel_of(order)
    code = {"note": parcel.note_number.lower(), "order": order.number, "wave": wave.number}[by]

    answer = htmx(packer, url("pack_start"), {"code": code})

    assert answer.headers["HX-Redirect"] == url("pack_parcel", parcel.pk)
    assert packer.get(url("pack_start"), {"code": code}).url == url("pack_parcel", parcel.pk)


def test_an_unknown_number_opens_nothing(packer, wave):
    assert result(htmx(packer, url("pack_start"), {"code": "N999"})) == ("bad", "No parcel has the number N999.")


def test_a_parcel_is_packed_with_the_scanner_alone(packer, order, wave):
    parcel = parcel_of(order)

    answers = [result(scan(packer, parcel, code)) for code in ("TEA", "6901234567892")]
    closed = scan(packer, parcel, "73123456789012", weight_grams="510", courier="")

    assert [state for state, _words in answers] == ["ok", "ok"]
    assert result(closed) == ("ok", "Closed with 73123456789012. Scan the next note.")
    parcel.refresh_from_db()
    assert (parcel.state, parcel.waybill, parcel.weight_grams, parcel.packed_by) == (
        "packed", "73123456789012", 510, packer.employee,
    )  # fmt: skip


def test_the_bench_stops_wrong_surplus_and_unknown_units(packer, order, wave):
    stocked("CUP", barcode="4006381333931")
    parcel = parcel_of(order)

    stops = [result(scan(packer, parcel, code))[0] for code in ("CUP", "999999", "TEA", "TEA", "TEA", "4006381333931")]

    assert stops == ["bad", "bad", "ok", "ok", "bad", "bad"]
    assert list(ScanEvent.objects.order_by("pk").values_list("result", flat=True)) == [
        "wrong_item", "unknown_code", "matched", "matched", "surplus", "wrong_item",
    ]  # fmt: skip
    parcel.refresh_from_db()
    assert parcel.state == "packing"


def test_a_barcode_that_nobody_knows_is_not_taken_for_a_waybill(packer, order, wave):
    parcel = parcel_of(order)
    for _unit in range(2):
        scan(packer, parcel, "TEA")

    stopped = result(scan(packer, parcel, "9780201379624"))
    chosen = scan(packer, parcel, "9780201379624", courier=Courier.objects.get(code="ems").pk)

    assert stopped[0] == "bad"
    assert result(chosen)[0] == "ok"


def test_the_bench_warns_of_a_number_of_another_courier(packer, order, wave):
    parcel = parcel_of(order)
    for _unit in range(2):
        scan(packer, parcel, "TEA")

    answer = scan(packer, parcel, "SF1234567890123", courier=Courier.objects.get(code="zto").pk)

    assert result(answer)[0] == "warn"
    parcel.refresh_from_db()
    assert parcel.state == "packed"


def test_notes_for_the_warehouse_are_read_before_the_parcel_is_closed(packer, order, wave, staff, now):
    note = write_note(order_id=order.pk, kind=NoteKind.WAREHOUSE, text="礼品包装", actor=staff, now=now)
    parcel = parcel_of(order)
    for _unit in range(2):
        scan(packer, parcel, "TEA")

    refused = scan(packer, parcel, "73123456789012")
    assert ("礼品包装" in refused.content.decode(), result(refused)[0]) == (True, "bad")

    htmx(packer, url("pack_notes", parcel.pk), {"note": [note.pk, "x", "9" * 30]})
    assert result(scan(packer, parcel, "73123456789012"))[0] == "ok"


def test_the_next_note_opens_the_next_parcel(packer, tea, now):
    first, second = ready_order([(tea, 1)], now=now), ready_order([(tea, 1)], now=now)
    wave_of([first, second], now=now)

    answer = scan(packer, parcel_of(first), parcel_of(second).note_number)

    assert answer.headers["HX-Redirect"] == url("pack_parcel", parcel_of(second).pk)


def test_the_bench_shows_no_personal_data(packer, order, wave):
    pages = [
        packer.get(url("pack_parcel", parcel_of(order).pk)),
        packer.get(url("wave_detail", wave.pk)),
        packer.get(url("wave_pick", wave.pk)),
        packer.get(url("pack_start")),
    ]

    for page in pages:
        html = page.content.decode()
        assert not any(word in html for word in ("王小明", "13800138000", "8000", "文三路"))


def test_a_held_order_cannot_be_packed(packer, order, wave, actor, now):
    hold_order(order_id=order.pk, kind=HoldKind.ADDRESS, reason="street?", actor=actor, now=now)

    answer = scan(packer, parcel_of(order), "TEA")

    assert (result(answer)[0], ScanEvent.objects.count()) == ("bad", 0)


def test_a_packed_parcel_is_opened_again_with_a_reason(packer, order, wave, now):
    parcel = packed(order, "73123456789012", now=now)

    assert packer.post(url("pack_open_again", parcel.pk), {"reason": ""}).status_code == 422
    packer.post(url("pack_open_again", parcel.pk), {"reason": "wrong box"})

    parcel.refresh_from_db()
    assert parcel.state == "packing"


# --- hand-over


@pytest.fixture
def two_packed(tea, now):
    orders = [ready_order([(tea, 1)], now=now) for _ in range(2)]
    wave_of(orders, now=now)
    return [packed(order, f"7312345678901{number}", now=now) for number, order in enumerate(orders)]


def bag_url(name, parcel):
    return url(name, parcel.location_id, parcel.courier_id)


def test_the_bag_is_filled_by_scanner_and_taken_by_a_named_courier(packer, two_packed):
    first, left = two_packed

    scanned = htmx(packer, bag_url("handover_scan", first), {"code": first.waybill})
    unknown = htmx(packer, bag_url("handover_scan", first), {"code": "999"})
    assert (result(scanned)[0], result(unknown)[0]) == ("ok", "bad")
    assert "1 left over" in packer.get(bag_url("handover_bag", first)).content.decode()

    nameless = packer.post(bag_url("handover_finish", first), {"parcel": [first.pk], "taken_by": ""})
    assert (nameless.status_code, HandOver.objects.count()) == (422, 0)
    done = packer.post(bag_url("handover_finish", first), {"parcel": [first.pk], "taken_by": "王师傅"})

    assert done.status_code == 303
    assert list(Parcel.objects.order_by("pk").values_list("state", flat=True)) == ["handed_over", "packed"]
    assert (HandOver.objects.get().created_by, HandOver.objects.get().parcel_count) == (packer.employee, 1)
    assert left.note_number in packer.get(bag_url("handover_bag", left)).content.decode()


def test_a_parcel_comes_out_of_the_bag_again(packer, two_packed):
    htmx(packer, bag_url("handover_scan", two_packed[0]), {"code": two_packed[0].waybill})

    packer.post(url("handover_take_out", two_packed[0].pk))

    assert not Parcel.objects.filter(bagged_at__isnull=False).exists()


def test_handover_board_costs_the_same_for_one_and_for_three(packer, tea, now, django_assert_num_queries):
    def work(courier, waybill):
        orders = [ready_order([(tea, 1)], now=now) for _ in range(2)]
        wave_of(orders, now=now)
        left, gone = (
            packed(order, f"{waybill}{index}", now=now, courier=courier) for index, order in enumerate(orders)
        )
        handed_over([gone], now=now)
        return left

    left = work("zto", "7312345678901")
    packer.get(url("handover_board"))
    with django_assert_num_queries(5):
        packer.get(url("handover_board"))
    with django_assert_num_queries(6):
        packer.get(bag_url("handover_bag", left))
    work("sf", "SF123456789012")
    work("yto", "YT123456789012")
    work("zto", "7312345678902")
    with django_assert_num_queries(5):
        packer.get(url("handover_board"))
    with django_assert_num_queries(6):
        packer.get(bag_url("handover_bag", left))


# --- parcels


def test_parcel_list_shows_the_parcels_of_ones_own_shops_at_the_same_cost(
    client_as, tea, now, django_assert_num_queries
):
    shop, other = ShopFactory(code="mine"), ShopFactory(code="theirs")
    agent = client_as("CS", shops=[shop])
    orders = [ready_order([(tea, 1)], now=now, shop=shop) for _ in range(3)]
    foreign = ready_order([(tea, 1)], now=now, shop=other)
    wave_of([orders[0], foreign], now=now)
    agent.get(url("parcel_list"))

    with django_assert_num_queries(6):
        html = agent.get(url("parcel_list")).content.decode()
    assert (parcel_of(orders[0]).note_number in html, parcel_of(foreign).note_number in html) == (True, False)

    wave_of(orders[1:], now=now)
    with django_assert_num_queries(6):
        agent.get(url("parcel_list"))


def test_parcel_detail_shows_scans_and_is_not_found_by_strangers(client_as, packer, tea, now):
    shop = ShopFactory(code="mine")
    order = ready_order([(tea, 1)], now=now, shop=shop)
    wave_of([order], now=now)
    parcel = parcel_of(order)
    scan(packer, parcel, "999")

    html = client_as("CS", shops=[shop]).get(url("parcel_detail", parcel.pk)).content.decode()

    assert all(words in html for words in (parcel.note_number, order.number, "999", "unknown barcode"))
    assert client_as("CS").get(url("parcel_detail", parcel.pk)).status_code == 404


def test_the_screens_ask_for_their_rights(client_as, order, wave):
    parcel = parcel_of(order)
    stranger = client_as("ART")
    asked = [url("wave_board"), url("wave_detail", wave.pk), url("wave_pick", wave.pk), url("pack_start"),
             url("pack_parcel", parcel.pk), url("handover_board"), url("parcel_list"), url("parcel_detail", parcel.pk)]  # fmt: skip

    assert {stranger.get(address).status_code for address in asked} == {403}
    assert Order.objects.get().status == "picking"
