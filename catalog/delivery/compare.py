"""Is what shoppers see what was approved? Texts are compared as they read, prices as numbers, pictures by count."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.delivery.contract import Difference, OutgoingListing

EXCERPT = 2000
BEFORE = 40  # letters shown before the first one that differs

# What WordPress puts around plain text (wpautop) and what we send; any other tag is something that nobody approved.
_BREAKS = {"p", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"}
_PLAIN = _BREAKS | {"span", "strong", "b", "em", "i"}
# wptexturize turns these into typographic ones, and back they cannot be told apart.
_TYPOGRAPHY = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("–—―−", "-"),
    "…": "...",
    "×": "x",
}
_TABLE = str.maketrans(_TYPOGRAPHY)


# No piece may hold another "<": on hostile markup this stays linear, where html.parser takes minutes for a megabyte.
_TAG = re.compile(r"<(?:(/?)([a-zA-Z][a-zA-Z0-9:-]*)|[!?])[^<>]*>")


def plain_text(markup: str) -> str:
    """HTML as it reads: tags and entities gone, typography and white space evened out. Unknown tags stay visible.

    What is not quite HTML stays as it is written: better a difference too many than one too few.
    """
    parts: list[str] = []
    end = 0
    for found in _TAG.finditer(markup):
        parts += [html.unescape(markup[end : found.start()]), _as_seen(found[1], (found[2] or "").lower())]
        end = found.end()
    return _even("".join([*parts, html.unescape(markup[end:])]))


def _as_seen(slash: str | None, name: str) -> str:
    if not name:
        return ""  # a comment
    if name not in _PLAIN:
        return "" if slash else f" <{name}> "  # a link or a script was put in
    return " " if name in _BREAKS else ""


def _even(text: str) -> str:
    text = unicodedata.normalize("NFC", text).translate(_TABLE)
    text = re.sub(r"''", '"', text)  # texturize reads two single quotes as one double
    text = re.sub(r"-{2,}", "-", text)
    return " ".join(text.split())


def summary_text(listing: OutgoingListing) -> str:
    """What stands beside the picture: slogan and brief."""
    return "\n\n".join(part for part in (listing.slogan, listing.brief) if part.strip())


def description_text(listing: OutgoingListing) -> str:
    """What stands below: the blocks with their labels, then the service text."""
    parts = [part for label, text in listing.blocks if text.strip() for part in (label, text)]
    return "\n\n".join(part for part in (*parts, listing.service_text) if part.strip())


def compare(listing: OutgoingListing, live: Mapping[str, Any]) -> list[Difference]:
    """What is live and not as approved; an empty list means that everything that `live` tells is right.

    `live` holds, of what the shop told: is_visible; title, slogan, brief, summary (slogan and brief), description,
    category (HTML or text); prices and weights ({sku: text}); pictures (count); attributes ({name: value}); content_hash,
    snapshot. A key that is absent was not told and is not compared. Of what is taken down only visibility and
    identity matter.
    """
    found = list(_identity(listing, live))
    if listing.is_visible:
        found += _texts(listing, live)
        found += _numbers(listing, live)
        found += _attributes(listing, live)
    return found


def _identity(listing: OutgoingListing, live: Mapping[str, Any]) -> Iterator[Difference]:
    if "is_visible" in live and bool(live["is_visible"]) != listing.is_visible:
        yield Difference("is_visible", _yes_no(listing.is_visible), _yes_no(bool(live["is_visible"])))
    if "content_hash" in live and str(live["content_hash"]) != listing.content_hash:
        yield Difference("content_hash", listing.content_hash, str(live["content_hash"])[:EXCERPT])
    if "snapshot" in live and str(live["snapshot"]) != str(listing.snapshot_number):
        yield Difference("snapshot", str(listing.snapshot_number), str(live["snapshot"])[:EXCERPT])


def _texts(listing: OutgoingListing, live: Mapping[str, Any]) -> Iterator[Difference]:
    approved = {
        "title": listing.title,
        "slogan": listing.slogan,
        "brief": listing.brief,
        "summary": summary_text(listing),
        "description": description_text(listing),
        "category": listing.category,
    }
    for name, text in approved.items():
        if name in live:
            wanted, shown = _even(text), plain_text(str(live[name] or ""))
            if wanted != shown:
                yield Difference(name, *_excerpts(wanted, shown))


def _numbers(listing: OutgoingListing, live: Mapping[str, Any]) -> Iterator[Difference]:
    for key, approved in (
        ("prices", {variant.sku: variant.price for variant in listing.variants}),
        ("weights", {variant.sku: Decimal(variant.weight_grams) / 1000 for variant in listing.variants}),
    ):
        if isinstance(shown := live.get(key), Mapping):
            name = key.removesuffix("s")
            for sku, value in approved.items():
                told = str(shown.get(sku) or "")
                if (number(told) or Decimal(0) if key == "weights" else number(told)) != value:
                    yield Difference(f"{name}:{sku}", f"{value:f}", told[:EXCERPT])
            for sku in sorted(set(shown) - set(approved)):
                yield Difference(f"{name}:{sku}", "", str(shown[sku])[:EXCERPT])
    if "pictures" in live and str(live["pictures"]) != str(len(listing.pictures)):
        yield Difference("pictures", str(len(listing.pictures)), str(live["pictures"])[:EXCERPT])


def _attributes(listing: OutgoingListing, live: Mapping[str, Any]) -> Iterator[Difference]:
    if not isinstance(told := live.get("attributes"), Mapping):
        return
    approved = {_even(name): _even(value) for name, value in listing.attributes if value.strip()}
    shown = {plain_text(str(name)): plain_text(str(value)) for name, value in told.items()}
    for name in approved | shown:
        if approved.get(name, "") != shown.get(name, ""):
            yield Difference(f"attribute:{name}", *_excerpts(approved.get(name, ""), shown.get(name, "")))


def number(text: str) -> Decimal | None:
    """A decimal number that a shop wrote as text, or None."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _excerpts(approved: str, live: str) -> tuple[str, str]:
    """Both texts from shortly before the first letter that differs."""
    same = next(
        (place for place, (one, other) in enumerate(zip(approved, live, strict=False)) if one != other),
        min(len(approved), len(live)),
    )
    start = max(0, same - BEFORE) if max(len(approved), len(live)) > EXCERPT else 0
    dots = "…" if start else ""
    return dots + approved[start : start + EXCERPT], dots + live[start : start + EXCERPT]


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
