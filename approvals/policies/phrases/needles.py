"""Phrases to be searched, and whether the characters that were found are the phrase: written as it is, or as a trick.

A needle is found in folded text, where nothing stands between its characters. What stood there in the text itself decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from approvals.policies.phrases.folding import (
    FIGURES,
    INVISIBLE,
    LIGHT,
    SENTENCE,
    fold_character,
    folded,
    gap_kind,
    is_latin,
)
from approvals.policies.phrases.rules import PhraseRule

MAX_GAP = 12
"""More characters than that between two characters of a phrase are no trick any more."""
_FIGURE_GOES_ON = frozenset("〇零一二三四五六七八九十百千")


@dataclass(frozen=True, slots=True)
class Needle:
    """A phrase ready to be searched. `joints[i]` says what stands between character i and i + 1 in the phrase itself."""

    text: str
    joints: tuple[str, ...]
    rule: PhraseRule
    excuses: int = -1
    """The number of the rule that this exception excuses; -1 for a phrase that hits."""


def needle_of(phrase: str, rule: PhraseRule, *, excuses: int = -1) -> Needle:
    """A phrase as it is searched. Raises ValueError for one of which nothing is left when it is folded."""
    plain = folded(phrase)
    if not plain.text:
        raise ValueError(f"{rule.code}: “{phrase}” has neither letters nor figures")
    joints = tuple(_joint(phrase, left, right) for left, right in pairwise(plain.positions))
    return Needle(plain.text, joints, rule, excuses)


def is_written(needle: Needle, places: list[int], text: str) -> bool:
    """Whether the characters found make the phrase: gaps that the phrase has itself, or gaps that somebody put in as a trick.

    Between Chinese characters a blank, a dot or a star is a trick; a comma or full stop is a sentence, and so is a blank
    between Latin letters, unless the whole phrase is spelled out with them (最,低,价 or b e s t).
    """
    strange = 0
    gaps = 0
    for left, right, own, at in zip(places, places[1:], needle.joints, range(len(needle.joints)), strict=False):
        if right - left > MAX_GAP and len(_visible(text[left + 1 : right])) > MAX_GAP:
            return False
        joint = _joint(text, left, right)
        if not joint:
            continue
        gaps += 1
        latin = is_latin(needle.text[at]) and is_latin(needle.text[at + 1])
        if not own and (joint == SENTENCE or latin):
            strange += 1
    return strange == 0 or (len(needle.joints) >= 2 and gaps == len(needle.joints))


def stands_alone(needle: str, places: list[int], text: str) -> bool:
    """Latin phrases begin and end with the word, figures with the number; Chinese ones stand anywhere."""
    before = _neighbour(text, places[0], -1)
    after = _neighbour(text, places[-1], 1)
    return not _goes_on(needle[0], text[places[0]], before) and not _goes_on(needle[-1], text[places[-1]], after)


def _joint(text: str, left: int, right: int) -> str:
    """What stands between two neighbours: "" or the heaviest kind of separator."""
    if right - left < 2:
        return ""
    kinds = {gap_kind(character) for character in text[left + 1 : right]}
    return next((kind for kind in (SENTENCE, LIGHT) if kind in kinds), "")


def _visible(gap: str) -> str:
    return "".join(character for character in gap if gap_kind(character) != INVISIBLE)


def _neighbour(text: str, position: int, step: int) -> str:
    """The next visible character; at most a few invisible ones are skipped."""
    for at in range(position + step, position + step * (MAX_GAP + 1), step):
        if not 0 <= at < len(text):
            return ""
        if gap_kind(text[at]) != INVISIBLE or text[at] in "\n\r\t":
            return text[at]
    return ""


def _goes_on(edge: str, written: str, neighbour: str) -> bool:
    if not neighbour:
        return False
    if written in FIGURES:
        return neighbour in _FIGURE_GOES_ON
    plain = fold_character(neighbour)[:1]
    if edge.isdigit():
        return plain.isdigit() and neighbour not in FIGURES
    return is_latin(edge) and (is_latin(plain) or (plain.isdigit() and neighbour not in FIGURES))
