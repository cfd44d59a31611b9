"""The grid: texts or prices of many listings at once, looked at before they become one package of drafts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals.states import Severity
from catalog.forms.bulk import ColumnForm, PackageTitleForm
from catalog.models import Listing
from catalog.policies.fields import BY_CODE
from catalog.selectors.grid import Change, Typed, Weighed, cell_text, grid_rows, weigh
from catalog.services import bulk_drafts, bulk_jobs
from catalog.states import RevisionOrigin
from catalog.views.listings import LISTINGS
from config.kit.web import Chip, Tone, actor_of, domain_errors, page, require
from config.kit.web.list_query import ListQuery

PLAN = "catalog.plan_listings"
MODES = {"texts": _("Texts"), "prices": _("Prices")}
MAX_LISTINGS = 200
MAX_LINES = 400
"""Rows of a page: two inputs each stay below Django's limit of fields."""
AT_ONCE = 50
"""Listings whose drafts are made while the person waits; more go to a worker."""
_SHOWN = 200
_TOKEN_SALT = "catalog.grid"  # noqa: S105 (names what is signed)
_TOKEN_SECONDS = 24 * 3600
_TEXTS = ("title", "slogan", "brief")
_AMOUNTS = ("prices", "was_prices")
_TONES = {Severity.BLOCK: Tone.BAD, Severity.PROOF: Tone.BAD, Severity.WARN: Tone.WARN, Severity.INFO: Tone.INFO}


@dataclass(frozen=True, slots=True)
class Cell:
    """One input of the grid. `text` is what stands in it, `shown` what the listing says."""

    name: str
    path: str
    label: str
    text: str
    shown: str
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the grid: a listing, in the mode of prices one of its variants."""

    listing: Listing
    cells: tuple[Cell, ...]
    sku: str = ""
    variant: str = ""
    live: str = ""


@require(PLAN)
def grid(request: HttpRequest) -> HttpResponse:
    """The grid of the listings that the list's filter gives, or of `ids`."""
    query = ListQuery(LISTINGS, request.user, request.GET)
    rows = query.ordered()
    ids = _numbers(request.GET.get("ids", ""))
    if ids:
        rows = rows.filter(pk__in=ids)
    keys = list(rows.values_list("pk", flat=True)[: MAX_LISTINGS + 1])
    return _grid(request, keys, _mode(request.GET), more=len(keys) > MAX_LISTINGS, query=query)


@require(PLAN)
@require_POST
def grid_preview(request: HttpRequest) -> HttpResponse:
    """What the typed cells would change; nothing is saved. `step=edit` leads back to the grid with what was typed."""
    mode, keys = _mode(request.POST), _numbers(request.POST.get("ids", ""))[:MAX_LISTINGS]
    if request.POST.get("step") == "edit":
        return _grid(request, keys, mode, typed=request.POST)
    form = ColumnForm(request.POST)
    if not form.is_valid():
        return _grid(request, keys, mode, typed=request.POST, column=form)
    cells = _typed(request.POST, form.cleaned_data["formula"].strip())
    visible = Listing.objects.visible_to(request.user)
    weighed = weigh(cells, rows=visible, now=timezone.now(), ending=form.cleaned_data["ending"])
    context = {
        "mode": mode,
        "ids": ",".join(map(str, keys)),
        "weighed": weighed,
        "groups": _groups(weighed.changes[:_SHOWN]),
        "hidden_count": max(len(weighed.changes) - _SHOWN, 0),
        "listing_count": len(weighed.entries),
        "is_job": len(weighed.entries) > AT_ONCE,
        "form": PackageTitleForm(initial={"title": _suggested(mode, len(weighed.entries))}),
        "token": _signed(request, weighed),
        "carried": [(name, request.POST[name]) for name in _changed_names(request.POST)],
        "column": form.cleaned_data,
        "grid_url": f"{reverse('catalog:grid')}?{_address(mode, keys)}",
    }
    return page(request, "catalog/grid/preview.html", context, status=422 if weighed.refused else 200)


@require(PLAN)
@require_POST
def grid_apply(request: HttpRequest) -> HttpResponse:
    """Make one package of what the preview showed, all of it or nothing; many listings are done by a worker."""
    try:
        known = signing.loads(request.POST.get("token", ""), salt=_TOKEN_SALT, max_age=_TOKEN_SECONDS)
    except signing.BadSignature:
        known = {}
    if known.get("person") != request.user.pk:
        messages.error(request, gettext("This preview is too old or somebody else's. Look at the changes again."))
        return redirect("catalog:grid")
    form = PackageTitleForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("The package needs a name. Nothing was made."))
        return redirect("catalog:grid")
    facts = {
        "entries": {int(pk): fields for pk, fields in known["entries"].items()},
        "before": {int(pk): texts for pk, texts in known["before"].items()},
        "title": form.cleaned_data["title"],
        "actor": actor_of(request),
        "now": timezone.now(),
    }
    if len(facts["entries"]) > AT_ONCE:
        job = bulk_jobs.request_grid(**facts)
        return redirect("catalog:bulk_job", job.pk)
    with domain_errors(request) as outcome:
        package = bulk_drafts.make_bulk_package(origin=RevisionOrigin.BULK, **facts)
    if outcome.failed:
        return outcome.redirect("catalog:grid")
    count = len(facts["entries"])
    words = ngettext("%(count)d draft is in the package.", "%(count)d drafts are in the package.", count)
    messages.success(request, words % {"count": count})
    return outcome.redirect(package)


def _grid(
    request: HttpRequest,
    keys: list[int],
    mode: str,
    *,
    more: bool = False,
    query: ListQuery | None = None,
    typed: QueryDict | None = None,
    column: ColumnForm | None = None,
) -> HttpResponse:
    found = grid_rows(keys[:MAX_LISTINGS], rows=Listing.objects.visible_to(request.user), now=timezone.now())
    lines: list[Line] = []
    used: list[int] = []
    for listing, content in found:
        own = list(_lines(listing, content, mode, typed))
        if len(lines) + len(own) > MAX_LINES:
            more = True
            break
        lines += own
        used.append(listing.pk)
    shown = {cell.name: cell.shown for line in lines for cell in line.cells}
    context = {
        "mode": mode,
        "modes": [(code, label, f"?{_address(code, used)}") for code, label in MODES.items()],
        "lines": lines,
        "labels": [str(BY_CODE[code].label) for code in (_TEXTS if mode == "texts" else _AMOUNTS)],
        "shown": json.dumps(shown, ensure_ascii=False),
        "ids": ",".join(map(str, used)),
        "listing_count": len(used),
        "more": more,
        "filters": query.form if query is not None else None,
        "column": column or ColumnForm(typed or None),
    }
    return page(request, "catalog/grid/grid.html", context, status=422 if column is not None else 200)


def _lines(listing: Listing, content: dict[str, Any], mode: str, typed: QueryDict | None) -> list[Line]:
    def cell(path: str, label: str, *, is_long: bool = False) -> Cell:
        name, shown = f"c.{listing.pk}.{path}", cell_text(content, path)
        text = typed.get(name, shown) if typed is not None else shown
        return Cell(name, path, label, text or "", shown, is_long)

    if mode == "texts":
        cells = tuple(cell(code, str(BY_CODE[code].label), is_long=code != "title") for code in _TEXTS)
        return [Line(listing, cells)]
    snapshot = listing.live.snapshot if listing.live else None
    live = snapshot.fields["prices"] if snapshot else {}
    return [
        Line(
            listing,
            tuple(cell(f"{code}.{sku}", f"{BY_CODE[code].label} {sku}") for code in _AMOUNTS),
            sku=sku,
            variant=name,
            live=live.get(sku, ""),
        )
        for sku, name in content["variants"].items()
    ]


def _typed(data: QueryDict, formula: str) -> list[Typed]:
    """The cells of a posted grid; `formula` stands in every price that was not typed."""
    shown = _shown(data)
    cells = []
    for name in data:
        place = _place(name)
        if place is None:
            continue
        pk, path = place
        text, before = data.get(name, "") or "", shown.get(name)
        if formula and path.startswith("prices.") and _same(text, before):
            text = formula
        cells.append(Typed(pk, path, text, shown=before))
    if formula:
        # A script leaves out what was not touched; the formula is for those cells too.
        cells += [
            Typed(place[0], place[1], formula, shown=before)
            for name, before in shown.items()
            if name not in data and (place := _place(name)) is not None and place[1].startswith("prices.")
        ]
    return cells


def _changed_names(data: QueryDict) -> list[str]:
    shown = _shown(data)
    return [name for name in data if _place(name) is not None and not _same(data.get(name, ""), shown.get(name))]


def _shown(data: QueryDict) -> dict[str, str]:
    try:
        found = json.loads(data.get("shown") or "{}")
    except ValueError:
        return {}
    return {str(name): str(text) for name, text in found.items()} if isinstance(found, dict) else {}


def _place(name: str) -> tuple[int, str] | None:
    kind, _dot, rest = name.partition(".")
    pk, _dot, path = rest.partition(".")
    return (int(pk), path) if kind == "c" and pk.isdecimal() and len(pk) < 19 and path else None


def _same(text: str | None, before: str | None) -> bool:
    return before is not None and (text or "").replace("\r\n", "\n").strip() == before.strip()


def _signed(request: HttpRequest, weighed: Weighed) -> str:
    if weighed.refused or not weighed.entries:
        return ""
    facts = {"person": request.user.pk, "entries": weighed.entries, "before": weighed.before}
    return signing.dumps(facts, salt=_TOKEN_SALT, compress=True)


def _groups(changes: list[Change]) -> list[tuple[Listing, list[tuple[Change, list[tuple[Chip, str]]]]]]:
    """Changes by listing, each with its remarks and their chips."""
    found: dict[int, tuple[Listing, list[Any]]] = {}
    for one in changes:
        remarks = [
            (Chip(str(Severity(finding.severity).label), _TONES[Severity(finding.severity)]), finding.text)
            for finding in one.remarks
        ]
        found.setdefault(one.listing.pk, (one.listing, []))[1].append((one, remarks))
    return list(found.values())


def _suggested(mode: str, count: int) -> str:
    day = date_format(timezone.localdate(), "Y-m-d")
    words = ngettext("%(mode)s of %(count)d listing, %(day)s", "%(mode)s of %(count)d listings, %(day)s", count)
    return words % {"mode": MODES[mode], "count": count, "day": day}


def _mode(data: QueryDict) -> str:
    mode = data.get("mode", "")
    return mode if mode in MODES else "texts"


def _address(mode: str, keys: list[int]) -> str:
    query = QueryDict(mutable=True)
    query["mode"], query["ids"] = mode, ",".join(map(str, keys))
    return query.urlencode(safe=",")


def _numbers(text: str) -> list[int]:
    parts = (part.strip() for part in text.split(","))
    return list(dict.fromkeys(int(part) for part in parts if part.isdecimal() and len(part) < 19))
