"""Forms of the product page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.states import PRODUCT_TRANSITIONS, ProductState


class ReasonForm(forms.Form):
    """The reason that the trail keeps."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class StateForm(ReasonForm):
    """The states that a product can go to from where it is."""

    state = forms.ChoiceField(label=_("New state"), widget=forms.RadioSelect)
    field_order = ("state", "reason")

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = PRODUCT_TRANSITIONS[product.state]
        self.fields["state"].choices = [(s.value, s.label) for s in ProductState if s in targets]  # type: ignore[attr-defined]

    def clean_state(self) -> ProductState:
        """The state as the enum."""
        return ProductState(self.cleaned_data["state"])


class PriceForm(ReasonForm):
    """A variant's own price."""

    price = forms.DecimalField(label=_("Price"), min_value=0, max_digits=12, decimal_places=2)
    field_order = ("price", "reason")
