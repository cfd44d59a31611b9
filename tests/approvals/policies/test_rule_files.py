"""Lists of content rules as files."""

from __future__ import annotations

import pytest

from approvals.policies.rule_files import RuleText, decoded, exceptions_of, plan_of, rule_problem

THERE = {"first": RuleText(phrase="第一", exceptions=("第一次",), severity="proof", note="rank")}


def test_a_file_adds_changes_and_leaves() -> None:
    plan = plan_of("code,phrase,exceptions,severity\nfirst,第一,第一次 | 第一步,block\nbest,最好,,warn\n", THERE)
    assert plan.problems == ()
    assert plan.added == {"best": RuleText(phrase="最好", severity="warn")}
    before, after = plan.changed["first"]
    assert (before.severity, after.severity, after.exceptions) == ("proof", "block", ("第一次", "第一步"))
    assert after.note == "rank"  # a column that is missing leaves the fact as it is


def test_the_same_again_changes_nothing() -> None:
    plan = plan_of("code,phrase,pattern,exceptions,severity,note,is_active\nfirst,第一,,第一次,proof,rank,yes\n", THERE)
    assert (plan.added, plan.changed, plan.same, plan.problems) == ({}, {}, 1, ())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a b,x,,block,,yes", "The code is made of"),
        ("a,,,block,,yes", "either a phrase or a pattern"),
        ("a,x,y,block,,yes", "either a phrase or a pattern"),
        ("a,。。,,block,,yes", "at least one letter"),
        ("a,,a+,block,,yes", "upper bound"),
        ("a,,(,block,,yes", "not a regular expression"),
        ("a,x,,loud,,yes", "The severity is one of"),
        ("a,x,,block,,perhaps", "yes or no"),
        ("a,x,,block,,yes,more", "more cells"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(row: str, words: str) -> None:
    plan = plan_of(f"code,phrase,pattern,severity,note,is_active\ngood,fine,,block,,yes\n{row}\n", {})
    [problem] = plan.problems
    assert problem.line == 3
    assert words in problem.text


def test_a_code_that_stands_twice_and_missing_columns_are_refused() -> None:
    assert "twice" in plan_of("code,phrase\na,x\na,y\n", {}).problems[0].text
    assert plan_of("name,phrase\na,x\n", {}).problems[0].line == 1


def test_what_an_export_made_harmless_comes_back_as_it_was() -> None:
    assert plan_of("code,phrase\na,'=cmd|x\n", {}).added["a"].phrase == "=cmd|x"


def test_files_of_chinese_spreadsheets_are_read() -> None:
    assert decoded("供应链".encode("gb18030")) == "供应链"
    assert decoded("\ufeff供应链".encode()) == "供应链"
    with pytest.raises(ValueError, match="neither"):
        decoded(b"\xff\xff\xff")


def test_an_exception_that_excuses_nothing_is_told() -> None:
    assert rule_problem(RuleText(phrase="第一", exceptions=("最好",))) == (
        "exceptions",
        "“最好” does not hold the phrase, so it excuses nothing.",
    )
    assert exceptions_of(" a | b\n\nb ") == ("a", "b")
