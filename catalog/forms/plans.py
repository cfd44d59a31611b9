"""Forms of listing plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from catalog.models import ListingPlan
from catalog.policies.plans import PlanRow, read_rows
from catalog.services.plans import PlanFacts
from config.kit.web.fields import DocumentField
from stores.models import CustomerGroup


class DayInput(forms.DateInput):
    """The browser's own control for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlanForm(forms.Form):
    """The head of a plan. The survey may come later; without one the plan cannot be submitted."""

    name = forms.CharField(label=_("Name"), max_length=120)
    starts_on = forms.DateField(label=_("From"), widget=DayInput())
    ends_on = forms.DateField(label=_("Until"), widget=DayInput())
    customer_group = forms.ModelChoiceField(
        CustomerGroup.objects.order_by("name"), label=_("Target group"), required=False
    )
    survey_title = forms.CharField(
        label=_("Survey"), max_length=160, required=False, help_text=_("Which survey the plan rests on.")
    )
    survey_conclusion = forms.CharField(
        label=_("What the survey says"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    survey_file = DocumentField(
        label=_("Survey file"), required=False, help_text=_("PDF, XLSX, DOCX, CSV, TXT or a picture, at most 20 MB.")
    )

    def clean(self) -> dict[str, Any]:
        """The end is not before the beginning."""
        data = super().clean() or self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _now("The plan ends before it begins."))
        return data

    def facts(self) -> PlanFacts:
        """What the services take."""
        data = self.cleaned_data
        group = data["customer_group"]
        return PlanFacts(
            name=data["name"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            customer_group_id=group.pk if group else None,
            survey_title=data["survey_title"],
            survey_conclusion=data["survey_conclusion"],
        )

    @staticmethod
    def initial_of(plan: ListingPlan) -> dict[str, Any]:
        """What the plan says now."""
        names = ("name", "starts_on", "ends_on", "customer_group", "survey_title", "survey_conclusion")
        return {name: getattr(plan, name) for name in names}


class LinesForm(forms.Form):
    """Lines as they come from a sheet."""

    lines = forms.CharField(
        label=_("Lines"),
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "font-monospace", "placeholder": "TEA-250\tmall\t2026-03-31"}),
        help_text=_(
            "One line each: SKU, shop code, date, and if you like the owner's user name. Paste it from a sheet."
        ),
    )

    def rows(self) -> list[PlanRow]:
        """The lines as rows."""
        return read_rows(self.cleaned_data["lines"])
