"""Layouts of shop pages: list, screen, editor of regions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.kit.web import Chip, Column, HeaderAction, ListScreen, Tone, actor_of, domain_errors, page, require
from stores import services
from stores.forms.pages import LayoutForm, ReasonForm, rearranged_regions, regions_from
from stores.models import Layout, LayoutRevision
from stores.policies.layouts import WIDTHS
from stores.selectors import pages as selectors
from stores.selectors.people import visible_shop_ids
from stores.selectors.timeline import timeline_of
from stores.states import ModuleKind, PageKind
from stores.views.acts import form_page
from stores.views.chips import revision_chip


def _in_force(layout: Layout) -> Chip:
    if layout.live is None or layout.live.snapshot is None:
        return Chip(gettext("not in force"), Tone.MUTED)
    return Chip(gettext("in force, version %(number)d") % {"number": layout.live.snapshot.number}, Tone.GOOD)


def _kinds(layout: Layout) -> str:
    return ", ".join(str(PageKind(kind).label) for kind in layout.kinds)


LAYOUTS = ListScreen(
    key="stores.layouts",
    title=_("Layouts of shop pages"),
    permission="stores.view_page",
    rows=lambda user: Layout.objects.select_related("live__snapshot"),
    columns=(
        Column("name", _("Name"), order_by="name", link=lambda one: one.get_absolute_url()),
        Column("code", _("Code"), kind="code", order_by="code"),
        Column("kinds", _("For pages of kind"), value=_kinds),
        Column("live", _("State"), kind="chip", value=_in_force),
        Column("regions", _("Regions"), kind="number", value=lambda one: len(selectors.regions_of(one))),
    ),
    search=("name", "code"),
    ordering="name",
    row_url=lambda one: one.get_absolute_url(),
    actions=(HeaderAction(_("New layout"), "stores:layout_new", "stores.edit_layout", shortcut="n"),),
    empty=_("Layouts give pages their regions. The first one would be here."),
)


@require("stores.view_page")
def layout_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in force of a layout, what is proposed, and the live pages that still stand on an earlier version."""
    layout = get_object_or_404(Layout.objects.select_related("live__snapshot"), pk=pk)
    open_revisions = layout.revisions.filter(state__in=selectors.OPEN_REVISIONS).select_related("request", "author")
    older = selectors.pages_on_older_layouts(visible_shop_ids(request.user))  # type: ignore[arg-type]
    context = {
        "layout": layout,
        "chip": _in_force(layout),
        "kinds": _kinds(layout),
        "regions": _shown(selectors.regions_of(layout)),
        "revisions": [(one, revision_chip(one)) for one in open_revisions.order_by("-number")],
        "versions": list(selectors.versions_of(selectors.LAYOUT, pk)),
        "older": [line for line in older if line.layout.pk == pk],
        "timeline": timeline_of(selectors.LAYOUT, pk),
    }
    return page(request, "stores/pages/layout.html", context)


@require("stores.edit_layout")
def layout_new(request: HttpRequest) -> HttpResponse:
    """Make a layout."""
    return form_page(
        request,
        "stores/pages/act.html",
        LayoutForm(request.POST or None),
        lambda data, act: services.create_layout(**data, **act),
        done=gettext("The layout is made. Pages can use it when its regions are approved."),
        context={"title": gettext("New layout"), "back": reverse("stores:layout_list")},
    )


@require("stores.edit_layout")
@require_POST
def layout_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the layout's draft, or begin one."""
    get_object_or_404(Layout, pk=pk)
    made: list[LayoutRevision] = []
    with domain_errors(request) as outcome:
        made.append(services.begin_layout_revision(layout_id=pk, actor=actor_of(request), now=timezone.now()))
    return outcome.redirect(*(("stores:layout", pk) if outcome.failed else ("stores:layout_revision", made[0].pk)))


@require("stores.edit_layout")
def layout_revision(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor of a layout's regions. Buttons that arrange save nothing."""
    revision = get_object_or_404(LayoutRevision.objects.select_related("layout__live__snapshot", "request"), pk=pk)
    regions: list[dict[str, Any]] = list(revision.regions)
    form = ReasonForm()
    if request.method == "POST":
        act = request.POST.get("act", "save")
        regions = regions_from(request.POST)
        if act in ("save", "submit"):
            form = ReasonForm({"reason": "-"})
            form.is_valid()
            with domain_errors(request, form) as outcome:
                version = request.POST.get("version", "")
                services.save_layout_revision(
                    revision_id=pk,
                    regions=regions,
                    version=int(version) if version.isdecimal() and len(version) < 10 else -1,
                    actor=actor_of(request),
                    now=timezone.now(),
                )
                if act == "submit":
                    asked = services.submit_layout(revision_id=pk, actor=actor_of(request), now=timezone.now())
                    messages.success(request, gettext("%(request)s: asked for approval.") % {"request": asked.number})
            if not outcome.failed:
                if act == "save":
                    messages.success(request, gettext("Saved. The layout in force stays as it is."))
                return outcome.redirect("stores:layout_revision", pk)
            if act == "submit":
                revision.refresh_from_db()
        else:
            regions = rearranged_regions(regions, act)
    context = {
        "revision": revision,
        "layout": revision.layout,
        "chip": revision_chip(revision),
        "form": form,
        "regions": list(enumerate(regions)),
        "shown": _shown(regions),
        "in_force": _shown(selectors.regions_of(revision.layout)),
        "widths": WIDTHS,
        "kinds": [(kind, ModuleKind(kind).label) for kind in ModuleKind.values],
        "can_edit": revision.state in selectors.OPEN_REVISIONS,
    }
    return page(request, "stores/pages/layout_editor.html", context, form=form, fragments={"editor": "editor"})


def _shown(regions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Regions with their kinds in words, for the picture of the layout."""
    return [
        {**region, "words": [str(ModuleKind(kind).label) for kind in region["kinds"] if kind in ModuleKind.values]}
        for region in regions
    ]
