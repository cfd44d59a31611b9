"""Order files from the upload to the last row: made, held, quarantined, corrected, run again."""

import io
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.base import ContentFile

from approvals.models import TrailEntry
from catalog.models import Product
from config.kit.errors import InvalidInput, TransitionNotAllowed
from customers.models import Message
from inventory.models import Reservation, StockMovement
from inventory.services import StockLine, receive_stock
from orders.errors import FileUnreadable, NotReplayable
from orders.models import ColumnMap, ImportRow, ImportRun, Order, OrderLine
from orders.services.imports import (
    begin_import,
    correct_row,
    rerun_corrected,
    run_import,
    set_row_aside,
    sweep_imports,
    upload_file,
)
from orders.states import OrderMode
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
HEADER = "订单编号,商家编码,商品名称,数量,单价,下单时间,付款时间,收货人,联系手机,city,address,买家会员名"
WHERE = "2026-03-10 09:00:00,2026-03-10 09:05:00,王小明,13800138000,杭州,文三路 1 号,tb1"


def row(number, code="SKU-1", quantity="1", price="10.00", where=WHERE):
    return f"{number},{code},Cup,{quantity},{price},{where}"


def table(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def level():
    return stock(5, variant=VariantFactory(sku="SKU-1"))


@pytest.fixture
def upload(shop, now, actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def hand_in(data, **options):
        chosen = {"mode": OrderMode.LIVE, "makes_drafts": False, "is_dry_run": False} | options
        return upload_file(
            shop_id=shop.pk,
            column_map_id=ColumnMap.objects.get(code="generic").pk,
            file=ContentFile(data.encode() if isinstance(data, str) else data),
            file_name="orders.csv",
            actor=actor,
            now=now,
            **chosen,
        )

    return hand_in


@pytest.fixture
def take_in(upload, now, actor):
    def run(data, **options):
        return run_import(run_id=upload(data, **options).pk, actor=actor, now=now)

    return run


@pytest.fixture
def go_on(now, actor):
    def again(run):
        rerun_corrected(run_id=run.pk, actor=actor, now=now)
        return run_import(run_id=run.pk, actor=actor, now=now)

    return again


def figures(run):
    return (run.state, run.row_count, run.order_count, run.order_line_count, run.quarantined_count, run.duplicate_count)


def problems(run):
    found = ImportRow.objects.filter(run=run, state="quarantined").order_by("row_number")
    return [(one.row_number, one.problem_field, one.problem) for one in found]


def content():
    """What the files made, without keys and times of this run."""
    orders = Order.objects.order_by("external_id").values_list(
        "external_id", "status", "amount_total", "recipient_name", "recipient_phone", "address", "placed_at", "paid_at"
    )
    lines = OrderLine.objects.order_by("order__external_id", "position").values_list(
        "order__external_id", "position", "seller_code", "title", "quantity", "unit_price"
    )
    return list(orders), list(lines)


# --- taking in ---------------------------------------------------------------------------------------------------------


def test_live_file_reserves_confirms_and_adds_up(take_in, level):
    run = take_in(table(row("A-1", quantity="2"), row("A-2"), row("A-1", price="5.00")))

    assert figures(run) == ("done", 3, 2, 3, 0, 0)
    order = Order.objects.get(external_id="A-1")
    assert (order.status, order.amount_total, order.import_run_id, order.channel) == (
        "ready",
        Decimal("25.00"),
        run.pk,
        "file",
    )
    level.refresh_from_db()
    assert (level.reserved, Reservation.objects.count()) == (4, 3)
    assert sorted(TrailEntry.objects.about("orders.importrun", run.pk).values_list("action", flat=True)) == [
        "orders.import_finished",
        "orders.import_started",
    ]


def test_order_over_rows_that_are_not_adjacent_is_one_order_in_the_order_of_the_rows(take_in, level):
    take_in(table(row("A-1", price="1.00"), row("B-1"), row("A-1", price="2.00"), row("B-1"), row("A-1", price="3.00")))

    lines = Order.objects.get(external_id="A-1").lines.order_by("position")
    assert list(lines.values_list("position", "unit_price")) == [(1, Decimal(1)), (2, Decimal(2)), (3, Decimal(3))]
    rows = ImportRow.objects.filter(group_key="A-1").order_by("row_number")
    assert list(rows.values_list("row_number", "order_line_id")) == list(
        zip((2, 4, 6), lines.values_list("pk", flat=True), strict=True)
    )


def test_history_takes_no_stock_and_sends_nothing(take_in, level):
    run = take_in(table(row("A-1")), mode=OrderMode.HISTORY)

    assert (run.order_count, Order.objects.get().status) == (1, "completed")
    assert (Reservation.objects.count(), Message.objects.count()) == (0, 0)


def test_dry_run_makes_nothing_until_it_is_begun(take_in, level, now, actor):
    run = take_in(table(row("A-1"), row("A-2", quantity="x")), is_dry_run=True)

    assert figures(run) == ("checked", 2, 0, 0, 1, 0)
    assert (Order.objects.count(), Reservation.objects.count(), Message.objects.count()) == (0, 0, 0)
    run_import(run_id=run.pk, actor=actor, now=now)
    assert Order.objects.count() == 0

    begin_import(run_id=run.pk, actor=actor, now=now)
    assert figures(run_import(run_id=run.pk, actor=actor, now=now)) == ("done", 2, 1, 1, 1, 0)


def test_begin_and_rerun_are_refused_in_other_states(take_in, now, actor):
    run = take_in(table(row("A-1")))
    with pytest.raises(TransitionNotAllowed):
        begin_import(run_id=run.pk, actor=actor, now=now)
    checked = take_in(table(row("A-2")), is_dry_run=True)
    with pytest.raises(TransitionNotAllowed):
        rerun_corrected(run_id=checked.pk, actor=actor, now=now)

    assert list(ImportRun.objects.order_by("pk").values_list("state", flat=True)) == ["done", "checked"]


def test_unknown_code_holds_the_order_or_becomes_a_draft(take_in):
    take_in(table(row("A-1", code="NEW-1")))
    assert list(Order.objects.get().holds.values_list("kind", "reason")) == [
        ("unmapped", "Unknown seller codes: NEW-1")
    ]
    assert Product.objects.count() == 0

    take_in(table(row("A-2", code="NEW-2")), makes_drafts=True)
    assert Product.objects.values_list("state", "name").get() == ("draft", "Cup")
    assert Order.objects.get(external_id="A-2").stock_status == "short"


def test_live_order_that_waits_gets_the_stock_that_arrives(take_in, now, actor, django_capture_on_commit_callbacks):
    take_in(table(row("A-1", code="NEW-1")), makes_drafts=True)
    waiting = Order.objects.get()
    assert waiting.status == "held"
    variant = waiting.lines.get().variant
    line = StockLine(variant.pk, stock(1).location_id, 3)
    with django_capture_on_commit_callbacks(execute=True):
        receive_stock(lines=[line], reference="delivery", actor=actor, now=now)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.stock_status, waiting.open_holds) == ("ready", "reserved", 0)
    assert StockMovement.objects.filter(variant=variant, kind="reserve").get().reserved_delta == 1


def test_same_file_again_changes_nothing(take_in, level):
    text = table(row("A-1"), row("A-2"))
    take_in(text)
    before = content(), Message.objects.count(), Reservation.objects.count()
    again = take_in(text)

    assert figures(again) == ("done", 2, 0, 0, 0, 2)
    assert (content(), Message.objects.count(), Reservation.objects.count()) == before


def test_other_content_under_a_known_number_is_quarantined(take_in, level):
    take_in(table(row("A-1")))
    before = content()
    again = take_in(table(row("A-1", quantity="3"), row("A-2")))

    number = Order.objects.get(external_id="A-1").number
    assert figures(again) == ("done", 2, 1, 1, 1, 0)
    assert problems(again) == [
        (2, "order_number", f"Order {number} is here already with other content; nothing was changed.")
    ]
    assert content()[0][0] == before[0][0]


def test_many_chunks_take_every_order_once(take_in, level, monkeypatch):
    from orders.services.imports import run as module

    monkeypatch.setattr(module, "CHUNK_GROUPS", 3)
    monkeypatch.setattr(module, "CHUNK_ROWS", 4)
    run = take_in(table(*(row(f"A-{n % 20}", price=f"{n}.00") for n in range(50))))

    assert figures(run) == ("done", 50, 20, 50, 0, 0)
    assert OrderLine.objects.values("order", "position").distinct().count() == 50
    assert not ImportRow.objects.exclude(state="done").exists()


# --- the same orders in other clothes -----------------------------------------------------------------------------------

TWINS = [row("A-1"), row("B-1", quantity="2", price="1234.50"), row("A-1", price="5.00")]


def _gbk():
    return table(*TWINS).encode("gbk")


def _bom():
    return table(*TWINS).encode("utf-8-sig")


def _other_order():
    cells = [line.split(",") for line in table(*TWINS).strip().split("\n")]
    return "\n".join(",".join(reversed(line)) for line in cells).encode()


def _wrapped():
    lines = [
        ",".join(f"\t{cell}" if number % 2 else f"`{cell}" for number, cell in enumerate(one.split(",")))
        for one in TWINS
    ]
    return table(*lines).encode()


def _tabs():
    return table(*TWINS).replace(",", "\t").encode()


def _title_above():
    return ("店铺导出,2026\n,\n" + table(*TWINS)).encode()


def _xlsx():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(table(*TWINS).strip().split("\n")):
            cells = line.split(",")
            sheet.write_row(number, 0, [float(c) if number and i in (3, 4) else c for i, c in enumerate(cells)])
    return buffer.getvalue()


@pytest.mark.parametrize("dress", [_gbk, _bom, _other_order, _wrapped, _tabs, _title_above, _xlsx])
def test_twin_file_gives_the_same_orders(take_in, level, dress):
    take_in(table(*TWINS))
    plain = content()
    again = take_in(dress())

    assert figures(again) == ("done", 3, 0, 0, 0, 2), problems(again)
    assert content() == plain


# --- files that are none -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (table(row("A-1")).encode("utf-16"), "The file is neither UTF-8 nor GB18030"),
        (table(), "The file has a header but no rows."),
        (table(row("A-1"), header=HEADER.replace("数量", "many")), "No header row was recognised."),
        (table(row("A-1"), header=HEADER.replace("商品名称", "数量")), "The column “数量” stands in the file twice."),
        (b"\x00\x01\x02\x03" * 100, "No header row was recognised."),
        ("\n" * 50, "No header row was recognised."),
        (table(row("A-1"), row("A-2") + "," * 400), "Row 3 has"),
        (table(row("A-1"), '"x"y'), "Row 3 cannot be read as CSV"),
        (b"PK\x03\x04 no archive", "The workbook is damaged"),
    ],
)
def test_file_that_is_no_order_file_fails_as_a_whole(take_in, level, data, words):
    run = take_in(data)

    assert (run.state, run.error.startswith(words)) == ("failed", True), run.error
    assert (Order.objects.count(), ImportRow.objects.count(), run.next_at) == (0, 0, None)


def test_empty_and_huge_files_are_refused_at_the_door(upload, settings):
    with pytest.raises(FileUnreadable, match="The file is empty"):
        upload(b"")
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(FileUnreadable, match="at most 0 MB are taken"):
        upload(b"x" * 11)

    assert (ImportRun.objects.count(), TrailEntry.objects.count()) == (0, 0)


def test_formulas_are_kept_as_the_text_that_they_are(take_in):
    formula = "=CMD|'/C calc'!A0"
    take_in(table(row("A-1").replace("Cup", formula)))

    assert OrderLine.objects.get().title == formula


def test_nul_bytes_do_not_stop_a_file(take_in, level):
    run = take_in(table(row("A-1")).replace("Cup", "C\x00up"))

    assert (run.state, OrderLine.objects.get().title) == ("done", "Cup")


def test_column_map_with_an_unknown_zone_fails_before_the_first_row(upload, now, actor):
    run = upload(table(row("A-1")))
    ColumnMap.objects.filter(code="generic").update(rules={"time_zone": "Mars/Base"})
    run = run_import(run_id=run.pk, actor=actor, now=now)

    assert (run.state, run.error) == ("failed", "The column map's time zone “Mars/Base” does not exist.")


# --- rows that cannot be read ----------------------------------------------------------------------------------------------


def test_bad_row_quarantines_its_whole_order_and_no_other(take_in, level):
    run = take_in(table(row("A-1"), row("A-1", quantity="two"), row("B-1")))

    assert figures(run) == ("done", 3, 1, 1, 2, 0)
    assert problems(run) == [
        (2, "", "Waits for the correction of row 3"),
        (3, "quantity", "“two” is no number."),
    ]
    assert Order.objects.get().external_id == "B-1"


def test_corrected_row_completes_its_order_with_the_rows_that_waited(take_in, go_on, level, now, actor):
    run = take_in(table(row("A-1"), row("A-1", quantity="two"), row("B-1")))
    bad = ImportRow.objects.get(run=run, row_number=3)
    correct_row(row_id=bad.pk, cells=bad.cells | {"quantity": "2"}, actor=actor, now=now)
    run.refresh_from_db()
    assert run.quarantined_count == 0

    done = go_on(run)
    assert figures(done) == ("done", 3, 2, 3, 0, 0)
    bad.refresh_from_db()
    order = Order.objects.get(external_id="A-1")
    assert (order.lines.count(), order.amount_total) == (2, Decimal("30.00"))
    assert (bad.cells["quantity"], bad.corrected["quantity"], bad.state) == ("two", "2", "done")
    assert TrailEntry.objects.get(action="orders.input_corrected").changes == {
        "quantity": ["two", "2"],
        "row": [3, 3],
    }


def test_correction_of_one_of_two_bad_rows_still_waits_for_the_other(take_in, go_on, level, now, actor):
    run = take_in(table(row("A-1", quantity="x"), row("A-1", quantity="y"), row("A-1")))
    first = ImportRow.objects.get(run=run, row_number=2)
    correct_row(row_id=first.pk, cells=first.cells | {"quantity": "1"}, actor=actor, now=now)

    done = go_on(run)
    assert figures(done) == ("done", 3, 0, 0, 3, 0)
    assert problems(done) == [
        (2, "", "Waits for the correction of row 3"),
        (3, "quantity", "“y” is no number."),
        (4, "", "Waits for the correction of row 3"),
    ]


def test_row_corrected_to_another_order_releases_those_that_waited_for_it(take_in, go_on, level, now, actor):
    run = take_in(table(row("A-1"), row("A-1", quantity="x")))
    bad = ImportRow.objects.get(run=run, row_number=3)
    correct_row(row_id=bad.pk, cells=bad.cells | {"quantity": "1", "order_number": "A-2"}, actor=actor, now=now)

    assert figures(go_on(run)) == ("done", 2, 2, 2, 0, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"quantity": "still"}, "quantity"), ({"colour": "red"}, "colour"), ({"order_number": " "}, "order_number")],
)
def test_correction_that_cannot_be_read_is_refused_and_changes_nothing(take_in, now, actor, change, field):
    run = take_in(table(row("A-1", quantity="x")))
    bad = ImportRow.objects.get(run=run)
    with pytest.raises(InvalidInput) as refused:
        correct_row(row_id=bad.pk, cells=bad.cells | change, actor=actor, now=now)

    bad.refresh_from_db()
    assert (refused.value.field, bad.state, bad.corrected) == (field, "quarantined", None)
    assert not TrailEntry.objects.filter(action="orders.input_corrected").exists()


def test_row_that_is_done_can_neither_be_corrected_nor_set_aside(take_in, level, now, actor):
    take_in(table(row("A-1")))
    done = ImportRow.objects.get()
    with pytest.raises(NotReplayable):
        correct_row(row_id=done.pk, cells=done.cells, actor=actor, now=now)
    with pytest.raises(NotReplayable):
        set_row_aside(row_id=done.pk, reason="no", actor=actor, now=now)

    assert ImportRow.objects.get().state == "done"


def test_row_set_aside_needs_a_reason_and_stays_with_it(take_in, now, actor):
    run = take_in(table(row("A-1", quantity="-3")))
    bad = ImportRow.objects.get()
    with pytest.raises(InvalidInput):
        set_row_aside(row_id=bad.pk, reason=" ", actor=actor, now=now)
    assert ImportRow.objects.get().state == "quarantined"

    set_row_aside(row_id=bad.pk, reason="a stock adjustment", actor=actor, now=now)
    run.refresh_from_db()
    assert ImportRow.objects.values_list("state", "problem").get() == ("ignored", "a stock adjustment")
    assert run.quarantined_count == 0


def test_rows_that_waited_for_a_row_set_aside_are_released(take_in, go_on, level, now, actor):
    run = take_in(table(row("A-1"), row("A-1", quantity="-3")))
    bad = ImportRow.objects.get(row_number=3)
    set_row_aside(row_id=bad.pk, reason="a stock adjustment", actor=actor, now=now)
    done = go_on(run)

    assert Order.objects.get().lines.count() == 1
    assert figures(done) == ("done", 2, 1, 1, 0, 0)


def test_order_that_is_refused_as_a_whole_is_quarantined_with_the_reason(take_in, level):
    run = take_in(table(row("A-1", quantity="1000000", price="999999999"), row("B-1")))

    assert figures(run) == ("done", 2, 1, 1, 1, 0)
    assert problems(run) == [(2, "amount_total", "The amount is too large to be stored.")]


# --- the sweep --------------------------------------------------------------------------------------------------------------


def test_sweep_runs_what_waits_once(upload, level, now, actor):
    upload(table(row("A-1")))
    upload(table(row("A-2")), is_dry_run=True)

    assert (sweep_imports(actor=actor, now=now), sweep_imports(actor=actor, now=now)) == (2, 0)
    assert sorted(ImportRun.objects.values_list("state", flat=True)) == ["checked", "done"]


def test_sweep_postpones_a_run_that_raises_and_gives_it_up_after_five(upload, level, now, actor):
    from datetime import timedelta

    broken, good = upload(table(row("A-1"))), upload(table(row("A-2")))
    ImportRun.objects.filter(pk=broken.pk).update(file="imports/gone")
    assert sweep_imports(actor=actor, now=now) == 1
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (good.state, broken.state, broken.attempts) == ("done", "reading", 1)
    assert broken.next_at == now + timedelta(seconds=30)
    assert sweep_imports(actor=actor, now=now) == 0

    for hours in range(1, 5):
        sweep_imports(actor=actor, now=now + timedelta(hours=hours))
    broken.refresh_from_db()
    assert (broken.state, broken.attempts, "gone" in broken.error) == ("failed", 5, True)
