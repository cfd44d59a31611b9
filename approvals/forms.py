"""What people fill in on the kernel's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.models import StageRule, TimeRule, WorkCalendar
from approvals.policies.calendars import read_periods
from approvals.registries import consequences
from approvals.seams import department_names, role_label
from approvals.states import Rung, StageMode
from config.kit.web.fields import DocumentField, MomentField


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ProofForm(forms.Form):
    """A document for one of the claims of a draft. `claims`: code of the rule → the claim in words; `today`: the person's day."""

    rule_code = forms.ChoiceField(label=_("Claim"))
    title = forms.CharField(
        label=_("What it proves"),
        max_length=160,
        help_text=_("Such as “Price history of all shops, January to March”."),
    )
    file = DocumentField(
        label=_("Document"),
        help_text=_("PDF, XLSX, DOCX, CSV, TXT or a picture, at most 20 MB. It is checked before it is kept."),
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: it does not run out. The claim is refused again after this day."),
    )

    def __init__(self, *args: Any, claims: Mapping[str, str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["rule_code"].choices = list(claims.items())  # type: ignore[attr-defined]

    def clean_valid_until(self) -> date | None:
        """A document that has run out proves nothing."""
        until: date | None = self.cleaned_data["valid_until"]
        if until is not None and until < self.today:
            raise forms.ValidationError(_now("This document has run out already."))
        return until


class PauseForm(forms.Form):
    """For whom a clock waits, and why."""

    debtor = forms.CharField(
        label=_("Waiting for"), max_length=120, help_text=_("The person, department or customer who owes the answer.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ResumeForm(forms.Form):
    """What came in, if anything."""

    reason = forms.CharField(
        label=_("What came in"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class CauseForm(forms.Form):
    """Why a deadline was breached."""

    cause = forms.CharField(label=_("Cause"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReassignForm(forms.Form):
    """Who owes the work from now on: a person, or everybody of a role."""

    owner = forms.ModelChoiceField(
        label=_("Person"),
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label=_("everybody of the role"),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = get_user_model().objects.filter(is_active=True).order_by("username")  # type: ignore[attr-defined]
        names = Group.objects.order_by("name").values_list("name", flat=True)
        self.fields["role"].choices = [("", _now("as before")), *((name, name) for name in names)]  # type: ignore[attr-defined]


class SharesField(forms.CharField):
    """Warnings as percent: "50, 80" is read as [0.5, 0.8]."""

    def prepare_value(self, value: Any) -> Any:
        """A stored list as it is typed."""
        return ", ".join(f"{round(share * 100)}" for share in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        """Read the list. Raises ValidationError naming what is no number."""
        text = super().clean(value)
        try:
            return [int(part) / 100 for part in text.replace("，", ",").replace("%", "").split(",") if part.strip()]
        except ValueError:
            raise forms.ValidationError(_("Write whole numbers of percent with commas between: 50, 80.")) from None


class RuleForm(forms.Form):
    """A new version of a time rule. An empty field of the ladder means that this rung is not told."""

    name = forms.CharField(label=_("Name"), max_length=120)
    length_minutes = forms.IntegerField(
        label=_("Length (minutes)"),
        min_value=1,
        help_text=_("60 = an hour, 1440 = a day round the clock, 450 = a day of office hours."),
    )
    calendar = forms.ModelChoiceField(label=_("Calendar"), queryset=WorkCalendar.objects.order_by("name"))
    warn_at = SharesField(
        label=_("Warnings (% of the length)"), required=False, help_text=_("For example 50, 80. Empty: no warning.")
    )
    after_owner = forms.IntegerField(label=_("Owner is told, minutes after the breach"), min_value=0, required=False)
    after_deputy = forms.IntegerField(label=_("Deputy is told after"), min_value=0, required=False)
    after_head = forms.IntegerField(label=_("Head of department is told after"), min_value=0, required=False)
    after_management = forms.IntegerField(label=_("Management is told after"), min_value=0, required=False)
    consequence = forms.ChoiceField(label=_("At the breach by rule"), required=False)
    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _now("nothing")), *((code, code) for code in consequences)]
        self.fields["consequence"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(rule: TimeRule) -> dict[str, Any]:
        """The version in force as the form shows it."""
        told = {f"after_{rung['to']}": rung["after_minutes"] for rung in rule.ladder}
        return {
            "name": rule.name,
            "length_minutes": rule.length_minutes,
            "calendar": rule.calendar_id,
            "warn_at": rule.warn_at,
            "consequence": rule.consequence,
            "expected_version": rule.version,
            **told,
        }

    def proposal(self) -> dict[str, Any]:
        """The cleaned form as `change_time_rule` takes it."""
        data = self.cleaned_data
        told = [(data[f"after_{rung}"], str(rung)) for rung in Rung.values]
        return {
            "name": data["name"],
            "length_minutes": data["length_minutes"],
            "calendar_id": data["calendar"].pk,
            "warn_at": data["warn_at"],
            "ladder": [(after, rung) for after, rung in told if after is not None],
            "consequence": data["consequence"],
            "expected_version": data["expected_version"],
            "reason": data["reason"],
        }


class PeriodForm(forms.Form):
    """From which day to which; both may stay empty."""

    start = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    subject_type = forms.CharField(label=_("Subject type"), max_length=64, required=False)


class CalendarForm(forms.ModelForm):
    """A work calendar; says what is wrong with its periods before they can stop a clock."""

    class Meta:
        model = WorkCalendar
        fields = ("name", "time_zone", "is_round_the_clock", "periods", "makeup_weekday", "holiday_country")

    def clean_periods(self) -> Any:
        """Refuse periods that cannot be read."""
        periods = self.cleaned_data["periods"] or {}
        try:
            read_periods(periods)
        except (ValueError, TypeError, AttributeError) as error:
            raise forms.ValidationError(str(error)) from None
        return periods

    def clean_time_zone(self) -> str:
        """Refuse a zone that nobody knows."""
        name: str = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone; write for example Asia/Shanghai."))
        return name


class AbsenceForm(forms.Form):
    """From when to when somebody is away, and who decides meanwhile. `for_others`: the person may be chosen."""

    person = forms.ModelChoiceField(label=_("Away"), queryset=get_user_model().objects.none())
    deputy = forms.ModelChoiceField(label=_("Deputy"), queryset=get_user_model().objects.none())
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, user: Any, for_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = get_user_model().objects.filter(is_active=True).order_by("username")
        if for_others:
            self.fields["person"].queryset = people  # type: ignore[attr-defined]
            self.fields["deputy"].queryset = people  # type: ignore[attr-defined]
        else:
            del self.fields["person"]
            self.fields["deputy"].queryset = people.exclude(pk=user.pk)  # type: ignore[attr-defined]


class HashedForm(forms.Form):
    """An act that is bound to exactly what the page showed."""

    content_hash = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class RefuseForm(HashedForm):
    """Why a request goes back: as a whole, and field by field (those inputs stand beside the fields on the page)."""

    reason = forms.CharField(
        label=_("What must be different"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, names: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"field-{name}": name for name, _label in names}
        for name, label in names:
            self.fields[f"field-{name}"] = forms.CharField(
                label=_now("Why “%(field)s” is refused") % {"field": label},
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "form": "refuse-form", "data-field-reason": ""}),
            )

    def field_reasons(self) -> dict[str, str]:
        """Field → reason, of the cleaned form."""
        return {name: self.cleaned_data[key] for key, name in self.names.items() if self.cleaned_data.get(key)}


class CommentForm(forms.Form):
    """A line of the discussion."""

    text = forms.CharField(
        label=_("Say something"),
        max_length=2000,
        widget=forms.Textarea(
            attrs={"rows": 2, "data-shortcut": "c", "data-shortcut-label": _("Write to the discussion")}
        ),
    )


class WaitForm(forms.Form):
    """Which department owes material, and what; somebody outside the house is named in words."""

    OTHER = "other"

    debtor = forms.ChoiceField(label=_("Waiting for"))
    other = forms.CharField(
        label=_("Who else"),
        max_length=120,
        required=False,
        help_text=_("A person, supplier or customer outside the list."),
    )

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = (role_label(name) for name in Group.objects.order_by("name").values_list("name", flat=True))
        names = list(dict.fromkeys([*department_names(), *roles]))
        self.fields["debtor"].choices = [  # type: ignore[attr-defined]
            ("", "---------"),
            *((name, name) for name in names),
            (self.OTHER, _now("somebody else")),
        ]

    def clean(self) -> dict[str, Any]:
        """`debtor` becomes the name that was written."""
        data = super().clean() or {}
        if data.get("debtor") == self.OTHER:
            data["debtor"] = data.get("other", "")
            if not data["debtor"] and "other" not in self.errors:
                self.add_error("other", _now("Write who owes the material."))
        return data


class EmergencyForm(HashedForm):
    """Why something cannot wait."""

    reason = forms.CharField(label=_("Why it cannot wait"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class AfterReviewForm(forms.Form):
    """Whether an emergency was rightly published."""

    good = forms.TypedChoiceField(
        label=_("After-review"),
        choices=[("yes", _("rightly published")), ("no", _("should not have been published"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("What was looked at"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class StageForm(forms.Form):
    """One stage of a kind and class. An empty line is left out."""

    code = forms.SlugField(widget=forms.HiddenInput, max_length=40, required=False)
    name = forms.CharField(label=_("Stage"), max_length=80, required=False)
    mode = forms.ChoiceField(
        label=_("Mode"), choices=[pair for pair in StageMode.choices if pair[0] != StageMode.REVIEW]
    )
    role = forms.ChoiceField(label=_("Decided by"), required=False)
    percent = forms.DecimalField(
        label=_("Share of the time (%)"), min_value=Decimal("0.1"), max_value=100, decimal_places=1, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        roles: Sequence[tuple[str, str]] = kwargs.pop("roles", ())
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["percent"].widget.attrs["data-share"] = ""

    def clean(self) -> dict[str, Any]:
        """A stage that is named has its share."""
        data = super().clean() or {}
        if data.get("name") and data.get("percent") is None and not self.errors:
            self.add_error("percent", _now("Every stage has a share of the time."))
        return data


StageForms = forms.formset_factory(StageForm, extra=2, max_num=8, absolute_max=8)


def stage_roles() -> list[tuple[str, str]]:
    """Roles that may decide, by their names; departments that sign need none."""
    names = Group.objects.order_by("name").values_list("name", flat=True)
    return [("", _now("each department")), *((name, f"{role_label(name)} ({name})") for name in names)]


def stage_initial(rules: Iterable[StageRule]) -> list[dict[str, Any]]:
    """The stages in force as the form shows them."""
    return [
        {
            "code": rule.code,
            "name": rule.title,
            "mode": rule.mode,
            "role": rule.role,
            "percent": f"{(rule.share * 100).normalize():f}",
        }
        for rule in rules
    ]
