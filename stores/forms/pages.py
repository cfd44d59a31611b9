"""Forms of pages, layouts and zones. The editor of a page has its own in `page_editor`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from config.kit.web.fields import MomentField
from stores.models import Employee, Page, Shop, Zone
from stores.policies.layouts import WIDTHS
from stores.selectors.pages import modules_to_differ_in
from stores.states import ModuleKind, PageKind

_MODULES_HINT = _(
    "Modules of the main page. A branch whose ticked modules are the same as there is not taken for approval."
)


class PageForm(forms.Form):
    """A new page."""

    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.none())
    kind = forms.ChoiceField(label=_("Kind"), choices=PageKind.choices)
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("How we call it. Shoppers see its title."))
    slug = forms.SlugField(
        label=_("Address"), max_length=60, help_text=_("The end of the page's address: small letters, digits, hyphens.")
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Employee.objects.none(), required=False)
    main_page = forms.ModelChoiceField(
        label=_("Inherits from"),
        queryset=Page.objects.none(),
        required=False,
        help_text=_("For a branch: the page of the main shop that it starts from and must differ from."),
    )
    must_differ = forms.MultipleChoiceField(
        label=_("Must differ in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_MODULES_HINT,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Shop.objects.visible_to(user).filter(is_active=True).order_by("name")
        _choose(self, "shop", shops)
        _choose(self, "owner", Employee.objects.filter(is_active=True).order_by("display_name"))
        mains = Page.objects.filter(shop__branches__in=shops).exclude(kind=PageKind.ZONE)
        if (shop := _entered(self, "shop")) is not None:
            mains = mains.filter(shop__branches=shop)
        if (kind := self["kind"].value()) and (self.is_bound or "kind" in self.initial):
            mains = mains.filter(kind=kind)
        _choose(
            self, "main_page", mains.distinct().select_related("shop", "live__snapshot").order_by("shop__name", "name")
        )
        _offer_modules(self)


class PageSettingsForm(forms.Form):
    """What a page is called inside the house, who answers for it, and from what it must differ."""

    name = forms.CharField(label=_("Name"), max_length=120)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Employee.objects.none(), required=False)
    main_page = forms.ModelChoiceField(label=_("Inherits from"), queryset=Page.objects.none(), required=False)
    must_differ = forms.MultipleChoiceField(
        label=_("Must differ in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_MODULES_HINT,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, page: Page, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "owner", Employee.objects.filter(is_active=True).order_by("display_name"))
        mains = Page.objects.filter(shop=page.shop.main_shop_id or 0, kind=page.kind)
        _choose(self, "main_page", mains.select_related("shop", "live__snapshot").order_by("name"))
        _offer_modules(self, page.must_differ)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class PictureForm(forms.Form):
    """A picture for the pages of a shop. What it really is, the service finds out."""

    file = forms.FileField(label=_("Picture"), help_text=_("JPEG, PNG or WebP, at most 12 MB."))
    alt = forms.CharField(
        label=_("What it shows"), max_length=160, required=False, help_text=_("For those who cannot see it.")
    )


class LayoutForm(forms.Form):
    """A new layout."""

    code = forms.SlugField(label=_("Code"), max_length=50)
    name = forms.CharField(label=_("Name"), max_length=80)
    kinds = forms.MultipleChoiceField(
        label=_("For pages of kind"), choices=PageKind.choices, widget=forms.CheckboxSelectMultiple
    )


class ZoneForm(forms.Form):
    """A new promotion zone."""

    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.none())
    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Pages place the zone by its code."))
    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "shop", Shop.objects.visible_to(user).filter(is_active=True).order_by("name"))


class ZoneSettingsForm(forms.Form):
    """A zone's name and what it shows while nothing is booked."""

    name = forms.CharField(label=_("Name"), max_length=80)
    fallback = forms.ModelChoiceField(label=_("Shown otherwise"), queryset=Page.objects.none(), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, zone: Zone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pages = Page.objects.filter(shop=zone.shop_id, kind=PageKind.ZONE).select_related("shop").order_by("name")
        _choose(self, "fallback", pages)


class BookingForm(forms.Form):
    """A slot: which page of the library, from when to when."""

    page = forms.ModelChoiceField(label=_("Page"), queryset=Page.objects.none())
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))
    reason = forms.CharField(label=_("Occasion"), max_length=200, required=False)

    def __init__(self, *args: Any, pages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "page", pages)


class MoveBookingForm(forms.Form):
    """Other times for a slot."""

    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


# --- regions as the editor of layouts sends them


def regions_from(data: QueryDict) -> list[dict[str, Any]]:
    """The regions of a posted layout editor, as typed."""
    regions = []
    for number in data.getlist("region"):
        most = data.get(f"r.{number}.max", "")
        width = data.get(f"r.{number}.width", "")
        regions.append(
            {
                "key": data.get(f"r.{number}.key", "").strip(),
                "name": data.get(f"r.{number}.name", ""),
                "width": int(width) if width.isdecimal() and len(width) < 3 else 0,
                "kinds": data.getlist(f"r.{number}.kinds"),
                "max": int(most) if most.isdecimal() and len(most) < 4 else 0,
            }
        )
    return regions


def rearranged_regions(regions: Sequence[Mapping[str, Any]], act: str) -> list[dict[str, Any]]:
    """The regions after one of the editor's buttons: up:N, down:N, remove:N (from 0), add."""
    rows = [dict(region) for region in regions]
    verb, _colon, word = act.partition(":")
    if verb == "add":
        taken = {row["key"] for row in rows}
        key = next(f"region-{number}" for number in range(1, len(rows) + 2) if f"region-{number}" not in taken)
        kinds = [kind for kind in ModuleKind.values if kind != ModuleKind.SIGN]
        return [*rows, {"key": key, "name": "", "width": WIDTHS[0], "kinds": kinds, "max": 10}]
    if not word.isdecimal() or int(word) >= len(rows):
        return rows
    place = int(word)
    if verb == "remove":
        rows.pop(place)
    elif verb in ("up", "down"):
        to = place + (1 if verb == "down" else -1)
        if 0 <= to < len(rows):
            rows[place], rows[to] = rows[to], rows[place]
    return rows


def _entered(form: forms.Form, name: str) -> int | None:
    """The key that a chooser holds, sent or as the form opens; None for none and for what is no key."""
    value = str(form[name].value() or "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _offer_modules(form: forms.Form, chosen: Sequence[str] = ()) -> None:
    """Checkboxes of the modules of the main page that is chosen; without one the question is not put."""
    mains = form.fields["main_page"].queryset  # type: ignore[attr-defined]
    choices = modules_to_differ_in(mains.filter(pk=_entered(form, "main_page") or 0).first(), chosen)
    form.fields["must_differ"].choices = choices  # type: ignore[attr-defined]
    if not choices:
        form.fields["must_differ"].widget = forms.MultipleHiddenInput()
        form.fields["main_page"].help_text = _(
            "Kept with a main page, the settings ask which of its modules must differ."
        )


def _choose(form: forms.Form, name: str, queryset: Any) -> None:
    form.fields[name].queryset = queryset  # type: ignore[attr-defined]


def moment(value: datetime | None) -> datetime | None:
    """For `initial`: without seconds, which the browser's picker would show."""
    return value.replace(second=0, microsecond=0) if value else None
