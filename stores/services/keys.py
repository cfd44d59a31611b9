"""API keys of shops. The key itself is given out once; only its hash is stored."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals.services import record
from config.kit.actor import Actor
from stores.errors import KeyAlreadyRevoked
from stores.models import Shop, ShopApiKey


@transaction.atomic
def issue_api_key(
    *, shop_id: int, name: str, actor: Actor, now: datetime, expires_at: datetime | None = None
) -> tuple[ShopApiKey, str]:
    """Make a key for a shop. Returns the row and the key, which cannot be had again."""
    shop = Shop.objects.select_for_update().get(pk=shop_id)
    row = ShopApiKey(shop=shop, name=name, expiry_date=expires_at)
    key = ShopApiKey.objects.assign_key(row)
    row.save()
    record("stores.api_key_issued", shop, actor=actor, changes={"api_key": [None, f"{name} ({row.prefix})"]}, at=now)
    return row, key


@transaction.atomic
def revoke_api_key(*, key_id: str, actor: Actor, reason: str, now: datetime) -> ShopApiKey:
    """Stop a key for good. Locks the key. Raises KeyAlreadyRevoked."""
    row = ShopApiKey.objects.select_for_update(of=("self",)).select_related("shop").get(pk=key_id)
    if row.revoked:
        raise KeyAlreadyRevoked(name=row.name)
    row.revoked = True
    row.save(update_fields=["revoked"])
    changes = {"api_key": [f"{row.name} ({row.prefix})", None]}
    record("stores.api_key_revoked", row.shop, actor=actor, reason=reason, changes=changes, at=now)
    return row
