"""Entering an order by hand: one form, its lines, and the body that our REST door would get."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError
from orders.selectors.entry import Goods
from stores.models import Shop

EMPTY_ROWS = 3
_ADDRESS = ("country", "region", "city", "district", "street", "postcode")


def fresh_key() -> str:
    """The order's key in its shop: given with the empty form, so that a form sent twice makes one order."""
    return f"H-{secrets.token_hex(5).upper()}"


class EntryForm(forms.Form):
    """Who buys, who gets it, what it costs beside the goods. What the recipient leaves empty is the buyer's."""

    key = forms.RegexField(r"^H-[0-9A-F]{10}$", widget=forms.HiddenInput)
    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.none())
    external_number = forms.CharField(
        label=_("Platform number"), max_length=120, required=False, help_text=_("Where the platform gave one.")
    )
    buyer_name = forms.CharField(label=_("Buyer"), max_length=120)
    buyer_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    buyer_email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("The confirmation goes there; without it none is sent.")
    )
    recipient_name = forms.CharField(
        label=_("Recipient"), max_length=120, required=False, help_text=_("Empty: the buyer.")
    )
    recipient_phone = forms.CharField(
        label=_("Recipient's phone"), max_length=40, required=False, help_text=_("Empty: the buyer's.")
    )
    country = forms.CharField(label=_("Country"), max_length=60, required=False)
    region = forms.CharField(label=_("Province"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=200, required=False)
    district = forms.CharField(label=_("District"), max_length=200, required=False)
    street = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        required=False,
        help_text=_("Empty: the order is held for its address."),
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    amount_shipping = forms.DecimalField(
        label=_("Shipping"), min_value=0, max_digits=12, decimal_places=2, required=False, initial=Decimal(0)
    )
    amount_discount = forms.DecimalField(
        label=_("Discount"), min_value=0, max_digits=12, decimal_places=2, required=False, initial=Decimal(0)
    )
    is_paid = forms.BooleanField(
        label=_("The buyer has paid"), required=False, help_text=_("Otherwise the order is held for payment.")
    )
    payment_reference = forms.CharField(label=_("Payment reference"), max_length=120, required=False)
    note = forms.CharField(
        label=_("Buyer's note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Shop.objects.visible_to(user).filter(is_active=True).order_by("name")
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        own = list(shops[:2]) if not self.is_bound else []
        if len(own) == 1:
            self.fields["shop"].initial = own[0].pk

    def body(self, lines: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
        """The order as the REST door would get it. Call when form and lines are valid."""
        data = self.cleaned_data
        return {
            "external_id": data["key"],
            "external_number": data["external_number"] or data["key"],
            "placed_at": now.isoformat(),
            "paid_at": now.isoformat() if data["is_paid"] else None,
            "payment_reference": data["payment_reference"],
            "currency": data["shop"].currency,
            "buyer": {"name": data["buyer_name"], "phone": data["buyer_phone"], "email": data["buyer_email"]},
            "recipient": {
                "name": data["recipient_name"] or data["buyer_name"],
                "phone": data["recipient_phone"] or data["buyer_phone"],
                **{name: data[name] for name in _ADDRESS},
            },
            "amount_shipping": str(data["amount_shipping"] or 0),
            "amount_discount": str(data["amount_discount"] or 0),
            "note": data["note"],
            "lines": list(lines),
        }


class LineForm(forms.Form):
    """One line. Title and price come from the product when they are left empty."""

    code = forms.CharField(label=_("Seller code or barcode"), max_length=120, required=False)
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=1_000_000, required=False, initial=1)
    unit_price = forms.DecimalField(label=_("Unit price"), min_value=0, max_digits=12, decimal_places=2, required=False)

    @property
    def is_blank(self) -> bool:
        """Whether the row was left alone."""
        return not self.cleaned_data.get("code") and not self.cleaned_data.get("title")

    def clean(self) -> dict[str, Any]:
        """A row with anything in it needs goods."""
        data: dict[str, Any] = super().clean() or {}
        if self.has_changed() and not data.get("code") and not data.get("title") and not self.errors:
            self.add_error("code", gettext("Which goods? Type a seller code or a title."))
        return data


class Lines(BaseFormSet):
    """The lines of an order that is being entered."""

    def filled(self) -> list[LineForm]:
        """The rows that hold goods."""
        return [form for form in self.forms if not form.is_blank]

    def codes(self) -> list[str]:
        """The seller codes that were typed."""
        return [form.cleaned_data["code"] for form in self.filled() if form.cleaned_data["code"]]

    def body(self, known: Mapping[str, Goods]) -> list[dict[str, Any]] | None:
        """The lines of the body, with the product's title and price where none was typed; None when a price is missing."""
        lines = []
        for form in self.filled():
            data, goods = form.cleaned_data, known.get(form.cleaned_data["code"])
            price = data["unit_price"] if data["unit_price"] is not None else goods.variant.price if goods else None
            if price is None:
                form.add_error("unit_price", gettext("Nobody knows this code: type the price, and a title."))
                continue
            lines.append(
                {
                    "seller_code": goods.seller_code if goods else data["code"],
                    "title": data["title"] or (str(goods.variant.product) if goods else ""),
                    "quantity": data["quantity"] or 1,
                    "unit_price": str(price),
                }
            )
        return lines if len(lines) == len(self.filled()) else None


_FormSet = formset_factory(LineForm, formset=Lines, extra=EMPTY_ROWS, max_num=200, absolute_max=200)


def line_forms(data: QueryDict | None = None) -> Lines:
    """The lines as they were sent, or empty rows."""
    return cast(Lines, _FormSet(data, prefix="lines"))


_FIELDS: dict[str, str] = {
    "external_id": "external_number",
    "paid_at": "is_paid",
    "email": "buyer_email",
}


def put_error(form: EntryForm, lines: Lines, error: DomainError) -> None:
    """Put a refusal of the intake where the person can mend it."""
    head, _dot, rest = (error.field or "").partition(".")
    number, _dot, name = rest.partition(".")
    if head == "lines" and number.isdigit():
        filled = lines.filled()
        line_field = {"seller_code": "code"}.get(name, name)
        if int(number) < len(filled) and line_field in filled[int(number)].fields:
            filled[int(number)].add_error(line_field, error.describe())
            return
    own = _FIELDS.get(error.field or "", error.field)
    form.add_error(own if own in form.fields else None, error.describe())
