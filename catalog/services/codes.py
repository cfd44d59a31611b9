"""Which variant a shop means by its own code."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals.services import record
from catalog.models import SellerCode
from catalog.services.search import index_products
from config.kit.actor import Actor


@transaction.atomic
def map_seller_code(*, shop_id: int, code: str, variant_id: int, actor: Actor, now: datetime) -> SellerCode:
    """Let a shop's code mean a variant, or another one than before. The same mapping again writes nothing."""
    found = (
        SellerCode.objects.select_for_update(of=("self",)).select_related("variant").filter(shop_id=shop_id, code=code)
    )
    mapping = found.first()
    before = mapping.variant if mapping else None
    if mapping is not None and mapping.variant_id == variant_id:
        return mapping
    mapping = mapping or SellerCode(shop_id=shop_id, code=code)
    mapping.variant_id = variant_id
    mapping.save()
    mapping = SellerCode.objects.select_related("variant").get(pk=mapping.pk)
    changes = {"variant": [before and before.sku, mapping.variant.sku]}
    record("catalog.code_mapped", mapping, actor=actor, changes=changes, at=now)
    index_products(product_ids={mapping.variant.product_id} | ({before.product_id} if before else set()))
    return mapping
