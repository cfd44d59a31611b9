"""Which price holds, and what a former price must show for itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from catalog.policies.pricing import Span, asked, percent_change, price_at, was_price_is_proven

NOW = datetime(2026, 3, 31, tzinfo=UTC)
DAY = timedelta(days=1)
TEN, TWELVE, NINE = Decimal("10.00"), Decimal("12.00"), Decimal("9.00")


def _price(spans: list[Span], currency: str = "CNY", at: datetime = NOW) -> Decimal | None:
    return price_at(spans, shop_id=7, currency=currency, fallback=NINE, at=at)


def test_the_shops_own_price_wins_over_the_companys_and_that_over_the_variants():
    company, own, other = Span(TEN, NOW - DAY), Span(TWELVE, NOW - DAY, shop_id=7), Span(NINE, NOW - DAY, shop_id=8)
    assert _price([company, own, other]) == TWELVE
    assert _price([company, other]) == TEN
    assert _price([other]) == NINE


def test_a_price_holds_from_its_first_moment_to_before_its_last():
    span = Span(TEN, NOW, NOW + DAY)
    found = [
        _price([span], at=at) for at in (NOW - timedelta(seconds=1), NOW, NOW + DAY - timedelta(seconds=1), NOW + DAY)
    ]
    assert found == [NINE, TEN, TEN, NINE]


def test_an_amount_is_never_relabelled_in_another_currency():
    assert _price([Span(TEN, NOW - DAY)], currency="EUR") is None
    assert _price([Span(TWELVE, NOW - DAY, shop_id=7)], currency="EUR") == TWELVE


def test_what_was_asked_is_pieced_together():
    spans = [Span(TEN, NOW - 9 * DAY), Span(TWELVE, NOW - 6 * DAY, NOW - 4 * DAY, shop_id=7)]
    pieces = asked(spans, shop_id=7, since=NOW - 10 * DAY, until=NOW)
    assert [(piece.amount, (NOW - piece.starts_at).days, (NOW - piece.ends_at).days) for piece in pieces] == [
        (TEN, 9, 6),
        (TWELVE, 6, 4),
        (TEN, 4, 0),
    ]


@pytest.mark.parametrize(
    ("starts", "ends", "is_proven"),
    [
        (10, 3, True),
        (10, 3.01, False),
        (60, 23, True),  # seven days of it lie within the last thirty
        (60, 24, False),
        (7, None, True),
        (6.9, None, False),
    ],
)
def test_a_former_price_was_asked_for_seven_of_the_last_thirty_days(starts, ends, is_proven):
    span = Span(TWELVE, NOW - starts * DAY, None if ends is None else NOW - ends * DAY)
    assert was_price_is_proven([span], TWELVE, NOW) is is_proven
    assert was_price_is_proven([span], TEN, NOW) is False


def test_days_of_a_former_price_add_up_but_not_those_of_another_shop():
    parts = [Span(TWELVE, NOW - 20 * DAY, NOW - 16 * DAY, 7), Span(TWELVE, NOW - 9 * DAY, NOW - 6 * DAY, 7)]
    assert was_price_is_proven(parts, TWELVE, NOW, shop_id=7)
    assert not was_price_is_proven(parts, TWELVE, NOW, shop_id=8)
    assert not was_price_is_proven(parts[1:], TWELVE, NOW, shop_id=7)


def test_a_change_in_percent():
    assert percent_change(TEN, TWELVE) == Decimal("20.0")
    assert percent_change(Decimal(0), TWELVE) is None
