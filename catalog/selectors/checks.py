"""What is wrong with a draft of a listing, everything at once: the kernel asks at submission and again before publication."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals.policies.content import NEAR_IDENTICAL, closest, similarity
from approvals.registries import Finding
from approvals.states import Severity
from catalog.models import Listing, ListingRevision, Photo, Price
from catalog.policies.completeness import completeness
from catalog.policies.drafts import ListingDraft, texts_of
from catalog.policies.pricing import WAS_PRICE_ASKED, WAS_PRICE_WINDOW, was_price_is_proven
from catalog.selectors.contents import content_of, spans_of
from catalog.selectors.listings import requirement_book, titles_in_shop
from catalog.selectors.photos import picture_problems
from catalog.states import PhotoState, RevisionOrigin

_NAMED = 3


def findings(draft: ListingDraft, moment: str, now: datetime) -> list[Finding]:
    """Missing parts, pictures that the platform would not take, unproven former prices, another base, titles too much alike."""
    return [
        *_missing(draft),
        *_pictures(draft),
        *_was_prices(draft, now),
        *_base(draft),
        *_prices(draft, now),
        *_titles(draft),
    ]


def checked_texts(draft: ListingDraft) -> dict[str, str]:
    """Texts for the content rules: all that shoppers read, and the names of the files."""
    keys = [int(one["key"]) for one in draft.content["photos"]]
    names = Photo.objects.filter(pk__in=keys).values_list("pk", "file_name")
    return texts_of(draft.content) | {f"photos.{pk}.file_name": name for pk, name in names if name}


def _missing(draft: ListingDraft) -> Iterator[Finding]:
    needs = requirement_book().needs(draft.content["category"], draft.platform_id)
    for item in completeness(draft.content, needs)[1]:
        text = _("%(field)s is missing: %(why)s.") % {"field": item.label, "why": item.why}
        yield Finding("missing", Severity.BLOCK, item.field, text, item.stored())


def _pictures(draft: ListingDraft) -> Iterator[Finding]:
    keys = [int(one["key"]) for one in draft.content["photos"]]
    photos = Photo.objects.in_bulk(keys)
    for key in keys:
        photo = photos[key]
        if photo.state != PhotoState.APPROVED:
            text = _("Picture “%(name)s” is %(state)s: only approved pictures are shown.")
            facts = {"name": photo.file_name, "state": str(photo.get_state_display())}
            yield Finding("picture_not_approved", Severity.BLOCK, f"photos.{key}", text % facts, facts)
    for problem in picture_problems(keys, platform_id=draft.platform_id):
        yield Finding(
            "picture_rule", Severity.BLOCK, f"photos.{problem.photo_id}", problem.text, {"check": dict(problem.check)}
        )


def _was_prices(draft: ListingDraft, now: datetime) -> Iterator[Finding]:
    claims: dict[str, Any] = draft.content["was_prices"]
    if not claims:
        return
    rows: dict[str, list[Price]] = {sku: [] for sku in claims}
    for row in Price.objects.filter(variant__product=draft.product_id, variant__sku__in=claims).select_related(
        "variant"
    ):
        rows[row.variant.sku].append(row)
    for sku, text in sorted(claims.items()):
        if not was_price_is_proven(spans_of(rows[sku]), Decimal(text), now, shop_id=draft.shop_id):
            facts = {
                "sku": sku,
                "amount": text,
                "asked": WAS_PRICE_ASKED.days,
                "window": WAS_PRICE_WINDOW.days,
            }
            words = _(
                "%(sku)s: nothing proves the former price %(amount)s. It must have been asked for %(asked)s of the last "
                "%(window)s days."
            )
            yield Finding("was_price_unproven", Severity.BLOCK, f"was_prices.{sku}", words % facts, facts)


def _base(draft: ListingDraft) -> Iterator[Finding]:
    if draft.base_number != draft.newest_version:
        facts = {"base": draft.base_number or 0, "newest": draft.newest_version or 0}
        words = _(
            "Version %(newest)s was published since this draft was begun from version %(base)s: compare them and confirm "
            "that the draft stands."
        )
        yield Finding("base_moved", Severity.BLOCK, "title", words % facts, facts)


def _prices(draft: ListingDraft, now: datetime) -> Iterator[Finding]:
    """A price that began since the draft was written: who approved it saw another one."""
    at = max(now, draft.publish_at or now)
    revision = ListingRevision.objects.get(pk=draft.revision_id)
    current = content_of(revision, at=at)["prices"]
    for sku, shown in sorted(draft.content["prices"].items()):
        if current.get(sku, shown) != shown:
            facts = {"sku": sku, "shown": shown, "current": current[sku]}
            words = _(
                "%(sku)s costs %(current)s at the time of publication, the draft says %(shown)s: submit it again."
            )
            yield Finding("price_moved", Severity.BLOCK, f"prices.{sku}", words % facts, facts)


def _titles(draft: ListingDraft) -> Iterator[Finding]:
    title = draft.content["title"]
    others = titles_in_shop(draft.shop_id, besides=[draft.subject_id])
    for pk, likeness in closest(title, others)[:_NAMED]:
        facts = {"title": others[pk], "percent": int(likeness * 100), "listing": pk}
        yield _warning(
            draft, "title_like_another", _("The title is %(percent)s %% like “%(title)s” in the same shop."), facts
        )
    if draft.live is None:
        return
    last = draft.live["title"]
    likeness = similarity(title, last)
    is_renewal = draft.origin == RevisionOrigin.REFRESH and draft.live["slogan"] == draft.content["slogan"]
    if likeness >= NEAR_IDENTICAL and (title != last or is_renewal):
        facts = {"title": last, "percent": int(likeness * 100)}
        words = _("The title is %(percent)s %% like that of the live version, “%(title)s”.")
        yield _warning(draft, "title_like_last", words, facts)


def _warning(draft: ListingDraft, code: str, words: str, facts: dict[str, Any]) -> Finding:
    """A likeness asks for a reason; with the author's reason it is only told."""
    reason = draft.warned.get(code, "").strip()
    severity = Severity.INFO if reason else Severity.WARN
    asks = "" if reason else " " + _("Make it livelier, or say why it stays.")
    return Finding(code, severity, "title", words % facts + asks, facts | ({"reason": reason} if reason else {}))


def shops_showing(product_id: int) -> int:
    """In how many shops a product is shown."""
    return Listing.objects.filter(product=product_id, state="listed").count()
