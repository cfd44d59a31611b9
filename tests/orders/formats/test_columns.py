"""Column maps: from cells to orders."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from config.kit.errors import InvalidInput
from orders.column_maps import COLUMN_MAPS
from orders.errors import FileUnreadable
from orders.formats.columns import (
    Header,
    Rules,
    cancellation_draft,
    is_cancellation,
    knows_addresses,
    missing_columns,
    order_draft,
    read_row,
)

COLUMNS = COLUMN_MAPS["generic"]["columns"]
NOW = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
PLAIN = {"order_number": "A-1", "seller_code": "SKU-1", "quantity": "2", "unit_price": "9.90"}


def row(number=2, rules=None, **changes):
    return read_row(number, {name: value for name, value in (PLAIN | changes).items() if value}, rules or Rules())


def draft(*rows, rules=None):
    return order_draft(rows, rules or Rules(), now=NOW, knows_addresses=True)


def test_header_is_recognised_by_name_in_any_order_and_case():
    header = Header.find(["备注", "QTY", "单价", "订单编号", "SKU", "whatever"], COLUMNS)

    assert header.positions == {"order_number": 3, "seller_code": 4, "quantity": 1, "unit_price": 2}
    assert header.pick(["x", "2", "9.90", "A-1", "", "y"]) == {
        "order_number": "A-1",
        "quantity": "2",
        "unit_price": "9.90",
    }


def test_header_takes_the_first_accepted_name_of_a_field():
    header = Header.find(["订单号", "order_number", "sku", "qty", "price"], COLUMNS)

    assert header.positions["order_number"] == 1


def test_header_without_a_required_column_is_none():
    assert Header.find(["订单编号", "数量", "单价"], COLUMNS) is None


def test_header_with_a_column_twice_is_refused():
    with pytest.raises(FileUnreadable) as refused:
        Header.find(["order_number", "sku", "qty", "price", "Qty"], COLUMNS)

    assert (
        refused.value.describe() == "The column “qty” stands in the file twice. Delete one of them and upload it again."
    )


def test_header_with_an_unread_column_twice_is_taken():
    assert Header.find(["order_number", "sku", "qty", "price", "x", "x"], COLUMNS) is not None


def test_pick_of_a_short_row_leaves_out_what_is_not_there():
    header = Header.find(["order_number", "sku", "qty", "price"], COLUMNS)

    assert header.pick(["A-1", "SKU-1"]) == {"order_number": "A-1", "seller_code": "SKU-1"}


def test_missing_columns_names_what_is_accepted():
    assert missing_columns(
        {"order_number": ["InvoiceNo"], "seller_code": [], "quantity": ["q"], "unit_price": ["p"]}
    ) == ("order_number: InvoiceNo; seller_code: ; quantity: q; unit_price: p")


def test_row_reads_as_a_line():
    line = row(7, title="杯子", line_discount="1.00").line

    assert (line.seller_code, line.title, line.quantity, line.unit_price) == ("SKU-1", "杯子", 2, Decimal("9.90"))
    assert (line.amount_total, line.row_number) == (Decimal("18.80"), 7)


@pytest.mark.parametrize(
    ("text", "price"),
    [("1,234.50", "1234.50"), ("¥9.9", "9.90"), ("￥ 9.9", "9.90"), ("$9.999", "10.00"), ("1，000", "1000.00")],
)
def test_row_reads_prices_as_people_write_them(text, price):
    assert row(unit_price=text).line.unit_price == Decimal(price)


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ({"order_number": ""}, "order_number", "The order number is empty."),
        ({"seller_code": ""}, "seller_code", "Neither seller code nor title is given."),
        ({"quantity": ""}, "quantity", "The cell is empty."),
        ({"quantity": "many"}, "quantity", "“many” is no number."),
        ({"quantity": "1.5"}, "quantity", "“1.5” is no whole number."),
        ({"quantity": "0"}, "quantity", "The quantity is 0: there is nothing to sell or take back."),
        ({"quantity": "1e99"}, "quantity", "“1E+99” is no whole number."),
        ({"quantity": "NaN"}, "quantity", "“NaN” is no whole number."),
        ({"unit_price": "=1+1"}, "unit_price", "“=1+1” is no number."),
        ({"unit_price": "-1"}, "unit_price", "A price cannot be negative."),
        ({"unit_price": "Infinity"}, "unit_price", "“Infinity” is no amount."),
        ({"unit_price": "9999999999999"}, "unit_price", "“9999999999999” is no amount."),
        ({"placed_at": "soon"}, "placed_at", "“soon” is no time of the form %Y-%m-%d %H:%M:%S."),
        (
            {"placed_at": "2026-02-30 10:00:00"},
            "placed_at",
            "“2026-02-30 10:00:00” is no time of the form %Y-%m-%d %H:%M:%S.",
        ),
        (
            {"placed_at": "0001-01-01 00:00:00"},
            "placed_at",
            "“0001-01-01 00:00:00” is no time of the form %Y-%m-%d %H:%M:%S.",
        ),
    ],
)
def test_row_that_cannot_be_read_names_its_column(change, field, problem):
    with pytest.raises(InvalidInput) as refused:
        row(**change)

    assert (refused.value.field, refused.value.describe()) == (field, problem)


def test_negative_quantity_outside_a_cancellation_is_refused_and_the_reverse_too():
    rules = Rules(cancellation_prefix="C")
    with pytest.raises(InvalidInput) as negative:
        row(quantity="-2", rules=rules)
    with pytest.raises(InvalidInput) as positive:
        row(order_number="C-1", rules=rules)

    assert negative.value.describe().startswith("A negative quantity outside a cancellation")
    assert positive.value.describe() == "A cancellation needs a negative quantity."


@pytest.mark.parametrize(
    "text", ["2026-03-10 09:30:00", "2026-03-10 09:30", "2026-03-10T09:30:00", "2026/03/10 09:30:00", "2026/3/10 9:30"]
)
def test_times_without_a_zone_are_those_of_the_map(text):
    assert row(placed_at=text).placed_at == NOW
    assert row(placed_at=text, rules=Rules(time_zone="UTC")).placed_at == datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def test_order_merges_its_rows_and_does_not_add_up_what_is_the_order_s():
    rows = [
        row(2, amount_shipping="8.00", note="please ring", placed_at="2026-03-10 09:30:00"),
        row(5, seller_code="SKU-2", amount_shipping="8.00", placed_at="2026-03-10 09:00:00", recipient_name="王小明"),
    ]
    order = draft(*rows)

    assert [(line.seller_code, line.row_number) for line in order.lines] == [("SKU-1", 2), ("SKU-2", 5)]
    assert (order.amount_shipping, order.computed_total) == (Decimal("8.00"), Decimal("47.60"))
    assert (order.buyer_note, order.recipient.name, order.buyer.name) == ("please ring", "王小明", "王小明")
    assert order.placed_at == datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def test_order_is_paid_by_column_or_always():
    by_column = Rules(paid="column")

    assert draft(row(rules=by_column), rules=by_column).paid_at is None
    assert draft(row(paid_at="2026-03-10 09:30:00"), rules=by_column).paid_at == NOW
    assert draft(row()).paid_at == NOW


def test_order_keeps_the_total_that_the_file_tells():
    assert draft(row(amount_total="19.00")).amount_total == Decimal("19.00")
    assert draft(row()).amount_total is None


def test_buyer_keys_written_as_numbers_become_codes_where_the_map_says_so():
    rules = Rules(strip_zero_decimals=("buyer_id",))

    assert draft(row(buyer_id="17850.0"), rules=rules).buyer.platform_id == "17850"
    assert draft(row(buyer_id="17850.0")).buyer.platform_id == "17850.0"


def test_cancellation_counts_in_positive_pieces():
    rules = Rules(cancellation_prefix="c", currency="GBP")
    note = cancellation_draft([row(order_number="C-1", quantity="-2", note="broken", rules=rules)], rules, now=NOW)

    assert (note.external_id, note.currency, note.reason, note.lines[0].quantity) == ("C-1", "GBP", "broken", 2)
    assert (note.amount_total, is_cancellation("C-1", rules), is_cancellation("1C", rules)) == (
        Decimal("19.80"),
        True,
        False,
    )
    assert is_cancellation("C-1", Rules()) is False


def test_rules_of_a_map_refuse_what_they_do_not_know():
    with pytest.raises(FileUnreadable) as unknown:
        Rules.of({"paid": "column", "colour": "red"})
    with pytest.raises(FileUnreadable) as no_zone:
        Rules.of({"time_zone": "Mars/Base"}).require_zone()

    assert unknown.value.describe() == "The column map has unknown rules: colour"
    assert no_zone.value.describe() == "The column map's time zone “Mars/Base” does not exist."


def test_addresses_are_expected_only_where_the_file_has_the_columns():
    assert knows_addresses({"recipient_name": 1, "street": 2}) is True
    assert knows_addresses({"recipient_name": 1}) is False
