"""Reading single values of foreign input, with refusals that name the field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from config.kit.errors import InvalidInput

MAX_DIGITS = 12


def parse_json(body: bytes) -> dict[str, Any]:
    """A JSON object with exact numbers (Decimal, unlimited int). Raises InvalidInput for anything else."""
    try:
        data = json.loads(body.decode("utf-8"), parse_float=Decimal)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ValueError) as error:
        raise InvalidInput(field="body", problem=_("The body is no readable JSON: %s") % error) from error
    if not isinstance(data, dict):
        raise InvalidInput(field="body", problem=_("The body must be a JSON object."))
    return data


def text(data: Mapping[str, Any], name: str, limit: int = 300) -> str:
    """A text without control characters, cut to `limit`; "" when missing. PostgreSQL takes no NUL."""
    value = data.get(name)
    if value is None or isinstance(value, (dict, list)):
        return ""
    return "".join(char for char in str(value) if char >= " ").strip()[:limit]


def money(data: Mapping[str, Any], name: str, *, path: str = "") -> Decimal:
    """An amount with two places; 0 when missing. Raises InvalidInput naming the field."""
    value = data.get(name)
    if value is None or value == "":
        return Decimal(0)
    return amount(value, path or name)


def amount(value: Any, field: str) -> Decimal:
    """A Decimal with two places. Raises InvalidInput for what is no finite amount of at most twelve digits before the point."""
    try:
        number = Decimal(str(value))
        if not number.is_finite() or abs(number) >= Decimal(10) ** MAX_DIGITS:
            raise InvalidOperation
        return number.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise InvalidInput(field=field, problem=_("“%s” is no amount.") % str(value)[:40]) from None


def whole(value: Any, field: str) -> int:
    """A whole number. Raises InvalidInput."""
    try:
        number = Decimal(str(value))
        if not number.is_finite() or number != number.to_integral_value() or abs(number) > 10**9:
            raise InvalidOperation
        return int(number)
    except InvalidOperation:
        raise InvalidInput(field=field, problem=_("“%s” is no whole number.") % str(value)[:40]) from None


def moment(data: Mapping[str, Any], name: str, *, utc: bool = False) -> datetime | None:
    """An ISO time with its zone (UTC where `utc` says so); None when missing. Raises InvalidInput."""
    value = data.get(name)
    if not value:
        return None
    try:
        parsed = parse_datetime(str(value))
    except ValueError:
        parsed = None
    if parsed is None or not 1990 <= parsed.year <= 2200:
        raise InvalidInput(field=name, problem=_("“%s” is no time.") % str(value)[:40])
    if parsed.tzinfo is None:
        if not utc:
            raise InvalidInput(field=name, problem=_("The time has no zone."))
        parsed = parsed.replace(tzinfo=UTC)
    return parsed


def objects(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects; empty when missing. Raises InvalidInput when it is something else."""
    value = data.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InvalidInput(field=name, problem=_("This must be a list of objects."))
    return value


def mapping(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object; empty when missing."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def language(locale: str) -> str:
    """Our language code for a channel's locale; "" for one that says nothing."""
    if not locale:
        return ""
    return "zh-hans" if locale.lower().startswith("zh") else "en"
