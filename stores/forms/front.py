"""Forms of the front pages."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class LanguageForm(forms.Form):
    """The language of the interface, kept with the account."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
