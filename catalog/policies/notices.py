"""What a change notice says against what a shop shows. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.policies.pricing import COMPANY_CURRENCY


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """A notice in effect: the fields that it still governs, as stored in `SourceItem.facts`."""

    id: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a live listing that is not what the notice says. `field` as in a listing's content: "title", "prices.SKU"."""

    field: str
    wanted: str
    found: str


def governing(notices: Iterable[tuple[int, Mapping[str, Any]]]) -> list[NoticeFacts]:
    """What each notice of one product still governs, given in the order in which they took effect.

    The newest word on a field counts: a notice of March says nothing any more about a price that one of April changed.
    Notices without any field left are still in the list, with empty facts.
    """
    said: set[str] = set()
    found: list[NoticeFacts] = []
    for pk, facts in reversed(list(notices)):
        left: dict[str, Any] = {
            name: facts[name] for name in ("name", "service_text") if name in facts and name not in said
        }
        prices = {sku: value for sku, value in facts.get("prices", {}).items() if f"prices.{sku}" not in said}
        said |= set(left) | {f"prices.{sku}" for sku in prices}
        if prices:
            left["prices"] = prices
        found.append(NoticeFacts(pk, left))
    return list(reversed(found))


def differences(
    facts: Mapping[str, Any], content: Mapping[str, Any], *, currency: str, later_priced: Collection[str] = ()
) -> list[Difference]:
    """Where a listing's live content is not what a notice says.

    A title may say more than the name, but must hold it. Prices are compared in the company's currency only, for SKUs that
    the shop sells, and not where somebody set another price after the notice took effect (`later_priced`).
    """
    found: list[Difference] = []
    title, name = str(content.get("title") or ""), str(facts.get("name") or "")
    if name and _plain(name) not in _plain(title):
        found.append(Difference("title", name, title))
    text, wanted = str(content.get("service_text") or ""), str(facts.get("service_text") or "")
    if wanted and _plain(wanted) != _plain(text):
        found.append(Difference("service_text", wanted, text))
    shown = content.get("prices") or {}
    if currency == COMPANY_CURRENCY:
        for sku, price in sorted((facts.get("prices") or {}).items()):
            if sku in shown and sku not in later_priced and Decimal(shown[sku]) != Decimal(price):
                found.append(Difference(f"prices.{sku}", price, shown[sku]))
    return found


def _plain(text: str) -> str:
    """Blanks and line ends do not make a difference, nor does case."""
    return " ".join(text.split()).casefold()
