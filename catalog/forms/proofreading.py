"""Forms of proof-reading and of notes on competitors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

RIGHT, WRONG = "right", "wrong"


class NoteForm(forms.Form):
    """What somebody saw at a competitor."""

    text = forms.CharField(label=_("What you saw"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    url = forms.URLField(label=_("Address"), max_length=500, required=False, assume_scheme="https")


class ProofreadForm(forms.Form):
    """One question for each field that is shown: right, or to be corrected with a note. `version` is what was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, fields: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [code for code, _label in fields]
        for code, label in fields:
            self.fields[f"is_{code}"] = forms.ChoiceField(
                label=label,
                choices=[(RIGHT, _("right")), (WRONG, _("to be corrected"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether it is right.")},
            )
            self.fields[f"note_{code}"] = forms.CharField(
                label=_("What is wrong, and what would be right"), max_length=500, required=False
            )

    def clean(self) -> dict[str, Any]:
        """A field to be corrected needs its note."""
        cleaned = super().clean() or {}
        for code in self.codes:
            if cleaned.get(f"is_{code}") == WRONG and not (cleaned.get(f"note_{code}") or "").strip():
                self.add_error(f"note_{code}", _("Write what is wrong and what would be right."))
        return cleaned

    def confirmed(self) -> list[str]:
        """Fields that are right."""
        return [code for code in self.codes if self.cleaned_data[f"is_{code}"] == RIGHT]

    def corrected(self) -> dict[str, str]:
        """Field → what is wrong with it."""
        return {
            code: self.cleaned_data[f"note_{code}"] for code in self.codes if self.cleaned_data[f"is_{code}"] == WRONG
        }
