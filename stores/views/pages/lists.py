"""The list of all pages."""

from __future__ import annotations

from collections.abc import Sequence

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.kit.web import Chip, Column, HeaderAction, ListScreen, Preset
from stores.models import Page, PageRevision, Shop
from stores.selectors import pages as selectors
from stores.states import PageKind
from stores.views.chips import live_chip, revision_chip


def _drafts(subject: Page) -> list[Chip]:
    revisions: Sequence[PageRevision] = subject.open_revisions  # type: ignore[attr-defined]
    return [revision_chip(revision) for revision in revisions]


class PageFilter(django_filters.FilterSet):
    """Shop and kind."""

    shop = django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=PageKind.choices)

    class Meta:
        model = Page
        fields = ["shop", "kind"]


PAGES = ListScreen(
    key="stores.pages",
    title=_("Shop pages"),
    permission="stores.view_page",
    rows=selectors.page_rows,
    columns=(
        Column("name", _("Name"), order_by="name", link=lambda one: one.get_absolute_url()),
        Column("shop", _("Shop"), value=lambda one: str(one.shop)),
        Column("kind", _("Kind"), value=lambda one: one.get_kind_display()),
        Column("live", _("Shoppers see"), kind="chip", value=live_chip),
        Column("drafts", _("Under way"), kind="chip", value=_drafts),
        Column("ends_at", _("Ends"), kind="datetime", order_by="ends_at"),
        Column("owner", _("Owner"), value=lambda one: str(one.owner or "")),
        Column("slug", _("Address"), kind="code", shown=False),
    ),
    filters=PageFilter,
    search=("name", "slug"),
    search_hint=_("Name or address"),
    ordering="name",
    row_url=lambda one: one.get_absolute_url(),
    presets=(
        Preset(_("Promotion zones' library"), "kind=zone"),
        Preset(pgettext_lazy("shop sign", "Signs"), "kind=sign"),
        Preset(_("Promotions"), "kind=promotion"),
    ),
    actions=(HeaderAction(_("New page"), "stores:page_new", "stores.edit_page", shortcut="n"),),
    empty=_("Home pages, sub-pages, signs and promotion pages of your shops would be here."),
)
