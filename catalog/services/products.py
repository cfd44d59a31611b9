"""The state of products and the price of variants."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from approvals.services import record
from catalog.errors import NegativePrice, NothingToSell, ReasonMissing
from catalog.models import Product, Variant
from catalog.states import PRODUCT_TRANSITIONS, ProductState
from config.kit.actor import Actor
from config.kit.errors import TransitionNotAllowed
from config.kit.money import round_money


@transaction.atomic
def change_product_state(*, product_id: int, state: ProductState, actor: Actor, reason: str, now: datetime) -> Product:
    """Put a product on sale, away, or back. Locks it. Raises ReasonMissing, TransitionNotAllowed, NothingToSell."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    product = Product.objects.select_for_update().get(pk=product_id)
    if state not in PRODUCT_TRANSITIONS[product.state]:
        raise TransitionNotAllowed(subject=product.name, current=product.get_state_display(), target=state.label)
    if state == ProductState.ACTIVE and not product.variants.exists():
        raise NothingToSell(product=product.name)
    changes = {"state": [product.state, str(state)]}
    product.state = state
    product.save(update_fields=["state"])
    record("catalog.product_state_changed", product, actor=actor, reason=reason, changes=changes, at=now)
    return product


@transaction.atomic
def set_price(*, variant_id: int, price: Decimal, actor: Actor, reason: str, now: datetime) -> Variant:
    """Set a variant's own price. Locks it; the same price again writes nothing. Raises ReasonMissing, NegativePrice."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    price = round_money(price)
    if price < 0:
        raise NegativePrice(field="price")
    variant = Variant.objects.select_for_update(of=("self",)).get(pk=variant_id)
    if variant.price != price:
        changes = {"price": [str(variant.price), str(price)]}
        variant.price = price
        variant.save(update_fields=["price"])
        record("catalog.price_set", variant, actor=actor, reason=reason, changes=changes, at=now)
    return variant
