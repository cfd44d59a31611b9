"""What the top search finds among orders and parcels."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit.web import mask_name
from orders.couriers import clean_waybill
from orders.models import Order
from orders.selectors.desk import order_list, orders_matching, our_number
from stores.registries import SEARCH, Hit, SearchProvider

_LIMIT = 10


def find_orders(user: Any, words: str) -> list[Hit]:
    """Orders by our number, the platform's, a waybill or shipping note, or the last four figures of the recipient's phone."""
    plain = user.has_perm("customers.see_personal_data")
    found = orders_matching(order_list(user), words).order_by("-pk")[:_LIMIT]
    return [_hit(order, words, plain) for order in found]


def _hit(order: Order, words: str, plain: bool) -> Hit:
    name = order.recipient_name if plain else mask_name(order.recipient_name)
    subtitle = " · ".join(part for part in (order.shop.name, str(order.get_status_display()), name) if part)
    return Hit(
        order.number,
        subtitle,
        reverse("orders:order_detail", args=[order.pk]),
        "shopping-cart",
        is_exact=_is_it(order, words),
    )


def _is_it(order: Order, words: str) -> bool:
    """Whether the words are this order's own number or its parcel's; four figures of a phone are not."""
    number = clean_waybill(words)
    codes = {order.number, order.external_number.upper()}
    for parcel in order.boxes:  # type: ignore[attr-defined]
        codes |= {parcel.note_number, parcel.waybill.upper()}
    return number in codes or (len(number) > 4 and our_number(number) == order.number)


SEARCH.register("orders.orders", SearchProvider(_("Orders"), find_orders, "orders.view_order", order=10))
