"""Formulas of the grid: what they come to, and what is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.errors import FormulaRefused
from catalog.policies.formulas import evaluate, is_formula, with_ending


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("=x*0.9", "90.00"),
        ("= (X + 10) / 2", "55.00"),
        ("=x-20%", "99.80"),  # a share in a calculation is a number: 0.2
        ("=x*(1-20%)", "80.00"),
        ("=2+3*4", "14.00"),
        ("=-5+x", "95.00"),
        ("=x/3", "33.33"),
        ("=x*0.99995", "100.00"),
        ("+10%", "110.00"),
        ("-10%", "90.00"),
        ("-5", "95.00"),
        ("+5.5", "105.50"),
        ("*1.2", "120.00"),
        ("/8", "12.50"),
        ("＝ｘ×０．９", "90.00"),
        ("－１０％", "90.00"),
    ],
)
def test_formula_gives_an_amount_in_whole_cents(text: str, result: str) -> None:
    assert is_formula(text)
    assert str(evaluate(text, Decimal(100))) == result


@pytest.mark.parametrize(
    "text",
    [
        "=", "=x*", "=x**2", "=x/0", "=x-101", "=(x", "=x)", "=1 2", "=x.real", "=__import__('os')", "=1e9", "=9" * 30,
        "=" + "(" * 20 + "x" + ")" * 20, "-200", "-101%", "+", "=x*99999999999", "=½x", "12", "=" + "x+" * 40 + "x",
    ],
)  # fmt: skip
def test_what_is_no_calculation_or_no_price_is_refused(text: str) -> None:
    with pytest.raises(FormulaRefused):
        evaluate(text, Decimal(100))


def test_an_amount_is_no_formula() -> None:
    assert [is_formula(text) for text in ("12.50", "", " 3", "x*2")] == [False] * 4


@pytest.mark.parametrize(
    ("amount", "ending", "result"),
    [
        ("12.37", "", "12.37"),
        ("12.37", ".90", "11.90"),
        ("12.41", ".90", "12.90"),
        ("12.40", ".90", "12.90"),
        ("12.50", ".00", "13.00"),
        ("12.49", ".00", "12.00"),
        ("0.30", ".90", "0.90"),
        ("0.20", ".00", "1.00"),
        ("0", ".90", "0"),
    ],
)
def test_ending_is_the_nearest_and_never_nothing(amount: str, ending: str, result: str) -> None:
    assert with_ending(Decimal(amount), ending) == Decimal(result)
