"""The state of products."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals.services import record
from catalog.errors import NothingToSell
from catalog.models import Product
from catalog.services._reasons import require_reason
from catalog.states import PRODUCT_TRANSITIONS, ProductState
from config.kit.actor import Actor
from config.kit.errors import TransitionNotAllowed


@transaction.atomic
def change_product_state(*, product_id: int, state: ProductState, actor: Actor, reason: str, now: datetime) -> Product:
    """Put a product on sale, away, or back. Locks it. Raises ReasonMissing, TransitionNotAllowed, NothingToSell."""
    require_reason(reason)
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
