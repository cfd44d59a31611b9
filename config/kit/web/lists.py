"""The one list-screen kit: a screen is declared, never programmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet

from config.kit.export.declarations import EXPORTS, ExportColumn, ExportDeclaration
from config.kit.registry import Registry
from config.kit.web.access import require
from config.kit.web.columns import Column
from config.kit.web.list_query import ListQuery

if TYPE_CHECKING:
    from config.kit.web.access import View

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Preset:
    """A view that comes with the screen ("unassigned"): a name and a query string."""

    name: Text
    query: str


@dataclass(frozen=True, slots=True)
class HeaderAction:
    """A button above the list, shown to holders of `permission`. `shortcut` is a key or sequence ("n")."""

    label: Text
    url_name: str
    permission: str | None = None
    icon: str = "plus"
    primary: bool = True
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """An act on many rows: select → preview with count and sample → confirm → job → result list.

    `run(pk=…, actor=…, reason=…, **cleaned form data)` calls one service for one row and may return a word about it;
    a DomainError makes that row "refused" with its words and the rest goes on. It must be safe to run again for a row
    whose result was lost. `form` asks for further facts on the preview page. `explain` says what will happen and what
    will not.
    """

    key: str
    label: Text
    run: Callable[..., str | None]
    permission: str
    explain: Text = ""
    icon: str = ""
    is_destructive: bool = False
    needs_reason: bool = True
    form: type[forms.Form] | None = None
    limit: int = 5000
    guard: Callable[[Any, Sequence[str]], str] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ListScreen:
    """A list with filters, search, columns, saved views, bulk actions and exports.

    Declaring it registers it and its export.

    - `key`: "app.noun"; the export is "list.<key>".
    - `rows(user)`: the queryset that `user` may see, with `select_related`/`prefetch_related` for the columns.
    - `filters`: a django-filter FilterSet; it gets no request (a job has none). Reserved names: q, sort, columns,
      after, before.
    - `search`: field paths for a plain "contains", or a function (queryset, words) → queryset.
    - `ordering`: "path" or "-path"; each column's `order_by` can take its place.
    - `row_url(row)`: where a row leads; `empty`: what would be here.
    - `first_tab`: what the view without any filter is called.
    - `stamp(row)`: what of a row a bulk action is bound to (the hash of what it says). It is carried from the list that the person
      saw to the act, so only rows that were shown can be chosen.
    """

    key: str
    title: Text
    permission: str | None
    rows: Callable[[Any], QuerySet[Any]]
    columns: Sequence[Column]
    filters: type[FilterSet] | None = None
    search: Sequence[str] | Callable[[QuerySet[Any], str], QuerySet[Any]] = ()
    search_hint: Text = _("Search")
    ordering: str = "-pk"
    row_url: Callable[[Any], str] | None = None
    bulk: Sequence[BulkAction] = ()
    presets: Sequence[Preset] = ()
    actions: Sequence[HeaderAction] = ()
    export: bool = True
    export_permission: str | None = None
    intro: Text = ""
    empty: Text = _("Nothing is here at the moment.")
    page_size: int = 50
    filters_in_bar: int = 3
    template: str = "kit/list.html"
    extra: Callable[[HttpRequest], Mapping[str, Any]] | None = None
    first_tab: Text = _("All")
    stamp: Callable[[Any], str] | None = None
    by_key: Mapping[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {column.key: column for column in self.columns})
        SCREENS.register(self.key, self)
        if self.export:
            EXPORTS.register(self.export_key, self._export_declaration())

    @property
    def export_key(self) -> str:
        """The key of this list's export."""
        return f"list.{self.key}"

    @property
    def has_search(self) -> bool:
        """Whether to show a search box. Templates must not touch `search` itself: they would call a function."""
        return bool(self.search)

    @property
    def is_bound(self) -> bool:
        """Whether bulk actions are bound to what was shown. Templates must not touch `stamp` itself, as with `search`."""
        return self.stamp is not None

    def as_view(self) -> View:
        """The view for `urls.py`: `path("orders/", ORDERS.as_view(), name="order_list")`.

        One address does everything.
        """
        from config.kit.web.list_view import serve  # the view renders screens, so it stands above them

        def view(request: HttpRequest) -> HttpResponseBase:
            return serve(request, self)

        return require(self.permission)(view)

    def bulk_for(self, user: Any) -> list[BulkAction]:
        """The bulk actions that `user` may take."""
        return [action for action in self.bulk if user.has_perm(action.permission)]

    def bulk_action(self, key: str) -> BulkAction:
        """A bulk action by key. Raises KeyError."""
        return {action.key: action for action in self.bulk}[key]

    def may_export(self, user: Any) -> bool:
        """Whether `user` sees the export menu."""
        right = self.export_permission or self.permission
        return self.export and (right is None or user.has_perm(right))

    def _export_declaration(self) -> ExportDeclaration:
        def columns(params: Mapping[str, Any], user: Any) -> Sequence[ExportColumn]:
            chosen = [self.by_key[key] for key in params["columns"] if key in self.by_key]
            return [column.for_export(user) for column in chosen if column.export]

        def rows(params: Mapping[str, Any], user: Any) -> Iterable[Any]:
            query = ListQuery(self, user, QueryDict(params["query"]))
            return query.ordered().iterator(chunk_size=1000)

        return ExportDeclaration(self.export_key, self.title, columns, self.export_permission or self.permission, rows)


class _ScreenRegistry(Registry[ListScreen]):
    """Screens stand beside their views; a worker knows them once the URL map is loaded."""

    def _load(self) -> dict[str, ListScreen]:
        if not self._closed:
            import_module(settings.ROOT_URLCONF)
        return super()._load()


SCREENS: Registry[ListScreen] = _ScreenRegistry("list screens", module="screens")
