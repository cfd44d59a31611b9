"""The README's diagrams come from the transition tables."""

from approvals.management.commands.draw_states import diagrams_of, readme_of, with_diagrams


def test_readme_shows_the_transition_tables_as_they_are() -> None:
    text = readme_of("approvals").read_text(encoding="utf-8")
    assert diagrams_of("approvals") in text
    assert with_diagrams(text, "approvals") == text


def test_diagram_has_every_step_of_the_table() -> None:
    drawn = diagrams_of("approvals")
    assert "    [*] --> running\n    running --> paused\n    running --> met\n    running --> withdrawn\n" in drawn
    assert "    failed --> queued\n" in drawn
