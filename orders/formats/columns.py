"""Declared column maps: from a row's cells to an order's fields. Data decides, no platform is named here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from config.kit.errors import InvalidInput
from orders.drafts import BuyerDraft, CancellationDraft, LineDraft, OrderDraft, RecipientDraft
from orders.errors import FileUnreadable
from orders.formats.reading import amount, language, whole

REQUIRED = ("order_number", "seller_code", "quantity", "unit_price")
OPTIONAL = (
    "title", "placed_at", "paid_at", "currency", "buyer_id", "buyer_name", "buyer_email", "buyer_phone", "language",
    "recipient_name", "recipient_phone", "country", "region", "city", "district", "street", "postcode", "amount_shipping",
    "amount_discount", "line_discount", "amount_total", "note", "payment_reference",
)  # fmt: skip
FIELDS = REQUIRED + OPTIONAL
_DEFAULT_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
)
_ISO_PATTERN = "%Y-%m-%d %H:%M:%S"
_ISO = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_ADDRESS = ("recipient_name", "street")


@dataclass(frozen=True)
class Rules:
    """What a column map says beside its columns.

    `cancellation_prefix`: order numbers that begin so are credit notes with negative quantities. `paid`: "always" or "column".
    `strip_zero_decimals`: fields written as numbers though they are codes ("17850.0"). `services`: seller codes that are no goods.
    """

    date_formats: tuple[str, ...] = _DEFAULT_FORMATS
    time_zone: str = "Asia/Shanghai"
    currency: str = ""
    cancellation_prefix: str = ""
    paid: str = "always"
    strip_zero_decimals: tuple[str, ...] = ()
    services: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Rules:
        """Rules out of a ColumnMap's JSON. Raises FileUnreadable naming a rule that does not exist."""
        unknown = sorted(set(data) - set(cls.__dataclass_fields__))
        if unknown:
            raise FileUnreadable(problem=_("The column map has unknown rules: %s") % ", ".join(unknown))
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        if "services" in values:
            values["services"] = frozenset(values["services"])
        return cls(**values)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of times that name none."""
        return ZoneInfo(self.time_zone)

    def require_zone(self) -> None:
        """Fail before the first row rather than in the middle. Raises FileUnreadable for a zone that does not exist."""
        try:
            _zone = self.zone
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise FileUnreadable(
                problem=_("The column map's time zone “%s” does not exist.") % self.time_zone
            ) from error


@dataclass(frozen=True)
class Header:
    """Where each of our fields stands in a file: field → column index, in the file's order."""

    positions: Mapping[str, int]

    @classmethod
    def find(cls, cells: Sequence[str], columns: Mapping[str, Sequence[str]]) -> Header | None:
        """Recognise a header row by names, never by position; None when required names are missing.

        Raises FileUnreadable when a column that we read stands there twice.
        """
        names = [cell.casefold() for cell in cells]
        positions: dict[str, int] = {}
        for our_field, accepted in columns.items():
            for name in accepted:
                places = [index for index, cell in enumerate(names) if cell == name.casefold()]
                if len(places) > 1:
                    raise FileUnreadable(
                        problem=_("The column “%s” stands in the file twice. Delete one of them and upload it again.")
                        % name
                    )
                if places and our_field not in positions:
                    positions[our_field] = places[0]
        return cls(positions) if all(name in positions for name in REQUIRED) else None

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """The row's cells by our field names, without empty ones."""
        return {
            name: cells[index] for name, index in self.positions.items() if index < len(cells) and cells[index] != ""
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read: one line of an order or of a credit note."""

    number: int
    group_key: str
    cells: Mapping[str, str]
    line: LineDraft
    placed_at: datetime | None


def missing_columns(columns: Mapping[str, Sequence[str]]) -> str:
    """The required columns with the names under which they are known, for the refusal of a file."""
    return "; ".join(f"{name}: {' / '.join(columns.get(name, ()))}" for name in REQUIRED)


def is_cancellation(group_key: str, rules: Rules) -> bool:
    """Whether an order number marks a credit note."""
    return bool(rules.cancellation_prefix) and group_key.upper().startswith(rules.cancellation_prefix.upper())


def read_row(number: int, cells: Mapping[str, str], rules: Rules) -> Row:
    """One row as a line. Raises InvalidInput naming the column, the rule and what to do."""
    group_key = cells.get("order_number", "")[:120]
    if not group_key:
        raise InvalidInput(field="order_number", problem=_("The order number is empty."))
    if not cells.get("seller_code") and not cells.get("title"):
        raise InvalidInput(field="seller_code", problem=_("Neither seller code nor title is given."))
    quantity = whole(_number(cells.get("quantity", ""), "quantity"), "quantity")
    takes_back = is_cancellation(group_key, rules)
    if quantity == 0:
        raise InvalidInput(field="quantity", problem=_("The quantity is 0: there is nothing to sell or take back."))
    if quantity < 0 and not takes_back:
        raise InvalidInput(
            field="quantity",
            problem=_(
                "A negative quantity outside a cancellation: a stock adjustment, not an order. Set it aside or correct it."
            ),
        )
    if quantity > 0 and takes_back:
        raise InvalidInput(field="quantity", problem=_("A cancellation needs a negative quantity."))
    unit_price = amount(_number(cells.get("unit_price", ""), "unit_price"), "unit_price")
    if unit_price < 0:
        raise InvalidInput(field="unit_price", problem=_("A price cannot be negative."))
    return Row(
        number=number,
        group_key=group_key,
        cells=cells,
        line=LineDraft(
            seller_code=cells.get("seller_code", "")[:120],
            title=cells.get("title", "")[:300],
            quantity=abs(quantity),
            unit_price=unit_price,
            amount_discount=_amount(cells, "line_discount"),
            row_number=number,
        ),
        placed_at=_moment(cells, "placed_at", rules),
    )


def order_draft(rows: Sequence[Row], rules: Rules, *, now: datetime, knows_addresses: bool) -> OrderDraft:
    """The order that the rows of one number make.

    Order-wide cells count from the first row that has them; amounts are not added up.
    """
    first = _merged(rows)
    placed_at = min((row.placed_at for row in rows if row.placed_at), default=now)
    is_paid = rules.paid == "always" or bool(first.get("paid_at"))
    total = first.get("amount_total", "")
    return OrderDraft(
        external_id=rows[0].group_key,
        external_number=rows[0].group_key,
        placed_at=placed_at,
        currency=(first.get("currency") or rules.currency)[:3].upper(),
        lines=tuple(row.line for row in rows),
        buyer=_buyer(first, rules),
        recipient=RecipientDraft(
            name=first.get("recipient_name", ""),
            phone=first.get("recipient_phone", ""),
            country=first.get("country", ""),
            region=first.get("region", ""),
            city=first.get("city", ""),
            district=first.get("district", ""),
            street=first.get("street", ""),
            postcode=first.get("postcode", ""),
        ),
        amount_shipping=_amount(first, "amount_shipping"),
        amount_discount=_amount(first, "amount_discount"),
        amount_total=amount(_number(total, "amount_total"), "amount_total") if total else None,
        paid_at=(_moment(first, "paid_at", rules) or placed_at) if is_paid else None,
        payment_reference=first.get("payment_reference", ""),
        buyer_note=first.get("note", ""),
        expects_address=knows_addresses,
    )


def cancellation_draft(rows: Sequence[Row], rules: Rules, *, now: datetime) -> CancellationDraft:
    """The credit note that the rows of one number make."""
    first = _merged(rows)
    return CancellationDraft(
        external_id=rows[0].group_key,
        placed_at=min((row.placed_at for row in rows if row.placed_at), default=now),
        lines=tuple(row.line for row in rows),
        currency=(first.get("currency") or rules.currency)[:3].upper(),
        buyer=_buyer(first, rules),
        reason=first.get("note", ""),
    )


def knows_addresses(header_fields: Mapping[str, Any]) -> bool:
    """Whether a file has the columns without which no parcel can be sent."""
    return all(name in header_fields for name in _ADDRESS)


def _merged(rows: Sequence[Row]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for row in rows:
        for name, value in row.cells.items():
            merged.setdefault(name, value)
    return merged


def _buyer(cells: Mapping[str, str], rules: Rules) -> BuyerDraft:
    platform_id = cells.get("buyer_id", "")
    if "buyer_id" in rules.strip_zero_decimals:
        platform_id = platform_id.removesuffix(".0")
    return BuyerDraft(
        platform_id=platform_id,
        name=cells.get("buyer_name", "") or cells.get("recipient_name", ""),
        email=cells.get("buyer_email", ""),
        phone=cells.get("buyer_phone", "") or cells.get("recipient_phone", ""),
        language=language(cells.get("language", "")),
        country=cells.get("country", ""),
    )


def _number(text: str, column: str) -> Decimal:
    """A number as people write it: thousands commas and currency signs are dropped."""
    try:
        return Decimal(text.replace(",", "").replace("，", "").lstrip("¥￥$£€").strip())
    except InvalidOperation:
        problem = _("The cell is empty.") if not text else _("“%s” is no number.") % text[:40]
        raise InvalidInput(field=column, problem=problem) from None


def _amount(cells: Mapping[str, str], name: str) -> Decimal:
    text = cells.get(name, "")
    return amount(_number(text, name), name) if text else Decimal(0)


def _moment(cells: Mapping[str, str], name: str, rules: Rules) -> datetime | None:
    text = cells.get(name, "")
    if not text:
        return None
    parsed = _parse(text, rules.date_formats)
    if parsed is None or not 1990 <= parsed.year <= 2200:
        raise InvalidInput(
            field=name,
            problem=_("“%(text)s” is no time of the form %(pattern)s.")
            % {"text": text[:40], "pattern": rules.date_formats[0]},
        )
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=rules.zone)


@lru_cache(maxsize=8192)
def _parse(text: str, patterns: tuple[str, ...]) -> datetime | None:
    """The rows of one order share their time, and the usual form need not go through the slow general parser."""
    if patterns[0] == _ISO_PATTERN and _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 (the map's zone is set by the caller)
        except ValueError:
            continue
    return None
