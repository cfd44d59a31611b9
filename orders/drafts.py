"""What every door hands to `take_orders`: an order as the channel tells it, before it means anything to us. Pure data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

ZERO = Decimal("0")
_CHINA = ("", "CN", "CHN", "China", "中国", "中国大陆")


def written_address(address: Mapping[str, str], *, widest_first: bool = False) -> str:
    """The parts of a stored address in the order in which people write them: the database keeps them in its own.

    In China, and with `widest_first` everywhere: from the province down to the door.
    """
    parts = ["region", "city", "district", "street", "postcode", "country"]
    if not widest_first and address.get("country", "") not in _CHINA:
        parts = ["street", "district", "city", "region", "postcode", "country"]
    return " ".join(str(address[part]) for part in parts if address.get(part))


@dataclass(frozen=True, slots=True)
class BuyerDraft:
    """Who bought. Empty strings where the channel does not say."""

    platform_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class RecipientDraft:
    """Where the goods go."""

    name: str = ""
    phone: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""

    def address(self) -> dict[str, str]:
        """The parts that are stored as the order's address, without empty ones."""
        parts = {
            "country": self.country,
            "region": self.region,
            "city": self.city,
            "district": self.district,
            "street": self.street,
            "postcode": self.postcode,
        }
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One position. `amount_discount` is for the whole line; prices in the order's currency."""

    seller_code: str
    title: str
    quantity: int
    unit_price: Decimal
    amount_discount: Decimal = ZERO
    external_id: str = ""
    row_number: int = 0

    @property
    def amount_total(self) -> Decimal:
        """What the line costs after its own discount."""
        return self.unit_price * self.quantity - self.amount_discount


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """One order. `external_id` identifies it within its shop, `external_number` is what people read on the platform.

    `amount_total` None means: what the parts add up to. `paid_at` None means: not paid. `amount_discount` is the order's own
    discount, beside those of the lines.
    """

    external_id: str
    placed_at: datetime
    lines: tuple[LineDraft, ...]
    external_number: str = ""
    currency: str = ""
    buyer: BuyerDraft = field(default_factory=BuyerDraft)
    recipient: RecipientDraft = field(default_factory=RecipientDraft)
    amount_shipping: Decimal = ZERO
    amount_discount: Decimal = ZERO
    amount_tax: Decimal = ZERO
    amount_total: Decimal | None = None
    paid_at: datetime | None = None
    payment_reference: str = ""
    cancelled_at: datetime | None = None
    updated_at: datetime | None = None
    buyer_note: str = ""
    is_test: bool = False
    expects_address: bool = True
    raw_input_id: int | None = None

    @property
    def amount_goods(self) -> Decimal:
        """The lines after their own discounts."""
        return sum((line.amount_total for line in self.lines), ZERO)

    @property
    def computed_total(self) -> Decimal:
        """What the parts add up to."""
        return self.amount_goods - self.amount_discount + self.amount_shipping + self.amount_tax

    def content_hash(self) -> str:
        """SHA-256 over what makes the order what it is; not over how or when it came."""
        total = self.amount_total if self.amount_total is not None else self.computed_total
        content = (
            self.external_id,
            self.currency,
            [
                (
                    line.seller_code,
                    line.quantity,
                    _plain(line.unit_price),
                    _plain(line.amount_discount),
                    line.external_id,
                )
                for line in self.lines
            ],
            _plain(self.amount_shipping),
            _plain(self.amount_discount),
            _plain(self.amount_tax),
            _plain(total),
            self.recipient.name,
            self.recipient.phone,
            self.recipient.address(),
            self.buyer_note,
        )
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CancellationDraft:
    """A document by which a file's channel takes goods back: quantities and prices as positive numbers."""

    external_id: str
    placed_at: datetime
    lines: tuple[LineDraft, ...]
    currency: str = ""
    buyer: BuyerDraft = field(default_factory=BuyerDraft)
    reason: str = ""

    @property
    def amount_total(self) -> Decimal:
        """What is taken back."""
        return sum((line.amount_total for line in self.lines), ZERO)


def _plain(amount: Decimal) -> str:
    """The same text for 5, 5.0 and 5.00."""
    return f"{amount:.2f}"
