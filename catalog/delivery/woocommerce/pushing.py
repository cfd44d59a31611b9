"""A version brought to the shop, taken down there, or read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.delivery.contract import OutgoingListing, PushResult
from catalog.delivery.http import Client, Undelivered
from catalog.delivery.woocommerce.api import PAGE, ShopApi, dicts, is_gone, product_number, said_by_shop
from catalog.delivery.woocommerce.payload import CHOICE, choices_of, identity, known_pictures, product_payload, sale
from catalog.delivery.woocommerce.reading import absent, judged


def push(listing: OutgoingListing, client: Client) -> PushResult:
    """Create, update or take down the product and say what the shop then shows. Raises Undelivered."""
    shop = ShopApi(client)
    remote_id = _remote_id(listing) or shop.find(listing)
    if not listing.is_visible:
        return _take_down(listing, shop, remote_id)
    if not listing.variants:
        raise Undelivered(
            "refused", _("The snapshot has no variant, so there is nothing to sell. Correct the listing.")
        )

    before = shop.get(f"/products/{remote_id}") if remote_id else {}
    # One that has variations keeps them when a single variant is left: its SKU is taken by that variation.
    is_varied = len(listing.variants) > 1 or before.get("type") == "variable"
    # Nothing is shown half: a product with variations appears when the last of them is in.
    in_steps = is_varied and before.get("status") != "publish"
    content = product_payload(listing, known_pictures(before), is_varied=is_varied)
    content |= {"status": "draft"} if in_steps else {}
    if remote_id:
        product = shop.put(f"/products/{remote_id}", content)
    else:
        product = shop.post("/products", content)
        remote_id = product_number(product)
    variations: list[Mapping[str, Any]] = []
    if is_varied:
        variations = _push_variations(listing, shop, remote_id)
        if in_steps:
            product = shop.put(f"/products/{remote_id}", {"status": "publish"})
    return judged(listing, client, product, variations)


def read_back(listing: OutgoingListing, client: Client) -> PushResult:
    """What the shop has now, compared with the snapshot. Raises Undelivered."""
    shop = ShopApi(client)
    remote_id = _remote_id(listing) or shop.find(listing)
    if not remote_id:
        return absent(listing, client)
    try:
        product = shop.get(f"/products/{remote_id}")
    except Undelivered as problem:
        if not listing.is_visible and is_gone(problem.answer):
            return absent(listing, client)
        raise
    variations = shop.variations(remote_id) if product.get("type") == "variable" else []
    return judged(listing, client, product, variations)


def _push_variations(listing: OutgoingListing, shop: ShopApi, remote_id: str) -> list[Mapping[str, Any]]:
    """Bring the variants of a product in line and return them as the shop then has them."""
    there = shop.variations(remote_id)
    by_id = {str(variation.get("id")): variation for variation in there}
    by_sku = {str(variation.get("sku")): variation for variation in there if variation.get("sku")}
    choices = choices_of(listing)
    wanted: list[tuple[str, dict[str, Any]]] = []
    kept = set()
    for place, variant in enumerate(listing.variants):
        content = sale(variant) | {
            "sku": variant.sku,
            "status": "publish",
            "menu_order": place,
            "attributes": [{"name": CHOICE, "option": choices[variant.sku]}],
        }
        known = by_sku.get(variant.sku) or by_id.get(variant.remote_id)
        if known:
            kept.add(str(known["id"]))
        wanted.append(("update", content | {"id": known["id"]}) if known else ("create", content))
    # Not deleted: orders of the shop hang on them. Private ones cannot be chosen.
    wanted += [
        ("update", {"id": variation["id"], "status": "private"})
        for key, variation in by_id.items()
        if key not in kept and variation.get("status") == "publish"
    ]
    answered: list[Mapping[str, Any]] = []
    for start in range(0, len(wanted), PAGE):
        part = wanted[start : start + PAGE]
        batch = {verb: [content for one, content in part if one == verb] for verb in ("update", "create")}
        answer = shop.post(
            f"/products/{remote_id}/variations/batch", {verb: rows for verb, rows in batch.items() if rows}
        )
        rows = [row for verb in ("update", "create") for row in dicts(answer.get(verb))]
        for row in rows:
            if isinstance(error := row.get("error"), Mapping):
                raise Undelivered("refused", said_by_shop(error), status=shop.status)
        answered += rows
    return answered


def _take_down(listing: OutgoingListing, shop: ShopApi, remote_id: str) -> PushResult:
    """Hide it; what is not there is hidden already."""
    if not remote_id:
        return absent(listing, shop.client)
    try:
        product = shop.put(f"/products/{remote_id}", {"status": "draft", "meta_data": identity(listing)})
    except Undelivered as problem:
        if is_gone(problem.answer):
            return absent(listing, shop.client)
        raise
    return judged(listing, shop.client, product, [])


def _remote_id(listing: OutgoingListing) -> str:
    """The product's number in the shop. It becomes part of an address, so it must be one."""
    if listing.remote_id and not (listing.remote_id.isascii() and listing.remote_id.isdigit()):
        raise Undelivered(
            "refused",
            _("“%(number)s” is no product number of WooCommerce. Correct it at the listing.")
            % {"number": listing.remote_id[:50]},
        )
    return listing.remote_id
