"""Uploading an order file, and correcting its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.web import mask_email, mask_name, mask_phone, mask_tail
from orders.formats.columns import FIELDS, REQUIRED
from orders.models import ColumnMap
from orders.states import OrderMode
from stores.models import Shop

COLUMN_NAMES: dict[str, Any] = {
    "order_number": _("order number"),
    "seller_code": _("seller code"),
    "title": _("title"),
    "quantity": _("quantity"),
    "unit_price": _("unit price"),
    "line_discount": _("discount of the line"),
    "placed_at": _("ordered at"),
    "paid_at": _("paid at"),
    "currency": _("currency"),
    "buyer_id": _("buyer's account"),
    "buyer_name": _("buyer"),
    "buyer_email": _("buyer's e-mail"),
    "buyer_phone": _("buyer's phone"),
    "language": _("language"),
    "recipient_name": _("recipient"),
    "recipient_phone": _("recipient's phone"),
    "country": _("country"),
    "region": _("province"),
    "city": _("city"),
    "district": _("district"),
    "street": _("street"),
    "postcode": _("postcode"),
    "amount_shipping": _("shipping"),
    "amount_discount": _("discount"),
    "amount_total": _("total"),
    "note": _("buyer's note"),
    "payment_reference": _("payment reference"),
}
PERSONAL = {
    "buyer_id": mask_tail,
    "buyer_name": mask_name,
    "buyer_email": mask_email,
    "buyer_phone": mask_phone,
    "recipient_name": mask_name,
    "recipient_phone": mask_phone,
    "district": mask_tail,
    "street": mask_tail,
    "postcode": mask_tail,
    "note": mask_tail,
    "payment_reference": mask_tail,
}


class UploadForm(forms.Form):
    """A file and what shall become of it."""

    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.none())
    column_map = forms.ModelChoiceField(
        label=_("Column map"),
        queryset=ColumnMap.objects.filter(is_active=True).order_by("name"),
        help_text=_("Says which column means what. Columns are recognised by their names, wherever they stand."),
    )
    file = forms.FileField(label=_("File"), help_text=_("CSV (UTF-8 or GBK), also gzipped, or XLSX."))
    mode = forms.ChoiceField(
        label=_("What are these orders?"),
        choices=[
            (OrderMode.LIVE.value, _("Live: stock is reserved, buyers get a confirmation, clocks start")),
            (OrderMode.HISTORY.value, _("History: kept for customers' pages and reports; no stock, no mail, no clock")),
        ],
        widget=forms.RadioSelect,
        initial=OrderMode.LIVE,
    )
    unknown_codes = forms.ChoiceField(
        label=_("Seller codes that nobody knows"),
        choices=[
            ("hold", _("Hold the order until somebody says what the code means")),
            ("draft", _("Make a draft product of each, to be completed later")),
        ],
        widget=forms.RadioSelect,
        initial="hold",
    )
    is_dry_run = forms.BooleanField(
        label=_("Check only: read the file and show what is wrong; make no order until somebody presses start"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Shop.objects.visible_to(user).filter(is_active=True).order_by("name")
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        own = list(shops[:2]) if not self.is_bound else []
        if len(own) == 1:
            self.fields["shop"].initial = own[0].pk


class RowForm(forms.Form):
    """The cells of one quarantined row. Personal data stands covered in the hint and stays unless something new is typed."""

    def __init__(
        self, *args: Any, cells: Mapping[str, str], columns: Iterable[str], bad: str, plain: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cells, self.plain = cells, plain
        wanted = {*columns, *cells, *REQUIRED, bad} & set(FIELDS)
        for name in [bad, *FIELDS]:
            if name in wanted and name not in self.fields:
                self.fields[name] = self._field(name, is_bad=name == bad)

    def _field(self, name: str, *, is_bad: bool) -> forms.CharField:
        label, value = COLUMN_NAMES[name], self.cells.get(name, "")
        attrs: dict[str, Any] = {"autofocus": True} if is_bad else {}
        if not self._is_covered(name):
            return forms.CharField(
                label=label, required=False, max_length=2000, initial=value, widget=forms.TextInput(attrs)
            )
        covered = PERSONAL[name](value)
        help_text = gettext("Stays %s unless you type something new.") % covered if covered else ""
        return forms.CharField(
            label=label, required=False, max_length=2000, help_text=help_text, widget=forms.TextInput(attrs)
        )

    def _is_covered(self, name: str) -> bool:
        return name in PERSONAL and not self.plain

    def corrected(self) -> dict[str, str]:
        """All cells as they shall be."""
        typed = {name: value for name, value in self.cleaned_data.items() if value or not self._is_covered(name)}
        return {**self.cells, **typed}
