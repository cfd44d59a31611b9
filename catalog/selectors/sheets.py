"""Tables of listings: rows of a file as cells of listings, and listings as rows of a file that reads back the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.errors import TableUnreadable
from catalog.models import AttributeDefinition, DescriptionBlock, Listing, Variant
from catalog.policies.sheets import COLUMNS, KEYS, OF_VARIANTS, Headings, recognise
from catalog.policies.tables import Row
from catalog.selectors.contents import standing_overrides
from catalog.selectors.grid import BATCH, Refused, Typed, plain, standing_of
from catalog.selectors.listings import requirement_book
from stores.models import Shop


@dataclass(slots=True)
class Sheet:
    """A table that was read: its cells, what is wrong with its rows, and headings that no field has."""

    cells: list[Typed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    row_count: int = 0
    recognised: int = 0


def read_sheet(rows: Sequence[Row], *, listings: QuerySet[Listing], shops: QuerySet[Shop], shop: Shop | None) -> Sheet:
    """Rows of a file (the first holds the headings) as cells. An empty cell says nothing. Nine queries and two for every 500 SKUs.

    `listings` and `shops` are those that the person may see; `shop` is meant where a row names none. Raises TableUnreadable when
    the headings give no SKU, no shop, or say the same twice.
    """
    if not rows:
        raise TableUnreadable(field="file", problem=_("it has no rows."))
    headings = _headings(rows[0][1], has_shop=shop is not None)
    sheet = Sheet(unknown=headings.unknown, row_count=len(rows) - 1)
    products = _products({_at(cells, headings.keys["sku"]) for _number, cells in rows[1:]})
    by_name = _shops(shops)
    places = _Places(listings, headings)
    said: dict[tuple[int, str], tuple[str, str]] = {}
    for number, cells in rows[1:]:
        where = _("row %(number)s") % {"number": number}
        sku = _at(cells, headings.keys["sku"])
        named = _at(cells, headings.keys["shop"]) if "shop" in headings.keys else ""
        meant = by_name.get(named, []) if named else [shop] if shop else []
        if not sku or sku not in products:
            text = _("No product has the SKU “%(sku)s”.") % {"sku": sku[:80]}
            sheet.refused.append(Refused(where, rows[0][1][headings.keys["sku"]], text))
            continue
        if len(meant) != 1:
            column = rows[0][1][headings.keys["shop"]] if "shop" in headings.keys else _("Shop")
            text = _("No shop, or more than one, is called “%(name)s”.") % {"name": named[:80]}
            sheet.refused.append(Refused(where, column, text))
            continue
        listing = places.find(products[sku], meant[0].pk)
        if listing is None:
            facts = {"sku": sku, "shop": meant[0]}
            text = _("%(sku)s is not listed in %(shop)s; make the listing first.") % facts
            sheet.refused.append(Refused(where, rows[0][1][headings.keys["sku"]], text))
            continue
        sheet.recognised += 1
        _read_row(sheet, said, places, listing, sku, cells, where, rows[0][1])
    return sheet


def _read_row(
    sheet: Sheet,
    said: dict[tuple[int, str], tuple[str, str]],
    places: _Places,
    listing: Listing,
    sku: str,
    cells: Sequence[str],
    where: str,
    titles: Sequence[str],
) -> None:
    headings = places.headings
    paths = {place: f"{code}.{sku}" if code in OF_VARIANTS else code for place, code in headings.fields.items()}
    for place, codes in headings.attributes.items():
        own = places.attributes_of(listing)
        code = next((one for one in codes if one in own), "")
        if code:
            paths[place] = f"attributes.{code}"
        elif _at(cells, place):
            text = _("Products of this category have no such attribute.")
            sheet.refused.append(Refused(where, titles[place], text))
    for place, path in paths.items():
        text = _at(cells, place)
        if not text:
            continue
        before = said.setdefault((listing.pk, path), (text, where))
        if before[0] != text:
            problem = _("%(row)s gives it another value; a listing has one.") % {"row": before[1]}
            sheet.refused.append(Refused(where, titles[place], problem))
        elif before[1] == where:
            sheet.cells.append(Typed(listing.pk, path, text, where, titles[place]))


def _headings(cells: Sequence[str], *, has_shop: bool) -> Headings:
    blocks = {one.code: (one.code, one.name, one.name_en) for one in DescriptionBlock.objects.all()}
    attributes: defaultdict[str, list[str]] = defaultdict(list)
    for name, code in AttributeDefinition.objects.order_by("pk").values_list("name", "code"):
        if code not in attributes[name]:
            attributes[name].append(code)
    headings = recognise(cells, blocks=blocks, attributes=attributes)
    if headings.doubled:
        problem = _("two columns mean the same: %(names)s.") % {"names": ", ".join(headings.doubled)}
        raise TableUnreadable(field="file", problem=problem)
    if "sku" not in headings.keys:
        raise TableUnreadable(field="file", problem=_("no column is called SKU or 商家编码."))
    if "shop" not in headings.keys and not has_shop:
        raise TableUnreadable(field="file", problem=_("no column is called shop or 店铺, and no shop was chosen."))
    if not headings.fields and not headings.attributes:
        raise TableUnreadable(field="file", problem=_("no column is a field of a listing."))
    return headings


class _Places:
    """The listings of a file, read shop by shop as rows ask for them, with the attributes that their categories have."""

    def __init__(self, listings: QuerySet[Listing], headings: Headings) -> None:
        self.headings = headings
        self._rows = listings.select_related("product__category", "shop").order_by("pk")
        self._of_shop: dict[int, dict[int, Listing]] = {}
        self._book = requirement_book() if headings.attributes else None
        self._attributes: dict[str, set[str]] = {}
        self._own: dict[int, dict[str, Any]] = {}

    def find(self, product_id: int, shop_id: int) -> Listing | None:
        """The listing of a product in a shop, if the person may see one."""
        if shop_id not in self._of_shop:
            rows = list(self._rows.filter(shop=shop_id))
            self._of_shop[shop_id] = {one.product_id: one for one in rows}
            if self._book is not None:
                self._own |= standing_overrides([one.pk for one in rows])
        return self._of_shop[shop_id].get(product_id)

    def attributes_of(self, listing: Listing) -> set[str]:
        """The codes of attributes that the listing's product may have."""
        product = listing.product.category.code if listing.product.category else ""
        own = str(self._own.get(listing.pk, {}).get("category") or "")
        return self._of_category(product) | self._of_category(own)

    def _of_category(self, code: str) -> set[str]:
        if self._book is not None and code not in self._attributes:
            self._attributes[code] = {one.code for one in self._book.definitions_of(code)}
        return self._attributes.get(code, set())


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _products(skus: set[str]) -> dict[str, int]:
    """SKU → product; codes are compared exactly."""
    wanted, found = sorted(skus), dict[str, int]()
    for start in range(0, len(wanted), BATCH):
        found.update(Variant.objects.filter(sku__in=wanted[start : start + BATCH]).values_list("sku", "product_id"))
    return found


def _shops(shops: QuerySet[Shop]) -> dict[str, list[Shop]]:
    found: defaultdict[str, list[Shop]] = defaultdict(list)
    for one in shops:
        for name in {one.code, one.name}:
            found[name].append(one)
    return found


def sheet_columns() -> list[tuple[str, str]]:
    """(path without SKU, heading in the reader's language) of every column of an export, in its order."""
    place = 1 if (get_language() or "").startswith("zh") else 0
    columns = [(code, names[place]) for code, names in (*KEYS.items(), *COLUMNS.items())]
    columns += [
        (f"blocks.{one.code}", (place == 0 and one.name_en) or one.name) for one in DescriptionBlock.objects.all()
    ]
    seen: set[str] = set()
    for name in AttributeDefinition.objects.order_by("category", "position", "code").values_list("name", flat=True):
        if name not in seen:
            seen.add(name)
            columns.append((f"attributes:{name}", name))
    return columns


def sheet_rows(rows: QuerySet[Listing], *, now: datetime) -> Iterator[dict[str, Any]]:
    """One row for each variant of each listing as a new draft would begin, keyed as `sheet_columns`; 500 listings at once."""
    book = requirement_book()
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        found = Listing.objects.select_related("product__category", "shop").in_bulk(batch)
        standing = standing_of(found, now=now, book=book)
        for pk in batch:
            if pk not in found:
                continue
            listing, content = found[pk], standing.content(pk)
            common = {"shop": listing.shop.code}
            common |= {code: content[code] for code in COLUMNS if code not in OF_VARIANTS}
            common |= {f"blocks.{code}": text for code, text in content["blocks"].items()}
            for one in book.definitions_of(content["category"]):
                common[f"attributes:{one.name}"] = plain(content["attributes"].get(one.code))
            for sku in content["variants"]:
                yield {"sku": sku, **common, **{code: plain(content[code].get(sku)) for code in OF_VARIANTS}}
