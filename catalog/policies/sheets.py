"""Which column of a table is which field, by its heading and never by its place. Pure functions."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

KEYS: Final = {"sku": ("sku", "商家编码", "货号", "seller code"), "shop": ("shop", "店铺", "店铺名称", "shop name")}
"""The columns that say which listing, and which of its variants, a row is about."""
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "标题", "商品标题", "商品名称"),
    "brand": ("brand", "品牌"),
    "brief": ("brief", "简介"),
    "slogan": ("slogan", "卖点文案", "卖点", "persuasive copy"),
    "feature": ("distinguishing feature", "差异点", "feature"),
    "service_text": ("service text", "客服说明"),
    "variants": ("variant", "规格", "规格名称"),
    "prices": ("price", "价格", "售价"),
    "was_prices": ("former price", "划线价", "原价", "was price"),
    "weight": ("weight (g)", "重量(g)", "重量", "weight"),
    "barcodes": ("barcode", "条形码", "条码"),
}
"""Field → its headings; the first is written in English, the second in Chinese files (brackets may be full-width)."""
OF_VARIANTS: Final = frozenset({"variants", "prices", "was_prices", "weight", "barcodes"})


@dataclass(slots=True)
class Headings:
    """Place → column. `fields` holds codes ("title", "blocks.intro"), `attributes` the codes that a name may stand for."""

    keys: dict[str, int] = field(default_factory=dict)
    fields: dict[int, str] = field(default_factory=dict)
    attributes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def spelled(text: str) -> str:
    """A heading as it is compared: full-width forms, case and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def recognise(
    cells: Sequence[str], *, blocks: Mapping[str, Sequence[str]], attributes: Mapping[str, Sequence[str]]
) -> Headings:
    """Read a row of headings. `blocks` maps a block's code to its names, `attributes` a name to the codes that carry it.

    A field's own heading wins over a block or an attribute of the same name.
    """
    known: dict[str, tuple[str, ...]] = {}
    for name, codes in attributes.items():
        known[spelled(name)] = ("attribute", *codes)
    for code, names in blocks.items():
        known |= {spelled(name): ("field", f"blocks.{code}") for name in names if name}
    for code, names in COLUMNS.items():
        known |= {spelled(name): ("field", code) for name in names}
    for code, names in KEYS.items():
        known |= {spelled(name): ("key", code) for name in names}
    found = Headings()
    taken: set[tuple[str, ...]] = set()
    for place, cell in enumerate(cells):
        if not cell.strip():
            continue
        meant = known.get(spelled(cell))
        if meant is None:
            found.unknown.append(cell.strip()[:80])
        elif meant in taken:
            found.doubled.append(cell.strip()[:80])
        elif meant[0] == "key":
            found.keys[meant[1]] = place
        elif meant[0] == "field":
            found.fields[place] = meant[1]
        else:
            found.attributes[place] = meant[1:]
        if meant is not None:
            taken.add(meant)
    return found
