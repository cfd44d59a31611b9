"""Forms of the grid, of tables, and of what leaves as one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.policies.formulas import ENDINGS
from stores.models import Shop


class PackageTitleForm(forms.Form):
    """What the package of the drafts is called."""

    title = forms.CharField(label=_("Name of the package"), max_length=160)


class ColumnForm(forms.Form):
    """A formula for every price of the grid that was not typed, and the ending of computed prices."""

    formula = forms.CharField(label=_("Formula for the whole price column"), required=False, max_length=60)
    ending = forms.ChoiceField(
        label=_("Ending of computed prices"),
        required=False,
        choices=[(one, one or _("as computed")) for one in ENDINGS],
    )


class TableForm(forms.Form):
    """A table of listings, and the shop of its rows where they name none."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV or XLSX, at most 10 MB. Columns are known by their headings; an empty cell changes nothing."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    shop = forms.ModelChoiceField(
        label=_("Shop"),
        required=False,
        queryset=Shop.objects.none(),
        empty_label=_("as each row says"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["shop"]
        field.queryset = Shop.objects.visible_to(user).order_by("name")  # type: ignore[attr-defined]


class ContentExportForm(forms.Form):
    """The filter of the list whose listings leave, as its address says it."""

    query = forms.CharField(
        label=_("Filter of the list"),
        required=False,
        help_text=_("As in the address of the list; empty: every listing of your shops."),
    )
