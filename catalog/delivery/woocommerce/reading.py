"""What came back: the shop's product in the words of `compare`, judged against what was approved."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from catalog.delivery.compare import compare, number
from catalog.delivery.contract import OutgoingListing, PushResult
from catalog.delivery.http import Client, is_web_address
from catalog.delivery.woocommerce.api import dicts, product_number
from catalog.delivery.woocommerce.payload import HASH, SNAPSHOT, attributes


def live_of(product: Mapping[str, Any], variations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The shop's product in the words of `compare`."""
    meta = {row.get("key"): row.get("value") for row in dicts(product.get("meta_data"))}
    sold = [row for row in variations if row.get("status", "publish") == "publish"]
    if product.get("type") != "variable":
        sold = [product]
    return {
        "is_visible": product.get("status") == "publish" and product.get("catalog_visibility", "visible") != "hidden",
        "title": product.get("name"),
        "summary": product.get("short_description"),
        "description": product.get("description"),
        "prices": {str(row.get("sku") or ""): _price(row) for row in sold},
        "weights": {str(row.get("sku") or ""): row.get("weight") or "" for row in sold},
        "pictures": len(dicts(product.get("images"))),
        "attributes": {
            row.get("name"): ", ".join(str(option) for option in row.get("options") or [])
            for row in dicts(product.get("attributes"))
            if not row.get("variation")
        },
        "content_hash": meta.get(HASH) or "",
        "snapshot": meta.get(SNAPSHOT) or "",
    }


def _price(row: Mapping[str, Any]) -> str:
    """What a shopper pays: `price` holds a running offer; drafts may have none yet."""
    return str(row.get("price") if number(str(row.get("price") or "")) is not None else row.get("regular_price") or "")


def judged(
    listing: OutgoingListing, client: Client, product: Mapping[str, Any], variations: Sequence[Mapping[str, Any]]
) -> PushResult:
    """Confirmed when the shop shows what was approved, else sent, with what differs; the shop's own numbers as proof."""
    differences = tuple(
        compare(_as_shown(listing, is_varied=product.get("type") == "variable"), live_of(product, variations))
    )
    address = product.get("permalink")
    proof = client.proof()
    if variations:
        proof["variants"] = {str(row.get("sku")): str(row.get("id")) for row in variations}
    return PushResult(
        outcome="sent" if differences else "confirmed",
        status=client.steps[-1]["status"],
        remote_id=product_number(product),
        display_url=str(address) if is_web_address(address) else "",
        differences=differences,
        proof=proof,
        message=_("The shop shows something else than was approved. Look at the differences.") if differences else "",
    )


def _as_shown(listing: OutgoingListing, *, is_varied: bool) -> OutgoingListing:
    """The listing with its attributes as `attributes` has to write them."""
    shown = [row for row in attributes(listing, is_varied=is_varied) if not row["variation"]]
    return replace(
        listing, attributes=tuple((html.unescape(row["name"]), html.unescape(row["options"][0])) for row in shown)
    )


def absent(listing: OutgoingListing, client: Client) -> PushResult:
    """The shop has no such product: right when it was to be taken down, wrong when it was to be shown."""
    return PushResult(
        outcome="sent" if listing.is_visible else "confirmed",
        status=client.steps[-1]["status"] if client.steps else None,
        remote_id=listing.remote_id,
        differences=tuple(compare(listing, {"is_visible": False})),
        proof=client.proof(),
        message=_("The shop has no product of this listing."),
    )
