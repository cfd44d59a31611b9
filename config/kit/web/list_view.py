"""The one view behind every list screen: page, fragment, file, saved view, column choice, bulk action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from config.kit.export.declarations import EXPORTS
from config.kit.export.jobs import request_xlsx
from config.kit.export.stream import stream_csv
from config.kit.seams import seam
from config.kit.web.access import refuse
from config.kit.web.acting import actor_of
from config.kit.web.bulk import serve_bulk
from config.kit.web.keyset import page_of
from config.kit.web.list_query import ListQuery
from config.kit.web.lists import ListScreen
from config.kit.web.outcomes import domain_errors, page
from config.kit.web.tags import is_set

FRAGMENTS = {"list-screen": "kit/list.html#screen", "list-table": "kit/list.html#table"}


@dataclass(slots=True)
class ShownRow:
    """One row ready for the template."""

    pk: Any
    url: str
    label: str
    cells: list[tuple[str, str, SafeString]]
    stamp: str = ""


def serve(request: HttpRequest, screen: ListScreen) -> HttpResponseBase:
    """GET shows the list or streams its CSV; POST does what the `do` field names. 404 for an unknown deed."""
    query = ListQuery(screen, request.user, request.GET, stored_columns=request.session.get(_slot(screen), ()))
    if request.method == "POST":
        deed = _DEEDS.get(request.POST.get("do", ""))
        if deed is None:
            raise Http404
        return deed(request, screen, query)
    if request.GET.get("export") == "csv":
        if not screen.may_export(request.user):
            return _refuse_export(request, screen)
        return stream_csv(EXPORTS.get(screen.export_key), query.export_params(), request.user, actor=actor_of(request))
    return _show(request, screen, query)


def _show(request: HttpRequest, screen: ListScreen, query: ListQuery) -> HttpResponse:
    now = timezone.now()
    found = page_of(
        query.filtered(),
        query.sort,
        screen.page_size,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    bars = list(query.form) if query.form is not None else []
    lasting = query.lasting()
    context = {
        "screen": screen,
        "query": query,
        "page": found,
        "rows": [_shown(row, screen, query, now) for row in found.rows],
        "columns": [_heading(column, query) for column in query.columns],
        "all_columns": screen.columns,
        "shown_keys": [column.key for column in query.columns],
        "filters_in_bar": bars[: screen.filters_in_bar],
        "more_filters": bars[screen.filters_in_bar :],
        "more_are_active": any(bound.errors or is_set(bound) for bound in bars[screen.filters_in_bar :]),
        "header_actions": [
            action for action in screen.actions if action.permission is None or request.user.has_perm(action.permission)
        ],
        "bulk": screen.bulk_for(request.user),
        "may_export": screen.may_export(request.user),
        "saved_views": seam("SAVED_VIEWS")(request.user, screen.key),
        "lasting_query": lasting.urlencode(),
        "checked_at": now,
        **(screen.extra(request) if screen.extra else {}),  # noqa: S610 (a field of ours, not QuerySet.extra)
    }
    response = page(request, screen.template, context, fragments=FRAGMENTS)
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.target in FRAGMENTS:
        # The address bar holds the view that can be shared, not the empty fields of the filter form.
        place = {name: request.GET[name] for name in ("after", "before") if request.GET.get(name)}
        lasting.update(place)
        response["HX-Push-Url"] = f"{request.path}?{lasting.urlencode()}" if lasting else request.path
    return response


def _shown(row: Any, screen: ListScreen, query: ListQuery, now: Any) -> ShownRow:
    url = screen.row_url(row) if screen.row_url else ""
    cells = [(column.css, str(column.label), column.cell(row, query.user, now)) for column in query.columns]
    if url and query.columns[0].link is None:
        css, label, content = cells[0]
        cells[0] = (css, label, format_html('<a class="row-link" href="{}">{}</a>', url, content))
    return ShownRow(row.pk, url, str(row), cells, screen.stamp(row) if screen.stamp else "")


def _heading(column: Any, query: ListQuery) -> dict[str, Any]:
    is_sorted = bool(column.order_by) and query.sort.removeprefix("-") == column.order_by
    down = is_sorted and query.sort.startswith("-")
    return {
        "column": column,
        "sort": ("" if down else "-") + column.order_by if is_sorted else column.order_by,
        "aria": ("descending" if down else "ascending") if is_sorted else "none",
    }


def _choose_columns(request: HttpRequest, screen: ListScreen, query: ListQuery) -> HttpResponse:
    chosen = [key for key in request.POST.getlist("column") if key in screen.by_key]
    if chosen:
        request.session[_slot(screen)] = chosen
    else:
        request.session.pop(_slot(screen), None)
    rest = query.lasting()
    rest.pop("columns", None)
    return _back(request, rest.urlencode())


def _save_view(request: HttpRequest, screen: ListScreen, query: ListQuery) -> HttpResponse:
    kept = query.lasting()
    kept["columns"] = ",".join(column.key for column in query.columns)
    name = request.POST.get("name", "").strip()
    if not name:
        messages.error(request, gettext("A saved view needs a name."))
        return _back(request, query.lasting().urlencode())
    with domain_errors(request) as outcome:
        seam("SAVE_VIEW")(
            screen=screen.key,
            name=name[:60],
            query=kept.urlencode(),
            is_shared=request.POST.get("is_shared") == "on",
            actor=actor_of(request),
        )
    if not outcome.failed:
        messages.success(request, gettext("View “%(name)s” saved.") % {"name": name})
    return _back(request, kept.urlencode())


def _delete_view(request: HttpRequest, screen: ListScreen, query: ListQuery) -> HttpResponse:
    with domain_errors(request):
        seam("DELETE_VIEW")(view_id=_whole_number(request.POST.get("view", "")), actor=actor_of(request))
    return _back(request, query.lasting().urlencode())


def _request_file(request: HttpRequest, screen: ListScreen, query: ListQuery) -> HttpResponse:
    if not screen.may_export(request.user):
        return _refuse_export(request, screen)
    job = request_xlsx(
        EXPORTS.get(screen.export_key), query.export_params(), user=request.user, actor=actor_of(request)
    )
    return _see(job.get_absolute_url())


_DEEDS = {
    "columns": _choose_columns,
    "save_view": _save_view,
    "delete_view": _delete_view,
    "xlsx": _request_file,
    "bulk": serve_bulk,
}


def _refuse_export(request: HttpRequest, screen: ListScreen) -> HttpResponse:
    right = screen.export_permission or screen.permission
    if not screen.export or right is None:
        raise Http404
    return refuse(request, right)


def _slot(screen: ListScreen) -> str:
    return f"columns:{screen.key}"


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise Http404
    return int(text)


def _back(request: HttpRequest, query: str) -> HttpResponse:
    return _see(f"{request.path}?{query}" if query else request.path)


def _see(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
