"""Formulas for prices in a grid: `=x*0.9`, `+10%`, `-5`, `*1.2`. A small parser on Decimal; nothing is ever executed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Decimal, DecimalException
from typing import Final

from catalog.errors import FormulaRefused
from config.kit.money import round_money

ENDINGS: Final = ("", ".00", ".90")
"""Endings to which a computed price is rounded; "" leaves the cents as they come out."""
_MAX_LENGTH: Final = 60
_MAX_DEPTH: Final = 12
_LIMIT: Final = Decimal(10) ** 12
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<x>[xX])|(?P<sign>[-+*/()%]))", re.ASCII)
_SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-", "–": "-", "—": "-"})
_BY_SIGN: Final[Mapping[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def is_formula(text: str) -> bool:
    """Whether a cell holds a formula: it begins with a sign. So "-5" is "five less", never a price below zero."""
    return _plain(text)[:1] in ("=", "+", "-", "*", "/")


def evaluate(text: str, x: Decimal) -> Decimal:
    """The amount that a formula gives for the present price `x`, rounded half up to cents.

    "=…" is a calculation in which x is the present price and 10% is 0.1; "+10%" and "-10%" add and take off a share of x,
    "+5" and "-5" an amount, "*1.2" and "/2" multiply and divide it. Raises FormulaRefused for anything else, and for a
    result below zero or beyond twelve digits.
    """
    formula = _plain(text)
    if len(formula) > _MAX_LENGTH:
        raise FormulaRefused(formula=formula[:_MAX_LENGTH])
    try:
        if formula.startswith("="):
            result = _Parser(formula[1:], x, formula).result()
        else:
            sign, rest = formula[:1], formula[1:]
            if sign not in _BY_SIGN:
                raise FormulaRefused(formula=formula)
            part = _Parser(rest, x, formula).result()
            is_share = sign in "+-" and re.fullmatch(r"\s*[\d.]+\s*%\s*", rest)
            result = _BY_SIGN[sign](x, x * part if is_share else part)
    except DecimalException as error:
        raise FormulaRefused(formula=formula) from error
    if not result.is_finite() or not 0 <= result < _LIMIT:
        raise FormulaRefused(formula=formula)
    return round_money(result)


def with_ending(amount: Decimal, ending: str) -> Decimal:
    """The amount nearest to this one that has the ending ("" any, ".00", ".90"); of two equally near the higher.

    Never a price of nothing for something: the smallest is the ending itself, or 1.00.
    """
    if not ending:
        return amount
    tail = Decimal(ending)
    whole = amount.to_integral_value(ROUND_FLOOR)
    smallest = tail or Decimal(1)
    candidates = [whole + step + tail for step in (1, 0, -1)]
    near = min((one for one in candidates if one >= smallest), key=lambda one: abs(one - amount), default=smallest)
    return round_money(near) if amount else amount


def _plain(text: str) -> str:
    """Full-width signs and digits as people type them with a Chinese keyboard."""
    return unicodedata.normalize("NFKC", text[: _MAX_LENGTH * 4]).translate(_SIGNS).strip()


class _Parser:
    """sum = product {(+|-) product}; product = factor {(*|/) factor}; factor = [-|+] (number[%] | x | "(" sum ")")."""

    def __init__(self, text: str, x: Decimal, formula: str) -> None:
        self._x, self._formula, self._depth = x, formula, 0
        self._tokens = self._read(text)
        self._at = 0

    def result(self) -> Decimal:
        """The value of the whole text. Raises FormulaRefused when something is left over."""
        value = self._sum()
        if self._at != len(self._tokens):
            raise self._refusal()
        return value

    def _read(self, text: str) -> list[str]:
        tokens, at, text = [], 0, text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._refusal()
            tokens.append(match[match.lastgroup or 0])
            at = match.end()
        return tokens

    def _refusal(self) -> FormulaRefused:
        return FormulaRefused(formula=self._formula)

    def _next(self, *wanted: str) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else ""
        if token and (not wanted or token in wanted):
            self._at += 1
            return token
        return ""

    def _sum(self) -> Decimal:
        value = self._product()
        while sign := self._next("+", "-"):
            value = _BY_SIGN[sign](value, self._product())
        return value

    def _product(self) -> Decimal:
        value = self._factor()
        while sign := self._next("*", "/"):
            value = _BY_SIGN[sign](value, self._factor())
        return value

    def _factor(self) -> Decimal:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._refusal()
        try:
            word = self._next()
            if word in ("+", "-"):
                return -self._factor() if word == "-" else self._factor()
            if word == "(":
                value = self._sum()
                if not self._next(")"):
                    raise self._refusal()
                return value
            if word in ("x", "X"):
                return self._x
            if not word or not (word[0].isdigit() or word[0] == "."):
                raise self._refusal()
            value = Decimal(word)
            return value / 100 if self._next("%") else value
        finally:
            self._depth -= 1
