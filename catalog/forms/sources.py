"""Forms of intakes and change notices."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.states import Importance
from catalog.models import Product, Variant
from config.kit.web.fields import FilesField, MomentField

_RAISED = _("important: within 12 hours (prices, safety, availability, law)")


class SourceForm(forms.Form):
    """What both kinds have. The product is named by any of its SKUs; the cleaned value is the product or None."""

    title = forms.CharField(label=_("Title"), max_length=160)
    product = forms.CharField(
        label=_("SKU"), max_length=64, required=False, help_text=_("Any SKU of the product that it is about.")
    )
    text = forms.CharField(label=_("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}), required=False)
    attachments = FilesField(
        label=_("Attachments"),
        required=False,
        help_text=_(
            "PDF, XLSX, DOCX, CSV, TXT or pictures, at most 20 MB each. They are checked before they are kept."
        ),
    )
    is_important = forms.BooleanField(label=_RAISED, required=False)

    def clean_product(self) -> Product | None:
        """The product of a SKU."""
        sku = self.cleaned_data["product"].strip()
        if not sku:
            return None
        variant = Variant.objects.select_related("product").filter(sku=sku).first()
        if variant is None:
            raise forms.ValidationError(_now("No variant has the SKU “%(sku)s”.") % {"sku": sku})
        return variant.product

    def facts(self) -> dict[str, Any]:
        """Nothing that could be compared."""
        return {}

    def arguments(self) -> dict[str, Any]:
        """What `send_source` takes."""
        data = self.cleaned_data
        product = data.get("product")
        return {
            "title": data["title"],
            "text": data["text"],
            "product_id": product.pk if product else None,
            "importance": Importance.IMPORTANT if data["is_important"] else Importance.GENERAL,
            "effective_at": data.get("effective_at"),
            "facts": self.facts(),
            "files": data["attachments"],
        }


class IntakeForm(SourceForm):
    """A new product or technology (CAT-4)."""

    field_order = ("title", "text", "product", "attachments", "is_important")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True
        self.fields["product"].help_text = _("Only if we sell it already.")


class NoticeForm(SourceForm):
    """A change that takes effect at a time (CAT-5). Empty fields say nothing and change nothing."""

    effective_at = MomentField(label=_("In effect from"))
    name = forms.CharField(label=_("New name"), max_length=200, required=False)
    service_text = forms.CharField(
        label=_("New service text"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    prices = forms.CharField(
        label=_("New prices"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "font-monospace", "placeholder": "TEA-250 39.00"}),
        help_text=_("One line each: SKU and price in CNY. Only SKUs of this product."),
    )
    field_order = (
        "title",
        "product",
        "effective_at",
        "name",
        "service_text",
        "prices",
        "text",
        "attachments",
        "is_important",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].required = True
        if not self.is_bound:
            self.initial.setdefault("effective_at", timezone.localtime().replace(second=0, microsecond=0))

    def clean_prices(self) -> dict[str, str]:
        """Lines as a mapping; the amounts are read by the service."""
        prices: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["prices"].splitlines(), start=1):
            if not line.strip():
                continue
            cells = re.split(r"\t|[,，;：:](?=\s*[\d.]+\s*$)|\s+(?=\S+\s*$)", line.strip(), maxsplit=1)
            if len(cells) != 2 or not cells[1].strip():
                raise forms.ValidationError(
                    _now("Line %(number)d: write the SKU and then the price, like “TEA-250 39.00”.")
                    % {"number": number}
                )
            sku = cells[0].strip()
            if sku in prices:
                raise forms.ValidationError(
                    _now("Line %(number)d: %(sku)s is there twice.") % {"number": number, "sku": sku}
                )
            prices[sku] = cells[1].strip().removeprefix("¥")
        return prices

    def facts(self) -> dict[str, Any]:
        """Name, service text and prices as they were typed."""
        return {name: self.cleaned_data[name] for name in ("name", "service_text", "prices")}
