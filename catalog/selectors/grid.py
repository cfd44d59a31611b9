"""What many typed cells would change, before anything is saved: the same for the grid and for files."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from approvals.registries import Finding
from approvals.services import check_texts
from approvals.states import DraftState
from catalog.models import Category, Listing, ListingRevision, Variant
from catalog.policies.drafts import texts_of
from catalog.policies.entries import AttributeSpec, Vocabulary, clean_entry
from catalog.policies.fields import BY_CODE, LISTING_KIND, overlay
from catalog.policies.formulas import evaluate, is_formula, with_ending
from catalog.policies.merging import merged
from catalog.policies.pricing import percent_change
from catalog.selectors.contents import Layer, master_contents, standing_overrides
from catalog.selectors.listings import RequirementBook, names_of_parts, requirement_book
from catalog.states import PackageState
from config.kit.errors import DomainError
from stores.models import CustomerGroup

BATCH: Final = 500
"""Listings whose contents are held at once."""
_AMOUNTS: Final = ("prices", "was_prices")


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell as somebody typed it. `row` and `column` say where, in words.

    `shown` is what the person saw there before, None when nothing was shown. An empty cell follows the product again.
    """

    listing_id: int
    path: str
    text: str
    row: str = ""
    column: str = ""
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field or part of one listing, before and after as text; `percent` for amounts."""

    listing: Listing
    path: str
    label: str
    before: str
    after: str
    percent: Decimal | None = None
    remarks: tuple[Finding, ...] = ()
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell that cannot be taken: where it stands, and the rule that refuses it."""

    row: str
    column: str
    text: str


@dataclass(slots=True)
class Weighed:
    """The effect of many cells.

    `entries` (listing → field → value) and `before` (listing → path → text) are what `services.bulk_drafts` takes.
    """

    changes: list[Change] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    entries: dict[int, dict[str, Any]] = field(default_factory=dict)
    before: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 in hex of what would change: the same as long as nobody changed the listings meanwhile."""
        told = sorted((one.listing.pk, one.path, one.before, one.after) for one in self.changes)
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


@dataclass(slots=True)
class Standing:
    """Listings as they would be published without a change: what a new draft begins with."""

    listings: dict[int, Listing]
    overrides: dict[int, dict[str, Any]]
    masters: dict[int, dict[str, Any]]
    known: dict[int, Vocabulary]
    packages: dict[int, str]

    def content(self, listing_id: int) -> dict[str, Any]:
        """What the listing says."""
        return overlay(self.masters[listing_id], self.overrides[listing_id])


def standing_of(listings: Mapping[int, Listing], *, now: datetime, book: RequirementBook | None = None) -> Standing:
    """Read listings (with `product__category` and `shop`) for a new draft of each, in a constant number of queries."""
    standing = standing_overrides(listings)
    overrides = {pk: dict(standing.get(pk, {})) for pk in listings}
    masters = master_contents({pk: Layer(one.product_id, one.shop_id, {}, now) for pk, one in listings.items()})
    drafts = ListingRevision.objects.filter(
        listing__in=listings, state=DraftState.DRAFT, package__isnull=False
    ).exclude(package__state=PackageState.CLOSED)
    return Standing(
        listings=dict(listings),
        overrides=overrides,
        masters=masters,
        known=_vocabularies(listings, masters, overrides, book or requirement_book()),
        packages={row.listing_id: str(row.package) for row in drafts.select_related("package")},
    )


def grid_rows(listing_ids: Sequence[int], *, rows: Any, now: datetime) -> list[tuple[Listing, dict[str, Any]]]:
    """The listings of a grid in this order, each with what a new draft would begin with. A constant number of queries."""
    found = {
        one.pk: one
        for one in rows.filter(pk__in=listing_ids).select_related("product__category", "shop", "live__snapshot")
    }
    standing = standing_of(found, now=now)
    return [(found[pk], standing.content(pk)) for pk in listing_ids if pk in found]


def cell_text(content: Mapping[str, Any], path: str) -> str:
    """A field or part as the text that stands in a cell."""
    code, _dot, part = path.partition(".")
    value = content.get(code)
    if BY_CODE[code].by:
        value = (value or {}).get(part)
    return plain(value)


def plain(value: Any) -> str:
    """A value as the text of a cell: yes and no for choices, "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def weigh(cells: Iterable[Typed], *, rows: Any, now: datetime, ending: str | None = "") -> Weighed:
    """What these cells would change. `rows` is the queryset of listings that the person may see.

    `ending` is that of computed prices; None where nothing is computed: in a file "-5" is a price below zero, not a formula.

    Saves nothing. Cells that say what is there already count for nothing; everything wrong is in `refused`, each with its
    row and column.
    """
    by_listing: defaultdict[int, list[Typed]] = defaultdict(list)
    for cell in cells:
        if cell.shown is None or cell.text.replace("\r\n", "\n").strip() != cell.shown.strip():
            by_listing[cell.listing_id].append(cell)
    names = names_of_parts()
    book = requirement_book()
    weighed = Weighed()
    keys = list(by_listing)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        found = {one.pk: one for one in rows.filter(pk__in=batch).select_related("product__category", "shop__platform")}
        standing = standing_of(found, now=now, book=book)
        for pk in batch:
            _weigh_listing(pk, by_listing[pk], standing, names, ending, weighed)
    _compare_with_bands(weighed)
    return weighed


def _weigh_listing(
    pk: int, cells: Sequence[Typed], standing: Standing, names: Mapping[str, str], ending: str | None, weighed: Weighed
) -> None:
    def refuse(cell: Typed, text: str) -> None:
        row = cell.row or (str(standing.listings[pk]) if pk in standing.listings else "")
        weighed.refused.append(Refused(row, cell.column or _label(cell.path, names), text))

    if pk not in standing.listings:
        refuse(cells[0], _("This listing is not there any more, or not yours to see."))
        return
    if pk in standing.packages:
        refuse(cells[0], _("A draft of it is in package %(package)s already.") % {"package": standing.packages[pk]})
        return
    listing, content, known = standing.listings[pk], standing.content(pk), standing.known[pk]
    fields: dict[str, Any] = {}
    for cell in cells:
        if cell.path.partition(".")[0] not in BY_CODE:
            refuse(cell, _("There is no such field."))
            continue
        present = cell_text(content, cell.path)
        if cell.shown is not None and present.strip() != cell.shown.strip():
            text = _("It was changed meanwhile: it says “%(now)s” now.") % {"now": present}
            refuse(cell, text)
            continue
        try:
            _enter(fields, cell, content, known, ending)
        except DomainError as refusal:
            refuse(cell, refusal.describe())
    try:
        overrides = merged(standing.overrides[pk], fields, standing.masters[pk], known)
    except DomainError as refusal:  # each was clean by itself
        refuse(cells[0], refusal.describe())
        return
    after = overlay(standing.masters[pk], overrides)
    kept: dict[str, Any] = {}
    paths = [path for path in _paths(fields) if cell_text(after, path) != cell_text(content, path)]
    if not paths:
        return
    texts = {path: text for path, text in texts_of(after).items() if path in paths}
    platform = listing.shop.platform.code if listing.shop.platform else ""
    remarks: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in check_texts(LISTING_KIND, texts, platform_code=platform) if texts else ():
        remarks[finding.field].append(finding)
    for path in paths:
        _put(kept, path, _taken(fields, path))
        before, text = cell_text(content, path), cell_text(after, path)
        weighed.before.setdefault(pk, {})[path] = before
        weighed.changes.append(
            Change(
                listing=listing,
                path=path,
                label=_label(path, names),
                before=before,
                after=text,
                percent=_percent(path, before, text),
                remarks=tuple(remarks[path]),
                follows=_taken(fields, path) is None,
            )
        )
    weighed.entries[pk] = kept


def _enter(
    fields: dict[str, Any], cell: Typed, content: Mapping[str, Any], known: Vocabulary, ending: str | None
) -> None:
    code, _dot, part = cell.path.partition(".")
    text = cell.text.strip()
    value: Any = text or None
    if code in _AMOUNTS and text:
        value = _amount(text, code, part, content, ending)
    elif code == "attributes" and text and part in known.attributes:
        value = _boolean(text) if known.attributes[part].kind == "boolean" else text
    clean = clean_entry(code, {part: value} if part else value, known)
    _put(fields, cell.path, clean[part] if part else clean)


def _amount(text: str, code: str, sku: str, content: Mapping[str, Any], ending: str | None) -> Any:
    if ending is None or not is_formula(text):
        return text.replace(",", "") if text.count(",") and text.count(".") <= 1 else text
    present = content[code].get(sku) or content["prices"].get(sku) or "0"
    try:
        return with_ending(evaluate(text, Decimal(present)), ending)
    except InvalidOperation:
        return text


def _boolean(text: str) -> Any:
    words = {"yes": True, "no": False, "是": True, "否": False, "true": True, "false": False, "1": True, "0": False}
    return words.get(text.casefold(), text)


def _put(fields: dict[str, Any], path: str, value: Any) -> None:
    code, _dot, part = path.partition(".")
    if part:
        fields.setdefault(code, {})[part] = value
    else:
        fields[code] = value


def _taken(fields: Mapping[str, Any], path: str) -> Any:
    code, _dot, part = path.partition(".")
    return fields[code][part] if part else fields[code]


def _paths(fields: Mapping[str, Any]) -> list[str]:
    return [
        path
        for code, value in fields.items()
        for path in ([f"{code}.{part}" for part in value] if BY_CODE[code].by else [code])
    ]


def _label(path: str, names: Mapping[str, str]) -> str:
    code, _dot, part = path.partition(".")
    if code not in BY_CODE:
        return path
    label = str(BY_CODE[code].label)
    return f"{label} {names.get(path, part)}" if part else label


def _percent(path: str, before: str, after: str) -> Decimal | None:
    if not path.startswith(_AMOUNTS) or not before or not after:
        return None
    return percent_change(Decimal(before), Decimal(after))


def _vocabularies(
    listings: Mapping[int, Listing],
    masters: Mapping[int, Mapping[str, Any]],
    overrides: Mapping[int, Mapping[str, Any]],
    book: RequirementBook,
) -> dict[int, Vocabulary]:
    """As `selectors.vocabulary`, for many listings at once and without pictures, which no cell holds."""
    skus: defaultdict[int, set[str]] = defaultdict(set)
    products = {one.product_id for one in listings.values()}
    for product, sku in Variant.objects.filter(product__in=products).values_list("product_id", "sku"):
        skus[product].add(sku)
    categories = frozenset(Category.objects.values_list("code", flat=True))
    groups = frozenset(CustomerGroup.objects.values_list("code", flat=True))
    blocks = frozenset(block.code for block in book.blocks)
    specs: dict[str, dict[str, AttributeSpec]] = {}

    def of_category(code: str) -> dict[str, AttributeSpec]:
        if code not in specs:
            specs[code] = {
                one.code: AttributeSpec(one.code, one.name, one.kind, tuple(one.options))
                for one in book.definitions_of(code)
            }
        return specs[code]

    return {
        pk: Vocabulary(
            skus=frozenset(skus[one.product_id]),
            blocks=blocks,
            attributes={
                **of_category(str(overrides[pk].get("category") or "")),
                **of_category(masters[pk]["category"]),
            },
            categories=categories,
            customer_groups=groups,
        )
        for pk, one in listings.items()
    }


_BANDS = """
    SELECT l.shop_id, p.category_id, min(price.amount::numeric), max(price.amount::numeric)
    FROM catalog_listing l
    JOIN catalog_product p ON p.id = l.product_id
    JOIN approvals_livecontent live ON live.id = l.live_id
    JOIN approvals_snapshot s ON s.id = live.snapshot_id
    CROSS JOIN LATERAL jsonb_each_text(s.content::jsonb -> 'prices') AS price(sku, amount)
    WHERE l.state = 'listed' AND l.shop_id = ANY(%s) AND p.category_id = ANY(%s)
    GROUP BY l.shop_id, p.category_id
"""


def price_bands(
    shop_ids: Collection[int], category_ids: Collection[int]
) -> dict[tuple[int, int], tuple[Decimal, Decimal]]:
    """(shop, category) → lowest and highest price that shoppers see there now, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BANDS, [list(shop_ids), list(category_ids)])
        return {(shop, category): (lowest, highest) for shop, category, lowest, highest in cursor.fetchall()}


def _compare_with_bands(weighed: Weighed) -> None:
    """Hint at prices below or above everything of that category in that shop; the bands of the company are rules of their own."""
    priced = [one for one in weighed.changes if one.path.startswith("prices.") and one.listing.product.category_id]
    if not priced:
        return
    bands = price_bands(
        {one.listing.shop_id for one in priced}, {one.listing.product.category_id or 0 for one in priced}
    )
    weighed.changes = [
        replace(one, remarks=(*one.remarks, hint)) if (hint := _band_hint(one, bands)) is not None else one
        for one in weighed.changes
    ]


def _band_hint(one: Change, bands: Mapping[tuple[int, int], tuple[Decimal, Decimal]]) -> Finding | None:
    band = bands.get((one.listing.shop_id, one.listing.product.category_id or 0))
    if band is None or not one.path.startswith("prices.") or not one.after:
        return None
    lowest, highest = band
    facts = {"lowest": f"{lowest:.2f}", "highest": f"{highest:.2f}", "category": str(one.listing.product.category)}
    if Decimal(one.after) < lowest:
        text = _("Below everything else: %(category)s costs %(lowest)s to %(highest)s in this shop.") % facts
    elif Decimal(one.after) > highest:
        text = _("Above everything else: %(category)s costs %(lowest)s to %(highest)s in this shop.") % facts
    else:
        return None
    return Finding("price_band", "info", one.path, text, facts)
