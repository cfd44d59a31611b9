"""The listing editor: one draft, everything that it says, everything that is missing or wrong, saved as one types."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals.errors import NotReady
from approvals.registries import Finding
from approvals.selectors.proofs import proven_by
from approvals.states import DraftState
from approvals.views.proofs import attach_proof
from catalog import services
from catalog.errors import BeingEdited, EditedMeanwhile
from catalog.forms.entries import entries_of, warned_of
from catalog.models import Listing, ListingRevision
from catalog.policies.fields import LISTING_KIND
from catalog.selectors.editor import sheet_of
from catalog.selectors.listings import requirement_book
from config.kit.errors import DomainError
from config.kit.web import actor_of, domain_errors, page, require
from config.kit.web.fields import MomentField

PANEL = "catalog/listings/editor.html#panel"
_EDITABLE = (DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.APPROVED)


class ScheduleForm(forms.Form):
    """When an approved draft is published."""

    publish_at = MomentField(
        label=_("Publish at"),
        required=False,
        help_text=_("Empty: as soon as it is approved."),
    )


class SubmitForm(forms.Form):
    """Whether the author raises the class, and why."""

    important = forms.BooleanField(label=_("Important: must be live within 12 hours"), required=False)
    reason = forms.CharField(label=_("Word to those who decide"), required=False, max_length=500)


def anchor_of(path: str) -> str:
    """The id of a field's box on the page; of a variant's any column, its row."""
    code, _dot, part = path.partition(".")
    if code in ("variants", "was_prices", "weight", "barcodes") and part:
        path = f"prices.{part}"
    return "field-" + path.replace(".", "-") if path else ""


def _anchored(findings: list[Finding]) -> list[tuple[Finding, str]]:
    return [(finding, anchor_of(finding.field)) for finding in findings]


def _revision(request: HttpRequest, pk: int) -> ListingRevision:
    rows = ListingRevision.objects.filter(listing__in=Listing.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("listing__shop", "author", "edited_by", "request"), pk=pk)


def _context(request: HttpRequest, revision: ListingRevision, **more: Any) -> dict[str, Any]:
    now = timezone.now()
    held_by = revision.edited_by if revision.edited_until and revision.edited_until > now else None
    may_edit = request.user.has_perm("catalog.edit_listing") and revision.state in _EDITABLE
    # One stray key would take a request and its signatures back: a submitted draft is opened for it first.
    is_submitted = may_edit and revision.state != DraftState.DRAFT
    may_unlock = is_submitted and request.method == "GET" and "change" not in request.GET
    sheet = sheet_of(revision, now)
    more["problems"] = _anchored(more.get("problems", []))
    return {
        "revision": revision,
        "sheet": sheet,
        "proven": json.dumps(proven_by(LISTING_KIND, revision.listing_id, now=now)),
        "heading": str(sheet.entries["title"].value or sheet.listing.product.name),
        "remarks": _anchored(sheet.findings),
        "groups": [option.split("\t", 1) for option in sheet.entries["customer_group"].options],
        "now": now,
        "held_by": held_by if held_by is not None and held_by.pk != request.user.pk else None,
        "may_edit": may_edit and not may_unlock,
        "is_submitted": is_submitted,
        "may_unlock": may_unlock,
        "schedule": ScheduleForm(
            initial={"publish_at": revision.publish_at and timezone.localtime(revision.publish_at)}
        ),
        "submit": SubmitForm(),
        **more,
    }


@require("catalog.view_listing")
def revision(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor; for those who may not edit, and for what is decided, the same page to read."""
    row = _revision(request, pk)
    if request.user.has_perm("catalog.edit_listing") and row.state == DraftState.DRAFT and row.edited_until is None:
        with domain_errors(request):
            services.hold_revision(revision_id=pk, actor=actor_of(request), now=timezone.now())
    return page(request, "catalog/listings/editor.html", _context(request, _revision(request, pk)))


@require("catalog.edit_listing")
@require_POST
def revision_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what the form says. HTMX saves while one types and gets the panel; without script the page comes back."""
    row = _revision(request, pk)
    state = row.state
    kinds = {one.code: one.kind for one in requirement_book().definitions_of(_category(row))}
    problems: list[Finding] = []
    try:
        row = services.save_revision(
            revision_id=pk,
            fields=entries_of(request.POST, kinds=kinds),
            warned=warned_of(request.POST),
            version=int(request.POST.get("version") or 0),
            take_over="take_over" in request.POST,
            actor=actor_of(request),
            now=timezone.now(),
        )
    except (EditedMeanwhile, BeingEdited, DomainError) as refusal:
        problems = [Finding(refusal.code, "block", refusal.field or "", str(refusal))]
    row = _revision(request, pk)
    context = _context(request, row, problems=problems, was_saved=not problems)
    if request.headers.get("HX-Request"):
        response = page(request, PANEL, context)
        if row.state != state:
            response["HX-Refresh"] = "true"  # the request was taken back: the whole page says something else
        return response
    if problems:
        return page(request, "catalog/listings/editor.html", context, status=422)
    messages.success(request, gettext("The draft is saved. Nothing is visible before it is approved."))
    return redirect("catalog:revision", pk)


@require("catalog.edit_listing")
def revision_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach a document to a claim of the draft."""
    row = _revision(request, pk)
    if row.state not in _EDITABLE:
        raise Http404
    return attach_proof(request, kind=LISTING_KIND, draft_id=pk, back=row.get_absolute_url())


@require("catalog.edit_listing")
@require_POST
def revision_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the time of publication."""
    row = _revision(request, pk)
    form = ScheduleForm(request.POST)
    if form.is_valid():
        with domain_errors(request, form):
            services.schedule_revision(
                revision_id=pk, publish_at=form.cleaned_data["publish_at"], actor=actor_of(request), now=timezone.now()
            )
    if form.errors:
        return page(request, "catalog/listings/editor.html", _context(request, row, schedule=form), status=422)
    return redirect("catalog:revision", pk)


@require("catalog.edit_listing")
@require_POST
def revision_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for approval; everything that is missing is listed at once."""
    row = _revision(request, pk)
    form = SubmitForm(request.POST)
    form.is_valid()
    try:
        change = services.submit_revision(
            revision_id=pk,
            important=bool(form.cleaned_data.get("important")),
            reason=form.cleaned_data.get("reason", ""),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except NotReady as refusal:
        context = _context(request, _revision(request, pk), submit=form, problems=refusal.findings, was_submitted=True)
        return page(request, "catalog/listings/editor.html", context, status=422)
    except DomainError as refusal:
        problems = [Finding(refusal.code, "block", "", str(refusal))]
        context = _context(request, _revision(request, pk), submit=form, problems=problems)
        return page(request, "catalog/listings/editor.html", context, status=refusal.status)
    text = gettext("%(number)s is submitted. You are told when it is decided.") % {"number": change.number}
    messages.success(request, text)
    return redirect("catalog:listing", row.listing_id)


@require("catalog.edit_listing")
@require_POST
def revision_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    row = _revision(request, pk)
    with domain_errors(request) as outcome:
        services.discard_revision(revision_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        messages.success(request, gettext("The draft is discarded; it stays readable."))
    return redirect("catalog:listing", row.listing_id)


@require("catalog.edit_listing")
@require_POST
def revision_rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft was compared with what was published meanwhile, and stands."""
    _revision(request, pk)
    with domain_errors(request):
        services.rebase_revision(revision_id=pk, actor=actor_of(request), now=timezone.now())
    return redirect("catalog:revision", pk)


@require("catalog.edit_listing")
@require_POST
def revision_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Rate title and copy, 1 to 5."""
    row = _revision(request, pk)
    with domain_errors(request) as outcome:
        services.rate_title(
            revision_id=pk, rating=int(request.POST.get("rating") or 0), actor=actor_of(request), now=timezone.now()
        )
    if not outcome.failed:
        messages.success(request, gettext("Your rating is kept."))
    return redirect("approvals:request", row.request_id) if row.request_id else redirect("catalog:revision", pk)


def _category(row: ListingRevision) -> str:
    own = row.overrides.get("category")
    if own is not None:
        return str(own)
    category = row.listing.product.category
    return category.code if category else ""
