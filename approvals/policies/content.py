"""House format of a text field (STORE-16) and likeness of titles (CAT-12). Pure functions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz import process
from rapidfuzz.distance import Indel

from approvals.policies.phrases import fold
from approvals.policies.texts import MAX_TEXT, half_width_units, hidden_characters, mixed_script_words
from approvals.policies.wording import Wording

NEAR_IDENTICAL = 0.9
"""Titles this much alike are called near-identical (CAT-12)."""
MAX_TITLE = 400
"""Titles are compared by their first 400 folded characters; platforms allow 60 to 255."""


@dataclass(frozen=True, slots=True)
class FormatRule:
    """House format of one field. Lengths are half-width units: a Chinese character counts 2, a Latin letter 1.

    `forbidden_units` maps a unit as it must not be written after a figure to the form of the house ("KG" → "kg").
    """

    field: str
    min_units: int = 0
    max_units: int | None = None
    required_phrases: tuple[str, ...] = ()
    forbidden_units: Mapping[str, str] = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: a stable code, the words for a person (in the language in which they are shown), and the facts."""

    code: str
    field: str
    message: Wording
    facts: Mapping[str, Any]


def check_format(field: str, text: str, rule: FormatRule) -> list[Problem]:
    """Everything that is wrong with the text of a field, at once; an empty list when it is in form.

    Hidden characters and mixed scripts are wrong in every field. A text beyond `MAX_TEXT` is told as the only problem.
    """
    return list(_problems(field, text, rule))


def _problems(field: str, text: str, rule: FormatRule) -> Iterator[Problem]:
    if len(text) > MAX_TEXT:
        yield _problem(
            "too_large",
            field,
            _("It has %(length)s characters; at most %(limit)s can be taken."),
            length=len(text),
            limit=MAX_TEXT,
        )
        return
    for hidden in hidden_characters(text):
        yield _problem(
            "hidden_character",
            field,
            _("At character %(position)s stands an invisible or direction-changing character: %(name)s. Delete it."),
            position=hidden.position + 1,
            name=hidden.label,
        )
    for mixed in mixed_script_words(text):
        yield _problem(
            "mixed_script",
            field,
            _("“%(word)s” mixes letters of different alphabets that look the same. Type it again."),
            word=mixed.word,
            position=mixed.position + 1,
        )
    units = half_width_units(text.strip())
    if units < rule.min_units:
        yield _problem(
            "too_short",
            field,
            _("It is %(units)s letters wide (a Chinese character counts 2); at least %(limit)s are asked for."),
            units=units,
            limit=rule.min_units,
        )
    if rule.max_units is not None and units > rule.max_units:
        yield _problem(
            "too_long",
            field,
            _("It is %(units)s letters wide (a Chinese character counts 2), %(over)s more than the %(limit)s allowed."),
            units=units,
            limit=rule.max_units,
            over=units - rule.max_units,
        )
    if rule.required_phrases:
        folded = fold(text)
        for phrase in rule.required_phrases:
            if fold(phrase) not in folded:
                yield _problem("phrase_missing", field, _("“%(phrase)s” is missing."), phrase=phrase)
    if rule.forbidden_units:
        for match in _unit_pattern(tuple(rule.forbidden_units)).finditer(text):
            yield _problem(
                "unit_form",
                field,
                _("Write “%(right)s” instead of “%(wrong)s”."),
                wrong=match["unit"],
                right=rule.forbidden_units[match["unit"]],
                position=match.start("unit") + 1,
            )


def _problem(code: str, field: str, message: str | Promise, **facts: Any) -> Problem:
    return Problem(code, field, Wording(message, facts), facts)


@lru_cache(maxsize=64)
def _unit_pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    """Units after a figure, the longest first; a Latin unit ends with its word (5KG, not 5KGB)."""
    choices = "|".join(
        re.escape(unit) + ("(?![A-Za-z])" if unit[-1].isascii() and unit[-1].isalpha() else "")
        for unit in sorted(units, key=len, reverse=True)
    )
    return re.compile(rf"(?<=[0-9０-９零一二三四五六七八九十百千万半两几])[ \u00a0\u3000]{{0,2}}(?P<unit>{choices})")


# --- likeness of titles


class _Shape(NamedTuple):
    """A title as it is compared: its folded characters, and its pairs of neighbours as a sorted text of one character each."""

    letters: str
    pairs: str


def similarity(a: str, b: str) -> float:
    """How alike two titles are, from 0 to 1. Spelling tricks, blanks and punctuation do not count (`fold`).

    The larger of two measures, because each misses what the other sees:

    - order kept: Indel ratio, 2 · LCS / (len a + len b). Three of thirty characters exchanged give 0.9.
    - order changed: Dice's coefficient of character pairs, 2 · common / (pairs a + pairs b), which hardly moves when the
      parts of a title are shuffled (女冬季羽绒服 / 羽绒服女冬季). The beginning counts as a pair, so a title of n characters has n.

    Two empty titles are not alike: there is nothing to compare.
    """
    return _likeness(_shape(a), _shape(b))


def closest(title: str, others: Mapping[int, str], floor: float = NEAR_IDENTICAL) -> list[tuple[int, float]]:
    """The ids of the titles that are at least `floor` alike, the most alike first, then by id.

    One pass in compiled code per measure: 20,000 titles take a fraction of a second, and less when they were seen before.
    """
    mine = _shape(title)
    if not mine.letters:
        return []
    shapes = {number: shape for number, other in others.items() if (shape := _shape(other)).letters}
    best: dict[int, float] = {}
    for query, choices in (
        (mine.letters, {number: shape.letters for number, shape in shapes.items()}),
        (mine.pairs, {number: shape.pairs for number, shape in shapes.items()}),
    ):
        for _choice, score, number in process.extract_iter(
            query, choices, scorer=Indel.normalized_similarity, processor=None, score_cutoff=floor
        ):
            best[number] = max(best.get(number, 0.0), score)
    return sorted(best.items(), key=lambda found: (-found[1], found[0]))


def near_identical_share(titles: Collection[str], floor: float = NEAR_IDENTICAL) -> float:
    """The share (0 to 1) of titles that have at least one other title in the collection that is `floor` alike.

    `floor` is 0.7 or more. Titles that share too few pairs of characters are never compared: where either measure
    reaches t, the pairs are at least s = 3t − 2 alike (a character outside the common sequence breaks two pairs at
    most), so two titles of which the rarest pairs differ cannot be (prefix filter of set-similarity joins).
    Work for a job, not for a page: 20,000 titles take seconds, half a minute when all are made of the same 30 words.
    """
    if not titles:
        return 0.0
    if floor < 0.7:
        raise ValueError("Below 0.7 nearly every pair of titles would have to be compared.")
    counts = Counter(_shape(title) for title in titles)
    counts.pop(_Shape("", ""), None)
    # By length: what a title is compared with stands before it and is not longer.
    shapes = sorted(counts, key=lambda shape: (len(shape.pairs), shape))
    alike = {number for number, shape in enumerate(shapes) if counts[shape] > 1}
    for number, candidates in _candidates(shapes, 3 * floor - 2):
        wanted = candidates if number not in alike else candidates - alike
        for measure in ("letters", "pairs"):
            choices = {other: getattr(shapes[other], measure) for other in wanted}
            query = getattr(shapes[number], measure)
            found = process.extract_iter(
                query, choices, scorer=Indel.normalized_similarity, processor=None, score_cutoff=floor
            )
            if near := {other for _choice, _score, other in found}:
                alike |= {number, *near}
    return sum(counts[shapes[number]] for number in alike) / len(titles)


def _candidates(shapes: Sequence[_Shape], floor: float) -> Iterator[tuple[int, set[int]]]:
    """For each shape those before it of which the pairs may be `floor` alike, by number."""
    frequency = Counter(pair for shape in shapes for pair in set(shape.pairs))
    holders: defaultdict[str, list[int]] = defaultdict(list)
    lengths = [len(shape.pairs) for shape in shapes]
    for number, shape in enumerate(shapes):
        length = lengths[number]
        # At least this many pairs are common with any shape that is alike enough; so one of the rarest others is.
        common = max(1, int(length * floor / (2 - floor)))
        rarest = set(sorted(shape.pairs, key=lambda pair: (frequency[pair], pair))[: length - common + 1])
        shortest = bisect_left(lengths, int(length * floor / (2 - floor)))
        yield number, {other for pair in rarest for other in holders[pair] if other >= shortest}
        for pair in rarest:
            holders[pair].append(number)


def _likeness(a: _Shape, b: _Shape) -> float:
    if not a.letters or not b.letters:
        return 0.0
    return max(Indel.normalized_similarity(a.letters, b.letters), Indel.normalized_similarity(a.pairs, b.pairs))


@lru_cache(maxsize=65_536)
def _shape(title: str) -> _Shape:
    letters = fold(title[: MAX_TITLE * 4])[:MAX_TITLE]
    # The longest common subsequence of two *sorted* texts is the size of their common multiset: so the same compiled
    # measure gives Dice's coefficient.
    return _Shape(letters, "".join(sorted(map(_pair, pairwise("\0" + letters)))))


def _pair(pair: tuple[str, str]) -> str:
    """One character for two. Two pairs in a million share one, which makes titles a trace more alike, never less."""
    number = (ord(pair[0]) * 1_000_003 + ord(pair[1]) * 31) % 0x10F800
    return chr(number if number < 0xD800 else number + 0x800)
