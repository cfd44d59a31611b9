"""Two texts as a page shows them."""

from __future__ import annotations

from approvals.policies.runs import runs_of


def test_hidden_characters_are_named() -> None:
    runs = runs_of("新茶", "新\u200b茶")
    assert [run.hidden for run in runs if run.kind == "added" and run.hidden] == ["U+200B ZERO WIDTH SPACE"]


def test_long_unchanged_text_is_folded() -> None:
    runs = runs_of(f"old {'x ' * 400}end", f"new {'x ' * 400}end")
    assert sum(run.folded for run in runs) == 804 - 90
