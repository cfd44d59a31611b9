"""Template tags of every page. A builtin: templates need no {% load %} for them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms.boundfield import BoundField, BoundWidget
from django.http import HttpRequest
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from config.kit.money import round_money
from config.kit.seams import seam
from config.kit.web import clock, masks
from config.kit.web.chips import Chip

register = template.Library()
register.filter("mask_phone", masks.mask_phone)
register.filter("mask_name", masks.mask_name)
register.filter("mask_address", masks.mask_address)
register.filter("mask_email", masks.mask_email)
register.filter("mask_tail", masks.mask_tail)

SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "HKD": "HK$", "GBP": "£", "JPY": "JP¥"}
_ICON = re.compile(r"[a-z0-9-]+")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Tabler icon; decoration for screen readers unless it has a `label`."""
    if not _ICON.fullmatch(name):
        raise template.TemplateSyntaxError(f"{name!r} is no icon name")
    if label:
        return format_html('<i class="ti ti-{}" role="img" aria-label="{}"></i>', name, label)
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def chip(text: Any, tone: str = "neutral", icon: str = "", title: Any = "") -> SafeString:
    """One fact as a coloured word: tones are neutral, info, good, warn, bad, muted."""
    return Chip(text, tone, icon, title).__html__() if text else mark_safe("")


@register.simple_tag
def time_left(due_at: datetime | None, now: datetime | None = None, soon_minutes: int = 60) -> SafeString:
    """Remaining time, due time, colour and words of a clock; nothing when there is no clock."""
    if due_at is None:
        return mark_safe("")
    return clock.time_left(due_at, now or timezone.now(), soon=timedelta(minutes=soon_minutes)).__html__()


@register.filter
def money(amount: Decimal | int | None, currency: str = "CNY") -> str:
    """An amount with its currency's sign and two places: ¥1,234.50; a real minus sign; a dash for nothing."""
    if amount is None or amount == "":
        return "–"
    value = round_money(Decimal(amount))
    sign = "−" if value < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{abs(value):,.2f}"


@register.filter(is_safe=False)
def moment(value: datetime | date | None, now: datetime | None = None) -> SafeString | str:
    """A time in the shop's zone, short, with the full time on hover; a date as it is; a dash for nothing."""
    if value is None:
        return "–"
    if not isinstance(value, datetime):
        return format_html('<time datetime="{0}">{0}</time>', value.isoformat())
    return _time_element(value, clock.short_moment(value, now or timezone.now()))


@register.filter(is_safe=False)
def ago(value: datetime | None, now: datetime | None = None) -> SafeString | str:
    """How long ago, with the full time on hover."""
    if value is None:
        return "–"
    span = (now or timezone.now()) - value
    if span < timedelta(minutes=1):
        return _time_element(value, gettext("just now"))
    return _time_element(value, gettext("%(span)s ago") % {"span": clock.duration(span)})


@register.filter
def span(value: timedelta | None) -> str:
    """A length of time in its two largest units."""
    return "–" if value is None else clock.duration(value)


@register.simple_tag(takes_context=True)
def query_replace(context: RequestContext, **changes: Any) -> str:
    """The page's query string with some parameters replaced, or dropped when their value is None or empty.

    With its "?".
    """
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def control(field: BoundField, extra: str = "") -> SafeString:
    """A form field's control in the house's look, tied to its help and error texts for screen readers."""
    kind = getattr(field.field.widget, "input_type", "")
    classes = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}.get(
        kind, "form-control"
    )
    if kind == "range":
        classes = "form-range"
    own = field.field.widget.attrs.get("class", "")
    attrs: dict[str, str | bool] = {
        "class": " ".join(part for part in (classes, own, extra, "is-invalid" if field.errors else "") if part)
    }
    described = [
        name
        for name, there in ((f"{field.auto_id}_help", field.help_text), (f"{field.auto_id}_error", field.errors))
        if there
    ]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def choice_control(option: BoundWidget) -> SafeString:
    """One radio button or checkbox of a group, in the house's look."""
    option.data["attrs"]["class"] = "form-check-input"
    return option.tag()


@register.filter
def widget_kind(field: BoundField) -> str:
    """The kind of a field's control: checkbox, radio, select, file, text …"""
    return getattr(field.field.widget, "input_type", "textarea")


@register.filter
def is_set(field: BoundField) -> bool:
    """Whether a filter's field holds anything; of several controls, whether one does."""
    data = field.data if isinstance(field.data, list | tuple) else [field.data]
    return any(data)


@register.filter
def permitted(user: Any, permission: str) -> bool:
    """`{% if user|permitted:"orders.cancel_order" %}`: whether a button is worth showing. The view still decides."""
    return bool(user.has_perm(permission))


@register.simple_tag
def demo_sign_ins() -> list[tuple[str, str]]:
    """(role label, username) of the demo's one-click sign-ins; empty outside the demo."""
    return list(seam("DEMO_SIGN_INS")()) if settings.DEMO else []


def _time_element(value: datetime, text: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), clock.absolute(value), conditional_escape(text)
    )
