"""Two texts as the pieces that a page shows."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.policies.diffs import SegmentKind, text_diff
from approvals.policies.texts import MAX_TEXT, hidden_characters

_LONG_SAME, _KEPT = 260, 90


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text as it is shown. `hidden`: the piece is a character that nobody sees, told by this name.

    `folded`: so many characters that did not change were left out here.
    """

    kind: str
    text: str = ""
    hidden: str = ""
    folded: int = 0


def runs_of(before: str, after: str) -> list[Run]:
    """Two texts as pieces that a page can show: what did not change is folded where it is long, hidden characters are named."""
    found: list[Run] = []
    segments = text_diff(before, after)
    for at, segment in enumerate(segments):
        if segment.kind != SegmentKind.SAME or len(segment.text) <= _LONG_SAME or len(segments) == 1:
            found += _named(segment.kind, segment.text)
            continue
        head = segment.text[:_KEPT] if at else ""
        tail = segment.text[-_KEPT:] if at < len(segments) - 1 else ""
        found += _named(segment.kind, head)
        found.append(Run("folded", folded=len(segment.text) - len(head) - len(tail)))
        found += _named(segment.kind, tail)
    return found


def _named(kind: str, text: str) -> list[Run]:
    if not text:
        return []
    if len(text) > MAX_TEXT:
        return [Run(str(kind), text)]
    found, done = [], 0
    for hidden in hidden_characters(text, limit=200):
        if hidden.position > done:
            found.append(Run(str(kind), text[done : hidden.position]))
        found.append(Run(str(kind), hidden=hidden.label))
        done = hidden.position + len(hidden.character)
    if done < len(text):
        found.append(Run(str(kind), text[done:]))
    return found
