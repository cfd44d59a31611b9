"""What somebody saw at a competitor: one of the facts that a refresh starts from (CAT-16)."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.db import transaction

from approvals.services import record
from catalog.delivery.http import is_web_address
from catalog.errors import AddressUnreadable, NoteIsEmpty
from catalog.models import CompetitorNote, Product
from config.kit.actor import Actor


@transaction.atomic
def note_competitor(*, product_id: int, text: str, actor: Actor, now: datetime, url: str = "") -> CompetitorNote:
    """Keep a note about a product's competition, with the address where it was seen. Raises NoteIsEmpty, AddressUnreadable."""
    if not text.strip():
        raise NoteIsEmpty(field="text")
    if url and not is_web_address(url):
        raise AddressUnreadable(field="url", url=url[:200])
    product = Product.objects.get(pk=product_id)
    note = CompetitorNote.objects.create(
        product=product, text=text.strip(), url=url, by_id=cast(int, actor.user_id), at=now
    )
    record(
        "catalog.competitor_noted",
        product,
        actor=actor,
        changes={"note": [None, note.text], "url": [None, url]},
        at=now,
    )
    return note
