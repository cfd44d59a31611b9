"""Rounding and splitting amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kit.money import allocate, round_money

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("1.0049", "1.00"), ("2.675", "2.68"), ("3", "3.00")],
)
def test_money_is_rounded_half_up(amount, rounded):
    assert round_money(Decimal(amount)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("10.00", [1, 1, 1], ["3.34", "3.33", "3.33"]),
        ("0.01", [1, 1], ["0.01", "0.00"]),
        ("-0.02", [1, 1, 1], ["-0.01", "-0.01", "0.00"]),
        ("100.00", [0, 3, 1], ["0.00", "75.00", "25.00"]),
        ("1.00", [0, 0], ["0.50", "0.50"]),
        ("9.99", [Decimal("19.90"), Decimal("5.10")], ["7.95", "2.04"]),
    ],
)
def test_amounts_are_split_by_the_largest_remainder(amount, weights, parts):
    assert allocate(Decimal(amount), weights) == [Decimal(part) for part in parts]


def test_amount_below_a_cent_is_refused_rather_than_lost():
    with pytest.raises(ValueError, match="whole cents"):
        allocate(Decimal("0.015"), [1, 1])


@given(AMOUNTS, WEIGHTS)
def test_the_parts_add_up_and_none_is_a_cent_away_from_its_share(amount, weights):
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    assert len(parts) == len(weights)
    if total := sum(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - amount * weight / total) < Decimal("0.01")
            assert weight or part == 0


@given(AMOUNTS, WEIGHTS)
def test_the_other_sign_splits_the_same_way(amount, weights):
    assert allocate(-amount, weights) == [-part for part in allocate(amount, weights)]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_without_weights_or_below_zero_there_is_nothing_to_split_by(weights):
    with pytest.raises(ValueError, match="weight"):
        allocate(Decimal(1), weights)
