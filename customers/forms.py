"""What people fill in about customers and messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """The reason that the trail keeps."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept in the trail."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EraseForm(ReasonForm):
    """Erasing cannot be undone: the customer's number is typed by hand."""

    number = forms.IntegerField(
        label=_("Number of the customer"), help_text=_("Type it to confirm; it stands in the title.")
    )

    field_order = ("number", "reason")

    def __init__(self, *args: Any, customer_id: int, **kwargs: Any) -> None:
        self.customer_id = customer_id
        super().__init__(*args, **kwargs)

    def clean_number(self) -> int:
        """The right number, or no erasing."""
        number: int = self.cleaned_data["number"]
        if number != self.customer_id:
            raise forms.ValidationError(_("This is not the number of this customer. Nothing was erased."))
        return number
