"""Messages: all of them, those that wait for a person, one with its words, and the three decisions about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import django_filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals.registries import subjects
from approvals.selectors import sentence_of
from config.kit.actor import Actor
from config.kit.web import (
    BulkAction,
    Chip,
    Column,
    ListScreen,
    Preset,
    Tone,
    actor_of,
    domain_errors,
    mask_email,
    page,
    require,
)
from customers import selectors, services
from customers.forms import ReasonForm
from customers.models import Message
from customers.rendering import RenderedMail, render_mail
from customers.states import MessageState
from customers.views._masks import SEE
from stores.models import Shop

_TONES = {
    MessageState.QUEUED: Tone.INFO,
    MessageState.SENDING: Tone.INFO,
    MessageState.SENT: Tone.GOOD,
    MessageState.FAILED: Tone.BAD,
    MessageState.UNCONFIRMED: Tone.WARN,
    MessageState.DROPPED: Tone.MUTED,
}


def state_chip(message: Message) -> Chip:
    """A message's state as a coloured word."""
    return Chip(message.get_state_display(), _TONES[MessageState(message.state)])


def address(message: Message) -> str:
    """The page of a message."""
    return reverse("customers:message_detail", args=[message.pk])


def number_of(message: Message) -> str:
    """The number that people know: the order's, or the key."""
    return str(message.context.get("number") or message.key)


class MessageFilter(django_filters.FilterSet):
    """State and time."""

    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=MessageState.choices)
    created_at = django_filters.DateFromToRangeFilter(label=_("Created"))

    class Meta:
        model = Message
        fields = ["state", "created_at"]


class FailureFilter(django_filters.FilterSet):
    """Which of the two kinds of trouble."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(state.value, state.label) for state in (MessageState.FAILED, MessageState.UNCONFIRMED)],
    )

    class Meta:
        model = Message
        fields = ["state"]


_COLUMNS = (
    Column("number", _("About"), kind="code", value=number_of, link=address),
    Column("state", _("State"), kind="chip", value=state_chip),
    Column("recipient", _("To"), masked_for=SEE, mask=mask_email),
    Column("shop", _("Shop"), value="shop_name"),
    Column("attempts", _("Attempts"), kind="number", order_by="attempts"),
    Column(
        "error", _("What the mail server said"), value=lambda message: gettext(message.error) if message.error else ""
    ),
    Column("created_at", _("Created"), kind="datetime", order_by="created_at"),
    Column("sent_at", _("Sent"), kind="datetime", order_by="sent_at"),
    Column("proof", _("Proof"), shown=False),
)

MESSAGES = ListScreen(
    key="customers.messages",
    title=_("Messages"),
    permission="customers.view_message",
    rows=lambda user: selectors.message_list().visible_to(user),
    columns=_COLUMNS,
    filters=MessageFilter,
    search=selectors.messages_matching,
    search_hint=_("Order number"),
    row_url=address,
    presets=(Preset(_("Waiting"), "state=queued"), Preset(_("Sent"), "state=sent")),
    empty=_("Order confirmations and other mails to customers would be here, each with its proof."),
)


def _retry_one(*, pk: int, actor: Actor, reason: str) -> None:
    services.retry_message(message_id=pk, reason=reason, actor=actor, now=timezone.now())


def _drop_one(*, pk: int, actor: Actor, reason: str) -> None:
    services.drop_message(message_id=pk, reason=reason, actor=actor, now=timezone.now())


FAILURES = ListScreen(
    key="customers.failures",
    title=_("Failed messages"),
    intro=_("Nothing here is sent again by itself. “Outcome unknown” may have gone out: look before you send again."),
    permission="customers.view_message",
    rows=lambda user: selectors.message_list().visible_to(user).waiting_for_a_person(),
    columns=[column for column in _COLUMNS if column.key not in ("sent_at", "proof")],
    filters=FailureFilter,
    search=("key", "context__number", "context__external_number"),
    search_hint=_("Order number"),
    row_url=address,
    presets=(Preset(_("Failed"), "state=failed"), Preset(_("Outcome unknown"), "state=unconfirmed")),
    bulk=(
        BulkAction(
            "retry",
            _("Send again"),
            run=_retry_one,
            permission="customers.retry_message",
            icon="refresh",
            explain=_(
                "Each message goes out with the next sweep. One whose outcome is unknown may reach its buyer twice."
            ),
        ),
        BulkAction(
            "drop",
            _("Drop"),
            run=_drop_one,
            permission="customers.retry_message",
            icon="trash",
            explain=_("These messages will never be sent. Their clocks stop. Orders are not changed."),
            is_destructive=True,
        ),
    ),
    empty=_("Mails that could not be sent would be here. Nothing waits for you."),
)

_DECISIONS: dict[str, tuple[Callable[..., Message], frozenset[str], str | Promise]] = {
    "confirm": (services.confirm_message, frozenset({MessageState.UNCONFIRMED}), _("Noted: it went out.")),
    "retry": (
        services.retry_message,
        frozenset({MessageState.FAILED, MessageState.UNCONFIRMED}),
        _("The message goes out with the next sweep."),
    ),
    "drop": (
        services.drop_message,
        frozenset({MessageState.FAILED, MessageState.UNCONFIRMED}),
        _("Dropped: the message will never be sent."),
    ),
}


@require("customers.view_message")
def message_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: its state with proof or trouble, its words, what was done about it."""
    return _message_page(request, _message(request, pk))


@require("customers.retry_message")
@require_POST
def message_decide(request: HttpRequest, pk: int, decision: str) -> HttpResponse:
    """“It did go out”, “send again” or “drop”, with a reason."""
    message = _message(request, pk)
    service, _states, done = _DECISIONS[decision]
    form = _form(decision, request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            service(message_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, str(done))
            return outcome.redirect("customers:message_detail", pk)
    return _message_page(request, message, refused={decision: form})


def _message(request: HttpRequest, pk: int) -> Message:
    return get_object_or_404(selectors.message_list().visible_to(request.user), pk=pk)


def _form(decision: str, data: Any = None) -> ReasonForm:
    return ReasonForm(data, auto_id=f"id_{decision}_%s")


def _message_page(
    request: HttpRequest, message: Message, *, refused: dict[str, ReasonForm] | None = None
) -> HttpResponse:
    asked = refused or {}
    possible = {
        name: asked.get(name) or _form(name)
        for name, (_service, states, _done) in _DECISIONS.items()
        if message.state in states and request.user.has_perm("customers.retry_message")
    }
    context = {
        "message": message,
        "number": number_of(message),
        "state": state_chip(message),
        "recipient": message.recipient if request.user.has_perm(SEE) else mask_email(message.recipient),
        "error": gettext(message.error) if message.error else "",
        "subject_url": _subject_url(message, request.user),
        "forms": possible,
        "preview": _preview(message),
        "clock": selectors.message_clock(message),
        "history": [
            (entry, sentence_of(entry.action), _in_words(entry.changes.get(message.key, ())))
            for entry in selectors.message_history(message)
        ],
        "now": timezone.now(),
    }
    return page(request, "customers/desk/message.html", context, form=next(iter(asked.values()), None))


def _in_words(states: Sequence[str]) -> dict[str, list[str]]:
    return {gettext("state"): [str(MessageState(state).label) for state in states]} if states else {}


def _preview(message: Message) -> RenderedMail | None:
    """The mail's words as they go out; nothing when they were erased or cannot be rendered."""
    if not message.context:
        return None
    shop = Shop.objects.filter(pk=message.store_id).first()
    try:
        return render_mail(
            message.template, message.context, language=message.language, reply_to=shop.contact_email if shop else ""
        )
    except Exception:
        return None  # what is wrong stands in the error of the message; the page must open all the same


def _subject_url(message: Message, user: Any) -> str:
    if message.subject_type not in subjects:
        return ""
    kind = subjects.get(message.subject_type)
    if kind.permission and not user.has_perm(kind.permission):
        return ""
    try:
        return reverse(kind.url_name, args=[message.subject_id])
    except NoReverseMatch:
        return ""
