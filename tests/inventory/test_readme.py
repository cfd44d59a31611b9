"""The README's diagram comes from the transition tables."""

from approvals.management.commands.draw_states import diagrams_of, readme_of, with_diagrams


def test_readme_shows_the_transition_tables_as_they_are() -> None:
    text = readme_of("inventory").read_text(encoding="utf-8")
    assert diagrams_of("inventory") in text
    assert with_diagrams(text, "inventory") == text
