"""What changed, as a person reads it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.policies.diffs import FieldChange, text_diff, value_diff
from approvals.policies.texts import MAX_TEXT


def marked(before: str, after: str, **options: int) -> str:
    signs = {"same": "{}", "removed": "[-{}]", "added": "[+{}]"}
    return "".join(signs[kind].format(text) for kind, text in text_diff(before, after, **options))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("纯棉短袖T恤", "纯棉长袖T恤", "纯棉[-短][+长]袖T恤"),
        ("100% cotton shirt", "95% cotton shirts", "[-100][+95]% cotton [-shirt][+shirts]"),
        ("大红色", "小红帽", "[-大红色][+小红帽]"),
        ("夏季新款连衣裙", "秋冬新款羽绒服", "[-夏季][+秋冬]新款[-连衣裙][+羽绒服]"),
        ("the best shirt", "the finest shirts", "the [-best shirt][+finest shirts]"),
        ("甲\n乙", "丙\n丁", "[-甲][+丙]\n[-乙][+丁]"),
        ("1,299.00元", "1,199.00元", "[-1,299.00][+1,199.00]元"),
        ("it's", "its", "[-it's][+its]"),
        ("家👨\u200d👩\u200d👧庭", "家👨\u200d👩\u200d👦庭", "家[-👨\u200d👩\u200d👧][+👨\u200d👩\u200d👦]庭"),
        ("", "新", "[+新]"),
        ("旧", "", "[-旧]"),
        ("同", "同", "同"),
        ("", "", ""),
    ],
)
def test_text_diff_reads_well(before: str, after: str, shown: str) -> None:
    assert marked(before, after) == shown


TEXTS = st.text(alphabet="红白 a1b,。\n最'́👨\u200d", max_size=60)


@given(TEXTS, TEXTS, st.sampled_from([1, 3, 8, 6_000]))
def test_the_pieces_make_both_texts(before: str, after: str, max_tokens: int) -> None:
    pieces = text_diff(before, after, max_tokens=max_tokens)
    assert "".join(text for kind, text in pieces if kind != "added") == before
    assert "".join(text for kind, text in pieces if kind != "removed") == after
    assert all(text for _kind, text in pieces)
    assert all(one.kind != next_one.kind for one, next_one in pairwise(pieces))


def test_long_texts_are_compared_by_lines_then_by_words() -> None:
    before = "".join(f"第{number}行是旧的说明文字\n" for number in range(3_000))
    after = before.replace("旧的", "新的")
    # Every line changed: each is refined, since all of them together fit into the budget as one block does not.
    assert "".join(text for kind, text in text_diff(before, after) if kind != "added") == before
    some = before.replace("第7行是旧的", "第7行是新的").replace("第2999行是旧的", "第2999行是新的")
    assert [text for kind, text in text_diff(before, some) if kind != "same"] == ["旧", "新", "旧", "新"]


def test_texts_without_an_end_are_replaced_as_a_whole() -> None:
    before, after = "甲。" * 25_000, "乙。" * 25_000
    assert text_diff(before, after) == [("removed", before), ("added", after)]
    longer = "甲" * (MAX_TEXT + 1)
    assert text_diff(longer, longer + "乙") == [("removed", longer), ("added", longer + "乙")]


def test_a_small_change_of_a_long_text_is_found_word_by_word() -> None:
    before = "字" * 20_000 + "红" + "词" * 20_000
    assert [text for kind, text in text_diff(before, before.replace("红", "白")) if kind != "same"] == ["红", "白"]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({"a": 1}, {"a": 1}, []),
        (
            {"a": 1, "b": 2},
            {"b": 3, "c": 4},
            [("a", 1, None, "removed"), ("b", 2, 3, "changed"), ("c", None, 4, "added")],
        ),
        ({"x": {"y": {"z": 1}}}, {"x": {"y": {"z": 2}}}, [("x.y.z", 1, 2, "changed")]),
        ({"l": [1, 2]}, {"l": [1, 3, 4]}, [("l.1", 2, 3, "changed"), ("l.2", None, 4, "added")]),
        ({"n": {"m": {"o": 1}}}, {}, [("n.m.o", 1, None, "removed")]),
        ({}, {"n": {}}, [("n", None, {}, "added")]),
        ({"t": True}, {"t": 1}, [("t", True, 1, "changed")]),
        ({"t": "1"}, {"t": 1}, [("t", "1", 1, "changed")]),
        ({"t": None}, {"t": ""}, [("t", None, "", "changed")]),
        ({"t": {"a": 1}}, {"t": [1]}, [("t", {"a": 1}, [1], "changed")]),
        (
            {"blocks": [{"key": "intro", "text": "旧"}, {"key": "spec", "text": "同"}]},
            {"blocks": [{"key": "spec", "text": "同"}, {"key": "intro", "text": "新"}]},
            [("blocks", ["intro", "spec"], ["spec", "intro"], "changed"), ("blocks.intro.text", "旧", "新", "changed")],
        ),
        (
            {"blocks": []},
            {"blocks": [{"key": "intro", "text": "新"}]},
            [("blocks.intro.key", None, "intro", "added"), ("blocks.intro.text", None, "新", "added")],
        ),
        (
            {"l": [{"key": "a", "v": 1}, {"key": "a", "v": 2}]},
            {"l": [{"key": "a", "v": 1}, {"key": "a", "v": 3}]},
            [("l.1.v", 2, 3, "changed")],
        ),
    ],
)
def test_value_diff_names_each_leaf(before, after, changes) -> None:
    assert value_diff(before, after) == [FieldChange(*change) for change in changes]


def test_values_that_are_nested_too_deep_are_compared_whole() -> None:
    def nested(bottom: int) -> dict:
        value: dict = {"end": bottom}
        for _level in range(500):
            value = {"a": value}
        return value

    (change,) = value_diff(nested(1), nested(2))
    assert change.field == ".".join("a" * 40)
    assert change.kind == "changed"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from("abc"), JSON, max_size=3), st.dictionaries(st.sampled_from("abc"), JSON, max_size=3)
)
def test_no_changes_means_equal_values(before: dict, after: dict) -> None:
    assert value_diff(before, before) == []
    assert (value_diff(before, after) == []) == (repr(sorted_deep(before)) == repr(sorted_deep(after)))


def sorted_deep(value):
    if isinstance(value, dict):
        return {key: sorted_deep(value[key]) for key in sorted(value)}
    return [sorted_deep(item) for item in value] if isinstance(value, list) else value
