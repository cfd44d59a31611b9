"""Forms of redesign proposals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from config.kit.web.fields import FilesField, MomentField
from stores.models import Employee, Page, Proposal, Shop
from stores.states import Recommendation


def _text(label: Any, *, rows: int = 3, limit: int = 10_000, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, widget=forms.Textarea(attrs={"rows": rows}), **options)


class _PersonField(forms.ModelChoiceField):
    """One of those who work here, by department, which stands beside the name."""

    def label_from_instance(self, obj: Any) -> str:
        return _with_department(obj)


class _PeopleField(forms.ModelMultipleChoiceField):
    """Several of them."""

    def label_from_instance(self, obj: Any) -> str:
        return _with_department(obj)


def _with_department(person: Employee) -> str:
    return f"{person.department} · {person}" if person.department else str(person)


def _people_here() -> Any:
    here = Employee.objects.filter(is_active=True).select_related("department")
    return here.order_by(F("department__name").asc(nulls_last=True), "display_name", "pk")


class ReviseProposalForm(forms.Form):
    """The words of a proposal, and mock-ups."""

    title = forms.CharField(label=_("Title"), max_length=160)
    text = _text(_("What should change, and why"), rows=6)
    expected_effect = _text(_("Expected effect"), help_text=_("What will be better, and how one would see it."))
    cost = forms.CharField(
        label=_("Cost"), max_length=200, required=False, help_text=_("Money and days, as far as you know.")
    )
    file = FilesField(
        label=_("Mock-ups"),
        required=False,
        help_text=_("Pictures or documents, several at once. They are checked before they are kept."),
    )

    @staticmethod
    def initial_of(proposal: Proposal) -> dict[str, Any]:
        """What was filed."""
        return {name: getattr(proposal, name) for name in ("title", "text", "expected_effect", "cost")}


class ProposalForm(ReviseProposalForm):
    """A new proposal. Any shop and page may be meant: shoppers see them all."""

    shop = forms.ModelChoiceField(
        Shop.objects.filter(is_active=True).order_by("name"),
        label=_("Shop"),
        required=False,
        empty_label=_("all, or none in particular"),
    )
    page = forms.ModelChoiceField(
        Page.objects.select_related("shop").order_by("shop__name", "name"),
        label=_("Page"),
        required=False,
        empty_label=_("no page in particular"),
    )

    field_order = ("title", "shop", "page", "text", "expected_effect", "cost", "file")


class DiscussionForm(forms.Form):
    """What the planning group said."""

    held_on = forms.DateField(label=_("Held on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    present = _PeopleField(Employee.objects.none(), label=_("Present"), widget=forms.CheckboxSelectMultiple)
    minutes = _text(_("Minutes"), rows=6)
    votes_for = forms.IntegerField(label=_("Votes for"), min_value=0, max_value=999, initial=0)
    votes_against = forms.IntegerField(label=_("Votes against"), min_value=0, max_value=999, initial=0)
    recommendation = forms.ChoiceField(
        label=_("Recommendation"),
        choices=Recommendation.choices,
        widget=forms.RadioSelect,
        help_text=_("“Change it first” gives it back to its author; otherwise the management decides."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].queryset = _people_here()  # type: ignore[attr-defined]


class SendForm(forms.Form):
    """What the management needs to decide."""

    cost = forms.CharField(label=_("Cost"), max_length=200)
    effect = _text(_("Expected effect"))


class ProposalOrderForm(forms.Form):
    """A work order."""

    text = forms.CharField(label=_("What is to be done"), max_length=300)
    owner = _PersonField(Employee.objects.none(), label=_("Owner"))
    due_at = MomentField(
        label=_("Due"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _people_here()  # type: ignore[attr-defined]


class OrderDoneForm(forms.Form):
    """How the work compares with what was approved."""

    note = _text(_("Compared with the approved design"), help_text=_("What is as approved, what differs and why."))
    file = FilesField(
        label=_("Evidence"), required=False, help_text=_("A picture of the page as it is now, or another proof.")
    )


class EvidenceForm(forms.Form):
    """More evidence."""

    file = FilesField(label=_("Evidence"))


class CloseProposalForm(forms.Form):
    """What came of it."""

    effect_note = _text(
        _("Effect measured"), rows=4, help_text=_("Figures before and after, against what was expected.")
    )


class WithdrawForm(forms.Form):
    """Why the author takes it back."""

    reason = _text(_("Reason"), rows=2, limit=500)


def sent_files(form: forms.Form) -> list[UploadedFile]:
    """The files of a valid form."""
    return list(form.cleaned_data.get("file") or [])
