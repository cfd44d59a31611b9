"""Forms of publication packages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.states import Importance
from catalog.models import SourceItem, Variant
from catalog.selectors.sources import open_sources
from config.kit.web.fields import MomentField
from stores.models import Shop


class _Sources(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        """The item, its product and who sent it."""
        return " · ".join(filter(None, (str(obj), str(obj.product or ""), str(obj.sent_by))))


def _sources_field(*, required: bool) -> _Sources:
    return _Sources(
        SourceItem.objects.none(),
        label=_("Intakes and notices"),
        required=required,
        widget=forms.CheckboxSelectMultiple,
    )


class PackageForm(forms.Form):
    """A new package. No shop ticked means every shop."""

    title = forms.CharField(label=_("Title"), max_length=160)
    sources = _sources_field(required=False)
    shops = forms.ModelMultipleChoiceField(
        Shop.objects.none(),
        label=_("Shops"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every shop."),
    )
    is_important = forms.BooleanField(
        label=_("important"), required=False, help_text=_("It is anyway as soon as one of its items is.")
    )
    publish_at = MomentField(label=_("Publish at"), required=False, help_text=_("Empty: as soon as it is approved."))
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = open_sources()  # type: ignore[attr-defined]
        self.fields["shops"].queryset = Shop.objects.visible_to(user).filter(is_active=True).order_by("name")  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """What `make_package` takes."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "source_ids": [item.pk for item in data["sources"]],
            "shop_ids": [shop.pk for shop in data["shops"]],
            "importance": Importance.IMPORTANT if data["is_important"] else Importance.GENERAL,
            "publish_at": data["publish_at"],
            "note": data["note"],
        }


class AddSourcesForm(forms.Form):
    """Items that wait for a package."""

    sources = _sources_field(required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = open_sources()  # type: ignore[attr-defined]


class AddListingsForm(forms.Form):
    """Products by their SKUs; their listings in the package's shops get drafts."""

    skus = forms.CharField(
        label=_("SKUs"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "font-monospace"}),
        help_text=_(
            "Any SKU of each product, with blanks or line ends between. Every listing of it in the package's shops gets a draft."
        ),
    )
    new_too = forms.BooleanField(
        label=_("also prepare listings in those shops of the package that do not have the product yet"), required=False
    )

    def clean_skus(self) -> list[int]:
        """The products of the SKUs."""
        wanted = self.cleaned_data["skus"].replace(",", " ").replace("，", " ").split()
        found = dict(Variant.objects.filter(sku__in=wanted).values_list("sku", "product_id"))
        if strange := sorted(set(wanted) - set(found)):
            raise forms.ValidationError(_now("No variant has the SKU “%(sku)s”.") % {"sku": ", ".join(strange[:10])})
        return sorted(set(found.values()))
