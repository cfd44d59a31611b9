"""The customer list and the customer's page: masked, with a reason to look, and the way to erase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from approvals.selectors import sentence_of, trail_of
from config.kit.web import Chip, Column, ListScreen, Tone, actor_of, domain_errors, mask_name, page, require
from customers import selectors, services
from customers.forms import EraseForm, ReasonForm
from customers.models import Customer, Identity, Message
from customers.states import IdentityKind
from customers.views._masks import MASKS, SEE, mask_several
from customers.views.messages import state_chip
from stores.models import Shop


def address(customer: Customer) -> str:
    """The page of a customer."""
    return reverse("customers:customer_detail", args=[customer.pk])


def _values(kind: IdentityKind) -> Any:
    def of(customer: Customer) -> str:
        return ", ".join(identity.value for identity in customer.identities.all() if identity.kind == kind)

    return of


def _name(customer: Customer) -> str:
    return customer.name or f"#{customer.pk}"


def _mask_name(shown: str | None) -> str:
    return shown if shown and shown.startswith("#") else mask_name(shown)


class CustomerFilter(django_filters.FilterSet):
    """First shop and the time since when they are known."""

    shop = django_filters.ModelChoiceFilter(label=_("First shop"), queryset=Shop.objects.order_by("name"))
    created_at = django_filters.DateFromToRangeFilter(label=_("Known since"))

    class Meta:
        model = Customer
        fields = ["shop", "created_at"]


CUSTOMERS = ListScreen(
    key="customers.customers",
    title=_("Customers"),
    permission="customers.view_customer",
    rows=lambda user: selectors.customer_list().visible_to(user),
    columns=(
        Column("name", _("Name"), value=_name, link=address, order_by="name", masked_for=SEE, mask=_mask_name),
        Column("phone", _("Phone"), value=_values(IdentityKind.PHONE), masked_for=SEE, mask=mask_several("phone")),
        Column("email", _("E-mail"), value=_values(IdentityKind.EMAIL), masked_for=SEE, mask=mask_several("email")),
        Column("shop", _("First shop"), value=lambda customer: str(customer.shop)),
        Column("country", _("Country"), order_by="country", shown=False),
        Column("created_at", _("Known since"), kind="datetime", order_by="created_at"),
        Column("erased", _("Data"), kind="chip", value=lambda customer: erased_chip(customer) or ""),
    ),
    filters=CustomerFilter,
    search=selectors.customers_matching,
    search_hint=_("Name, pinyin, last figures of the phone, account"),
    row_url=address,
    empty=_("Everybody who ever bought in your shops would be here; the first order makes the customer."),
)


def erased_chip(customer: Customer) -> Chip | None:
    """Says that there is no person behind the row any more."""
    return Chip(_("erased"), Tone.MUTED, "user-off") if customer.erased_at else None


@dataclass(slots=True)
class ShownIdentity:
    """One identity as this person may see it; `plain` once they gave a reason."""

    pk: int
    kind: str
    scope: str
    value: str
    source: str
    created_at: Any
    is_masked: bool
    form: ReasonForm | None = None


def _shown(identity: Identity, user: Any, *, plain: str | None = None, form: ReasonForm | None = None) -> ShownIdentity:
    may_see = user.has_perm(SEE) or plain is not None
    return ShownIdentity(
        pk=identity.pk,
        kind=identity.get_kind_display(),
        scope=identity.scope,
        value=identity.value if may_see else MASKS[identity.kind](identity.value),
        source=identity.source,
        created_at=identity.created_at,
        is_masked=not may_see,
        form=form or ReasonForm(auto_id=f"id_{identity.pk}_%s"),
    )


@never_cache
@require("customers.view_customer")
def customer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer: identities with their source, the orders' slot, messages, what was done here."""
    customer = _customer(request, pk)
    return _customer_page(request, customer, [_shown(item, request.user) for item in selectors.identities_of(customer)])


@never_cache
@require("customers.reveal_personal_data")
@require_POST
def identity_reveal(request: HttpRequest, pk: int, identity_pk: int) -> HttpResponse:
    """Show one identity to this person, once, for a reason. The answer to a POST, never kept by browser or address."""
    customer = _customer(request, pk)
    identities = list(selectors.identities_of(customer))
    identity = next((item for item in identities if item.pk == identity_pk), None)
    if identity is None:
        raise Http404
    form = ReasonForm(request.POST, auto_id=f"id_{identity_pk}_%s")
    plain = None
    if form.is_valid():
        with domain_errors(request, form):
            plain = services.reveal_identity(
                identity_id=identity_pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data
            )
    shown = [
        _shown(item, request.user, plain=plain, form=form) if item.pk == identity_pk else _shown(item, request.user)
        for item in identities
    ]
    return _customer_page(
        request, customer, shown, form=form, row=next(item for item in shown if item.pk == identity_pk)
    )


@never_cache
@require("customers.reveal_personal_data")
@require_POST
def name_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the name to this person, once, for a reason."""
    customer = _customer(request, pk)
    form = ReasonForm(request.POST, auto_id="id_name_%s")
    plain = None
    if form.is_valid():
        with domain_errors(request, form):
            plain = services.reveal_name(
                customer_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data
            )
    shown = [_shown(item, request.user) for item in selectors.identities_of(customer)]
    return _customer_page(request, customer, shown, form=form, name=plain, name_form=form)


@require("customers.erase_customer")
def customer_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase a customer's personal data after their number was typed and a reason given."""
    customer = _customer(request, pk)
    form = EraseForm(request.POST if request.method == "POST" else None, customer_id=pk)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.anonymise_customer(
                customer_id=pk, reason=form.cleaned_data["reason"], actor=actor_of(request), now=timezone.now()
            )
        if not outcome.failed:
            messages.success(request, gettext("Personal data erased. The orders stay, without the person here."))
            return outcome.redirect("customers:customer_detail", pk)
    context = {"customer": customer, "form": form, "count": customer.identities.count()}
    return page(request, "customers/desk/customer_erase.html", context, form=form)


def _customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("shop"), pk=pk)


def _customer_page(
    request: HttpRequest,
    customer: Customer,
    identities: list[ShownIdentity],
    *,
    form: ReasonForm | None = None,
    row: ShownIdentity | None = None,
    name: str | None = None,
    name_form: ReasonForm | None = None,
) -> HttpResponse:
    sees = request.user.has_perm(SEE)
    shown_name = name if name is not None else customer.name if sees else mask_name(customer.name)
    context = {
        "customer": customer,
        "name": shown_name or f"#{customer.pk}",
        "name_is_masked": bool(customer.name) and not sees and name is None,
        "name_form": name_form or ReasonForm(auto_id="id_name_%s"),
        "identities": identities,
        "row": row,
        "erased": erased_chip(customer),
        "orders_url": _orders_url(customer),
        "sent": _messages_to(customer) if request.user.has_perm("customers.view_message") else None,
        "history": [(entry, sentence_of(entry.action)) for entry in trail_of("customers.customer", customer.pk)],
    }
    fragments = {f"identity-{row.pk}": "identity"} if row else None
    return page(request, "customers/desk/customer.html", context, form=form, fragments=fragments)


def _messages_to(customer: Customer) -> list[tuple[Message, Chip]]:
    return [(message, state_chip(message)) for message in customer.messages.order_by("-pk")[:20]]


def _orders_url(customer: Customer) -> str:
    """The slot that the top floor fills; empty where that floor is not installed."""
    try:
        return reverse("orders:customer_panel", args=[customer.pk])
    except NoReverseMatch:
        return ""
