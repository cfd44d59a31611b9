"""Forms of pushes: the evidence that something is seen in a shop, and the shop's number of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class EvidenceForm(forms.Form):
    """Where shoppers see it. One of the two is enough; a take-down needs none."""

    url = forms.CharField(
        label=_("Address where shoppers see it"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    platform_id = forms.CharField(
        label=_("Platform's number"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, needs_evidence: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_evidence:
            del self.fields["url"], self.fields["platform_id"]

    def evidence(self) -> dict[str, str]:
        """What `confirm_by_hand` takes."""
        return {name: self.cleaned_data.get(name, "") for name in ("url", "platform_id")}


class NumberForm(forms.Form):
    """The number under which the shop knows the listing; empty when it shall be looked for or made anew."""

    remote_id = forms.CharField(label=_("Platform's number"), max_length=120, required=False)
