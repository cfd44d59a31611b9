"""What is sent: a version as WooCommerce takes it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog.delivery.compare import summary_text
from catalog.delivery.contract import OutgoingListing, OutgoingPicture, OutgoingVariant
from catalog.delivery.woocommerce.api import dicts, own_sku

SNAPSHOT, HASH = "_zhanggui_snapshot", "_zhanggui_hash"  # a leading underscore hides them from shoppers
# The attribute by which a shopper chooses; a word of the shop's page, which is in Chinese whatever staff read.
CHOICE = "规格"


def product_payload(listing: OutgoingListing, pictures_there: Mapping[str, int], *, is_varied: bool) -> dict[str, Any]:
    """The product as WooCommerce takes it, without its variations when it has some (`is_varied`).

    `pictures_there`: picture name → number in the shop's media library.
    """
    payload: dict[str, Any] = {
        "type": "variable" if is_varied else "simple",
        "status": "publish",
        "catalog_visibility": "visible",
        "name": html.escape(listing.title, quote=False),
        "short_description": as_html(summary_text(listing)),
        "description": description_html(listing),
        "sku": own_sku(listing) if is_varied else listing.variants[0].sku,
        "attributes": attributes(listing, is_varied=is_varied),
        "images": [_picture(picture, pictures_there) for picture in listing.pictures],
        "meta_data": identity(listing),
    }
    if not is_varied:
        payload |= sale(listing.variants[0])
    return payload


def as_html(text: str) -> str:
    """Plain text as paragraphs. Brackets are entities too: WordPress would run them as shortcodes."""
    escaped = html.escape(text.strip()).replace("[", "&#91;").replace("]", "&#93;")
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", escaped.replace("\r\n", "\n"))]
    return "\n".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in paragraphs if part)


def description_html(listing: OutgoingListing) -> str:
    """The blocks under their labels, then the service text."""
    parts = []
    for label, text in listing.blocks:
        if text.strip():
            heading = as_html(label).removeprefix("<p>").removesuffix("</p>")
            parts += [f"<h3>{heading}</h3>"] if heading else []
            parts.append(as_html(text))
    return "\n".join([*parts, as_html(listing.service_text)]).strip()


def sale(variant: OutgoingVariant) -> dict[str, Any]:
    """What is paid and carried. An offer that the shop runs by itself would be a price that nobody approved."""
    return {
        "regular_price": f"{variant.price:f}",
        "sale_price": "",
        "weight": _kilograms(variant.weight_grams),
    }


def _kilograms(grams: int) -> str:
    return f"{(Decimal(grams) / 1000).normalize():f}" if grams else ""


def identity(listing: OutgoingListing) -> list[dict[str, str]]:
    """Which version it is: kept at the product, read back with it."""
    return [{"key": SNAPSHOT, "value": str(listing.snapshot_number)}, {"key": HASH, "value": listing.content_hash}]


def attributes(listing: OutgoingListing, *, is_varied: bool) -> list[dict[str, Any]]:
    """What is said of the product, and, when it has variations, that by which a shopper chooses one."""
    shown = [
        {"name": _option(name), "visible": True, "variation": False, "options": [_option(value)]}
        for name, value in listing.attributes
        if value.strip() and not (is_varied and name == CHOICE)
    ]
    if is_varied:
        shown.append(
            {"name": CHOICE, "visible": True, "variation": True, "options": list(choices_of(listing).values())}
        )
    return shown


def _option(text: str) -> str:
    """The pipe separates options in WooCommerce's own storage."""
    return html.escape(text.replace("|", "/"), quote=False)


def choices_of(listing: OutgoingListing) -> dict[str, str]:
    """SKU → what a shopper chooses; two variants of one name are told apart by their SKU."""
    times = Counter(variant.name.strip() for variant in listing.variants)
    return {
        variant.sku: _option(
            variant.name.strip()
            if variant.name.strip() and times[variant.name.strip()] == 1
            else f"{variant.name} ({variant.sku})".strip()
        )
        for variant in listing.variants
    }


def picture_name(picture: OutgoingPicture) -> str:
    """How the shop's media library knows the picture: by its content, so that no push uploads it twice."""
    return picture.sha256[:16]


def _picture(picture: OutgoingPicture, there: Mapping[str, int]) -> dict[str, Any]:
    name = picture_name(picture)
    known = {"id": there[name]} if name in there else {"src": picture.url, "name": name}
    return known | {"alt": picture.alt}


def known_pictures(product: Mapping[str, Any]) -> dict[str, int]:
    """Picture name → number in the shop's media library, of the pictures that its product shows now."""
    return {
        str(image["name"]): image["id"]
        for image in dicts(product.get("images"))
        if image.get("name") and isinstance(image.get("id"), int)
    }
