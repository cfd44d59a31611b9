"""The README's diagram comes from the transition tables."""

from approvals.management.commands.draw_states import diagrams_of, readme_of, with_diagrams
from approvals.states import REQUEST_TRANSITIONS


def test_readme_shows_the_transition_tables_as_they_are() -> None:
    text = readme_of("approvals").read_text(encoding="utf-8")
    assert diagrams_of("approvals") in text
    assert with_diagrams(text, "approvals") == text


def test_diagram_has_every_step_of_the_table() -> None:
    drawn = diagrams_of("approvals")
    assert "deadline.running([deadline.running]) --> deadline.paused & deadline.met & deadline.withdrawn\n" in drawn
    assert "    job.failed --> job.queued\n" in drawn
    arrows = [line.split(" --> ") for line in drawn.splitlines() if " --> " in line]
    steps = sum(len(ends.split(" & ")) for start, ends in arrows if start.lstrip().startswith("request."))
    assert steps == sum(map(len, REQUEST_TRANSITIONS.values()))
