"""What is filled in on the order page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.states import HoldKind, NoteKind

# Stock and unknown codes are held and released by the software alone.
_BY_HAND = [kind for kind in HoldKind if kind not in (HoldKind.STOCK, HoldKind.UNMAPPED, HoldKind.SHORT_PICK)]


def reason_field(label: Any) -> forms.CharField:
    """Words that the trail keeps."""
    rows = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=500, help_text=_("Kept in the trail."), widget=rows)


class ReasonForm(forms.Form):
    """Why."""

    reason = reason_field(_("Reason"))


class HoldForm(forms.Form):
    """Which type of hold, and why."""

    kind = forms.ChoiceField(label=_("Type"), choices=[(kind.value, kind.label) for kind in _BY_HAND])
    reason = reason_field(_("Why must it wait?"))


class ReleaseForm(forms.Form):
    """How a hold was settled. One form for each hold: the prefix keeps their fields apart."""

    kind = forms.ChoiceField(choices=HoldKind.choices, widget=forms.HiddenInput)
    resolution = reason_field(_("How was it settled?"))


class NoteForm(forms.Form):
    """A note and for whom it is."""

    kind = forms.ChoiceField(label=_("For"), choices=NoteKind.choices, initial=NoteKind.INTERNAL)
    text = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class BulkHoldForm(forms.Form):
    """The type of hold for many orders; the reason is asked by the list itself."""

    kind = forms.ChoiceField(label=_("Type"), choices=[(kind.value, kind.label) for kind in _BY_HAND])


class CorrectInputForm(forms.Form):
    """A corrected body and why."""

    body = forms.CharField(
        label=_("Corrected body"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "font-monospace"}),
    )
    reason = reason_field(_("What did you correct, and why?"))
