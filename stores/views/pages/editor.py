"""The editor of a draft, and what stands beside it: the preview of what is typed, the main shop's page, products to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from approvals import services as approvals
from approvals.errors import NotReady
from approvals.registries import Finding
from approvals.selectors.proofs import proven_by
from approvals.views.proofs import attach_proof
from config.kit.web import actor_of, domain_errors, page, require
from stores import services
from stores.forms.page_editor import PageHeadForm, is_about, modules_of, rearranged, rows_of, warned_of
from stores.models import Layout, PageRevision
from stores.policies.contents import page_content, page_texts
from stores.policies.modules import KINDS_ON_PAGE, read_modules
from stores.selectors import pages as selectors
from stores.selectors.page_checks import page_findings
from stores.selectors.page_choices import choices_for, products_found
from stores.states import ModuleKind
from stores.views.acts import press
from stores.views.chips import revision_chip
from stores.views.pages._rows import revision_of
from stores.views.storefront import framed


@require("stores.edit_page")
def page_revision(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor: head, modules, what is missing, and the preview beside it. Buttons that arrange save nothing."""
    revision = revision_of(request, pk)
    layouts = list(selectors.layouts_for(revision.page.kind))
    modules, warned, findings = list(revision.modules), dict(revision.warned), None
    form = PageHeadForm(layouts=layouts, kind=revision.page.kind, initial=PageHeadForm.initial_of(revision))
    if request.method == "POST":
        act = request.POST.get("act", "save")
        modules, warned = modules_of(request.POST), warned_of(request.POST)
        if act in ("save", "submit"):
            form = PageHeadForm(request.POST, layouts=layouts, kind=revision.page.kind)
            if form.is_valid():
                with domain_errors(request, form) as outcome:
                    _save(request, revision, form, modules, warned)
                    if act == "submit":
                        revision = revision_of(request, pk)
                        asked = services.submit_page(
                            revision_id=pk,
                            actor=actor_of(request),
                            now=timezone.now(),
                            important="important" in request.POST,
                        )
                        messages.success(
                            request, gettext("%(request)s: asked for approval.") % {"request": asked.number}
                        )
                if not outcome.failed:
                    if act == "save":
                        messages.success(request, gettext("Saved. Shoppers see nothing of it yet."))
                    return outcome.redirect("stores:page_revision", pk)
                if isinstance(outcome.error, NotReady):
                    # It was saved: the editor goes on with what is stored now.
                    revision, findings = revision_of(request, pk), outcome.error.findings
                    modules, warned = list(revision.modules), dict(revision.warned)
                    form.data = form.data.copy()  # type: ignore[attr-defined]
                    form.data["version"] = str(revision.version)  # type: ignore[index]
        else:
            modules = rearranged(modules, act, request.POST)
            form = PageHeadForm(layouts=layouts, kind=revision.page.kind, initial=request.POST.dict())
    context = _editor(request, revision, form, layouts, modules, warned, findings)
    return page(request, "stores/pages/editor.html", context, form=form, fragments={"editor": "editor"})


@require("stores.edit_page")
@require_POST
def page_revision_preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What stands in the editor, unsaved, as shoppers would see it: the same templates, for the frame beside it."""
    revision = revision_of(request, pk)
    modules, _problems = read_modules(modules_of(request.POST))
    layouts = {layout.code: layout for layout in selectors.layouts_for(revision.page.kind)}
    layout = layouts.get(request.POST.get("layout", ""), revision.layout)
    content = page_content(
        kind=revision.page.kind,
        title=request.POST.get("title", "")[:120],
        layout=layout.code,
        regions=selectors.regions_of(layout),
        modules=modules,
        ends_at=None,
    )
    return framed(request, revision.page, content, timezone.now())


@require("stores.edit_page")
def page_revision_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach a document to a claim of the draft."""
    revision = revision_of(request, pk)
    if revision.state not in selectors.OPEN_REVISIONS:
        raise Http404
    return attach_proof(request, kind=selectors.PAGE, draft_id=pk, back=revision.get_absolute_url())


@require("stores.edit_page")
@require_POST
def page_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    revision = revision_of(request, pk)
    return press(
        request,
        lambda act: services.discard_page_revision(revision_id=pk, **act),
        back=revision.get_absolute_url(),
        to=revision.page.get_absolute_url(),
        done=gettext("The draft is thrown away. What is live stays."),
    )


@require("stores.view_page")
def page_side_by_side(request: HttpRequest, pk: int) -> HttpResponse:
    """A branch's draft beside the main shop's live page."""
    revision = revision_of(request, pk)
    context = {
        "revision": revision,
        "subject": revision.page,
        "beside": selectors.beside_main(revision.page, selectors.content_of(revision)),
    }
    return page(request, "stores/pages/side_by_side.html", context)


@require("stores.edit_page")
def product_choices(request: HttpRequest, pk: int) -> HttpResponse:
    """Products to choose from for a module of a draft: a fragment of buttons."""
    revision = revision_of(request, pk)
    found = products_found(revision.page.shop_id, request.GET.get("words", "").replace("\x00", ""))
    context = {"choices": found, "key": request.GET.get("key", ""), "revision": revision}
    return page(request, "stores/pages/product_choices.html", context)


def _save(
    request: HttpRequest,
    revision: PageRevision,
    form: PageHeadForm,
    modules: Sequence[Mapping[str, Any]],
    warned: Mapping[str, str],
) -> None:
    services.save_page_revision(
        revision_id=revision.pk, modules=modules, warned=warned, actor=actor_of(request), now=timezone.now(),
        **form.cleaned_data,
    )  # fmt: skip


def _editor(
    request: HttpRequest,
    revision: PageRevision,
    form: PageHeadForm,
    layouts: Sequence[Layout],
    modules: Sequence[Mapping[str, Any]],
    warned: Mapping[str, str],
    findings: Sequence[Finding] | None,
) -> dict[str, Any]:
    subject = revision.page
    chosen = form["layout"].value() or revision.layout.code
    layout = next((one for one in layouts if one.code == chosen), revision.layout)
    regions = selectors.regions_of(layout)
    readable, _problems = read_modules(modules)
    content = page_content(
        kind=subject.kind,
        title=str(form["title"].value() or ""),
        layout=layout.code,
        regions=regions,
        modules=readable,
        ends_at=form.end(),
    )
    now = timezone.now()
    if findings is None:
        findings = page_findings(subject, content, now)
    proven = proven_by(selectors.PAGE, subject.pk, now=now)
    rules = approvals.check_texts(selectors.PAGE, page_texts(content), warned=warned, proven=proven)
    known = {(one.code, one.field) for one in findings}
    every = [*findings, *(one for one in rules if (one.code, one.field) not in known)]
    rows = rows_of(modules, every, choices_for(subject, modules))
    of_modules = {f"modules.{row.key}" for row in rows}
    return {
        "revision": revision,
        "subject": subject,
        "chip": revision_chip(revision),
        "form": form,
        "rows": rows,
        "regions": regions,
        "kinds": [(kind, ModuleKind(kind).label) for kind in ModuleKind.values if kind in KINDS_ON_PAGE[subject.kind]],
        "findings": every,
        "blocking": [one for one in every if one.severity in ("block", "proof", "warn")],
        "general": [one for one in every if not any(is_about(one, name) for name in of_modules)],
        "warned": warned,
        "warnings": [one for one in every if one.severity == "warn"],
        "beside": selectors.beside_main(subject, content),
        "can_edit": revision.state in selectors.OPEN_REVISIONS,
    }
