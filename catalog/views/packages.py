"""Publication packages: the list, one package with what it holds, and each act on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals.states import DraftState, Importance
from catalog.errors import PackageNotReady
from catalog.forms.packages import AddListingsForm, AddSourcesForm, PackageForm
from catalog.forms.products import ReasonForm
from catalog.models import ListingRevision, Package
from catalog.selectors import packages as selectors
from catalog.selectors.history import history
from catalog.selectors.sources import open_sources
from catalog.services import packages as services
from catalog.services.bulk_drafts import BULK_ORIGINS
from catalog.states import PackageState, SourceState
from catalog.views.act_page import act_page
from catalog.views.sources import importance_chip
from catalog.views.sources import state_chip as source_chip
from config.kit.web import Chip, Column, HeaderAction, ListScreen, Preset, Tone, actor_of, domain_errors, page, require

PLAN = "catalog.plan_listings"
_TONES = {PackageState.GATHERING: Tone.INFO, PackageState.SUBMITTED: Tone.WARN, PackageState.CLOSED: Tone.MUTED}
_DRAFT_TONES = {
    DraftState.DRAFT: Tone.INFO,
    DraftState.IN_REVIEW: Tone.WARN,
    DraftState.APPROVED: Tone.WARN,
    DraftState.PUBLISHED: Tone.GOOD,
}


def state_chip(package: Package) -> Chip:
    """Where a package stands."""
    return Chip(package.get_state_display(), _TONES[PackageState(package.state)])


def draft_chips(draft: ListingRevision) -> list[Chip]:
    """A draft's state, and what became of its request where that says more."""
    chips = [Chip(draft.get_state_display(), _DRAFT_TONES.get(DraftState(draft.state), Tone.MUTED))]
    if draft.request is not None and draft.state in (DraftState.DRAFT, DraftState.PUBLISHED):
        tone = Tone.GOOD if draft.state == DraftState.PUBLISHED else Tone.BAD
        chips.append(Chip(draft.request.get_state_display(), tone, title=draft.request.closed_reason))
    return chips


class PackageFilter(django_filters.FilterSet):
    """By state, class and owner."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=PackageState.choices)
    open = django_filters.BooleanFilter(label=_("Not closed"), method="only_open")
    importance = django_filters.ChoiceFilter(label=_("Class"), choices=Importance.choices)

    class Meta:
        model = Package
        fields: tuple[str, ...] = ()

    def only_open(self, rows: QuerySet[Package], name: str, value: bool) -> QuerySet[Package]:
        """Not closed, or closed."""
        return rows.filter(state__in=selectors.OPEN_STATES) if value else rows.filter(state=PackageState.CLOSED)


def _chips(package: Any) -> list[Chip]:
    chips = [state_chip(package)]
    if package.state == PackageState.SUBMITTED and package.back_count:
        words = ngettext("%(count)d came back", "%(count)d came back", package.back_count)
        chips.append(Chip(words % {"count": package.back_count}, Tone.BAD))
    return chips


def _due(package: Package) -> datetime | None:
    return None if package.state == PackageState.CLOSED else selectors.due_of(package)


PACKAGES = ListScreen(
    key="catalog.packages",
    title=_("Publication packages"),
    intro=_("Intakes and notices, merged and classified, on their way through approval together."),
    permission=PLAN,
    rows=selectors.packages_for,
    columns=(
        Column("number", _("Number"), kind="code", link=lambda row: row.get_absolute_url()),
        Column("title", _("Title"), link=lambda row: row.get_absolute_url(), order_by="title"),
        Column("state", _("State"), kind="chip", value=_chips),
        Column("importance", _("Class"), kind="chip", value=lambda row: importance_chip(row.importance)),
        Column("source_count", _("Items"), kind="number"),
        Column("draft_count", _("Listings"), kind="number"),
        Column("owner", _("Owner"), value=lambda row: str(row.owner)),
        Column("clock_started_at", _("Clock runs since"), kind="datetime", order_by="clock_started_at"),
        Column("due_at", _("To be live by"), kind="clock", value=_due),
        Column("closed_at", _("Closed"), kind="datetime", order_by="closed_at", shown=False),
    ),
    filters=PackageFilter,
    search=("title", "note"),
    search_hint=_("Title, note"),
    row_url=lambda row: row.get_absolute_url(),
    presets=(Preset(_("Not closed"), "open=true"), Preset(_("In approval"), "state=submitted")),
    actions=(HeaderAction(_("New package"), "catalog:package_new", PLAN, shortcut="n"),),
    empty=_("Packages of intakes and notices would be here."),
)


@require(PLAN)
def package_new(request: HttpRequest) -> HttpResponse:
    """Begin a package; `?source=` ticks items."""
    chosen = [pk for pk in request.GET.getlist("source") if pk.isdecimal()]
    first = open_sources().filter(pk__in=chosen).first()
    initial = {"sources": chosen, "title": first.title if first else ""}
    form = PackageForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            made = services.make_package(actor=actor_of(request), now=timezone.now(), **form.arguments())
        if not outcome.failed:
            return outcome.redirect(made)
    return page(request, "catalog/packages/package_new.html", {"form": form}, form=form)


@require(PLAN)
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """One package: its items with the clock, its drafts, what happened."""
    row = _package(request, pk)
    return _shown(request, row)


def _shown(
    request: HttpRequest, row: Package, *, refusal: PackageNotReady | None = None, form: AddListingsForm | None = None
) -> HttpResponse:
    drafts = list(selectors.packed_drafts(row))
    items = selectors.packed_sources(row)
    is_open = row.state != PackageState.CLOSED
    findings = refusal.facts["findings"] if refusal else {}
    context = {
        "package": row,
        "state": _chips(row),
        "importance": importance_chip(row.importance),
        "due_at": _due(row),
        "shops": list(row.shops.order_by("name")),
        "items": [(one, source_chip(one.item), one.item.state == SourceState.IN_DRAFT) for one in items],
        "drafts": [
            (draft, draft_chips(draft), findings.get(str(draft.listing), ()), draft.state == DraftState.DRAFT)
            for draft in drafts
        ],
        "refusal": refusal,
        "other_findings": {
            label: rows for label, rows in findings.items() if label not in {str(draft.listing) for draft in drafts}
        },
        "is_open": is_open,
        "may_submit": is_open and any(draft.state == DraftState.DRAFT for draft in drafts),
        "may_close": row.state == PackageState.GATHERING,
        "may_undo": is_open and any(draft.origin in BULK_ORIGINS for draft in drafts),
        "add_form": form or AddListingsForm(),
        "suggested": any(one.item.product_id for one in items),
        "history": history("catalog.package", row.pk),
    }
    status = 422 if refusal or (form is not None and form.errors) else 200
    return page(request, "catalog/packages/package.html", context, status=status)


@require(PLAN)
def package_sources(request: HttpRequest, pk: int) -> HttpResponse:
    """Put more items into a package."""
    row = _package(request, pk)
    form = AddSourcesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            ids = [item.pk for item in form.cleaned_data["sources"]]
            services.add_sources(package_id=pk, source_ids=ids, actor=actor_of(request), now=timezone.now())
        if not outcome.failed:
            return outcome.redirect(row)
    context = {"package": row, "form": form, "waiting": open_sources().exists()}
    return page(request, "catalog/packages/package_sources.html", context, form=form)


@require(PLAN)
@require_POST
def package_listings(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the listings of products: of those named by SKU or, with `of_items`, of those that the package's items are about."""
    row = _package(request, pk)
    if "of_items" in request.POST:
        products = sorted(set(row.sources.filter(product__isnull=False).values_list("product", flat=True)))
        with domain_errors(request) as outcome:
            made = _add(request, pk, products, new_too=False)
        if not outcome.failed:
            _tell(request, made)
        return outcome.redirect(row)
    form = AddListingsForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with domain_errors(request, form) as outcome:
            made = _add(request, pk, data["skus"], new_too=data["new_too"])
        if not outcome.failed:
            _tell(request, made)
            return outcome.redirect(row)
    return _shown(request, row, form=form)


def _add(request: HttpRequest, pk: int, products: list[int], *, new_too: bool) -> list[int]:
    return services.add_products(
        package_id=pk, product_ids=products, new_too=new_too, actor=actor_of(request), now=timezone.now()
    )


def _tell(request: HttpRequest, made: list[int]) -> None:
    if made:
        words = ngettext("%(count)d draft is in the package.", "%(count)d drafts are in the package.", len(made))
        messages.success(request, words % {"count": len(made)})
    else:
        messages.warning(request, gettext("No shop of the package has these products; nothing was added."))


@require(PLAN)
@require_POST
def package_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit all drafts of a package, or none: then every finding is shown at its listing."""
    row = _package(request, pk)
    with domain_errors(request) as outcome:
        try:
            made = services.submit_package(package_id=pk, actor=actor_of(request), now=timezone.now())
        except PackageNotReady as refusal:  # the page says it in full, at each listing
            return _shown(request, _package(request, pk), refusal=refusal)
    if not outcome.failed:
        words = ngettext("%(count)d draft is in approval.", "%(count)d drafts are in approval.", len(made))
        messages.success(request, words % {"count": len(made)})
    return outcome.redirect(row)


@require(PLAN)
def package_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a package up."""
    row = _package(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.close_package(package_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, gettext("Closed. Its items wait for another package."))
            return outcome.redirect(row)
    explain = gettext(
        "Its intakes and notices wait for another package; their clocks go on. Its drafts stay with their authors."
    )
    return act_page(
        request, form, title=gettext("Give it up"), subject=str(row), explain=explain, back=row.get_absolute_url()
    )


@require(PLAN)
def package_source_remove(request: HttpRequest, pk: int, source_pk: int) -> HttpResponse:
    """Take an item out of a package."""
    row = _package(request, pk)
    get_object_or_404(row.sources, pk=source_pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.remove_source(
                package_id=pk, source_id=source_pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data
            )
        if not outcome.failed:
            return outcome.redirect(row)
    explain = gettext("It waits for another package; its clock goes on. What the drafts took over of it stays in them.")
    return act_page(
        request, form, title=gettext("Take out"), subject=str(row), explain=explain, back=row.get_absolute_url()
    )


@require(PLAN)
@require_POST
def package_listing_remove(request: HttpRequest, pk: int, revision_pk: int) -> HttpResponse:
    """Take a draft out of a package."""
    row = _package(request, pk)
    get_object_or_404(row.revisions, pk=revision_pk, state=DraftState.DRAFT)
    with domain_errors(request) as outcome:
        services.remove_listing(package_id=pk, revision_id=revision_pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        messages.success(request, gettext("Taken out. It stays a draft of its author."))
    return outcome.redirect(row)


def _package(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(selectors.packages_for(request.user), pk=pk)
