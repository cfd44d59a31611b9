"""What a draft of a listing would change: facts for its class, effects, money, risk. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from approvals.policies.contents import changed_fields
from approvals.registries import Draft, Effect
from approvals.states import Risk
from catalog.policies.fields import top_field
from catalog.policies.pricing import percent_change
from catalog.states import RevisionOrigin

TOP_SELLERS: Final = 20
"""Products with a sales rank up to this are top sellers (CAT-6, CAT-8)."""
LARGE_CHANGE: Final = Decimal(20)
"""A price that moves by more than so many percent is a high risk."""
_MERE_WORDS: Final = frozenset({"brief", "slogan", "blocks", "service_text"})
_SPECIFICATION: Final = frozenset({"attributes", "weight"})


@dataclass(frozen=True, slots=True)
class ListingDraft(Draft):
    """A draft of a listing with what its checks need to know beside its content.

    `own_prices` are the SKUs with a price that this draft brings; `newest_version` counts what was published so far, and
    `base_number` what the draft was begun from. `safety` holds the codes of attributes about safety.
    """

    revision_id: int = 0
    product_id: int = 0
    shop_id: int = 0
    platform_id: int | None = None
    currency: str = ""
    origin: str = RevisionOrigin.HAND
    own_prices: frozenset[str] = frozenset()
    base_number: int | None = None
    newest_version: int | None = None
    sales_rank: int | None = None
    safety: frozenset[str] = frozenset()
    listed_in: int = 0
    priced_at: datetime | None = None

    @property
    def changed(self) -> list[str]:
        """The fields and parts that differ from what is live."""
        return changed_fields(self.live, self.content)


def class_facts(draft: ListingDraft) -> dict[str, Any]:
    """Yes-or-no facts for the rules that make a request important (APPR-5)."""
    changed = draft.changed if draft.live is not None else []
    return {
        "price_changed": any(top_field(path) in ("prices", "was_prices") for path in changed),
        "safety_changed": touches_safety(changed, draft.safety),
        "spec_changed": any(top_field(path) in _SPECIFICATION for path in changed),
        "is_top_seller": draft.sales_rank is not None and draft.sales_rank <= TOP_SELLERS,
        "first_listing": draft.newest_version is None,
    }


def touches_safety(changed: Collection[str], safety: Collection[str]) -> bool:
    """Whether an attribute about safety is among the changed fields; a whole `attributes` may hold one."""
    return any(path in {f"attributes.{code}" for code in safety} for path in changed) or (
        "attributes" in changed and bool(safety)
    )


@dataclass(frozen=True, slots=True)
class PriceMove:
    """A price that changes; `before` is None for a variant that had none."""

    sku: str
    before: Decimal | None
    after: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """By how much, in percent with one decimal."""
        return percent_change(self.before, self.after) if self.before is not None and self.after is not None else None


def price_moves(live: Mapping[str, Any] | None, content: Mapping[str, Any]) -> list[PriceMove]:
    """Prices that differ from what is live, by SKU."""
    before, after = (live or {}).get("prices", {}), content["prices"]
    return [
        PriceMove(sku, _amount(before.get(sku)), _amount(after.get(sku)))
        for sku in sorted(before.keys() | after.keys())
        if before.get(sku) != after.get(sku)
    ]


def effects(draft: ListingDraft) -> list[Effect]:
    """What the change does beside its texts: prices, margin, how many shops show the product."""
    return list(_effects(draft))


def _effects(draft: ListingDraft) -> Iterator[Effect]:
    moves = price_moves(draft.live, draft.content)
    for move in moves:
        if move.before is None:
            after = _("%(amount)s %(currency)s, new") % {"amount": move.after, "currency": draft.currency}
        elif move.after is None:
            after = _("not offered any more")
        elif move.percent is None:
            after = f"{move.after} {draft.currency}"
        else:
            after = f"{move.after} {draft.currency} ({move.percent:+} %)"
        is_large = move.percent is not None and abs(move.percent) > LARGE_CHANGE
        yield Effect(
            _("Price of %(sku)s") % {"sku": move.sku},
            f"{move.before} {draft.currency}" if move.before is not None else "",
            after,
            "bad" if is_large else "warn" if draft.live is not None else "neutral",
        )
    if moves and draft.live is not None:
        yield Effect(_("Margin"), after=_("not known: no cost is entered"), tone="muted")
    yield Effect(_("Shops that show this product"), after=str(draft.listed_in))


def money_effect(draft: ListingDraft) -> Decimal | None:
    """By how much the unit prices change in sum, in the shop's currency; None when no price of a shown listing changes.

    How many are sold at them is not known here.
    """
    if draft.live is None:
        return None
    moves = [move for move in price_moves(draft.live, draft.content) if None not in (move.before, move.after)]
    if not moves:
        return None
    return sum(((move.after or Decimal(0)) - (move.before or Decimal(0)) for move in moves), Decimal(0))


def risk(draft: ListingDraft) -> str:
    """High for a large price change or a safety fact, low for mere words of a shown listing, else normal."""
    if draft.live is None:
        return Risk.NORMAL
    changed = draft.changed
    moves = price_moves(draft.live, draft.content)
    if touches_safety(changed, draft.safety) or any(
        move.percent is not None and abs(move.percent) > LARGE_CHANGE for move in moves
    ):
        return Risk.HIGH
    fields = {top_field(path) for path in changed}
    if "photos" in fields and _same_pictures(draft):
        fields.discard("photos")
    return Risk.LOW if fields <= _MERE_WORDS else Risk.NORMAL


def _same_pictures(draft: ListingDraft) -> bool:
    """Only descriptions or places of pictures change, not what is seen."""

    def seen(content: Mapping[str, Any]) -> set[tuple[str, str]]:
        return {(one["key"], one["sha256"]) for one in content["photos"]}

    return seen(draft.live or {"photos": []}) == seen(draft.content)


def texts_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Every text that shoppers can read, by path."""
    texts = {code: content[code] for code in ("title", "brand", "brief", "slogan", "service_text", "feature")}
    for code in ("blocks", "variants", "attributes"):
        texts |= {f"{code}.{part}": one for part, one in content[code].items() if isinstance(one, str)}
    texts |= {f"photos.{one['key']}.alt": one["alt"] for one in content["photos"]}
    return {path: text for path, text in texts.items() if text}


def _amount(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
