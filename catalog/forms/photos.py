"""Forms of the picture pages. Files are not fields of them: each is judged by itself in the service."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.states import PhotoRole


class RoleForm(forms.Form):
    """What the pictures show."""

    role = forms.ChoiceField(label=_("Shows"), choices=PhotoRole.choices, widget=forms.HiddenInput)

    def clean_role(self) -> PhotoRole:
        """The role as the enum."""
        return PhotoRole(self.cleaned_data["role"])


class AltForm(forms.Form):
    """What a picture shows, for those who cannot see it."""

    alt = forms.CharField(label=_("Description for those who cannot see it"), max_length=160, required=False)


class MoveForm(forms.Form):
    """One place up or down within its role."""

    to = forms.ChoiceField(choices=[("up", _("up")), ("down", _("down"))])
