"""Searches for personal data that need more than a pattern: check digits, dates that exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

_MOBILE = re.compile(r"(?<![0-9])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])", re.ASCII)
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_CARD = re.compile(
    r"(?<![0-9])(?<![0-9][ -])(?:6[025]|4|5[1-5]|3[57]|9[0-9])[0-9]{0,3}(?:[ -]?[0-9]{1,4}){3,5}(?![0-9])(?![ -][0-9])"
)
_WEIGHTS_OF_ID = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are a citizen identity number: a date of birth that exists and the check digit of GB 11643-1999."""
    if len(number) != 18 or not (number.isascii() and number[:17].isdecimal()):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(figure) * weight for figure, weight in zip(number, _WEIGHTS_OF_ID, strict=False))
    return 1880 <= born.year < 2100 and number[17].upper() == "10X98765432"[total % 11]


def is_card_number(number: str) -> bool:
    """Whether 16 to 19 figures have the check digit of bank cards (Luhn, ISO/IEC 7812-1)."""
    if not (16 <= len(number) <= 19 and number.isascii() and number.isdecimal()) or len(set(number)) == 1:
        return False
    doubled = (sum(divmod(2 * int(figure), 10)) for figure in number[-2::-2])
    return (sum(int(figure) for figure in number[::-2]) + sum(doubled)) % 10 == 0


def _spans(
    pattern: re.Pattern[str], accepts: Callable[[str], bool] = bool
) -> Callable[[str], Iterator[tuple[int, int]]]:
    return lambda text: (match.span() for match in pattern.finditer(text) if accepts(match[0]))


DETECTORS: dict[str, Callable[[str], Iterable[tuple[int, int]]]] = {
    "mobile": _spans(_MOBILE),
    "identity": _spans(_IDENTITY, is_identity_number),
    "mail": _spans(_MAIL),
    "card": _spans(_CARD, lambda written: is_card_number(re.sub(r"[ -]", "", written))),
}
"""Searches for personal data that need more than a pattern, by name. They see text with half-width figures."""
