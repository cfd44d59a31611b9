"""Raw inputs: what came in, what is quarantined, corrected, run again or set aside."""

from __future__ import annotations

import hashlib

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from approvals.models import Deadline
from approvals.selectors import sentence_of, trail_of
from config.kit.actor import Actor
from config.kit.web import BulkAction, Chip, Column, ListScreen, Preset, actor_of, domain_errors, page, require
from orders import services
from orders.forms.desk.acts import CorrectInputForm, ReasonForm
from orders.forms.desk.filters import InputFilter
from orders.models import Order, RawInput
from orders.selectors.imports import raw_inputs
from orders.services.inputs import body_of
from orders.states import InputState
from orders.views.desk.chips import INPUT_TONES
from orders.views.desk.covered import shown_body

SEE = "customers.see_personal_data"


def address(raw: RawInput) -> str:
    """The page of a raw input."""
    return reverse("orders:input_detail", args=[raw.pk])


def state_chip(raw: RawInput) -> Chip:
    """What became of it."""
    return Chip(raw.get_state_display(), INPUT_TONES[InputState(raw.state)])


def replay_one(*, pk: int, actor: Actor, reason: str) -> str:
    """Run one of the ticked inputs again; that needs no reason."""
    raw = services.replay_input(input_id=pk, actor=actor, now=timezone.now())
    return raw.problem or str(raw.get_state_display())


def set_aside_one(*, pk: int, actor: Actor, reason: str) -> None:
    """Set one of the ticked inputs aside."""
    services.set_input_aside(input_id=pk, reason=reason, actor=actor, now=timezone.now())


INPUTS = ListScreen(
    key="orders.inputs",
    title=gettext_lazy("Raw inputs"),
    permission="orders.view_rawinput",
    rows=raw_inputs,
    columns=(
        Column("received_at", gettext_lazy("Received"), kind="datetime", link=address),
        Column("source", gettext_lazy("Source")),
        Column("shop", gettext_lazy("Shop"), value=lambda raw: str(raw.shop or "")),
        Column("topic", gettext_lazy("Topic"), kind="code"),
        Column("state", gettext_lazy("State"), kind="chip", value=state_chip),
        Column("problem", gettext_lazy("Problem"), value=lambda raw: raw.problem[:160]),
        Column("attempts", gettext_lazy("Attempts"), kind="number", shown=False),
        Column("key", gettext_lazy("Key"), kind="code", shown=False),
        Column("done_at", gettext_lazy("Settled"), kind="datetime", shown=False),
    ),
    filters=InputFilter,
    search=("key",),
    search_hint=gettext_lazy("Key"),
    row_url=address,
    presets=(
        Preset(gettext_lazy("Quarantined"), "state=quarantined"),
        Preset(gettext_lazy("Waiting"), "state=pending"),
    ),
    bulk=(
        BulkAction(
            "replay",
            gettext_lazy("Run again"),
            run=replay_one,
            permission="orders.replay_input",
            explain=gettext_lazy("With the corrected body where there is one. What is done already is refused."),
            icon="refresh",
            needs_reason=False,
        ),
        BulkAction(
            "aside",
            gettext_lazy("Set aside"),
            run=set_aside_one,
            permission="orders.replay_input",
            explain=gettext_lazy("They stay with your reason and nothing comes of them. Only quarantined ones."),
            icon="archive",
        ),
    ),
    empty=gettext_lazy("Everything that platforms, programs and people sent in would be here, as it came."),
)


@never_cache
@require("orders.view_rawinput")
def input_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One input: where from, what it says, what became of it."""
    return _show(request, _input(request, pk))


@never_cache
@require("customers.reveal_personal_data")
@require_POST
def input_reveal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the body to this person, once, for a reason."""
    if not request.user.has_perm("orders.view_rawinput"):
        return input_detail(request, pk)
    raw, form, body = _input(request, pk), ReasonForm(request.POST, auto_id="id_reveal_%s"), None
    if form.is_valid():
        with domain_errors(request, form):
            body = services.reveal_input(input_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
    return _show(request, raw, refused=form, opened="reveal", body=body)


@require("orders.replay_input")
@require_POST
def input_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a corrected body beside the original."""
    raw, form = _input(request, pk), CorrectInputForm(request.POST, auto_id="id_correct_%s")
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            services.correct_input(input_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, _("Corrected body kept beside the original. Run it again now."))
            return outcome.redirect("orders:input_detail", pk)
    return _show(request, raw, refused=form, opened="correct")


@require("orders.replay_input")
@require_POST
def input_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Work it off again."""
    _input(request, pk)
    with domain_errors(request) as outcome:
        raw = services.replay_input(input_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        if raw.state == InputState.QUARANTINED:
            messages.error(request, _("It is quarantined again: %s") % raw.problem)
        else:
            messages.success(request, _("Run again: %s.") % raw.get_state_display())
    return outcome.redirect("orders:input_detail", pk)


@require("orders.replay_input")
@require_POST
def input_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide that nothing comes of it."""
    raw, form = _input(request, pk), ReasonForm(request.POST, auto_id="id_aside_%s")
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            services.set_input_aside(input_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, _("Set aside. It stays here with your reason."))
            return outcome.redirect("orders:input_detail", pk)
    return _show(request, raw, refused=form, opened="aside")


def _input(request: HttpRequest, pk: int) -> RawInput:
    return get_object_or_404(raw_inputs(request.user).defer(None), pk=pk)


def _show(
    request: HttpRequest, raw: RawInput, *, refused: forms.Form | None = None, opened: str = "", body: str | None = None
) -> HttpResponse:
    plain = request.user.has_perm(SEE) or body is not None
    working = body_of(raw)
    correct_form = refused if opened == "correct" else None
    if correct_form is None and plain:
        correct_form = CorrectInputForm(initial={"body": shown_body(working, plain=True)}, auto_id="id_correct_%s")
    orders = Order.objects.visible_to(request.user).filter(raw_input=raw)
    numbers = [item.get("number") for item in raw.result.get("orders", ()) if isinstance(item, dict)]
    context = {
        "raw": raw,
        "state": state_chip(raw).__html__(),
        "is_quarantined": raw.state == InputState.QUARANTINED,
        "may_replay": raw.state in (InputState.QUARANTINED, InputState.IGNORED),
        "clock": Deadline.objects.open().filter(subject_type="orders.rawinput", subject_id=raw.pk).first(),
        "now": timezone.now(),
        "is_plain": plain,
        "body": shown_body(bytes(raw.body), plain=plain),
        "corrected": shown_body(working, plain=plain) if raw.corrected is not None else "",
        "is_genuine": hashlib.sha256(bytes(raw.body)).hexdigest() == raw.body_hash,
        "headers": sorted(raw.headers.items()),
        "orders": list(orders.only("pk", "number")[:20])
        or list(
            Order.objects.visible_to(request.user)
            .filter(number__in=[n for n in numbers if n])
            .only("pk", "number")[:20]
        ),
        "opened": opened,
        "correct_form": correct_form,
        "aside_form": refused if opened == "aside" else ReasonForm(auto_id="id_aside_%s"),
        "reveal_form": refused if opened == "reveal" else ReasonForm(auto_id="id_reveal_%s"),
        "history": [(entry, sentence_of(entry.action)) for entry in trail_of("orders.rawinput", raw.pk)[::-1]],
    }
    return page(request, "orders/desk/input.html", context, form=refused)
