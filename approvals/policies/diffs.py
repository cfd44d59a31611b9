"""What changed between two versions: word by word for text, field by field for values. Pure functions for the decision page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple

from rapidfuzz.distance import LCSseq

from approvals.policies.texts import MAX_TEXT, SEQUENCES

MAX_TOKENS = 6_000
"""The longest common subsequence keeps one bit per pair of tokens: 6,000 × 6,000 are 4.5 MB and some milliseconds."""
MAX_DEPTH = 40
"""Values that are nested deeper are compared whole."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f"
_TOKEN = re.compile(
    rf"{SEQUENCES}"
    r"|\d+(?:[.,]\d+)*"
    rf"|[^\W\d_{_HAN}](?:[^\W\d_{_HAN}]|[{_MARKS}]|['’](?=[^\W\d_{_HAN}]))*"
    r"|[^\S\n]+"
    r"|.",
    re.DOTALL,
)
_LINE = re.compile(r"[^\n。!?;]*[\n。!?;]|[^\n。!?;]+")
_ONE_CHINESE = re.compile(rf"[\W_]*[{_HAN}]?[\W_]*")


class SegmentKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class ChangeKind(StrEnum):
    """What became of a field."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Segment(NamedTuple):
    """A piece of text: same and removed pieces joined give the text before, same and added ones the text after."""

    kind: SegmentKind
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed field by its dotted path. `before` is None for an added field, `after` for a removed one."""

    field: str
    before: Any
    after: Any
    kind: ChangeKind


def text_diff(before: str, after: str, *, max_tokens: int = MAX_TOKENS) -> list[Segment]:
    """The pieces in reading order; a removed piece stands before the added one that replaces it.

    Words, numbers, runs of blanks, and single Chinese characters and marks are compared. A lone character or blank
    that two changes happen to share is counted to both, so that a person reads words and not crumbs.
    """
    return _readable(_diff(before, after, max_tokens))


def value_diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """Changed leaves of two JSON values, in the order of `before`, then what `after` adds.

    Keys are joined by dots. Lists are compared by position (`pictures.0`); lists whose items all have an own "key" are
    compared by it (`blocks.intro.text`), and another order of the same items is one change of the list's own path, with
    the keys as values. A whole branch that came or went is told by its leaves.
    """
    return list(_changes("", before, after, 0))


# --- text


def _diff(before: str, after: str, max_tokens: int) -> Sequence[Segment] | Iterator[Segment]:
    """Word by word; line by line when that is too much; as a whole when even that is."""
    if before == after:
        return [Segment(SegmentKind.SAME, before)]
    if max(len(before), len(after)) > MAX_TEXT:
        return _replaced(before, after)
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    head, tail = _shared_ends(old, new)
    if max(len(old), len(new)) - head - tail <= max_tokens:
        return _aligned(old, new, head, tail)
    old, new = _LINE.findall(before), _LINE.findall(after)
    head, tail = _shared_ends(old, new)
    if max(len(old), len(new)) - head - tail > max_tokens:
        return _replaced(before, after)
    return _refined(_aligned(old, new, head, tail), max_tokens)


def _refined(segments: list[Segment], max_tokens: int) -> Iterator[Segment]:
    """Changed lines word by word, as long as they fit into one budget of `max_tokens` squared for the whole text."""
    budget = max_tokens * max_tokens
    for is_same, group in groupby(segments, key=lambda segment: segment.kind == SegmentKind.SAME):
        if is_same:
            yield from group
            continue
        before, after = _sides(group)
        old, new = _TOKEN.findall(before), _TOKEN.findall(after)
        if (cost := len(old) * len(new)) <= budget:
            budget -= cost
            yield from _aligned(old, new, *_shared_ends(old, new))
        else:
            yield from _replaced(before, after)


def _shared_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    return head, next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)


def _aligned(old: list[str], new: list[str], head: int, tail: int) -> list[Segment]:
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    # One number per different token: comparing numbers is exact, where the library would compare hashes of strings.
    numbers: dict[str, int] = {}
    coded_old = [numbers.setdefault(token, len(numbers)) for token in inner_old]
    coded_new = [numbers.setdefault(token, len(numbers)) for token in inner_new]
    segments = [Segment(SegmentKind.SAME, "".join(old[:head]))]
    for code in LCSseq.opcodes(coded_old, coded_new):
        gone = "".join(inner_old[code.src_start : code.src_end])
        if code.tag == "equal":
            segments.append(Segment(SegmentKind.SAME, gone))
        else:
            segments += _replaced(gone, "".join(inner_new[code.dest_start : code.dest_end]))
    segments.append(Segment(SegmentKind.SAME, "".join(old[len(old) - tail :])))
    return segments


def _replaced(before: str, after: str) -> list[Segment]:
    return [Segment(SegmentKind.REMOVED, before), Segment(SegmentKind.ADDED, after)]


def _sides(segments: Iterator[Segment]) -> tuple[str, str]:
    pieces = list(segments)
    return (
        "".join(piece.text for piece in pieces if piece.kind != SegmentKind.ADDED),
        "".join(piece.text for piece in pieces if piece.kind != SegmentKind.REMOVED),
    )


def _readable(segments: Sequence[Segment] | Iterator[Segment]) -> list[Segment]:
    """Neighbours of one kind become one, crumbs between two changes go to both, removed comes before added."""
    pieces = [piece for piece in segments if piece.text]
    whole = [
        Segment(kind, "".join(piece.text for piece in group)) if kind == SegmentKind.SAME else _sides(group)
        for kind, group in groupby(
            pieces, key=lambda piece: SegmentKind.SAME if piece.kind == SegmentKind.SAME else None
        )
    ]
    result: list[Segment] = []
    removed: list[str] = []
    added: list[str] = []
    for at, piece in enumerate(whole):
        if isinstance(piece, Segment):
            if 0 < at < len(whole) - 1 and _is_crumb(piece.text):
                removed.append(piece.text)
                added.append(piece.text)
                continue
            result += [part for part in _replaced("".join(removed), "".join(added)) if part.text]
            removed, added = [], []
            result.append(piece)
        else:
            removed.append(piece[0])
            added.append(piece[1])
    return result + [part for part in _replaced("".join(removed), "".join(added)) if part.text]


def _is_crumb(text: str) -> bool:
    """At most one Chinese character with blanks and marks around it; a line end keeps the lines apart."""
    return "\n" not in text and len(text) <= 4 and _ONE_CHINESE.fullmatch(text) is not None


# --- values

_ABSENT = object()


def _changes(path: str, before: Any, after: Any, depth: int) -> Iterator[FieldChange]:
    if depth < MAX_DEPTH:
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _branches(path, before, after, depth)
            return
        if isinstance(before, list | tuple) and isinstance(after, list | tuple):
            old, new = _by_key(before), _by_key(after)
            # An empty list has no keys of its own: it goes with the other side.
            if (old or new) and old is not None and new is not None:
                common = [key for key in old if key in new]
                if common != [key for key in new if key in old]:
                    yield FieldChange(path, list(old), list(new), ChangeKind.CHANGED)
                yield from _branches(path, old, new, depth)
            else:
                yield from _branches(path, _by_position(before), _by_position(after), depth)
            return
    if not _equal(before, after):
        yield FieldChange(path, before, after, ChangeKind.CHANGED)


def _branches(path: str, before: Mapping[str, Any], after: Mapping[str, Any], depth: int) -> Iterator[FieldChange]:
    for key in [*before, *(key for key in after if key not in before)]:
        place = f"{path}.{key}" if path else str(key)
        old, new = before.get(key, _ABSENT), after.get(key, _ABSENT)
        if old is _ABSENT:
            yield from (FieldChange(at, None, value, ChangeKind.ADDED) for at, value in _leaves(place, new, depth + 1))
        elif new is _ABSENT:
            yield from (
                FieldChange(at, value, None, ChangeKind.REMOVED) for at, value in _leaves(place, old, depth + 1)
            )
        else:
            yield from _changes(place, old, new, depth + 1)


def _leaves(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    branches: Mapping[str, Any] = {}
    if depth < MAX_DEPTH:
        if isinstance(value, Mapping):
            branches = value
        elif isinstance(value, list | tuple):
            branches = _by_key(value) or _by_position(value)
    if not branches:
        yield path, value
    for key, part in branches.items():
        yield from _leaves(f"{path}.{key}", part, depth + 1)


def _by_key(items: Sequence[Any]) -> dict[str, Any] | None:
    """The items by their own "key"; None when one has none or two have the same."""
    if not all(isinstance(item, Mapping) and isinstance(item.get("key"), str | int) for item in items):
        return None
    keyed = {str(item["key"]): item for item in items}
    return keyed if len(keyed) == len(items) else None


def _by_position(items: Sequence[Any]) -> dict[str, Any]:
    return {str(position): item for position, item in enumerate(items)}


def _equal(before: Any, after: Any) -> bool:
    """As JSON: true is not 1, and neither is "1"."""
    if isinstance(before, bool) != isinstance(after, bool):
        return False
    return bool(before == after)
