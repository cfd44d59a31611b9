"""A value on its way into a file: harmless, and of the right type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

# What a spreadsheet takes for a formula, with the full-width forms that East Asian versions accept too.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """The text with an apostrophe before anything that a spreadsheet would run."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def plain_number(value: Any) -> Decimal | int | None:
    """A number as Decimal or int; None for nothing and for text (which then stays text)."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return value if isinstance(value, int) or value.is_finite() else None
    if isinstance(value, float):
        return Decimal(repr(value))
    return None


def naive_local(value: Any) -> datetime | date | None:
    """A date or a time without zone in the shop's time zone, as spreadsheets need it; None for anything else."""
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    return value if isinstance(value, date) else None


def as_text(value: Any) -> str:
    """A value as the text that CSV and the preview show."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return f"{naive_local(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(as_text(item) for item in value)
    return str(value)


def csv_cell(value: Any) -> str:
    """The CSV form: numbers and dates as they are, everything else made harmless."""
    if plain_number(value) is not None or isinstance(value, date):
        return as_text(value)
    return harmless(as_text(value))
