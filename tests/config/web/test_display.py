"""Masks, clocks, money and the rest of what templates say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from config.kit.web import Chip, masks, tags
from config.kit.web.clock import absolute, duration, short_moment, time_left

NOW = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.mark.parametrize(
    ("mask", "value", "expected"),
    [
        (masks.mask_phone, "13812345678", "138****5678"),
        (masks.mask_phone, "+8613812345678", "+86 138****5678"),
        (masks.mask_phone, "138 1234 5678", "138****5678"),
        (masks.mask_phone, "10086", "***86"),
        (masks.mask_phone, "", ""),
        (masks.mask_phone, None, ""),
        (masks.mask_name, "王小明", "王**"),
        (masks.mask_name, "王", "王"),
        (masks.mask_name, "Alexander Smith", "A***"),
        (masks.mask_address, "浙江省杭州市西湖区文三路 90 号", "浙江省杭州市西湖区****"),
        (masks.mask_address, "上海市浦东新区世纪大道 1 号", "上海市浦东新区****"),
        (masks.mask_address, "10 Downing Street", "10 ****"),
        (masks.mask_email, "anna@example.com", "a***@example.com"),
        (masks.mask_tail, "6222020200112233", "********2233"),
        (masks.mask_tail, "abc", "**c"),
        (masks.mask_tail, "a", "*"),
    ],
)
def test_mask_shows_enough_to_recognise(mask: Callable[[Any], str], value: str | None, expected: str) -> None:
    assert mask(value) == expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(hours=2, minutes=10, seconds=50), "2 h 10 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 h"),
        (timedelta(days=2, minutes=5), "2 d"),
    ],
)
@pytest.mark.usefixtures("english")
def test_duration_names_the_two_largest_units(span: timedelta, expected: str) -> None:
    assert duration(span) == expected


@pytest.mark.parametrize(
    ("due_in", "state", "text"),
    [
        (timedelta(minutes=61), "ok", "1 h 1 min left"),
        (timedelta(minutes=60), "soon", "1 h left"),
        (timedelta(0), "soon", "under a minute left"),
        (timedelta(seconds=-1), "late", "under a minute overdue"),
        (timedelta(hours=-30), "late", "1 d 6 h overdue"),
    ],
)
@pytest.mark.usefixtures("english")
def test_time_left_says_state_and_words(due_in: timedelta, state: str, text: str) -> None:
    found = time_left(NOW + due_in, NOW)
    assert (found.state, found.text) == (state, text)
    assert f"clock-{state}" in found.__html__()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 8, 3, 9, 5, tzinfo=UTC), "17:05"),
        (datetime(2026, 8, 2, 16, 30, tzinfo=UTC), "00:30"),
        (datetime(2026, 8, 2, 15, 30, tzinfo=UTC), "08-02 23:30"),
        (datetime(2025, 12, 31, 16, 30, tzinfo=UTC), "01-01 00:30"),
        (datetime(2025, 12, 31, 15, 30, tzinfo=UTC), "2025-12-31 23:30"),
    ],
)
def test_short_moment_is_as_short_as_clear_in_shop_time(moment: datetime, expected: str) -> None:
    assert short_moment(moment, NOW) == expected


def test_absolute_names_the_zone() -> None:
    assert absolute(NOW) == "2026-08-03 10:00:00 CST (UTC+0800)"


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (Decimal("1234.5"), "CNY", "¥1,234.50"),
        (Decimal("-0.005"), "CNY", "−¥0.01"),
        (Decimal("-1234567.89"), "USD", "−US$1,234,567.89"),
        (0, "SEK", "SEK 0.00"),
        (None, "CNY", "–"),
    ],
)
def test_money_has_its_sign_and_two_places(amount: Decimal | int | None, currency: str, expected: str) -> None:
    assert tags.money(amount, currency) == expected


def test_moment_has_the_full_time_on_hover() -> None:
    html = tags.moment(NOW - timedelta(days=1), NOW)
    assert (
        html
        == '<time datetime="2026-08-02T02:00:00+00:00" title="2026-08-02 10:00:00 CST (UTC+0800)">08-02 10:00</time>'
    )
    assert tags.moment(date(2026, 8, 1)) == '<time datetime="2026-08-01">2026-08-01</time>'
    assert tags.moment(None) == "–"


@pytest.mark.usefixtures("english")
def test_ago_counts_back() -> None:
    assert ">3 h ago<" in tags.ago(NOW - timedelta(hours=3), NOW)
    assert ">just now<" in tags.ago(NOW - timedelta(seconds=5), NOW)


def test_chip_escapes_its_word_and_refuses_unknown_tones() -> None:
    assert Chip("<b>", "good").__html__() == '<span class="chip chip-good">&lt;b&gt;</span>'
    with pytest.raises(ValueError, match="pink"):
        Chip("x", "pink").__html__()


def test_chip_prints_itself_in_a_template() -> None:
    html = Template("{{ chip }}").render(Context({"chip": Chip("a & b", "bad")}))
    assert html == '<span class="chip chip-bad">a &amp; b</span>'


def test_icon_refuses_a_name_that_is_none() -> None:
    assert tags.icon("truck") == '<i class="ti ti-truck" aria-hidden="true"></i>'
    with pytest.raises(TemplateSyntaxError):
        tags.icon('x" onclick="')


def test_query_replace_keeps_what_it_does_not_name() -> None:
    request = RequestFactory().get("/", {"a": ["1", "2"], "b": "3", "c": "4"})
    html = Template("{% query_replace b=9 c=None d='&' %}").render(Context({"request": request}))
    assert html == "?a=1&amp;a=2&amp;b=9&amp;d=%26"


class EveryControlForm(forms.Form):
    """One of each."""

    text = forms.CharField(help_text="help")
    tick = forms.BooleanField()
    choice = forms.ChoiceField(choices=[("a", "A")])
    note = forms.CharField(widget=forms.Textarea(attrs={"class": "own"}))


@pytest.mark.parametrize(
    ("name", "kind", "css"),
    [
        ("text", "text", "form-control"),
        ("tick", "checkbox", "form-check-input"),
        ("choice", "select", "form-select"),
        ("note", "textarea", "form-control own"),
    ],
)
def test_control_wears_the_classes_of_its_kind(name: str, kind: str, css: str) -> None:
    field = EveryControlForm()[name]
    assert tags.widget_kind(field) == kind
    assert f'class="{css}"' in tags.control(field)


def test_control_points_at_help_and_error() -> None:
    html = tags.control(EveryControlForm({})["text"])
    assert 'aria-describedby="id_text_help id_text_error"' in html
    assert 'aria-invalid="true"' in html
