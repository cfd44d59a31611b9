"""Forms of the product page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.states import PRODUCT_TRANSITIONS, ProductState
from config.kit.web.fields import MomentField
from stores.models import Shop


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
    """A price of a variant with the time for which it holds."""

    amount = forms.DecimalField(label=_("Price"), min_value=0, max_digits=12, decimal_places=2)
    shop = forms.ModelChoiceField(
        Shop.objects.none(),
        label=_("Shop"),
        required=False,
        empty_label=_("every shop without a price of its own"),
    )
    starts_at = MomentField(label=_("From"), required=False, help_text=_("Empty: from now on."))
    ends_at = MomentField(
        label=_("Until"),
        required=False,
        help_text=_(
            "Empty: until the next price that is planned. After a price with an end, what holds now holds again."
        ),
    )
    is_sure = forms.BooleanField(label=_("It is meant, though far from the present price"), required=False)
    field_order = ("amount", "shop", "starts_at", "ends_at", "reason", "is_sure")

    def __init__(self, *args: Any, shops: QuerySet[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        if not self.is_bound:
            self.fields["is_sure"].widget = forms.HiddenInput()  # shown once it is asked for
