"""Finding orders by the keys of their channels."""

from __future__ import annotations

from orders.models import Order

_EXACT_IN_JAVASCRIPT = 2**53


def find_external(shop_id: int, key: str) -> Order | None:
    """The order of a shop with a platform key.

    Keys above 2^53 that went through a JavaScript number arrive rounded (…508 as …500): where no order has the key
    itself, the only one whose key rounds to the same number is meant; with two such, none.
    """
    orders = Order.objects.filter(shop_id=shop_id)
    exact = orders.filter(external_id=key).first()
    if exact is not None or not key.isdigit() or int(key) < _EXACT_IN_JAVASCRIPT:
        return exact
    near = orders.filter(external_id__startswith=key[:14], external_id__regex=rf"^\d{{{len(key)}}}$")[:50]
    same = [order for order in near if float(order.external_id) == float(key)]
    return same[0] if len(same) == 1 else None
