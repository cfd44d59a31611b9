"""What a change notice does: to the drafts of its package, or to the product master that every shop follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from approvals.states import DraftState
from catalog.errors import DraftIsInAnotherPackage
from catalog.models import Listing, ListingRevision, Package, SourceItem, Variant
from catalog.services.master import change_master
from catalog.services.prices import PriceChange, set_prices
from catalog.services.revisions import begin_revision, release_revision, save_revision, schedule_revision
from catalog.states import RevisionOrigin, SourceKind, SourceState
from config.kit.actor import Actor

_FIELD_OF_FACT = {"name": "title", "service_text": "service_text"}  # a notice's fact → a content's field


def put_in(package: Package, listing_ids: Sequence[int], actor: Actor, now: datetime) -> list[int]:
    """Draft these listings in a locked package with what its notices say; returns the drafts (see `add_listings`)."""
    if not listing_ids:
        return []
    listings = list(Listing.objects.filter(pk__in=listing_ids).select_related("shop").order_by("pk"))
    notices = _notices_by_product(package, {listing.product_id for listing in listings})
    for product_id, rows in sorted(notices.items()):
        for notice in rows:
            _apply_to_master(package, product_id, notice, actor, now)
    # The changed master gave every shop that shows the product a draft: they are work of this package too.
    given = ListingRevision.objects.filter(
        listing__product__in=notices, origin=RevisionOrigin.MASTER, state=DraftState.DRAFT, package__isnull=True
    ).exclude(listing__in=listings)
    shops = set(package.shops.values_list("pk", flat=True))
    more = [row.listing for row in given.select_related("listing__shop").order_by("pk")]
    listings += [listing for listing in more if not shops or listing.shop_id in shops]
    made: list[int] = []
    for listing in listings:
        draft = _draft_for(package, listing, actor, now)
        own = [row for row in notices.get(listing.product_id, ()) if not _goes_to_master(package, row, now)]
        fields = {
            field: notice.facts[fact]
            for notice in own
            for fact, field in _FIELD_OF_FACT.items()
            if fact in notice.facts
        }
        if fields:
            save_revision(revision_id=draft.pk, fields=fields, version=draft.version, actor=actor, now=now)
            release_revision(revision_id=draft.pk, actor=actor, now=now)
        times = [row.effective_at for row in own if row.effective_at and row.effective_at > now]
        if publish_at := max(filter(None, (package.publish_at, *times)), default=None):
            schedule_revision(revision_id=draft.pk, publish_at=publish_at, actor=actor, now=now)
        made.append(draft.pk)
    return made


def _draft_for(package: Package, listing: Listing, actor: Actor, now: datetime) -> ListingRevision:
    """The draft that is in the package already, else the one that the changed master gave the listing, else a new one."""
    drafts = ListingRevision.objects.filter(listing=listing, state=DraftState.DRAFT)
    if (known := drafts.filter(package=package).first()) is not None:
        return known
    draft = drafts.filter(origin=RevisionOrigin.MASTER, package__isnull=True).order_by("-number").first()
    draft = draft or begin_revision(listing_id=listing.pk, actor=actor, now=now)
    if draft.package_id is not None and draft.package_id != package.pk:
        raise DraftIsInAnotherPackage(listing=str(listing), package=str(draft.package))
    ListingRevision.objects.filter(pk=draft.pk).update(package=package)
    draft.package = package
    return draft


def _notices_by_product(package: Package, products: Collection[int]) -> dict[int, list[SourceItem]]:
    found: dict[int, list[SourceItem]] = defaultdict(list)
    rows = SourceItem.objects.filter(package=package, kind=SourceKind.NOTICE, product__in=products)
    for item in rows.exclude(state=SourceState.REFUSED).order_by("effective_at", "pk"):
        found[item.product_id or 0].append(item)
    return found


def _is_for_every_shop(package: Package, product_id: int | None) -> bool:
    shops = set(package.shops.values_list("pk", flat=True))
    return not shops or not Listing.objects.filter(product=product_id).exclude(shop__in=shops).exists()


def _goes_to_master(package: Package, notice: SourceItem, now: datetime) -> bool:
    """In effect, and for every shop that has the product: then it is entered once, in the master (CAT-19)."""
    is_in_effect = notice.effective_at is not None and notice.effective_at <= now
    return is_in_effect and _is_for_every_shop(package, notice.product_id)


def _apply_to_master(package: Package, product_id: int, notice: SourceItem, actor: Actor, now: datetime) -> None:
    if _goes_to_master(package, notice, now):
        fields = {name: notice.facts[name] for name in _FIELD_OF_FACT if name in notice.facts}
        if fields:
            change_master(product_id=product_id, fields=fields, reason=str(package), actor=actor, now=now)
    prices = notice.facts.get("prices", {})
    if not prices:
        return
    starts_at = max(notice.effective_at or now, now)
    shops: list[int | None] = [None]
    if not _is_for_every_shop(package, product_id):
        shops = [*sorted(package.shops.values_list("pk", flat=True))]
    variants = dict(Variant.objects.filter(product=product_id, sku__in=prices).values_list("sku", "pk"))
    changes = [
        PriceChange(pk, shop, Decimal(prices[sku]), starts_at, reason=f"{package.number} {notice.title}")
        for sku, pk in sorted(variants.items())
        for shop in shops
    ]
    set_prices(changes=changes, actor=actor, now=now)


def bring_master_along(package: Package, items: Iterable[SourceItem], actor: Actor, now: datetime) -> None:
    """What every shop shows now is what the master says: the shops follow it again instead of having it each for itself."""
    for item in sorted(items, key=lambda row: (row.effective_at or now, row.pk)):
        facts = {name: item.facts[name] for name in _FIELD_OF_FACT if name in item.facts}
        if item.kind != SourceKind.NOTICE or not facts or item.product_id is None:
            continue
        if not _is_for_every_shop(package, item.product_id):
            continue
        change_master(product_id=item.product_id, fields=facts, reason=str(package), actor=actor, now=now)
        fields = {_FIELD_OF_FACT[name]: value for name, value in facts.items()}
        echoing = []
        for row in package.revisions.filter(listing__product=item.product_id, state=DraftState.PUBLISHED):
            kept = {code: own for code, own in row.overrides.items() if fields.get(code) != own}
            if kept != row.overrides:
                row.overrides = kept
                echoing.append(row)
        ListingRevision.objects.bulk_update(echoing, ["overrides"])
