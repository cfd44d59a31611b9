"""What delivery is given and what it answers: plain data, so that it runs without a database and outside transactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

Outcome = Literal["confirmed", "sent", "retry", "refused"]
Kind = Literal["woocommerce", "generic"]


@dataclass(frozen=True, slots=True)
class OutgoingVariant:
    """One variant as the snapshot froze it; `remote_id` is the shop's number of it, or empty."""

    sku: str
    remote_id: str
    price: Decimal
    name: str
    weight_grams: int
    barcode: str


@dataclass(frozen=True, slots=True)
class OutgoingPicture:
    """One picture; the shop fetches it from `url`, which must be reachable for it."""

    url: str
    role: str
    sha256: str
    alt: str


@dataclass(frozen=True, slots=True)
class OutgoingListing:
    """An approved snapshot on its way out. Texts are plain text: nothing in them is HTML.

    `blocks` and `attributes` are pairs of label and text. With `is_visible` false the shop is told to take it down.
    """

    listing_id: int
    remote_id: str
    snapshot_number: int
    content_hash: str
    is_visible: bool
    title: str
    brief: str
    slogan: str
    blocks: tuple[tuple[str, str], ...]
    service_text: str
    category: str
    attributes: tuple[tuple[str, str], ...]
    currency: str
    variants: tuple[OutgoingVariant, ...]
    pictures: tuple[OutgoingPicture, ...]


@dataclass(frozen=True, slots=True)
class ChannelTarget:
    """Where to and with which keys; the newest secret comes first. Secrets never show in a repr."""

    kind: Kind
    address: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose live value is not the approved one, both as a reader sees them (excerpts of long texts)."""

    field: str
    approved: str
    live: str


@dataclass(frozen=True, slots=True)
class PushResult:
    """How one attempt ended.

    confirmed: the shop showed or acknowledged what was approved. sent: it took it, but gave no evidence, or shows
    something else (`differences`). retry: try again, not before `retry_after` when that is given. refused: trying
    again changes nothing until somebody does what `message` says. `proof` is JSON and holds no secret.
    """

    outcome: Outcome
    status: int | None = None
    remote_id: str = ""
    display_url: str = ""
    retry_after: timedelta | None = None
    differences: tuple[Difference, ...] = ()
    proof: dict[str, Any] = field(default_factory=dict)
    message: str = ""
