"""A branch's page beside the main shop's."""

from __future__ import annotations

from stores.policies.differences import Difference, is_identical, pairs


def module(key: str, text: str, region: str = "main") -> dict[str, object]:
    return {"key": key, "kind": "text", "region": region, "data": {"text": text}}


def content(*modules: object, title: str = "Tea") -> dict[str, object]:
    return {"title": title, "modules": list(modules), "ends_at": None}


def test_pairs_stand_in_the_branch_order_then_what_only_the_main_page_has():
    found = pairs(
        [module("a", "1"), module("b", "2"), module("c", "3")], [module("c", "3"), module("a", "9"), module("d", "4")]
    )
    assert [(pair.key, pair.difference, pair.fields) for pair in found] == [
        ("c", Difference.SAME, ()),
        ("a", Difference.CHANGED, ("text",)),
        ("d", Difference.ONLY_BRANCH, ()),
        ("b", Difference.ONLY_MAIN, ()),
    ]


def test_only_a_module_that_must_differ_and_is_the_same_breaks_the_rule():
    main = [module("a", "1"), module("b", "2"), module("c", "3")]
    found = pairs(main, [module("a", "1"), module("b", "9")], ["a", "b", "c"])
    assert [pair.key for pair in found if pair.breaks_the_rule] == ["a"]


def test_identical_means_what_shoppers_see():
    main = content(module("a", "1"))
    assert is_identical(main, {**content(module("other-key", "1")), "ends_at": "2026-01-01T00:00:00+00:00"})
    assert not is_identical(main, content(module("a", "1"), title="Coffee"))
    assert not is_identical(main, content(module("a", "2")))
    assert not is_identical(main, content(module("a", "1", region="side")))
