"""The endpoints of one shop: keys, paths, and what staff must do about a refusal."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.delivery.compare import plain_text
from catalog.delivery.contract import OutgoingListing
from catalog.delivery.http import Answer, Client, Undelivered

API = "/wp-json/wc/v3"
PAGE = 100  # what WooCommerce lists and takes in one request at most
GONE = {"woocommerce_rest_product_invalid_id", "woocommerce_rest_invalid_product_id"}


class ShopApi:
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
        own = own_sku(listing)
        skus = [own, *(variant.sku for variant in listing.variants)]
        found: dict[str, str] = {}
        for sku in skus:
            rows = self._list(f"/products?sku={quote(sku, safe='')}&per_page={PAGE}")
            for row in rows:
                if str(row.get("sku") or "").lower() == sku.lower():  # WooCommerce's database ignores case
                    found.setdefault(product_number({"id": row.get("parent_id") or row.get("id")}), sku)
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
            raise Undelivered("refused", unreadable(), status=self.status)
        return said

    def _list(self, path: str) -> list[dict[str, Any]]:
        said = self._send("GET", path)
        if not isinstance(said, list):
            raise Undelivered("refused", unreadable(), status=self.status)
        return dicts(said)

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


def product_number(product: Mapping[str, Any]) -> str:
    """The number under which the shop knows a product. Raises Undelivered where its answer has none."""
    number = product.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise Undelivered("refused", unreadable())
    return str(number)


def own_sku(listing: OutgoingListing) -> str:
    """The SKU of a product whose variants have their own: a retry finds by it what was made before the variations."""
    return f"ZG-{listing.listing_id}"


def dicts(value: object) -> list[dict[str, Any]]:
    """The objects of a JSON list, whatever else the shop may have put there."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def unreadable() -> str:
    """The words for an answer that no WooCommerce gives."""
    return _(
        "The answer is not WooCommerce's. Check the channel's address, and that permalinks in WordPress are not “plain”."
    )


def said_by_shop(error: Mapping[str, Any]) -> str:
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


def is_gone(answer: Answer | None) -> bool:
    """Whether a 404 is about the product and not about the address."""
    said = answer.json() if answer and answer.status == 404 else None
    return isinstance(said, dict) and said.get("code") in GONE


def _refusal(answer: Answer, said: Mapping[str, Any]) -> str:
    """What staff must do about a refusal."""
    if answer.status == 401:
        return _(
            "The shop does not know the key (401). Make one with read and write rights in WooCommerce and put it into the"
            " environment."
        )
    if answer.status == 403:
        return _("The key may not change products, or the shop's firewall keeps us out (403). Have it allowed there.")
    if is_gone(answer):
        return _(
            "The product is no longer in the shop (404). Restore it there, or empty the product number at the listing:"
            " then it is made anew."
        )
    if answer.status == 404:
        return unreadable()
    return said_by_shop(said)
