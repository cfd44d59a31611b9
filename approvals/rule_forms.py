"""What people fill in about content rules and house formats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from approvals.models import ContentRule, ContentRuleList, FormatRule
from approvals.policies.rule_files import MAX_FILE, RuleText, decoded, exceptions_of
from approvals.seams import role_label
from approvals.selectors.content_rules import kind_choices
from approvals.states import RuleKind, Severity


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class LinesField(forms.CharField):
    """One phrase per line; the cleaned value is a tuple."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **options)

    def prepare_value(self, value: Any) -> Any:
        """Stored phrases as they are typed."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        """The phrases."""
        return exceptions_of(super().clean(value))


class ContentRuleForm(forms.Form):
    """What a rule says. `code` only for a new one: hits and proofs name it."""

    code = forms.SlugField(label=_("Code"), max_length=64, help_text=_("Letters, figures, - and _. It stays for good."))
    phrase = forms.CharField(
        label=_("Phrase"),
        max_length=120,
        required=False,
        help_text=_("Found through blanks, full-width letters and traditional characters as well."),
    )
    pattern = forms.CharField(
        label=_("Or a pattern"),
        max_length=300,
        required=False,
        help_text=_("A regular expression; every repeat needs an upper bound: {1,20}, not +."),
    )
    exceptions = LinesField(
        label=_("But not in"), help_text=_("One phrase per line in which it is allowed: 第一次 for 第一.")
    )
    severity = forms.ChoiceField(label=_("What a hit does"), choices=Severity.choices)
    note = forms.CharField(label=_("Why, and what to write instead"), max_length=300, required=False)
    is_active = forms.BooleanField(label=_("in force"), required=False, initial=True)
    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = _reason()

    def __init__(self, *args: Any, rule: ContentRule | None = None, **kwargs: Any) -> None:
        if rule is not None:
            stored = {name: getattr(rule, name) for name in ("phrase", "pattern", "exceptions", "severity", "note")}
            kwargs["initial"] = {**stored, "is_active": rule.is_active, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        if rule is not None:
            del self.fields["code"]

    def rule(self) -> RuleText:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        return RuleText(
            phrase=data["phrase"],
            pattern=data["pattern"],
            exceptions=data["exceptions"],
            severity=data["severity"],
            note=data["note"],
            is_active=data["is_active"],
        )


class SwitchForm(forms.Form):
    """Why a list goes in or out of force."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = _reason()


class NewListForm(forms.Form):
    """A list of the company's own."""

    code = forms.SlugField(label=_("Code"), max_length=50)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=RuleKind.choices)
    owner_role = forms.ChoiceField(label=_("Owner"))
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Group.objects.order_by("name").values_list("name", flat=True)
        self.fields["owner_role"].choices = [(name, role_label(name)) for name in names]  # type: ignore[attr-defined]


class ImportForm(forms.Form):
    """A file, or its rows pasted. The preview sends the text back, so that what was looked at is what is taken."""

    file = forms.FileField(
        label=_("CSV file"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )
    text = forms.CharField(
        label=_("Or paste the rows"),
        required=False,
        strip=False,
        max_length=MAX_FILE,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """The text of the file, or the pasted one. Refuses neither, and a file that is too large or no text."""
        data: dict[str, Any] = super().clean() or {}
        if (sent := data.get("file")) is not None:
            if sent.size > MAX_FILE:
                raise forms.ValidationError({"file": _("The file is larger than 1 MB.")})
            try:
                data["text"] = decoded(sent.read())
            except ValueError:
                raise forms.ValidationError({"file": _("This is no CSV file in UTF-8 or GBK.")}) from None
        if "\x00" in data.get("text", ""):
            raise forms.ValidationError({"file": _("This is no CSV file in UTF-8 or GBK.")})
        if not data.get("text", "").strip():
            raise forms.ValidationError({"file": _("Choose a file or paste its rows.")})
        return data


class FormatRuleForm(forms.Form):
    """The house format of one field. A new one also says of which."""

    kind = forms.ChoiceField(label=_("Kind"))
    field = forms.CharField(label=_("Field"), max_length=80)
    platform_code = forms.SlugField(
        label=_("Platform"), max_length=50, required=False, help_text=_("Empty: for every platform.")
    )
    min_units = forms.IntegerField(
        label=_("At least"), min_value=0, help_text=_("Half-width letters; a Chinese character counts two.")
    )
    max_units = forms.IntegerField(label=_("At most"), min_value=1, required=False)
    required_phrases = LinesField(label=_("Phrases that must stand in it"), help_text=_("One per line."))
    severity = forms.ChoiceField(
        label=_("What a break does"),
        choices=[choice for choice in Severity.choices if choice[0] != Severity.PROOF],
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = _reason()

    def __init__(self, *args: Any, row: FormatRule | None = None, **kwargs: Any) -> None:
        if row is not None:
            names = ("min_units", "max_units", "required_phrases", "severity")
            stored = {name: getattr(row, name) for name in names}
            kwargs["initial"] = {**stored, "expected_version": row.version, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        for name in ("kind", "field", "platform_code") if row is not None else ("expected_version",):
            del self.fields[name]

    def clean_required_phrases(self) -> tuple[str, ...]:
        """Refuse phrases that do not fit their column."""
        phrases: tuple[str, ...] = self.cleaned_data["required_phrases"]
        if any(len(phrase) > 60 for phrase in phrases):
            raise forms.ValidationError(_("A phrase that must stand in it has at most 60 characters."))
        return phrases


class TryForm(forms.Form):
    """A text to be tried on the rules."""

    tried = forms.CharField(
        label=_("Text"), max_length=20_000, strip=False, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )


class RuleChoiceForm(forms.Form):
    """Which list leaves as a file."""

    list = forms.ModelChoiceField(label=_("List"), queryset=ContentRuleList.objects.order_by("name"))


class HitPeriodForm(forms.Form):
    """From which day to which hits are counted; both may stay empty."""

    start = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
