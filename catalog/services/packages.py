"""Publication packages (发布稿件): what came in, merged and classified, submitted in one go, followed to the end (CAT-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from approvals.errors import NothingChanged, NotReady
from approvals.models import ChangeRequest
from approvals.registries import Finding
from approvals.services import Act, meet_deadlines, record, record_many
from approvals.states import Importance, RequestState, Severity
from catalog.errors import (
    DraftIsInAnotherPackage,
    ListingOutsidePackage,
    PackageHasNothingToSubmit,
    PackageIsClosed,
    PackageNotReady,
    ReasonMissing,
    SourceHasMovedOn,
)
from catalog.models import Listing, ListingRevision, Package, SourceItem, Variant
from catalog.services.listings import create_listings
from catalog.services.master import change_master
from catalog.services.prices import PriceChange, set_prices
from catalog.services.revisions import (
    begin_revision,
    release_revision,
    save_revision,
    schedule_revision,
    submit_revision,
)
from catalog.services.sources import SUBJECT, hand_clocks, person_of
from catalog.states import PackageState, RevisionOrigin, RevisionState, SourceKind, SourceState
from config.kit.actor import Actor
from config.kit.errors import DomainError

PACKAGE = "catalog.package"
_MASTER_NAME = {"name": "title", "service_text": "service_text"}  # a notice's fact → a content's field


@transaction.atomic
def make_package(
    *,
    title: str,
    source_ids: Collection[int] = (),
    shop_ids: Collection[int] = (),
    importance: Importance = Importance.GENERAL,
    owner_id: int | None = None,
    publish_at: datetime | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Package:
    """Begin a package of what came in, for these shops (none: every shop).

    Its clock is that of the earliest arrival, or starts now; its class is the highest of `importance` and its items'.
    Locks the items. Raises SourceHasMovedOn.
    """
    package = Package.objects.create(
        title=title.strip(),
        importance=importance,
        owner_id=owner_id or person_of(actor),
        publish_at=publish_at,
        clock_started_at=now,
        note=note.strip(),
        created_at=now,
    )
    package.shops.set(shop_ids)
    record("catalog.package_made", package, actor=actor, at=now)
    if source_ids:
        return add_sources(package_id=package.pk, source_ids=source_ids, actor=actor, now=now)
    return package


@transaction.atomic
def add_sources(*, package_id: int, source_ids: Collection[int], actor: Actor, now: datetime) -> Package:
    """Put items into a package: they are in draft, and the package inherits the earliest clock and the highest class.

    Notices are applied to the drafts that are there already. Locks package, then items. Raises PackageIsClosed,
    SourceHasMovedOn for one that is not waiting any more.
    """
    package = _lock(package_id)
    items = list(SourceItem.objects.filter(pk__in=source_ids).order_by("pk").select_for_update(of=("self",)))
    new = [item for item in items if item.package_id != package_id]
    for item in new:
        if item.state != SourceState.RECEIVED:
            raise SourceHasMovedOn(title=item.title, state=item.get_state_display())
    _move(new, SourceState.IN_DRAFT, actor, now, package=package)
    hand_clocks(
        source_ids=[item.pk for item in new], owner_id=package.owner_id, reason=str(package), actor=actor, now=now
    )
    if new:
        titles = "; ".join(item.title for item in new)
        record("catalog.package_changed", package, actor=actor, changes={"sources": [None, titles]}, at=now)
    _inherit(package, actor, now)
    drafts = [row.listing_id for row in package.revisions.filter(state=RevisionState.DRAFT)]
    products = {item.product_id for item in new if item.product_id is not None}
    again = Listing.objects.filter(pk__in=drafts, product__in=products).order_by("pk").values_list("pk", flat=True)
    _put_in(package, list(again), actor, now)
    return Package.objects.get(pk=package_id)


@transaction.atomic
def remove_source(*, package_id: int, source_id: int, reason: str, actor: Actor, now: datetime) -> Package:
    """Take an item out again: it waits for another package. What the drafts took over of it stays in them.

    Locks package, then item. Raises ReasonMissing, PackageIsClosed, SourceHasMovedOn.
    """
    _require_reason(reason)
    package = _lock(package_id)
    item = SourceItem.objects.select_for_update(of=("self",)).get(pk=source_id, package=package_id)
    if item.state != SourceState.IN_DRAFT:
        raise SourceHasMovedOn(title=item.title, state=item.get_state_display())
    _give_back([item], reason, actor, now)
    changes = {"sources": [item.title, None]}
    record("catalog.package_changed", package, actor=actor, reason=reason, changes=changes, at=now)
    _inherit(package, actor, now)
    return Package.objects.get(pk=package_id)


@transaction.atomic
def add_listings(*, package_id: int, listing_ids: Collection[int], actor: Actor, now: datetime) -> list[int]:
    """Begin a draft of each listing in the package, with what its notices say; returns the drafts.

    A notice that is in effect and meant for every shop of the product changes the product master and the company's price;
    one for some shops, or for later, goes into the drafts, its prices into rows that begin when it takes effect. The drafts
    of a notice for later are published then. Locks package, then as the services of revisions, master and prices.
    Raises PackageIsClosed, ListingOutsidePackage, DraftIsInAnotherPackage, and what those services raise.
    """
    package = _lock(package_id)
    listings = Listing.objects.filter(pk__in=listing_ids).select_related("shop", "product").order_by("pk")
    shops = set(package.shops.values_list("pk", flat=True))
    for listing in listings:
        if shops and listing.shop_id not in shops:
            raise ListingOutsidePackage(listing=str(listing), package=package.number)
    before = set(package.revisions.values_list("pk", flat=True))
    made = _put_in(package, [listing.pk for listing in listings], actor, now)
    if new := set(made) - before:
        changes = {"listings": [len(before), len(before | new)]}
        record("catalog.package_changed", package, actor=actor, changes=changes, at=now)
    return made


@transaction.atomic
def add_products(
    *, package_id: int, product_ids: Collection[int], new_too: bool = False, actor: Actor, now: datetime
) -> list[int]:
    """Begin drafts of the listings of products in the package's shops (none: in every shop that has them); returns the drafts.

    `new_too`: also prepare listings in those shops of the package that do not have the product yet. As `add_listings`.
    """
    package = _lock(package_id)
    shops = list(package.shops.values_list("pk", flat=True))
    if new_too and shops:
        create_listings(product_ids=product_ids, shop_ids=shops, actor=actor, now=now)
    rows = Listing.objects.filter(product__in=product_ids)
    rows = rows.filter(shop__in=shops) if shops else rows
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return add_listings(package_id=package_id, listing_ids=ids, actor=actor, now=now)


@transaction.atomic
def remove_listing(*, package_id: int, revision_id: int, actor: Actor, now: datetime) -> Package:
    """Take a draft out of the package; it stays its author's draft. Locks the package. Raises PackageIsClosed."""
    package = _lock(package_id)
    row = package.revisions.select_related("listing").get(pk=revision_id, state=RevisionState.DRAFT)
    ListingRevision.objects.filter(pk=revision_id).update(package=None)
    changes = {"listings": [str(row.listing), None]}
    record("catalog.package_changed", package, actor=actor, changes=changes, at=now)
    package_progress(package_id=package_id, now=now, actor=actor)
    return Package.objects.get(pk=package_id)


def submit_package(*, package_id: int, actor: Actor, now: datetime) -> list[ChangeRequest]:
    """Submit every draft of a package, or none: whatever is wrong with any of them is named, listing by listing.

    The requests inherit the package's clock and at least its class. Locks package, then as `submit_revision`. Raises
    PackageIsClosed, PackageHasNothingToSubmit, PackageNotReady with `findings` (listing's label → findings).
    """
    with transaction.atomic():
        package = _lock(package_id)
        drafts = list(
            package.revisions.filter(state=RevisionState.DRAFT).select_related("listing__shop").order_by("pk")
        )
        if not drafts:
            raise PackageHasNothingToSubmit(package=package.number)
        findings: dict[str, list[Finding]] = {}
        for title in _left_out(package):
            findings[title] = [
                _finding(
                    "no_listing", gettext("Nothing of its product is in the package. Add its listings, or take it out.")
                )
            ]
        requests: list[ChangeRequest] = []
        for draft in drafts:
            label = str(draft.listing)
            try:
                requests.append(
                    submit_revision(
                        revision_id=draft.pk,
                        actor=actor,
                        now=now,
                        important=package.importance == Importance.IMPORTANT,
                        reason=str(package),
                    )
                )
            except NotReady as refusal:
                findings.setdefault(label, []).extend(refusal.findings)
            except NothingChanged as refusal:
                findings.setdefault(label, []).append(_finding("nothing_changed", refusal.describe()))
            except DomainError as refusal:
                findings.setdefault(label, []).append(_finding(refusal.code, refusal.describe()))
        if findings:
            raise PackageNotReady(
                package=package.number,
                count=len(findings),
                list="; ".join(f"{label}: {rows[0].text}" for label, rows in list(findings.items())[:5]),
                findings=findings,
            )
        package.submitted_at = now
        package.save(update_fields=["submitted_at"])
        record("catalog.package_submitted", package, actor=actor, changes={"listings": [0, len(requests)]}, at=now)
        package_progress(package_id=package_id, now=now, actor=actor)
    return requests


@transaction.atomic
def close_package(*, package_id: int, reason: str, actor: Actor, now: datetime) -> Package:
    """Give a package up that is not in approval: its items wait again, its drafts stay with their authors.

    Locks package, then items. Raises ReasonMissing, PackageIsClosed.
    """
    _require_reason(reason)
    package = _lock(package_id)
    if package.state != PackageState.GATHERING:
        raise PackageIsClosed(package=package.number)
    waiting = SourceItem.objects.filter(package=package, state=SourceState.IN_DRAFT).order_by("pk")
    _give_back(list(waiting.select_for_update(of=("self",))), reason, actor, now)
    package.revisions.filter(state=RevisionState.DRAFT).update(package=None)
    _close(package, reason, actor, now)
    return package


@transaction.atomic
def package_progress(*, package_id: int | None, now: datetime, actor: Actor | None = None) -> PackageState | None:
    """Bring a package and its items up to where its drafts and requests are. Safe to call at any time and twice.

    In approval while something is being decided or not seen live yet; back to gathering when what is left came back;
    closed when everything is live. An item is published when every listing of its product in the package is live, then its
    clock is met. Locks package, then items.
    """
    if package_id is None:
        return None
    by = actor or Actor.system("packages")
    package = Package.objects.select_for_update(of=("self",)).get(pk=package_id)
    if package.state == PackageState.CLOSED:
        return PackageState.CLOSED
    stages = _stages(package)
    every = [stage for rows in stages.values() for stage in rows]
    items = list(SourceItem.objects.filter(package=package).order_by("pk").select_for_update(of=("self",)))
    _follow(items, stages, every, by, now)
    if every and all(stage == "live" for stage in every):
        _bring_master_along(package, items, by, now)
        _close(package, "", by, now)
    elif "waits" in every and "draft" not in every and package.state == PackageState.GATHERING:
        _set_state(package, PackageState.SUBMITTED)
    elif "waits" not in every and "draft" in every and package.state == PackageState.SUBMITTED:
        _set_state(package, PackageState.GATHERING)
        record("catalog.package_came_back", package, actor=by, at=now)
    return PackageState(package.state)


def _follow(
    items: Iterable[SourceItem], stages: dict[int, list[str]], every: Sequence[str], actor: Actor, now: datetime
) -> None:
    moves: dict[SourceState, list[SourceItem]] = defaultdict(list)
    for item in items:
        own = every if item.product_id is None else stages.get(item.product_id, [])
        if item.state in (SourceState.PUBLISHED, SourceState.REFUSED) or not own:
            continue
        if all(stage == "live" for stage in own):
            target = SourceState.PUBLISHED
        elif "waits" in own and "draft" not in own:
            target = SourceState.IN_APPROVAL
        elif "waits" not in own:
            target = SourceState.IN_DRAFT
        else:
            continue
        if item.state != target:
            moves[target].append(item)
    for item in [one for one in moves[SourceState.PUBLISHED] if one.state == SourceState.IN_DRAFT]:
        # From draft straight to live in one step of ours: the states in between were passed, and are told.
        _move([item], SourceState.IN_APPROVAL, actor, now)
    for target, rows in moves.items():
        _move(rows, target, actor, now)
    if done := [item.pk for item in moves[SourceState.PUBLISHED]]:
        meet_deadlines(
            subject_type=SUBJECT,
            subject_ids=done,
            rules=["general_information", "important_information"],
            actor=actor,
            now=now,
        )


def _stages(package: Package) -> dict[int, list[str]]:
    """Where each draft of the package stands, by product: draft, waits (being decided, or not seen live yet) or live."""
    stages: dict[int, list[str]] = defaultdict(list)
    rows = package.revisions.exclude(state=RevisionState.DISCARDED)
    for product, state, request in rows.order_by("pk").values_list("listing__product", "state", "request__state"):
        if state == RevisionState.DRAFT:
            stages[product].append("draft")
        else:
            is_live = state == RevisionState.PUBLISHED and request == RequestState.LIVE
            stages[product].append("live" if is_live else "waits")
    return stages


def _put_in(package: Package, listing_ids: Sequence[int], actor: Actor, now: datetime) -> list[int]:
    if not listing_ids:
        return []
    listings = list(Listing.objects.filter(pk__in=listing_ids).select_related("shop").order_by("pk"))
    notices = _notices_by_product(package, {listing.product_id for listing in listings})
    for product_id, rows in sorted(notices.items()):
        for notice in rows:
            _apply_to_master(package, product_id, notice, actor, now)
    # The changed master gave every shop that shows the product a draft: they are work of this package too.
    given = ListingRevision.objects.filter(
        listing__product__in=notices, origin=RevisionOrigin.MASTER, state=RevisionState.DRAFT, package__isnull=True
    ).exclude(listing__in=listings)
    shops = set(package.shops.values_list("pk", flat=True))
    more = [row.listing for row in given.select_related("listing__shop").order_by("pk")]
    listings += [listing for listing in more if not shops or listing.shop_id in shops]
    made: list[int] = []
    for listing in listings:
        draft = _draft_for(package, listing, actor, now)
        own = [row for row in notices.get(listing.product_id, ()) if not _goes_to_master(package, row, now)]
        fields = {
            field: notice.facts[fact] for notice in own for fact, field in _MASTER_NAME.items() if fact in notice.facts
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
    drafts = ListingRevision.objects.filter(listing=listing, state=RevisionState.DRAFT)
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
        fields = {name: notice.facts[name] for name in _MASTER_NAME if name in notice.facts}
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


def _bring_master_along(package: Package, items: Iterable[SourceItem], actor: Actor, now: datetime) -> None:
    """What every shop shows now is what the master says: the shops follow it again instead of having it each for itself."""
    for item in sorted(items, key=lambda row: (row.effective_at or now, row.pk)):
        facts = {name: item.facts[name] for name in _MASTER_NAME if name in item.facts}
        if item.kind != SourceKind.NOTICE or not facts or item.product_id is None:
            continue
        if not _is_for_every_shop(package, item.product_id):
            continue
        change_master(product_id=item.product_id, fields=facts, reason=str(package), actor=actor, now=now)
        fields = {_MASTER_NAME[name]: value for name, value in facts.items()}
        echoing = []
        for row in package.revisions.filter(listing__product=item.product_id, state=RevisionState.PUBLISHED):
            kept = {code: own for code, own in row.overrides.items() if fields.get(code) != own}
            if kept != row.overrides:
                row.overrides = kept
                echoing.append(row)
        ListingRevision.objects.bulk_update(echoing, ["overrides"])


def _left_out(package: Package) -> list[str]:
    """Items about a product of which the package holds no draft: nothing of them would be published."""
    products = set(package.revisions.exclude(state=RevisionState.DISCARDED).values_list("listing__product", flat=True))
    items = SourceItem.objects.filter(package=package, product__isnull=False).exclude(product__in=products)
    return list(items.exclude(state=SourceState.REFUSED).order_by("pk").values_list("title", flat=True))


def _move(
    items: Sequence[SourceItem], target: SourceState, actor: Actor, now: datetime, *, package: Package | None = None
) -> None:
    acts = []
    for item in items:
        changes: dict[str, Any] = {"state": [item.state, str(target)]}
        if package is not None:
            item.package = package
            changes["package"] = [None, package.number]
        item.state = target
        acts.append(Act("catalog.source_state_changed", SUBJECT, item.pk, changes=changes))
    if items:
        SourceItem.objects.bulk_update(items, ["state", "package"])
        record_many(acts, actor=actor, at=now)


def _give_back(items: Sequence[SourceItem], reason: str, actor: Actor, now: datetime) -> None:
    """Items wait for a package again, their clocks with the planning group."""
    acts = []
    for item in items:
        changes = {
            "state": [item.state, str(SourceState.RECEIVED)],
            "package": [item.package and item.package.number, None],
        }
        item.state, item.package = SourceState.RECEIVED, None
        acts.append(Act("catalog.source_state_changed", SUBJECT, item.pk, reason=reason, changes=changes))
    if items:
        SourceItem.objects.bulk_update(items, ["state", "package"])
        hand_clocks(source_ids=[item.pk for item in items], owner_id=None, reason=reason, actor=actor, now=now)
        record_many(acts, actor=actor, at=now)


def _inherit(package: Package, actor: Actor, now: datetime) -> None:
    """The earliest clock and the highest class of what the package holds (the shorter one has nothing to wait for)."""
    facts = list(SourceItem.objects.filter(package=package).values_list("received_at", "importance"))
    started = min([at for at, _class in facts], default=package.created_at)
    highest = any(value == Importance.IMPORTANT for _at, value in facts)
    importance = Importance.IMPORTANT if highest else Importance(package.importance)
    if (started, importance) == (package.clock_started_at, package.importance):
        return
    changes = {"importance": [package.importance, str(importance)]} if importance != package.importance else {}
    package.clock_started_at, package.importance = started, importance
    package.save(update_fields=["clock_started_at", "importance"])
    if changes:
        record("catalog.package_changed", package, actor=actor, changes=changes, at=now)


def _close(package: Package, reason: str, actor: Actor, now: datetime) -> None:
    before = package.state
    package.state, package.closed_at = PackageState.CLOSED, now
    package.save(update_fields=["state", "closed_at"])
    changes = {"state": [before, str(package.state)]}
    record("catalog.package_closed", package, actor=actor, reason=reason, changes=changes, at=now)


def _set_state(package: Package, state: PackageState) -> None:
    package.state = state
    package.save(update_fields=["state"])


def _lock(package_id: int) -> Package:
    package = Package.objects.select_for_update(of=("self",)).select_related("owner").get(pk=package_id)
    if package.state == PackageState.CLOSED:
        raise PackageIsClosed(package=package.number)
    return package


def _finding(code: str, text: str) -> Finding:
    return Finding(code=code, severity=str(Severity.BLOCK), field="", text=text)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(field="reason")
