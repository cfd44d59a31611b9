"""Credit notes of files: many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from catalog import services as catalog
from config.kit.sql import Batch, next_ids
from customers import services as customers
from orders.drafts import CancellationDraft
from orders.models import Cancellation, CancellationLine, ImportRun
from orders.states import CancellationKind
from stores.models import Shop

_DOCUMENT = (
    "id", "shop", "kind", "external_number", "order", "customer", "currency", "amount_total", "reason", "import_run",
    "placed_at", "received_at",
)  # fmt: skip
_LINE = ("id", "cancellation", "store_id", "seller_code", "title", "variant", "quantity", "unit_price", "amount_total")


def keep_credit_notes(
    *, shop: Shop, drafts: Sequence[CancellationDraft], run: ImportRun, now: datetime
) -> list[list[int] | None]:
    """Keep credit notes that name no order: their lines' keys in the order of the drafts, None for one that is here already."""
    if not drafts:
        return []
    known = set(
        Cancellation.objects.filter(shop=shop, external_number__in=[draft.external_id for draft in drafts]).values_list(
            "external_number", flat=True
        )
    )
    new = [draft for draft in drafts if draft.external_id not in known]
    codes = sorted({line.seller_code for draft in new for line in draft.lines})
    if run.makes_drafts:
        titles = {line.seller_code: line.title for draft in new for line in draft.lines if line.seller_code}
        catalog.make_draft_products(
            drafts=[catalog.DraftProduct(code, title) for code, title in titles.items()], now=now
        )
    variants = catalog.find_variants(shop_id=shop.pk, codes=codes)
    people = customers.find_or_make_customers(
        buyers=[
            customers.Buyer(b.platform_id, b.name, b.email, b.phone, b.language, b.country)
            for b in (draft.buyer for draft in new)
        ],
        store_id=shop.pk,
        shop_code=shop.code,
        language=shop.language,
        source="file",
        now=now,
    )
    ids, line_ids = next_ids((Cancellation, len(new)), (CancellationLine, sum(len(draft.lines) for draft in new)))
    fresh = iter(line_ids)
    lines_of = {draft.external_id: [next(fresh) for _line in draft.lines] for draft in new}
    documents = [
        (pk, shop.pk, str(CancellationKind.CREDIT_NOTE), draft.external_id[:120], None, person, draft.currency or shop.currency,
         draft.amount_total, draft.reason[:300], run.pk, draft.placed_at, now)
        for pk, draft, person in zip(ids, new, people, strict=True)
    ]  # fmt: skip
    lines = [
        (line_id, pk, shop.pk, line.seller_code[:120], line.title[:300],
         variants[line.seller_code].variant_id if line.seller_code in variants else None, line.quantity, line.unit_price,
         line.amount_total)
        for pk, draft in zip(ids, new, strict=True)
        for line_id, line in zip(lines_of[draft.external_id], draft.lines, strict=True)
    ]  # fmt: skip
    Batch().insert(Cancellation, _DOCUMENT, documents).insert(CancellationLine, _LINE, lines).execute()
    return [lines_of.get(draft.external_id) for draft in drafts]
