"""The content of a listing as plain data: its fields, and how a shop's own values lie over the product master (CAT-19).

Content maps a field's code to its JSON value:

    title brand brief slogan service_text feature   text
    category customer_group                         code ("" for none)
    blocks {block code: text}       attributes {attribute code: text or bool}
    weight {SKU: grams}   prices was_prices {SKU: "12.00" in the shop's currency}   barcodes {SKU: code}   variants {SKU: name}
    photos [{"key": photo id as text, "role", "sha256", "alt"}]

Overrides have the same shape and hold only what differs. In a field of parts, `None` as a part's value leaves the part out
("not in this shop"); a variant that is left out takes its weight, prices and barcode with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.states import FieldGroup

LISTING_KIND: Final = "catalog.listing"
"""The kernel's key of the kind, and the type of its subjects."""

Shape = Literal["line", "text", "code", "texts", "values", "numbers", "amounts", "pictures"]


@dataclass(frozen=True, slots=True)
class ContentField:
    """One field. `section` is the department that signs it (approval_kinds), `group` the refresh clock that a change resets.

    `limit` in characters; `by` says what a part's key is: a SKU, a block, an attribute. `on_master` when the product master
    holds it (else it exists only in a shop).
    """

    code: str
    label: str | Promise
    shape: Shape
    section: str
    group: FieldGroup | None = None
    limit: int = 0
    by: Literal["", "sku", "block", "attribute"] = ""
    on_master: bool = True


FIELDS: Final[tuple[ContentField, ...]] = (
    ContentField("title", _("title"), "line", "facts", FieldGroup.NAME, limit=200),
    ContentField("brand", _("brand"), "line", "facts", limit=80),
    ContentField("category", _("category"), "code", "facts"),
    ContentField("brief", _("brief"), "text", "facts", FieldGroup.BRIEF),
    ContentField("slogan", _("persuasive copy"), "line", "facts", FieldGroup.NAME, limit=300),
    ContentField("blocks", _("description"), "texts", "facts", by="block"),
    ContentField("attributes", _("attributes"), "values", "facts", by="attribute"),
    ContentField("feature", _("distinguishing feature"), "line", "facts", limit=160),
    ContentField("customer_group", _("customer group"), "code", "facts"),
    ContentField("variants", _("variants"), "texts", "facts", limit=120, by="sku"),
    ContentField("weight", _("weight (g)"), "numbers", "facts", by="sku"),
    ContentField("barcodes", _("barcode"), "texts", "facts", limit=64, by="sku"),
    ContentField("prices", _("price"), "amounts", "price", by="sku"),
    ContentField("was_prices", _("former price"), "amounts", "price", by="sku", on_master=False),
    ContentField("service_text", _("service text"), "text", "service"),
    ContentField("photos", _("pictures"), "pictures", "pictures", FieldGroup.PHOTOS),
)
BY_CODE: Final[Mapping[str, ContentField]] = {field.code: field for field in FIELDS}
OF_SKUS: Final = tuple(field.code for field in FIELDS if field.by == "sku")
OF_PARTS: Final = frozenset(field.code for field in FIELDS if field.by)


def top_field(path: str) -> str:
    """The field of a path: "blocks" of "blocks.intro"."""
    return path.partition(".")[0]


def groups_of(changed: list[str]) -> set[FieldGroup]:
    """The refresh clocks that a change of these fields or parts resets (CAT-15)."""
    fields = (BY_CODE.get(top_field(path)) for path in changed)
    return {field.group for field in fields if field is not None and field.group is not None}


def overlay(master: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The content that a shop shows: the master with the shop's own values over it. Nothing given is changed."""
    content = {
        field.code: {**master[field.code], **(overrides.get(field.code) or {})}
        if field.by
        else overrides.get(field.code, master[field.code])
        for field in FIELDS
    }
    for code in OF_PARTS:
        content[code] = {part: value for part, value in content[code].items() if value is not None}
    sold = content["variants"]
    for code in OF_SKUS:
        content[code] = {sku: value for sku, value in content[code].items() if sku in sold}
    return content


def differing(content: Mapping[str, Any], master: Mapping[str, Any]) -> dict[str, Any]:
    """The smallest overrides with which `overlay(master, …)` gives exactly this content."""
    overrides: dict[str, Any] = {}
    for field in FIELDS:
        wanted, given = content[field.code], master[field.code]
        if not field.by:
            if wanted != given:
                overrides[field.code] = wanted
            continue
        parts = {part: value for part, value in wanted.items() if part not in given or given[part] != value}
        gone = given.keys() - wanted.keys()
        if field.by == "sku" and field.code != "variants":
            gone &= content["variants"].keys()  # the others go with their variant
        parts.update(dict.fromkeys(sorted(gone)))
        if parts:
            overrides[field.code] = parts
    return overrides


def without_echoes(overrides: Mapping[str, Any], master: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides without those that say what the master says anyway: such a field follows the master again."""
    kept: dict[str, Any] = {}
    for code, value in overrides.items():
        if code not in OF_PARTS:
            if value != master[code]:
                kept[code] = value
            continue
        parts = {
            part: own
            for part, own in value.items()
            if (own is None and part in master[code]) or (own is not None and master[code].get(part) != own)
        }
        if parts:
            kept[code] = parts
    return kept


@dataclass(frozen=True, slots=True)
class Override:
    """A value that a shop has for itself: `path` such as "title" or "weight.SKU-1"; None as `own` leaves the part out."""

    path: str
    own: Any
    master: Any


def override_list(overrides: Mapping[str, Any], master: Mapping[str, Any]) -> list[Override]:
    """What a shop overrides, part by part in the order of the fields, with the master's value beside it."""
    found: list[Override] = []
    for field in FIELDS:
        if field.code not in overrides:
            continue
        own, given = overrides[field.code], master[field.code]
        if field.by:
            found += [Override(f"{field.code}.{part}", own[part], given.get(part)) for part in sorted(own)]
        else:
            found.append(Override(field.code, own, given))
    return found
