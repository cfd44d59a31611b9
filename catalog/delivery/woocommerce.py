"""WooCommerce REST, wc/v3 (https://woocommerce.github.io/woocommerce-rest-api-docs/#products).

The secret of the channel is "consumer_key:consumer_secret" with read and write rights; its address is that of the
WordPress site. The shop's weight unit must be kg and its permalinks not "plain". Categories, stock and tags stay the
shop's own; everything that is sent is ours, and what somebody changed there is overwritten at the next push.
"""

from __future__ import annotations

import base64
import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.delivery.compare import compare, number, plain_text, summary_text
from catalog.delivery.contract import OutgoingListing, OutgoingPicture, OutgoingVariant, PushResult
from catalog.delivery.http import Answer, Client, Undelivered, is_web_address

API = "/wp-json/wc/v3"
SNAPSHOT, HASH = "_zhanggui_snapshot", "_zhanggui_hash"  # a leading underscore hides them from shoppers
# The attribute by which a shopper chooses; a word of the shop's page, which is in Chinese whatever staff read.
CHOICE = "规格"
PAGE = 100  # what WooCommerce lists and takes in one request at most
GONE = {"woocommerce_rest_product_invalid_id", "woocommerce_rest_invalid_product_id"}


def push(listing: OutgoingListing, client: Client) -> PushResult:
    """Create, update or take down the product and say what the shop then shows. Raises Undelivered."""
    shop = _Shop(client)
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
    content = product_payload(listing, _pictures_there(before), is_varied=is_varied)
    content |= {"status": "draft"} if in_steps else {}
    if remote_id:
        product = shop.put(f"/products/{remote_id}", content)
    else:
        product = shop.post("/products", content)
        remote_id = _id_of(product)
    variations: list[Mapping[str, Any]] = []
    if is_varied:
        variations = _push_variations(listing, shop, remote_id)
        if in_steps:
            product = shop.put(f"/products/{remote_id}", {"status": "publish"})
    return _judged(listing, client, product, variations)


def read_back(listing: OutgoingListing, client: Client) -> PushResult:
    """What the shop has now, compared with the snapshot. Raises Undelivered."""
    shop = _Shop(client)
    remote_id = _remote_id(listing) or shop.find(listing)
    if not remote_id:
        return _absent(listing, client)
    try:
        product = shop.get(f"/products/{remote_id}")
    except Undelivered as problem:
        if not listing.is_visible and _is_gone(problem.answer):
            return _absent(listing, client)
        raise
    variations = shop.variations(remote_id) if product.get("type") == "variable" else []
    return _judged(listing, client, product, variations)


# --- what is sent


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
        "sku": _own_sku(listing) if is_varied else listing.variants[0].sku,
        "attributes": _attributes(listing, is_varied=is_varied),
        "images": [_picture(picture, pictures_there) for picture in listing.pictures],
        "meta_data": _identity(listing),
    }
    if not is_varied:
        payload |= _sale(listing.variants[0])
    return payload


def _own_sku(listing: OutgoingListing) -> str:
    """The SKU of a product whose variants have their own: a retry finds by it what was made before the variations."""
    return f"ZG-{listing.listing_id}"


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


def _sale(variant: OutgoingVariant) -> dict[str, Any]:
    """What is paid and carried. An offer that the shop runs by itself would be a price that nobody approved."""
    return {
        "regular_price": f"{variant.price:f}",
        "sale_price": "",
        "weight": _kilograms(variant.weight_grams),
    }


def _kilograms(grams: int) -> str:
    return f"{(Decimal(grams) / 1000).normalize():f}" if grams else ""


def _identity(listing: OutgoingListing) -> list[dict[str, str]]:
    return [{"key": SNAPSHOT, "value": str(listing.snapshot_number)}, {"key": HASH, "value": listing.content_hash}]


def _attributes(listing: OutgoingListing, *, is_varied: bool) -> list[dict[str, Any]]:
    shown = [
        {"name": _option(name), "visible": True, "variation": False, "options": [_option(value)]}
        for name, value in listing.attributes
        if value.strip() and not (is_varied and name == CHOICE)
    ]
    if is_varied:
        shown.append({"name": CHOICE, "visible": True, "variation": True, "options": list(_choices(listing).values())})
    return shown


def _option(text: str) -> str:
    """The pipe separates options in WooCommerce's own storage."""
    return html.escape(text.replace("|", "/"), quote=False)


def _choices(listing: OutgoingListing) -> dict[str, str]:
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


def _pictures_there(product: Mapping[str, Any]) -> dict[str, int]:
    return {
        str(image["name"]): image["id"]
        for image in _dicts(product.get("images"))
        if image.get("name") and isinstance(image.get("id"), int)
    }


def _push_variations(listing: OutgoingListing, shop: _Shop, remote_id: str) -> list[Mapping[str, Any]]:
    """Bring the variants of a product in line and return them as the shop then has them."""
    there = shop.variations(remote_id)
    by_id = {str(variation.get("id")): variation for variation in there}
    by_sku = {str(variation.get("sku")): variation for variation in there if variation.get("sku")}
    choices = _choices(listing)
    wanted: list[tuple[str, dict[str, Any]]] = []
    kept = set()
    for place, variant in enumerate(listing.variants):
        content = _sale(variant) | {
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
        rows = [row for verb in ("update", "create") for row in _dicts(answer.get(verb))]
        for row in rows:
            if isinstance(error := row.get("error"), Mapping):
                raise Undelivered("refused", _said(error), status=shop.status)
        answered += rows
    return answered


# --- taking down


def _take_down(listing: OutgoingListing, shop: _Shop, remote_id: str) -> PushResult:
    """Hide it; what is not there is hidden already."""
    if not remote_id:
        return _absent(listing, shop.client)
    try:
        product = shop.put(f"/products/{remote_id}", {"status": "draft", "meta_data": _identity(listing)})
    except Undelivered as problem:
        if _is_gone(problem.answer):
            return _absent(listing, shop.client)
        raise
    return _judged(listing, shop.client, product, [])


def _absent(listing: OutgoingListing, client: Client) -> PushResult:
    """The shop has no such product: right when it was to be taken down, wrong when it was to be shown."""
    return PushResult(
        outcome="sent" if listing.is_visible else "confirmed",
        status=client.steps[-1]["status"] if client.steps else None,
        remote_id=listing.remote_id,
        differences=tuple(compare(listing, {"is_visible": False})),
        proof=client.proof(),
        message=_("The shop has no product of this listing."),
    )


# --- what came back


def live_of(product: Mapping[str, Any], variations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The shop's product in the words of `compare`."""
    meta = {row.get("key"): row.get("value") for row in _dicts(product.get("meta_data"))}
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
        "pictures": len(_dicts(product.get("images"))),
        "attributes": {
            row.get("name"): ", ".join(str(option) for option in row.get("options") or [])
            for row in _dicts(product.get("attributes"))
            if not row.get("variation")
        },
        "content_hash": meta.get(HASH) or "",
        "snapshot": meta.get(SNAPSHOT) or "",
    }


def _price(row: Mapping[str, Any]) -> str:
    """What a shopper pays: `price` holds a running offer; drafts may have none yet."""
    return str(row.get("price") if number(str(row.get("price") or "")) is not None else row.get("regular_price") or "")


def _judged(
    listing: OutgoingListing, client: Client, product: Mapping[str, Any], variations: Sequence[Mapping[str, Any]]
) -> PushResult:
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
        remote_id=_id_of(product),
        display_url=str(address) if is_web_address(address) else "",
        differences=differences,
        proof=proof,
        message=_("The shop shows something else than was approved. Look at the differences.") if differences else "",
    )


def _as_shown(listing: OutgoingListing, *, is_varied: bool) -> OutgoingListing:
    """The listing with its attributes as `_attributes` has to write them."""
    shown = [row for row in _attributes(listing, is_varied=is_varied) if not row["variation"]]
    return replace(
        listing, attributes=tuple((html.unescape(row["name"]), html.unescape(row["options"][0])) for row in shown)
    )


def _remote_id(listing: OutgoingListing) -> str:
    """The product's number in the shop. It becomes part of an address, so it must be one."""
    if listing.remote_id and not (listing.remote_id.isascii() and listing.remote_id.isdigit()):
        raise Undelivered(
            "refused",
            _("“%(number)s” is no product number of WooCommerce. Correct it at the listing.")
            % {"number": listing.remote_id[:50]},
        )
    return listing.remote_id


def _id_of(product: Mapping[str, Any]) -> str:
    number = product.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise Undelivered("refused", _unreadable())
    return str(number)


def _dicts(value: object) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _unreadable() -> str:
    return _(
        "The answer is not WooCommerce's. Check the channel's address, and that permalinks in WordPress are not “plain”."
    )


def _said(error: Mapping[str, Any]) -> str:
    """The shop's own words for the staff, short and as plain text."""
    code = str(error.get("code") or "")
    words = plain_text(str(error.get("message") or ""))[:200]
    if code == "woocommerce_product_image_upload_error":
        return _("The shop could not fetch a picture: %(words)s Check that it can reach the pictures' address.") % {
            "words": words
        }
    if code == "product_invalid_sku":
        return _("Another product of the shop uses the SKU already: %(words)s Remove it there.") % {"words": words}
    return _("The shop does not take the content: %(words)s") % {"words": words or code or "–"}


def _is_gone(answer: Answer | None) -> bool:
    """Whether a 404 is about the product and not about the address."""
    said = answer.json() if answer and answer.status == 404 else None
    return isinstance(said, dict) and said.get("code") in GONE


class _Shop:
    """The endpoints of one shop. During a rotation of keys it tries the next one when a key is not known."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.status: int | None = None
        parts = urlsplit(client.address)
        if parts.scheme == "http" and not settings.CHANNELS_MAY_BE_LOCAL:
            raise Undelivered(
                "refused", _("The key would be sent unprotected. The channel's address must begin with https://.")
            )
        self._base = client.address.split("?")[0].split("#")[0].split("/wp-json")[0].rstrip("/") + API
        self._keys = [secret for secret in client.target.secrets if secret.count(":") == 1]
        if not self._keys:
            raise Undelivered(
                "refused",
                _("No key is set up for this channel. It is “consumer_key:consumer_secret” in the environment."),
            )

    def get(self, path: str) -> dict[str, Any]:
        """One thing."""
        return self._object("GET", path)

    def put(self, path: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Change one thing."""
        return self._object("PUT", path, payload)

    def post(self, path: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Make one thing."""
        return self._object("POST", path, payload)

    def find(self, listing: OutgoingListing) -> str:
        """The number of a product that has the listing's SKU or that of a variant, or an empty text.

        An attempt whose answer was lost has made the product: without this look the next one would make another.
        """
        own = _own_sku(listing)
        skus = [own, *(variant.sku for variant in listing.variants)]
        found: dict[str, str] = {}
        for sku in skus:
            rows = self._list(f"/products?sku={quote(sku, safe='')}&per_page={PAGE}")
            for row in rows:
                if str(row.get("sku") or "").lower() == sku.lower():  # WooCommerce's database ignores case
                    found.setdefault(_id_of({"id": row.get("parent_id") or row.get("id")}), sku)
            if sku == own and found:
                break
        if len(found) > 1:
            raise Undelivered(
                "refused",
                _("The SKUs of this listing are in several products of the shop: %(found)s. Leave them in one.")
                % {"found": ", ".join(f"#{product} ({sku})" for product, sku in found.items())},
                status=self.status,
            )
        return next(iter(found), "")

    def variations(self, remote_id: str) -> list[dict[str, Any]]:
        """All variations of a product."""
        rows: list[dict[str, Any]] = []
        for page in range(1, 11):
            part = self._list(f"/products/{remote_id}/variations?per_page={PAGE}&page={page}")
            rows += part
            if len(part) < PAGE:
                break
        return rows

    def _object(self, method: str, path: str, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
        said = self._send(method, path, payload)
        if not isinstance(said, dict):
            raise Undelivered("refused", _unreadable(), status=self.status)
        return said

    def _list(self, path: str) -> list[dict[str, Any]]:
        said = self._send("GET", path)
        if not isinstance(said, list):
            raise Undelivered("refused", _unreadable(), status=self.status)
        return _dicts(said)

    def _send(self, method: str, path: str, payload: Mapping[str, Any] | None = None) -> Any:
        while True:
            key = base64.b64encode(self._keys[0].encode()).decode()
            answer = self.client.send(
                method, self._base + path, payload=payload, headers={"Authorization": f"Basic {key}"}
            )
            if answer.status != 401 or len(self._keys) == 1:
                break
            del self._keys[0]
        self.status = answer.status
        if answer.is_ok:
            return answer.json()
        said = answer.json()
        raise Undelivered(
            "refused", _refusal(answer, said if isinstance(said, dict) else {}), status=answer.status, answer=answer
        )


def _refusal(answer: Answer, said: Mapping[str, Any]) -> str:
    """What staff must do about a refusal."""
    if answer.status == 401:
        return _(
            "The shop does not know the key (401). Make one with read and write rights in WooCommerce and put it into the"
            " environment."
        )
    if answer.status == 403:
        return _("The key may not change products, or the shop's firewall keeps us out (403). Have it allowed there.")
    if _is_gone(answer):
        return _(
            "The product is no longer in the shop (404). Restore it there, or empty the product number at the listing:"
            " then it is made anew."
        )
    if answer.status == 404:
        return _unreadable()
    return _said(said)
