"""Acts on many rows: a preview that shows how many and which, a confirmed job, a line of result for each row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.actor import Actor
from config.kit.errors import DomainError, NotPermitted
from config.kit.seams import seam
from config.kit.web.access import refuse
from config.kit.web.acting import actor_of
from config.kit.web.lists import SCREENS, BulkAction, ListScreen
from config.kit.web.outcomes import page

if TYPE_CHECKING:
    from config.kit.web.list_query import ListQuery

log = structlog.get_logger(__name__)
JOB_KIND = "kit.bulk"
SAMPLE = 10
_BATCH = 100


@dataclass(frozen=True, slots=True)
class BulkLine:
    """What became of one row: `ok`, and a word about it (the refusal's words when it was refused)."""

    pk: str
    label: str
    ok: bool
    text: str


class ReasonForm(forms.Form):
    """The reason that the trail keeps with every row of a bulk action."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the trail of every row."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def serve_bulk(request: HttpRequest, screen: ListScreen, query: ListQuery) -> HttpResponse:
    """Preview a bulk action, or queue it when the person confirmed exactly what the preview showed.

    404 for an unknown action.
    """
    try:
        action = screen.bulk_action(request.POST.get("action", ""))
    except KeyError:
        raise Http404 from None
    if not request.user.has_perm(action.permission):
        return refuse(request, action.permission)
    keys = _selected(request, query, action)
    stamps = _stamps(request, keys) if screen.stamp else {}
    forms_ = _forms(action, request.POST if request.POST.get("step") == "run" else None)
    notice = _objection(request, action, len(keys))
    refusal = "" if notice else _refusal(request, screen, action, keys, stamps)
    notice = notice or refusal
    if request.POST.get("step") == "run" and not notice and all(form.is_valid() for form in forms_):
        return _queue(request, screen, action, keys, stamps)
    return _preview(request, screen, query, action, keys, stamps, forms_, notice, is_refused=bool(refusal))


def perform(
    job_params: Mapping[str, Any],
    *,
    user: Any,
    actor: Actor,
    reason: str,
    report: Callable[[BulkLine], None],
    done: Collection[str] = (),
) -> None:
    """Do a confirmed bulk action row by row and report each.

    Rows in `done` (text keys) were reported by an earlier attempt.

    One refused or failing row never stops the rest. Raises NotPermitted when the right has gone since, KeyError when
    screen or action are gone.
    """
    screen = SCREENS.get(job_params["screen"])
    action = screen.bulk_action(job_params["action"])
    if not user.has_perm(action.permission):
        raise NotPermitted()
    facts = _facts(action, QueryDict(job_params["form"]))
    stamps = job_params.get("stamps") or {}
    waiting = [key for key in job_params["keys"] if key not in set(done)]
    with translation.override(job_params.get("language") or None):
        for start in range(0, len(waiting), _BATCH):
            batch = waiting[start : start + _BATCH]
            rows = {str(row.pk): row for row in screen.rows(user).filter(pk__in=batch)}
            for key in batch:
                own = {**facts, "stamp": stamps.get(key, "")} if screen.stamp else facts
                report(_one(action, key, rows.get(key), actor=actor, reason=reason, facts=own))


def _one(action: BulkAction, key: str, row: Any, *, actor: Actor, reason: str, facts: Mapping[str, Any]) -> BulkLine:
    if row is None:
        return BulkLine(key, key, False, gettext("It is not there any more, or not yours to see."))
    try:
        text = action.run(pk=row.pk, actor=actor, reason=reason, **facts)
    except DomainError as error:
        return BulkLine(key, str(row), False, error.describe())
    except Exception:
        log.exception("bulk_row_failed", action=action.key, pk=key)
        return BulkLine(
            key, str(row), False, gettext("Something went wrong here; it was reported. Nothing was changed.")
        )
    return BulkLine(key, str(row), True, text or "")


def _selected(request: HttpRequest, query: ListQuery, action: BulkAction) -> list[str]:
    """Keys of the chosen rows, always within the person's scope and filter; one more than the limit at most."""
    rows = query.ordered()
    if request.POST.get("all") != "on":
        field = rows.model._meta.pk
        chosen = []
        for text in request.POST.getlist("row")[: action.limit + 1]:
            try:
                chosen.append(field.to_python(text))
            except forms.ValidationError:
                continue
        rows = rows.filter(pk__in=chosen)
    return [str(pk) for pk in rows.values_list("pk", flat=True)[: action.limit + 1]]


def _stamps(request: HttpRequest, keys: list[str]) -> dict[str, str]:
    """Key → stamp of the chosen rows, as the page that the person saw carried them."""
    carried = dict(pair.split("=", 1) for pair in request.POST.getlist("stamp") if "=" in pair)
    return {key: carried[key] for key in keys if key in carried}


def _objection(request: HttpRequest, action: BulkAction, count: int) -> str:
    if count == 0:
        return gettext("No row is selected. Go back and tick some.")
    if count > action.limit:
        return gettext("At most %(limit)d rows at a time. Narrow the filter.") % {"limit": action.limit}
    shown = request.POST.get("count", "")
    if request.POST.get("step") == "run" and shown != str(count):
        return gettext("The list changed meanwhile: it was %(shown)s rows, now it is %(count)d. Please look again.") % {
            "shown": shown,
            "count": count,
        }
    return ""


def _refusal(
    request: HttpRequest, screen: ListScreen, action: BulkAction, keys: list[str], stamps: dict[str, str]
) -> str:
    """Why these rows may not be acted on together; unlike an objection, looking again does not help."""
    if screen.is_bound and len(stamps) < len(keys):
        return gettext("Only rows that were shown to you can be chosen here. Tick them page by page.")
    return action.guard(request.user, keys) if action.guard else ""


def _forms(action: BulkAction, data: QueryDict | None) -> list[forms.Form]:
    made: list[forms.Form] = [action.form(data, prefix="act")] if action.form else []
    if action.needs_reason:
        made.append(ReasonForm(data))
    return made


def _facts(action: BulkAction, data: QueryDict) -> dict[str, Any]:
    if action.form is None:
        return {}
    form = action.form(data, prefix="act")
    if not form.is_valid():
        raise ValueError(f"{action.key}: the stored form is not valid any more: {form.errors.as_json()}")
    return form.cleaned_data


def _queue(
    request: HttpRequest, screen: ListScreen, action: BulkAction, keys: list[str], stamps: dict[str, str]
) -> HttpResponse:
    kept = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name.startswith("act-"):
            kept.setlist(name, values)
    job = seam("JOB_REQUEST")(
        kind=JOB_KIND,
        title=f"{action.label} · {screen.title}",
        params={
            "screen": screen.key,
            "action": action.key,
            "keys": keys,
            "stamps": stamps,
            "form": kept.urlencode(),
            "language": translation.get_language() or "",
        },
        actor=actor_of(request),
        reason=request.POST.get("reason", "").strip(),
        total=len(keys),
    )
    response = HttpResponseRedirect(job.get_absolute_url())
    response.status_code = 303
    return response


def _preview(
    request: HttpRequest,
    screen: ListScreen,
    query: ListQuery,
    action: BulkAction,
    keys: list[str],
    stamps: dict[str, str],
    forms_: list[forms.Form],
    notice: str,
    *,
    is_refused: bool,
) -> HttpResponse:
    now = timezone.now()
    sample = screen.rows(request.user).filter(pk__in=keys[:SAMPLE])
    by_key = {str(row.pk): row for row in sample}
    context = {
        "screen": screen,
        "action": action,
        "count": len(keys),
        "more": max(len(keys) - SAMPLE, 0),
        "columns": query.columns,
        "sample": [
            [(column.css, column.cell(by_key[key], request.user, now)) for column in query.columns]
            for key in keys[:SAMPLE]
            if key in by_key
        ],
        "forms": forms_,
        "notice": notice,
        "can_run": 0 < len(keys) <= action.limit and not is_refused,
        "is_all": request.POST.get("all") == "on",
        "keys": [] if request.POST.get("all") == "on" else keys,
        "stamps": [f"{key}={stamp}" for key, stamp in stamps.items()],
        "lasting_query": query.lasting().urlencode(),
    }
    status = 422 if notice or any(form.is_bound and form.errors for form in forms_) else 200
    return page(request, "kit/bulk.html", context, status=status)
