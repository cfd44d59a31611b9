"""A shop's own values over the master: laying over and taking apart are each other's inverse."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.policies.fields import (
    FIELDS,
    OF_SKUS,
    Override,
    differing,
    groups_of,
    overlay,
    override_list,
    without_echoes,
)
from catalog.states import FieldGroup

_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
_NAMES = st.sampled_from(["a", "b", "c"])
_TEXT = st.sampled_from(["", "x", "y"])


def _value(shape: str) -> st.SearchStrategy[Any]:
    if shape == "numbers":
        return st.integers(0, 3)
    if shape == "amounts":
        return st.sampled_from(["1.00", "2.00"])
    return st.sampled_from(["x", "y"])


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for field in FIELDS:
        if field.shape == "pictures":
            content[field.code] = [{"key": key, "alt": draw(_TEXT)} for key in draw(st.lists(_NAMES, unique=True))]
        elif field.by:
            content[field.code] = draw(st.dictionaries(_NAMES, _value(field.shape)))
        else:
            content[field.code] = draw(_TEXT)
    for code in OF_SKUS:
        content[code] = {sku: one for sku, one in content[code].items() if sku in content["variants"]}
    return content


@_PATIENT
@given(contents(), contents())
def test_the_overrides_of_a_content_give_exactly_this_content(master, wanted):
    overrides = differing(wanted, master)
    assert overlay(master, overrides) == wanted
    assert without_echoes(overrides, master) == overrides


@_PATIENT
@given(contents(), contents())
def test_overrides_without_echoes_say_the_same(master, other):
    overrides = dict(other)
    assert overlay(master, without_echoes(overrides, master)) == overlay(master, overrides)


@_PATIENT
@given(contents())
def test_nothing_differs_from_itself(master):
    assert differing(master, master) == {}
    assert overlay(master, {}) == master


def _content(**own: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {f.code: {} if f.by else [] if f.shape == "pictures" else "" for f in FIELDS}
    return {**empty, **own}


def test_a_variant_that_is_left_out_takes_its_facts_with_it():
    master = _content(variants={"A": "red", "B": "blue"}, weight={"A": 1, "B": 2}, prices={"A": "1.00", "B": "2.00"})
    shown = overlay(master, {"variants": {"B": None}, "weight": {"B": 9}})
    assert (shown["variants"], shown["weight"], shown["prices"]) == ({"A": "red"}, {"A": 1}, {"A": "1.00"})


def test_what_goes_with_its_variant_is_not_said_twice():
    master = _content(variants={"A": "red", "B": "blue"}, weight={"A": 1, "B": 2})
    assert differing(_content(variants={"A": "red"}, weight={"A": 1}), master) == {"variants": {"B": None}}


def test_a_part_that_nobody_overrides_follows_the_master():
    overrides = {"weight": {"A": 5}}
    shown = overlay(_content(variants={"A": "", "B": ""}, weight={"A": 1, "B": 7}), overrides)
    assert shown["weight"] == {"A": 5, "B": 7}


def test_the_layer_is_told_part_by_part():
    master = _content(title="Cup", weight={"A": 1}, blocks={"intro": "old"})
    found = override_list({"weight": {"A": 5}, "title": "Mug", "blocks": {"intro": None}}, master)
    assert found == [Override("title", "Mug", "Cup"), Override("blocks.intro", None, "old"), Override("weight.A", 5, 1)]


def test_only_three_groups_have_a_clock():
    changed = ["title", "blocks.intro", "prices.A", "photos", "slogan", "nothing"]
    assert groups_of(changed) == {FieldGroup.NAME, FieldGroup.PHOTOS}
    assert groups_of(["brief"]) == {FieldGroup.BRIEF}
