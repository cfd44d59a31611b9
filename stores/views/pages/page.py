"""One page: what is live of it, its settings, taking it down, and beginning its next draft."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from approvals.models import Snapshot
from config.kit.web import page, require
from stores import services
from stores.forms.pages import PageForm, PageSettingsForm, ReasonForm
from stores.models import Page
from stores.policies.contents import live_fields
from stores.selectors import pages as selectors
from stores.selectors.storefront import storefront_path
from stores.selectors.timeline import timeline_of
from stores.states import PageKind
from stores.views.acts import form_page, press
from stores.views.chips import live_chip, revision_chip
from stores.views.pages._rows import page_of


@require("stores.view_page")
def page_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is live of a page, what is proposed, what it was before, what happened."""
    subject = page_of(request, pk)
    content = live_fields(subject)
    open_revisions = subject.revisions.filter(state__in=selectors.OPEN_REVISIONS).select_related("request", "author")
    context = {
        "subject": subject,
        "chip": live_chip(subject),
        "revisions": [(one, revision_chip(one)) for one in open_revisions.order_by("-number")],
        "versions": list(selectors.versions_of(selectors.PAGE, pk)),
        "beside": selectors.beside_main(subject, content) if content else None,
        "mall": storefront_path(subject) if content and subject.kind != PageKind.ZONE else "",
        "must_differ": _must_differ(subject),
        "timeline": timeline_of(selectors.PAGE, pk),
        "bookings": subject.bookings.select_related("zone").order_by("-starts_at")[:20],
    }
    return page(request, "stores/pages/page.html", context)


@require("stores.edit_page")
def page_new(request: HttpRequest) -> HttpResponse:
    """Make a page."""
    return form_page(
        request,
        "stores/pages/act.html",
        PageForm(request.POST or None, user=request.user, initial=request.GET.dict()),
        lambda data, act: services.create_page(
            shop_id=data["shop"].pk, kind=data["kind"], slug=data["slug"], **_house(data), **act
        ),
        done=gettext("The page is made; shoppers see nothing of it yet. Begin its draft."),
        context={"title": gettext("New page"), "subtitle": "", "back": reverse("stores:page_list")},
    )


@require("stores.edit_page")
def page_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, owner and inheritance of a page."""
    subject = page_of(request, pk)
    initial = {
        "name": subject.name,
        "owner": subject.owner_id,
        "main_page": subject.main_page_id,
        "must_differ": subject.must_differ,
    }
    back = subject.get_absolute_url()
    return form_page(
        request,
        "stores/pages/act.html",
        PageSettingsForm(request.POST or None, page=subject, initial=initial),
        lambda data, act: services.change_page(page_id=pk, reason=data["reason"], **_house(data), **act),
        done=gettext("Kept. Nothing that shoppers see has changed."),
        to=back,
        context={"title": gettext("Settings of the page"), "subtitle": str(subject), "back": back},
    )


@require("stores.take_down_page")
def page_take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a page down at once."""
    subject = page_of(request, pk)
    return form_page(
        request,
        "stores/pages/take_down.html",
        ReasonForm(request.POST or None),
        lambda data, act: services.take_down_page(page_id=pk, **data, **act),
        done=gettext("Taken down. Shoppers do not see it any more."),
        to=subject.get_absolute_url(),
        context={
            "title": gettext("Take the page down"),
            "subject": subject,
            "booked": subject.bookings.filter(state__in=("planned", "shown")).count(),
        },
    )


@require("stores.edit_page")
@require_POST
def page_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the page's draft, or begin one."""
    subject = page_of(request, pk)
    return press(request, lambda act: services.begin_page_revision(page_id=pk, **act), back=subject.get_absolute_url())


@require("stores.edit_page")
@require_POST
def page_restore(request: HttpRequest, pk: int, snapshot: int) -> HttpResponse:
    """Take an earlier version up as a draft."""
    subject = page_of(request, pk)
    get_object_or_404(Snapshot, pk=snapshot, kind=selectors.PAGE, subject_id=pk)
    return press(
        request,
        lambda act: services.restore_page_snapshot(page_id=pk, snapshot_id=snapshot, **act),
        back=subject.get_absolute_url(),
    )


def _must_differ(subject: Page) -> list[str]:
    """Titles of the main page's modules from which this page must differ."""
    if not subject.must_differ:
        return []
    offered = selectors.modules_to_differ_in(subject.main_page, subject.must_differ)
    return [title for key, title in offered if key in subject.must_differ]


def _house(data: dict[str, Any]) -> dict[str, Any]:
    """What a new page and a page's settings have in common, as the services take it."""
    return {
        "name": data["name"],
        "owner_id": data["owner"].pk if data["owner"] else None,
        "main_page_id": data["main_page"].pk if data["main_page"] else None,
        "must_differ": data["must_differ"],
    }
