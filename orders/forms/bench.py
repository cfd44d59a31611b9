"""Forms of the warehouse."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.kit.web.fields import MomentField
from inventory.models import Location
from orders.models import Courier

ONE_PIECE = (("", _("all orders")), ("yes", _("only orders of one piece")), ("no", _("only orders of several pieces")))


class WaveFilterForm(forms.Form):
    """Which ready orders to show for a wave; read from the address, so that it can be shared."""

    location = forms.ModelChoiceField(
        Location.objects.filter(is_active=True).order_by("priority", "pk"), label=_("Location")
    )
    single = forms.ChoiceField(choices=ONE_PIECE, required=False, label=_("Size"))
    before = MomentField(
        required=False,
        label=_("Ship by before"),
    )
    limit = forms.IntegerField(min_value=1, max_value=300, required=False, initial=60, label=_("At most"))

    @property
    def single_item(self) -> bool | None:
        """The choice as a rule knows it."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("single", ""))


class WaveForm(forms.Form):
    """The ticked orders, and the courier that the wave is planned for."""

    location = forms.ModelChoiceField(Location.objects.filter(is_active=True), widget=forms.HiddenInput)
    order = forms.TypedMultipleChoiceField(
        coerce=int, label=_("Orders"), error_messages={"required": _("Tick at least one order.")}
    )
    courier = forms.ModelChoiceField(
        Courier.objects.filter(is_active=True).order_by("name"),
        required=False,
        label=_("Courier"),
        empty_label=_("decided at packing"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Which orders are still free is for the service to say, under its lock.
        sent = self.data.getlist("order") if hasattr(self.data, "getlist") else []
        self.fields["order"].choices = [(key, key) for key in sent if key.isdecimal() and len(key) < 19]  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """Why an order leaves its wave."""

    reason = forms.CharField(required=False, max_length=300, label=_("Reason"))


class PickForm(forms.Form):
    """How many pieces were taken."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        min_value=1, label=_("Pieces taken"), widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )


class ShortForm(forms.Form):
    """How many pieces were not there, and what was there instead."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        min_value=1, label=_("Pieces not found"), widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    reason = forms.CharField(max_length=300, label=_("What did you find?"))
    corrects_stock = forms.BooleanField(required=False, initial=True, label=_("Book the missing pieces off the stock"))

    def __init__(self, *args: Any, may_correct: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_correct:
            del self.fields["corrects_stock"]


class CloseForm(forms.Form):
    """What goes with the waybill. Sent along with every scan of the pack bench."""

    weight_grams = forms.IntegerField(
        min_value=1,
        max_value=200_000,
        required=False,
        label=_("Weight (g)"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "form": "scan"}),
    )
    courier = forms.ModelChoiceField(
        Courier.objects.filter(is_active=True).order_by("name"),
        required=False,
        label=_("Courier"),
        empty_label=_("from the number"),
        widget=forms.Select(attrs={"form": "scan"}),
    )


class UnpackForm(forms.Form):
    """Why a packed parcel is opened."""

    reason = forms.CharField(max_length=300, label=_("Reason"))


class HandOverForm(forms.Form):
    """Who takes the bag. `parcel` are the parcels that were on the screen when the name was written."""

    parcel = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.MultipleHiddenInput)
    taken_by = forms.CharField(max_length=80, label=_("Taken by"), help_text=_("The courier's name, as on the badge."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = self.data.getlist("parcel") if hasattr(self.data, "getlist") else []
        self.fields["parcel"].choices = [(key, key) for key in sent if key.isdecimal() and len(key) < 19]  # type: ignore[attr-defined]
