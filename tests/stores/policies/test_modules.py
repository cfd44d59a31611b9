"""Typed modules: what can be stored, what keeps a page from submission."""

from __future__ import annotations

import pytest

from stores.policies.modules import (
    KINDS_ON_PAGE,
    MODULES,
    Surroundings,
    check_modules,
    input_from_rich,
    new_key,
    read_modules,
    rich_from_input,
    texts_of,
)
from stores.states import ModuleKind, PageKind

REGIONS = [
    {"key": "main", "name": "Main", "width": 8, "kinds": [*ModuleKind.values], "max": 3},
    {"key": "side", "name": "Side", "width": 4, "kinds": ["text"], "max": 1},
]
SHA = "a" * 64
AROUND = Surroundings(frozenset({SHA}), frozenset({"top"}), frozenset({"tea"}))


def module(kind: str = "text", key: str = "", region: str = "main", **data: object) -> dict[str, object]:
    return {"key": key or kind, "kind": kind, "region": region, "data": data}


def problems(*modules: object, page_kind: str = PageKind.SUB) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in check_modules(modules, REGIONS, page_kind=page_kind, around=AROUND)]  # type: ignore[arg-type]


def refused(**data: object) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in read_modules([module(**data)])[1]]  # type: ignore[arg-type]


def test_every_kind_of_module_is_declared_and_has_a_place():
    assert set(MODULES) == set(ModuleKind.values)
    assert set(KINDS_ON_PAGE) == set(PageKind.values)
    assert set().union(*KINDS_ON_PAGE.values()) == set(ModuleKind.values)


def test_reading_cleans_texts_and_leaves_empty_fields_out():
    read, wrong = read_modules(
        [module(heading="  Two   words ", text="One\r\nline"), module(key="b", heading="", text="")]
    )
    assert wrong == []
    assert [one["data"] for one in read] == [{"heading": "Two words", "text": "<p>One<br>line</p>"}, {}]


def test_plain_text_becomes_paragraphs_and_comes_back_for_editing():
    html = rich_from_input("a < b\nnext\n\nlast & least")
    assert html == "<p>a &lt; b<br>next</p><p>last &amp; least</p>"
    assert input_from_rich(html) == "a < b\nnext\n\nlast & least"


def test_pasted_html_keeps_only_safe_tags():
    html = rich_from_input(
        '<p onclick="x()">Hi <script>alert(1)</script><a href="javascript:x">there</a></p><img src=x onerror=y>'
    )
    assert html == "<p>Hi there</p>"
    assert input_from_rich("<p>One</p><ul><li>two</li></ul>") == "<p>One</p><ul><li>two</li></ul>"


@pytest.mark.parametrize("text", ["gold\u202etext", "zero\u200bwidth", "<p>zero\u200bwidth</p>", "<p>a&#8238;b</p>"])
def test_hidden_characters_are_refused_with_module_and_field(text):
    read, wrong = read_modules([module(text=text)])
    assert [(one.code, one.path) for one in wrong] == [("hidden_character", "modules.text.data.text")]
    assert str(wrong[0]).startswith("text, Text: At character ")
    assert "text" not in read[0]["data"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"kind": "text", "heading": "x" * 61, "text": "t"}, "too_long"),
        ({"kind": "text", "text": "x" * 12_001}, "too_long"),
        ({"kind": "text", "text": "x" * 10_000_000}, "too_long"),
        ({"kind": "text", "text": 5}, "wrong_type"),
        ({"kind": "text", "colour": "red"}, "unknown_field"),
        ({"kind": "picture", "picture": "../etc/passwd"}, "wrong_type"),
        ({"kind": "products", "products": ["1"]}, "wrong_type"),
        ({"kind": "products", "products": list(range(1, 26))}, "too_many"),
        ({"kind": "products", "products": [-1]}, "wrong_type"),
        ({"kind": "category", "category": "tea<script>"}, "wrong_type"),
        ({"kind": "category", "category": "tea", "limit": 25}, "out_of_range"),
        ({"kind": "category", "category": "tea", "limit": True}, "wrong_type"),
    ],
)
def test_what_cannot_be_stored_is_refused(data, code):
    assert [one for one, _path in refused(**data)] == [code]


def test_unreadable_modules_are_refused_by_number_and_double_keys_by_name():
    read, wrong = read_modules(
        ["x", {"key": "a b", "kind": "text"}, {"key": "a", "kind": "iframe"}, module(), module()]
    )
    assert [one.code for one in wrong] == ["unreadable", "unreadable", "unreadable", "twice"]
    assert len(read) == 1
    assert [one.code for one in read_modules([module(key=f"text-{n}") for n in range(61)])[1]] == ["too_many"]


def test_complete_page_has_no_problems():
    assert problems(module(text="<p>x</p>"), module(kind="zone", zone="top")) == []


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ([], [("empty", "modules")]),
        ([module()], [("missing", "modules.text.data.text")]),
        (
            [module(kind="picture")],
            [("missing", "modules.picture.data.picture"), ("missing", "modules.picture.data.alt")],
        ),
        (
            [module(kind="promotion", title="t", text="x", picture=SHA)],
            [("missing", "modules.promotion.data.alt")],
        ),
        (
            [module(kind="picture", picture="b" * 64, alt="x")],
            [("not_there", "modules.picture.data.picture")],
        ),
        ([module(kind="zone", zone="away")], [("not_there", "modules.zone.data.zone")]),
        (
            [module(kind="promotion", title="t", text="x", link="gone")],
            [("not_there", "modules.promotion.data.link")],
        ),
        ([module(text="x", region="attic")], [("region_gone", "modules.text")]),
        ([module(kind="zone", zone="top", region="side")], [("kind_not_in_region", "modules.zone")]),
        (
            [module(text="x", region="side"), module(key="text-2", text="x", region="side")],
            [("region_full", "modules.text-2")],
        ),
        ([module(kind="sign", picture=SHA, text="Tea")], [("kind_not_here", "modules.sign")]),
    ],
)
def test_problems_name_module_and_field(modules, expected):
    assert problems(*modules) == expected


@pytest.mark.parametrize(
    ("page_kind", "needed"), [(PageKind.SIGN, "sign"), (PageKind.BRAND, "brand"), (PageKind.PROMOTION, "promotion")]
)
def test_page_kinds_need_their_module(page_kind, needed):
    found = problems(module(text="x"), page_kind=page_kind)
    assert ("module_missing", "modules") in found
    assert ("module_missing", "modules") not in problems(module(kind=needed), page_kind=page_kind)


def test_zone_content_holds_no_zones():
    assert problems(module(kind="zone", zone="top"), page_kind=PageKind.ZONE) == [("kind_not_here", "modules.zone")]


def test_new_keys_count_up():
    assert [new_key("text", []), new_key("text", ["text"]), new_key("text", ["text", "text-2"])] == [
        "text",
        "text-2",
        "text-3",
    ]


def test_texts_are_told_by_path_as_plain_text():
    assert texts_of([module(heading="H", text="<p>a</p><p>b</p>")]) == {
        "modules.text.data.heading": "H",
        "modules.text.data.text": "a\n\nb",
    }
