"""What intake must know before it decides: one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from config.kit.errors import InvalidInput
from orders.drafts import OrderDraft

_LOOK_UP = """
    SELECT s.code, s.name, s.currency, s.language, s.contact_email, s.ship_within_minutes,
           ARRAY(SELECT jsonb_build_array(o.external_id, o.id, o.number, o.status, o.content_hash)
                 FROM orders_order o WHERE o.store_id = s.id AND o.external_id = ANY(%s)),
           ARRAY(SELECT nextval(pg_get_serial_sequence('orders_order', 'id')) FROM generate_series(1, %s)),
           ARRAY(SELECT nextval(pg_get_serial_sequence('orders_orderline', 'id')) FROM generate_series(1, %s))
    FROM stores_shop s WHERE s.id = %s
"""


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What intake needs to know of the shop."""

    shop_id: int
    code: str
    name: str
    currency: str
    language: str
    contact_email: str
    ship_within_minutes: int


@dataclass(frozen=True, slots=True)
class Known:
    """An order that is here already."""

    order_id: int
    number: str
    status: str
    content_hash: str


def look_up(shop_id: int, drafts: Sequence[OrderDraft]) -> tuple[ShopFacts, dict[str, Known], list[int], list[int]]:
    """The shop, the orders known by their external id, and fresh keys: one per draft, one per line.

    Raises InvalidInput without a shop.
    """
    line_count = sum(len(draft.lines) for draft in drafts)
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, [[draft.external_id for draft in drafts], len(drafts), line_count, shop_id])
        row = cursor.fetchone()
    if row is None:
        raise InvalidInput(field="shop", problem="The shop does not exist.")
    *facts, known, order_ids, line_ids = row
    return ShopFacts(shop_id, *facts), {key: Known(*rest) for key, *rest in map(json.loads, known)}, order_ids, line_ids
