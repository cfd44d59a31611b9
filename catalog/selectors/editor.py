"""What the editor shows of a draft: every field with its value, the product's value, who changed it and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from approvals import services as approvals
from approvals.models import ChangeRequest
from approvals.policies.content import closest
from approvals.registries import Draft, Finding, approval_kinds
from approvals.selectors.requests import live_fields
from catalog.models import (
    AttributeDefinition,
    DescriptionBlock,
    Listing,
    ListingRevision,
    Photo,
    RefreshClock,
    StyleExample,
    Variant,
)
from catalog.policies.completeness import Missing
from catalog.policies.fields import BY_CODE, LISTING_KIND, overlay
from catalog.selectors.contents import master_of
from catalog.selectors.listings import requirement_book, titles_in_shop
from catalog.states import PhotoRole, PhotoState
from stores.models import CustomerGroup


@dataclass(slots=True)
class Entry:
    """One input: its path, what the draft says, what the product says, and whether this shop has its own value."""

    path: str
    label: str
    value: Any
    master: Any
    is_own: bool
    hint: str = ""
    unit: str = ""
    options: tuple[str, ...] = ()
    kind: str = "text"
    is_required: bool = False
    findings: list[Finding] = field(default_factory=list)
    missing: str = ""

    @property
    def anchor(self) -> str:
        """The id of the input's box."""
        return "field-" + self.path.replace(".", "-")


@dataclass(frozen=True, slots=True)
class PhotoSlot:
    """Pictures of one role: those of the draft in order, and the others of the product."""

    role: str
    label: str
    chosen: list[Photo]
    others: list[Photo]
    missing: str = ""

    @property
    def anchor(self) -> str:
        """The id of the role's box."""
        return f"field-photos-{self.role}"


@dataclass(slots=True)
class Sheet:
    """Everything that the editor shows."""

    revision: ListingRevision
    listing: Listing
    entries: dict[str, Entry]
    blocks: list[Entry]
    attributes: list[Entry]
    variants: list[dict[str, Any]]
    slots: list[PhotoSlot]
    missing: list[Missing]
    completeness: int
    findings: list[Finding]
    loose: list[Finding]
    clocks: list[RefreshClock]
    similar: list[tuple[Listing, int]]
    examples: list[StyleExample]
    request: ChangeRequest | None
    live: Mapping[str, Any] | None
    photos_are_own: bool

    @property
    def all_entries(self) -> list[Entry]:
        """Every input with a box of its own."""
        return [*self.entries.values(), *self.blocks, *self.attributes]


def sheet_of(revision: ListingRevision, now: datetime) -> Sheet:
    """Read a draft for the editor; a constant number of queries for its product."""
    listing = Listing.objects.select_related("product__category", "shop__platform").get(pk=revision.listing_id)
    book = requirement_book()
    master = master_of(revision, at=None)
    content = overlay(master, revision.overrides)
    with transaction.atomic(savepoint=False):  # the kind locks what it reads, and a page has no transaction of its own
        draft = approval_kinds.get(LISTING_KIND).read(revision.pk)
    findings = _findings(draft, now)
    missing = [Missing.read(item) for item in listing.missing]
    english = (get_language() or "").startswith("en")

    def entry(path: str, label: str, **facts: Any) -> Entry:
        code, _dot, part = path.partition(".")
        own = revision.overrides.get(code)
        if part:
            value, given = content[code].get(part, ""), master[code].get(part, "")
            is_own = isinstance(own, Mapping) and part in own
        else:
            value, given, is_own = content[code], master[code], code in revision.overrides
        return Entry(
            path,
            label,
            value,
            given,
            is_own,
            findings=[one for one in findings if one.field == path],
            missing=next((one.why for one in missing if one.field == path), ""),
            **facts,
        )

    plain = ("title", "slogan", "brief", "brand", "feature", "service_text")
    entries = {code: entry(code, str(BY_CODE[code].label)) for code in plain}
    groups = CustomerGroup.objects.all()
    entries["customer_group"] = entry("customer_group", str(BY_CODE["customer_group"].label), kind="choice")
    entries["customer_group"].options = tuple(f"{group.code}\t{group.rank}. {group.name}" for group in groups)
    category = str(content["category"])
    definitions: list[AttributeDefinition] = book.definitions_of(category)
    blocks: list[DescriptionBlock] = list(book.blocks)
    shown = {f.path for f in entries.values()}
    sheet = Sheet(
        revision=revision,
        listing=listing,
        entries=entries,
        blocks=[
            entry(
                f"blocks.{one.code}",
                (english and one.name_en) or one.name,
                hint=one.hint,
                is_required=one.is_required,
            )
            for one in blocks
        ],
        attributes=[
            entry(
                f"attributes.{one.code}",
                one.name,
                unit=one.unit,
                options=tuple(one.options),
                kind=one.kind,
                is_required=one.is_required,
            )
            for one in definitions
        ],
        variants=[
            {
                "sku": variant.sku,
                "is_sold": variant.sku in content["variants"],
                "name": entry(f"variants.{variant.sku}", str(BY_CODE["variants"].label)),
                "price": entry(f"prices.{variant.sku}", str(BY_CODE["prices"].label)),
                "was": entry(f"was_prices.{variant.sku}", str(BY_CODE["was_prices"].label)),
                "weight": entry(f"weight.{variant.sku}", str(BY_CODE["weight"].label)),
                "barcode": entry(f"barcodes.{variant.sku}", str(BY_CODE["barcodes"].label)),
            }
            for variant in Variant.objects.filter(product=listing.product_id).order_by("sku")
        ],
        slots=_slots(listing, content, missing),
        missing=missing,
        completeness=listing.completeness,
        findings=findings,
        loose=[],
        clocks=list(RefreshClock.objects.filter(listing=listing, is_running=True).order_by("due_at")),
        similar=_similar(listing, str(content["title"])),
        examples=list(
            StyleExample.objects.filter(category__in=[None, listing.product.category_id]).order_by("style")[:8]
        )
        or list(StyleExample.objects.filter(category__isnull=True).order_by("style")[:8]),
        request=revision.request,
        live=live_fields(LISTING_KIND, LISTING_KIND, listing.pk),
        photos_are_own="photos" in revision.overrides,
    )
    shown |= {one.path for one in (*sheet.blocks, *sheet.attributes)}
    shown |= {row[key].path for row in sheet.variants for key in ("name", "price", "was", "weight", "barcode")}
    sheet.loose = [one for one in findings if one.field not in shown and one.code != "missing"]
    return sheet


def _findings(draft: Draft, now: datetime) -> list[Finding]:
    """What a submission would find: content rules, house format, likeness, prices, pictures. What is missing stands beside it."""
    kind = approval_kinds.get(LISTING_KIND)
    of_texts = approvals.check_draft(LISTING_KIND, draft, kind.checked_texts(draft), now=now)
    return [*of_texts, *(one for one in kind.check(draft, "submit", now) if one.code != "missing")]


def _slots(listing: Listing, content: Mapping[str, Any], missing: list[Missing]) -> list[PhotoSlot]:
    photos = {photo.pk: photo for photo in Photo.objects.filter(product=listing.product_id)}
    chosen = [int(item["key"]) for item in content["photos"]]
    slots = []
    for role in PhotoRole:
        mine = [photos[pk] for pk in chosen if pk in photos and photos[pk].role == role]
        others = [
            photo
            for photo in photos.values()
            if photo.role == role and photo.pk not in chosen and photo.state == PhotoState.APPROVED
        ]
        why = next((one.why for one in missing if one.field == f"photos.{role}"), "")
        slots.append(PhotoSlot(role, str(role.label), mine, others, why))
    return slots


def _similar(listing: Listing, title: str) -> list[tuple[Listing, int]]:
    if not title:
        return []
    found = closest(title, titles_in_shop(listing.shop_id, besides=[listing.pk]), floor=0.75)[:3]
    rows = Listing.objects.in_bulk([pk for pk, _share in found])
    return [(rows[pk], int(share * 100)) for pk, share in found if pk in rows]
