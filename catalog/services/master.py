"""The product master: entered once, and what is changed here changes in every shop that has nothing of its own (CAT-19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from approvals.services import record
from catalog.errors import BarcodeTaken, UnknownContentField, ValueRefused
from catalog.models import Category, Product, Variant
from catalog.policies.entries import LEFT_OUT, clean_entry
from catalog.policies.fields import BY_CODE
from catalog.selectors.vocabulary import product_vocabulary
from catalog.services._locks import lock_masters, lock_variants
from catalog.services.following import follow_master
from catalog.services.search import index_products
from config.kit.actor import Actor
from stores.models import CustomerGroup

_PLAIN: Final = {
    "name": "title",
    "brand": "brand",
    "brief": "brief",
    "slogan": "slogan",
    "service_text": "service_text",
    "feature": "feature",
}
_PARTS: Final = ("blocks", "attributes")
_OF_VARIANTS: Final = {"variants": "name", "weight": "weight_grams", "barcodes": "barcode"}
MASTER_FIELDS: Final = (*_PLAIN, *_PARTS, *_OF_VARIANTS, "category", "customer_group")
"""What `change_master` takes. Names and shapes are those of a listing's content, but for `name`, the content's title."""


@transaction.atomic
def change_master(
    *, product_id: int, fields: Mapping[str, Any], actor: Actor, now: datetime, reason: str = ""
) -> Product:
    """Change a product master, and bring along what is made of it (see `following.follow_master`). Returns it fresh.

    `fields` is partial, and in a field of parts (blocks, attributes, weight, barcodes, variants by SKU) so is each value;
    None or "" empties. Attributes are checked against those of the category that the product then has. Prices have
    `set_prices`, state has `change_product_state`. Nothing new writes nothing.

    Locks requests, product, variants. Raises UnknownContentField, UnknownPart, ValueRefused, HiddenCharacters, TextIsTooLong,
    BarcodeTaken; then nothing is changed.
    """
    product = lock_masters([product_id])[product_id]
    variants = {v.sku: v for v in lock_variants(product.variants.values_list("pk", flat=True)).values()}
    clean = _cleaned(product, fields)
    changes: dict[str, list[Any]] = {}
    _set_plain(product, clean, changes)
    _set_parts(product, clean, changes)
    _set_codes(product, clean, changes)
    touched = _set_variants(variants, clean, changes)
    if not changes:
        return product
    product.save()
    try:
        with transaction.atomic():
            Variant.objects.bulk_update(touched, list(_OF_VARIANTS.values()))
    except IntegrityError as refusal:
        if "barcode_belongs_to_one_variant" not in str(refusal):
            raise
        raise BarcodeTaken(field="barcodes") from refusal
    record("catalog.master_changed", product, actor=actor, reason=reason, changes=changes, at=now)
    index_products(product_ids=[product_id])
    follow_master(product_ids=[product_id], actor=actor, now=now)
    return Product.objects.get(pk=product_id)


def _cleaned(product: Product, fields: Mapping[str, Any]) -> dict[str, Any]:
    category = fields.get("category")
    known = product_vocabulary(product, categories=(category,) if category else ())
    clean: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in MASTER_FIELDS:
            raise UnknownContentField(field=name, name=name)
        code = _PLAIN.get(name, name)
        one = clean_entry(code, value, known)
        clean[name] = {} if one is None and BY_CODE[code].by else one or "" if not BY_CODE[code].by else one
    if clean.get("name") == "":
        raise ValueRefused(field="name", name=str(BY_CODE["title"].label), problem="–")
    if LEFT_OUT in clean.get("variants", {}).values():
        raise ValueRefused(field="variants", name=str(BY_CODE["variants"].label), problem="–")
    return clean


def _set_plain(product: Product, clean: Mapping[str, Any], changes: dict[str, list[Any]]) -> None:
    for name in _PLAIN:
        if name in clean and getattr(product, name) != clean[name]:
            changes[name] = [getattr(product, name), clean[name]]
            setattr(product, name, clean[name])


def _set_parts(product: Product, clean: Mapping[str, Any], changes: dict[str, list[Any]]) -> None:
    for name in _PARTS:
        held = dict(getattr(product, name))
        for part, value in clean.get(name, {}).items():
            if held.get(part, "") != (value if value is not None else ""):
                changes[f"{name}.{part}"] = [held.get(part), value]
            if value in (None, ""):
                held.pop(part, None)
            else:
                held[part] = value
        setattr(product, name, held)


def _set_codes(product: Product, clean: Mapping[str, Any], changes: dict[str, list[Any]]) -> None:
    if "category" in clean:
        before = product.category.code if product.category else ""
        if before != clean["category"]:
            changes["category"] = [before, clean["category"]]
            product.category = Category.objects.get(code=clean["category"]) if clean["category"] else None
    if "customer_group" in clean:
        before = product.customer_group.code if product.customer_group else ""
        if before != clean["customer_group"]:
            changes["customer_group"] = [before, clean["customer_group"]]
            group = clean["customer_group"]
            product.customer_group = CustomerGroup.objects.get(code=group) if group else None


def _set_variants(
    variants: Mapping[str, Variant], clean: Mapping[str, Any], changes: dict[str, list[Any]]
) -> list[Variant]:
    touched: dict[str, Variant] = {}
    for name, column in _OF_VARIANTS.items():
        for sku, value in clean.get(name, {}).items():
            wanted = (0 if name == "weight" else "") if value is None else value
            before = getattr(variants[sku], column)
            if before != wanted:
                changes[f"{name}.{sku}"] = [before, wanted]
                setattr(variants[sku], column, wanted)
                touched[sku] = variants[sku]
    return list(touched.values())
