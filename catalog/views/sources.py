"""Intakes and change notices: sending in, what became of it, and the list of notices that live listings differ from."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.selectors.deadlines import subject_url
from approvals.selectors.system import last_beat
from approvals.states import Importance
from catalog.forms.products import ReasonForm
from catalog.forms.sources import IntakeForm, NoticeForm
from catalog.models import SourceFile, SourceItem
from catalog.policies.fields import BY_CODE, top_field
from catalog.selectors import sources as selectors
from catalog.selectors.history import history
from catalog.services import sources as services
from catalog.states import SourceKind, SourceState
from catalog.views.act_page import act_page
from config.kit.web import Chip, Column, HeaderAction, ListScreen, Preset, Tone, actor_of, domain_errors, page, require
from config.kit.web.downloads import download

SEND, SEE, PLAN = "catalog.send_source", "catalog.view_listing", "catalog.plan_listings"
_TONES = {
    SourceState.RECEIVED: Tone.INFO,
    SourceState.IN_DRAFT: Tone.INFO,
    SourceState.IN_APPROVAL: Tone.WARN,
    SourceState.PUBLISHED: Tone.GOOD,
    SourceState.REFUSED: Tone.BAD,
}


def state_chip(item: SourceItem) -> Chip:
    """What became of it."""
    return Chip(item.get_state_display(), _TONES[SourceState(item.state)], title=item.state_reason)


def importance_chip(value: str) -> Chip:
    """The class as a word with a colour."""
    tone = Tone.WARN if value == Importance.IMPORTANT else Tone.MUTED
    return Chip(str(Importance(value).label), tone, "flame" if value == Importance.IMPORTANT else "")


class SourceFilter(django_filters.FilterSet):
    """By kind, state and sender."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=SourceState.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=SourceKind.choices)
    importance = django_filters.ChoiceFilter(label=_("Class"), choices=Importance.choices)
    open = django_filters.BooleanFilter(label=_("Not closed"), method="only_open")
    differs = django_filters.BooleanFilter(
        label=_("Differs"), field_name="mismatch_since", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = SourceItem
        fields: tuple[str, ...] = ()

    def only_open(self, rows: QuerySet[SourceItem], name: str, value: bool) -> QuerySet[SourceItem]:
        """Not published and not refused, or the other way round."""
        return rows.filter(selectors.is_open()) if value else rows.exclude(selectors.is_open())


def _rows(user: Any) -> QuerySet[SourceItem]:
    return selectors.sources_for(user)


def _state_chips(item: SourceItem) -> list[Chip]:
    chips = [state_chip(item)]
    if item.mismatch_since is not None:
        chips.append(Chip(gettext("live differs"), Tone.BAD, "alert-triangle"))
    return chips


SOURCES = ListScreen(
    key="catalog.sources",
    title=_("Intakes and notices"),
    intro=_("What other departments send in for publication, and what became of it."),
    permission=SEE,
    rows=_rows,
    columns=(
        Column("title", _("Title"), link=lambda row: row.get_absolute_url(), order_by="title"),
        Column("kind", _("Kind"), value="get_kind_display"),
        Column("state", _("State"), kind="chip", value=_state_chips),
        Column("reason", _("Reason"), value="state_reason"),
        Column("importance", _("Class"), kind="chip", value=lambda row: importance_chip(row.importance)),
        Column("product", _("Product"), value=lambda row: str(row.product or "")),
        Column("package", _("Package"), value=lambda row: row.package.number if row.package else "", kind="code"),
        Column("effective_at", _("In effect from"), kind="datetime", order_by="effective_at", shown=False),
        Column("sent_by", _("Sent by"), value=lambda row: str(row.sent_by)),
        Column("received_at", _("Received"), kind="datetime", order_by="received_at"),
        Column("due_at", _("To be live by"), kind="clock"),
    ),
    filters=SourceFilter,
    search=("title", "text", "product__name"),
    search_hint=_("Title, text, product"),
    row_url=lambda row: row.get_absolute_url(),
    presets=(
        Preset(_("Not closed"), "open=true"),
        Preset(_("Waiting for a package"), "state=received"),
        Preset(_("Refused"), "state=refused"),
        Preset(_("Differs"), "differs=true"),
    ),
    actions=(
        HeaderAction(_("New intake"), "catalog:source_new", SEND, shortcut="n"),
        HeaderAction(_("New notice"), "catalog:notice_new", SEND, icon="bell-plus", primary=False),
    ),
    empty=_("New products, new technology and changes that other departments send in would be here."),
)


def _differences(item: SourceItem) -> str:
    return "; ".join(
        f"{row['label']}: {field_label(row['field'])} {row['found']} → {row['wanted']}" for row in item.mismatch[:3]
    ) + (" …" if len(item.mismatch) > 3 else "")


def field_label(field: str) -> str:
    """A field of a listing's content in words; a SKU stays behind its field."""
    known = BY_CODE.get(top_field(field))
    part = field.partition(".")[2]
    return " ".join(filter(None, (str(known.label) if known else field, part)))


MISMATCHES = ListScreen(
    key="catalog.mismatches",
    title=_("Differences from notices"),
    intro=_("Change notices that are in effect while live listings still show something else. Compared every hour."),
    permission=SEE,
    rows=selectors.mismatched,
    columns=(
        Column("title", _("Notice"), link=lambda row: row.get_absolute_url(), order_by="title"),
        Column("product", _("Product"), value=lambda row: str(row.product or "")),
        Column("count", _("Listings"), kind="number", value=lambda row: len({one["listing"] for one in row.mismatch})),
        Column("differences", _("Shown → wanted"), value=_differences),
        Column("effective_at", _("In effect from"), kind="datetime", order_by="effective_at"),
        Column("mismatch_since", _("Differs since"), kind="datetime", order_by="mismatch_since"),
        Column("mismatch_due_at", _("Time left"), kind="clock"),
        Column("package", _("Package"), value=lambda row: row.package.number if row.package else "", kind="code"),
        Column("sent_by", _("Sent by"), value=lambda row: str(row.sent_by), shown=False),
    ),
    search=("title", "product__name"),
    search_hint=_("Title, product"),
    ordering="mismatch_since",
    row_url=lambda row: row.get_absolute_url(),
    extra=lambda request: {"checked_at": last_beat("notices")},
    empty=_("Every live listing shows what the notices in effect say."),
)


@require(SEND)
def source_new(request: HttpRequest) -> HttpResponse:
    """Send in an intake, or with `?kind=notice` a change notice."""
    kind = SourceKind.NOTICE if request.GET.get("kind") == SourceKind.NOTICE else SourceKind.INTAKE
    return _new(request, kind)


@require(SEND)
def notice_new(request: HttpRequest) -> HttpResponse:
    """Send in a change notice."""
    return _new(request, SourceKind.NOTICE)


def _new(request: HttpRequest, kind: SourceKind) -> HttpResponse:
    form_class = NoticeForm if kind == SourceKind.NOTICE else IntakeForm
    initial = {"product": request.GET["sku"]} if "sku" in request.GET else {}
    form = form_class(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            item = services.send_source(kind=kind, actor=actor_of(request), now=timezone.now(), **form.arguments())
        if not outcome.failed:
            messages.success(request, gettext("Sent in. The planning group has it; you see here what becomes of it."))
            return outcome.redirect(item)
    context = {"form": form, "is_notice": kind == SourceKind.NOTICE}
    return page(request, "catalog/sources/source_new.html", context, form=form)


@require(SEE)
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One intake or notice: what it says, where it is, what happened."""
    item = get_object_or_404(selectors.sources_for(request.user).prefetch_related("files"), pk=pk)
    is_sender = cast(int, request.user.pk) == item.sent_by_id
    may_plan = request.user.has_perm(PLAN)
    waits = item.state == SourceState.RECEIVED
    context = {
        "item": item,
        "state": state_chip(item),
        "importance": importance_chip(item.importance),
        "steps": _steps(item),
        "prices": item.facts.get("prices", {}),
        "mismatch": [{**row, "words": field_label(row["field"])} for row in item.mismatch],
        "history": history("catalog.sourceitem", pk),
        "may_withdraw": waits and is_sender,
        "may_refuse": waits and may_plan,
        "may_raise": may_plan
        and item.importance == Importance.GENERAL
        and item.state not in (SourceState.PUBLISHED, SourceState.REFUSED),
        "may_pack": waits and may_plan,
        "package_url": subject_url("catalog.package", item.package_id) if item.package_id and may_plan else "",
    }
    return page(request, "catalog/sources/source.html", context)


def _steps(item: SourceItem) -> list[Chip]:
    """The way of an item, with the place where it stands."""
    way = [SourceState.RECEIVED, SourceState.IN_DRAFT, SourceState.IN_APPROVAL, SourceState.PUBLISHED]
    if item.state == SourceState.REFUSED:
        return [Chip(str(SourceState.RECEIVED.label), Tone.MUTED), state_chip(item)]
    here = way.index(SourceState(item.state))
    return [state_chip(item) if at == here else Chip(str(step.label), Tone.MUTED) for at, step in enumerate(way)]


@require(PLAN)
def source_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse it with a reason that its sender reads."""
    return _with_reason(
        request,
        pk,
        services.refuse_source,
        gettext("Refuse"),
        gettext("Its sender reads your reason; its publish clock ends. Nothing of it is published."),
        gettext("Refused. The sender sees your reason."),
    )


@require(SEND)
def source_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one sent in oneself."""
    return _with_reason(
        request,
        pk,
        services.withdraw_source,
        gettext("Take back"),
        gettext("Nobody will publish it. It stays in the list with your reason."),
        gettext("Taken back."),
    )


@require(PLAN)
def source_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it important."""
    return _with_reason(
        request,
        pk,
        services.raise_source,
        gettext("Make important"),
        gettext(
            "It must be live within 12 hours of its arrival. Only management can lower the class of a request again."
        ),
        gettext("It is important now."),
        is_destructive=False,
    )


def _with_reason(
    request: HttpRequest, pk: int, act: Any, title: str, explain: str, done: str, *, is_destructive: bool = True
) -> HttpResponse:
    item = get_object_or_404(selectors.sources_for(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            act(source_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, done)
            return outcome.redirect(item)
    return act_page(
        request,
        form,
        title=title,
        subject=item.title,
        explain=explain,
        back=item.get_absolute_url(),
        is_destructive=is_destructive,
    )


@require(SEE)
def source_file(request: HttpRequest, pk: int) -> FileResponse:
    """An attachment, as a download, for those who may see what it is attached to."""
    row = get_object_or_404(SourceFile, pk=pk, item__in=selectors.sources_for(request.user))
    name = str(row.file.name)
    if not row.file.storage.exists(name):
        raise Http404
    return download(row.file.open("rb"), row.file_name)
