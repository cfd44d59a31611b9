"""Listings: the list over all shops, and the page of one with what is live, what is proposed and what was."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals.selectors import trail_of
from approvals.states import DraftState, RequestState
from catalog import services
from catalog.models import Category, Listing
from catalog.policies.completeness import Missing
from catalog.policies.fields import LISTING_KIND
from catalog.selectors import listing_pages
from catalog.selectors.history import told
from catalog.states import ListingState
from config.kit.web import (
    BulkAction,
    Chip,
    Column,
    HeaderAction,
    ListScreen,
    Preset,
    Tone,
    actor_of,
    domain_errors,
    page,
    require,
)
from stores.models import CustomerGroup, Shop

_STATES = {ListingState.LISTED: Tone.GOOD, ListingState.PREPARING: Tone.MUTED, ListingState.TAKEN_DOWN: Tone.WARN}
_DRAFTS = {DraftState.DRAFT: Tone.NEUTRAL, DraftState.IN_REVIEW: Tone.INFO, DraftState.APPROVED: Tone.GOOD}


def address(listing: Listing) -> str:
    """The page of a listing."""
    return reverse("catalog:listing", args=[listing.pk])


def state_chips(listing: Listing) -> list[Chip]:
    """What shoppers see: the state, the version, and whether somebody has seen it live."""
    chips = [Chip(listing.get_state_display(), _STATES[ListingState(listing.state)])]
    snapshot = listing.live.snapshot if listing.live else None
    if snapshot is not None:
        chips.append(Chip(f"v{snapshot.number}", Tone.NEUTRAL))
        if getattr(listing, "live_state", "") == RequestState.PUBLISHED:
            chips.append(Chip(gettext("not confirmed live"), Tone.WARN, "eye-question"))
    return chips


def draft_chip(listing: Any) -> Chip | None:
    """What is proposed: the state of the newest draft."""
    if not listing.draft_state:
        return None
    state = DraftState(listing.draft_state)
    return Chip(str(state.label), _DRAFTS[state])


def completeness_chip(listing: Listing) -> Chip:
    """How much of what the shop needs is there; what is missing in the title."""
    missing = ", ".join(Missing.read(item).label for item in listing.missing[:6])
    tone = Tone.GOOD if listing.completeness == 100 else Tone.WARN if listing.completeness >= 60 else Tone.BAD
    return Chip(f"{listing.completeness}\u00a0%", tone, title=missing)


class ListingFilter(django_filters.FilterSet):
    """Shop, state, what is proposed and what is missing."""

    shop = django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=ListingState.choices)
    draft = django_filters.ChoiceFilter(
        label=_("Draft"),
        choices=[(s.value, s.label) for s in (DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.APPROVED)],
        method="by_draft",
    )
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=Category.objects.order_by("name"), field_name="product__category"
    )
    group = django_filters.ModelChoiceFilter(
        label=_("Target group"), queryset=CustomerGroup.objects.all(), field_name="customer_group"
    )
    complete = django_filters.ChoiceFilter(
        label=_("Complete"), choices=[("yes", _("complete")), ("no", _("something is missing"))], method="by_complete"
    )
    confirmed = django_filters.ChoiceFilter(
        label=_("Display"), choices=[("no", _("not confirmed live"))], method="by_confirmed"
    )

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()

    def by_draft(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        """The state of the newest draft."""
        return listing_pages.with_newest_draft(rows, value)

    def by_complete(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        """Whether anything is missing."""
        return rows.filter(completeness=100) if value == "yes" else rows.filter(completeness__lt=100)

    def by_confirmed(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        """Published, and nobody has seen it."""
        return rows.filter(Q(live_state=RequestState.PUBLISHED))


def _take_down_one(*, pk: int, actor: Any, reason: str, **data: Any) -> None:
    services.take_down(listing_id=pk, reason=reason, actor=actor, now=timezone.now())


def _visible(user: Any) -> QuerySet[Listing]:
    return listing_pages.listing_rows(user)


LISTINGS = ListScreen(
    key="catalog.listings",
    title=_("Listings"),
    intro=_("Each product in each shop: what is live, what is proposed, what is missing."),
    permission="catalog.view_listing",
    rows=_visible,
    columns=(
        Column("title", _("Title"), value=lambda row: row.title or row.product.name, order_by="title", link=address),
        Column("shop", _("Shop"), value=lambda row: str(row.shop)),
        Column("live", _("Live"), kind="chip", value=state_chips),
        Column("draft", _("Draft"), kind="chip", value=draft_chip),
        Column("complete", _("Complete"), kind="chip", value=completeness_chip, order_by="completeness"),
        Column("refresh", _("Next refresh"), kind="clock", value="refresh_due"),
        Column("proofread", _("Last proof-read"), kind="datetime", value="proofread_at", order_by="proofread_at"),
        Column("rank", _("Sales rank"), kind="number", value=lambda row: row.product.sales_rank),
        Column("first", _("First listed"), kind="datetime", value="first_listed_at", shown=False),
    ),
    filters=ListingFilter,
    search=listing_pages.matching,
    search_hint=_("Title, product, SKU"),
    row_url=address,
    ordering="-pk",
    presets=(
        Preset(_("Something is missing"), "complete=no"),
        Preset(_("In review"), "draft=in_review"),
        Preset(_("Not confirmed live"), "confirmed=no"),
        Preset(_("Taken down"), "state=taken_down"),
    ),
    actions=(
        HeaderAction(_("Edit in a grid"), "catalog:grid", "catalog.plan_listings", "table", False, "e"),
        HeaderAction(_("Import"), "catalog:listing_import", "catalog.plan_listings", "file-import", False),
        HeaderAction(_("Export contents"), "catalog:listing_export", "catalog.view_listing", "file-export", False),
        HeaderAction(_("New listings"), "catalog:listing_new", "catalog.edit_listing", shortcut="n"),
    ),
    template="catalog/listings/list.html",
    bulk=(
        BulkAction(
            "take_down",
            _("Take down"),
            run=_take_down_one,
            permission="catalog.take_down_listing",
            explain=_("They vanish from their shops at once. Putting one back needs a new approval."),
            is_destructive=True,
        ),
    ),
    empty=_("Every product that is offered in a shop would be here."),
)


class NewListingsForm(forms.Form):
    """Products by name or SKU, one a line, and the shops that shall offer them."""

    products = forms.CharField(
        label=_("Products"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line: a SKU, or the exact name."),
    )
    shops = forms.ModelMultipleChoiceField(
        label=_("Shops"), queryset=Shop.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["shops"]
        field.queryset = Shop.objects.visible_to(user).filter(is_active=True).order_by("name")  # type: ignore[attr-defined]

    def clean_products(self) -> list[int]:
        """The products' keys; lines that mean none or several are named."""
        found, unknown = listing_pages.products_of_lines(self.cleaned_data["products"])
        if unknown:
            raise forms.ValidationError(
                gettext("No product, or more than one, is called: %(lines)s") % {"lines": "; ".join(unknown[:10])}
            )
        if not found:
            raise forms.ValidationError(gettext("Name at least one product."))
        return found


@require("catalog.edit_listing")
def listing_new(request: HttpRequest) -> HttpResponse:
    """Prepare listings of products in shops; nothing becomes visible."""
    form = NewListingsForm(request.POST or None, user=request.user, initial={"products": request.GET.get("sku", "")})
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            made = services.create_listings(
                product_ids=form.cleaned_data["products"],
                shop_ids=[shop.pk for shop in form.cleaned_data["shops"]],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(
                request, gettext("%(count)d listings are prepared. Nothing is visible yet.") % {"count": len(made)}
            )
            return redirect("catalog:listing", made[0]) if len(made) == 1 else redirect("catalog:listing_list")
    return page(request, "catalog/listings/new.html", {"form": form}, form=form)


@require("catalog.view_listing")
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """One listing: what is live, the drafts, what is missing, versions, the way out, clocks, everything that happened."""
    row = get_object_or_404(listing_pages.listing_rows(request.user), pk=pk)
    live = row.live
    snapshot = live.snapshot if live else None
    versions = list(listing_pages.versions_of(row)[:20])
    context = {
        "listing": row,
        "heading": row.title or row.product.name,
        "chips": state_chips(row),
        "completeness": completeness_chip(row),
        "live": live,
        "snapshot": snapshot,
        "fields": listing_pages.shown_fields(snapshot.fields) if snapshot else [],
        "variants": listing_pages.shown_variants(snapshot.fields) if snapshot else [],
        "drafts": listing_pages.open_drafts(row),
        "versions": versions,
        "pushes": listing_pages.pushes_of(row),
        "clocks": listing_pages.refresh_clocks_of(row),
        "missing": [Missing.read(item) for item in row.missing],
        "trail": told(trail_of(LISTING_KIND, row.pk)[-200:])[:40],
        "now": timezone.now(),
    }
    return page(request, "catalog/listings/listing.html", context)


@require("catalog.edit_listing")
@require_POST
def listing_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the person's draft, or begin one."""
    row = get_object_or_404(Listing.objects.visible_to(request.user), pk=pk)
    with domain_errors(request) as outcome:
        revision = services.begin_revision(listing_id=row.pk, actor=actor_of(request), now=timezone.now())
    return outcome.redirect("catalog:listing", pk) if outcome.failed else redirect("catalog:revision", revision.pk)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


@require("catalog.take_down_listing")
def listing_take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove it from its shop at once, with a reason."""
    row = get_object_or_404(Listing.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.take_down(
                listing_id=row.pk, reason=form.cleaned_data["reason"], actor=actor_of(request), now=timezone.now()
            )
        if not outcome.failed:
            messages.success(request, gettext("Taken down. Putting it back needs a new approval."))
            return redirect("catalog:listing", pk)
    return page(request, "catalog/listings/take_down.html", {"listing": row, "form": form}, form=form)


@require("catalog.edit_listing")
@require_POST
def listing_restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Begin a draft with the content of an old version."""
    row = get_object_or_404(Listing.objects.visible_to(request.user), pk=pk)
    with domain_errors(request) as outcome:
        revision = services.restore_snapshot(
            listing_id=row.pk, snapshot_number=number, actor=actor_of(request), now=timezone.now()
        )
    if outcome.failed:
        return outcome.redirect("catalog:listing", pk)
    messages.success(
        request, gettext("Version %(number)d is a draft again. Submit it to put it back.") % {"number": number}
    )
    return redirect("catalog:revision", revision.pk)
