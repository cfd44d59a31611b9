"""What a value of a content is, and how it is said in few words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

_DIGEST = re.compile(r"[0-9a-f]{64}")
_AMOUNT = re.compile(r"-?\d{1,15}\.\d{1,6}")
_LONGEST = 300
_SHORT_TEXT = 40


def in_short(value: Any) -> str:
    """A value in few words."""
    if is_nothing(value):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        parts = [f"{name}: {in_short(part)}" for name, part in value.items() if name != "key" and not is_nothing(part)]
        text = "; ".join(parts)
    elif isinstance(value, list | tuple):
        text = ", ".join(in_short(item) for item in value)
    else:
        text = str(value)
        if _DIGEST.fullmatch(text):
            return f"{text[:8]}…"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def change_in_percent(old: Any, new: Any) -> tuple[str, bool]:
    """How far an amount moved, as it is written, and whether upward; ("", False) when it cannot be said."""
    if not (is_amount(old) and is_amount(new)) or not Decimal(old):
        return "", False
    share = (Decimal(new) - Decimal(old)) / abs(Decimal(old)) * 100
    return f"{share:+.1f} %".replace("-", "−"), share > 0


def is_nothing(value: Any) -> bool:
    """Whether there is nothing to show."""
    return value is None or value == "" or value == [] or value == {}


def is_text(value: Any) -> bool:
    """Whether it is compared word by word: words or nothing, no amount."""
    return value is None or (isinstance(value, str) and not is_amount(value))


def is_digest(value: Any) -> bool:
    """Whether it is the SHA-256 of a file."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def is_amount(value: Any) -> bool:
    """Whether it is an amount: a whole number, or decimals as text."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, str) and _AMOUNT.fullmatch(value) is not None)


def is_plain_list(value: Any) -> bool:
    """Whether it is a list of simple values, or nothing."""
    return value is None or (isinstance(value, list) and not any(isinstance(item, Mapping | list) for item in value))


def is_long(value: Any) -> bool:
    """Whether it is a text that deserves a block of its own."""
    return isinstance(value, str) and not is_digest(value) and (len(value) > _SHORT_TEXT or "\n" in value)
