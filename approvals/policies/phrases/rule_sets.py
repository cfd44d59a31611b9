"""Compiled content rules: one pass over a text finds what any of them is about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from approvals.errors import TextIsTooLong
from approvals.policies.phrases.automaton import Automaton
from approvals.policies.phrases.folding import folded, levelled
from approvals.policies.phrases.needles import Needle, is_written, needle_of, stands_alone
from approvals.policies.phrases.patterns import search_of
from approvals.policies.phrases.rules import Hit, PhraseRule
from approvals.policies.texts import MAX_TEXT
from approvals.states import Severity

MAX_HITS = 200
"""Nobody reads more; a text that repeats a phrase 10,000 times makes no 10,000 rows."""
CONTEXT = 16
_WEIGHTS = {Severity.BLOCK: 3, Severity.PROOF: 2, Severity.WARN: 1, Severity.INFO: 0}


def compile_rules(rules: Iterable[PhraseRule]) -> RuleSet:
    """Rules ready to search with. Raises ValueError for a rule without phrase and pattern, or with a pattern that is refused."""
    return RuleSet(tuple(rules))


class RuleSet:
    """Compiled content rules. Build it once per version of the lists; finding does not change it."""

    def __init__(self, rules: tuple[PhraseRule, ...]) -> None:
        self.rules = rules
        self._needles: list[Needle] = []
        self._patterns: list[tuple[PhraseRule, Callable[[str], Iterable[tuple[int, int]]]]] = []
        for number, rule in enumerate(rules):
            if rule.phrase:
                self._needles.append(needle_of(rule.phrase, rule))
                self._needles += [needle_of(phrase, rule, excuses=number) for phrase in rule.exceptions]
            elif rule.pattern:
                self._patterns.append((rule, search_of(rule)))
            else:
                raise ValueError(f"{rule.code}: a rule has a phrase or a pattern")
        self._numbers = {id(rule): number for number, rule in enumerate(rules)}
        self._automaton = Automaton(needle.text for needle in self._needles)

    def find(self, text: str, *, limit: int = MAX_HITS) -> list[Hit]:
        """The first `limit` hits by position. A hit inside a longer one of the same kind is left out, unless it is more severe.

        Raises `TextIsTooLong`.
        """
        if len(text) > MAX_TEXT:
            raise TextIsTooLong(length=len(text), limit=MAX_TEXT)
        found = [*self._phrase_spans(text), *self._pattern_spans(text)]
        return [_hit(rule, start, end, text) for rule, start, end in _outer(found)[:limit]]

    def _phrase_spans(self, text: str) -> list[tuple[PhraseRule, int, int]]:
        spans: list[tuple[PhraseRule, int, int]] = []
        excuses: dict[int, list[tuple[int, int]]] = {}
        plain = folded(text)
        for number, last in self._automaton.occurrences(plain.text):
            needle = self._needles[number]
            places = plain.positions[last - len(needle.text) + 1 : last + 1]
            if not stands_alone(needle.text, places, text) or not is_written(needle, places, text):
                continue
            span = (places[0], places[-1] + 1)
            if needle.excuses < 0:
                spans.append((needle.rule, *span))
            else:
                excuses.setdefault(needle.excuses, []).append(span)
        excused = {number: _reaches(ranges) for number, ranges in excuses.items()}
        return [
            (rule, start, end)
            for rule, start, end in spans
            if not _lies_in(start, end, excused.get(self._numbers[id(rule)]))
        ]

    def _pattern_spans(self, text: str) -> Iterator[tuple[PhraseRule, int, int]]:
        if not self._patterns:
            return
        level = levelled(text)
        for rule, search in self._patterns:
            for start, end in search(level.text):
                yield rule, level.positions[start], level.positions[end - 1] + 1


def excerpt_of(text: str, start: int, end: int) -> str:
    """A place in a text with its surroundings, in one line."""
    left, right = max(start - CONTEXT, 0), min(end + CONTEXT, len(text))
    middle = text[start:end] if end - start <= 60 else f"{text[start : start + 40]}…{text[end - 15 : end]}"
    excerpt = f"{'…' if left else ''}{text[left:start]}{middle}{text[end:right]}{'…' if right < len(text) else ''}"
    return " ".join(excerpt.split())


def _outer(spans: list[tuple[PhraseRule, int, int]]) -> list[tuple[PhraseRule, int, int]]:
    """By position, without those that lie in a longer one of the same kind and at least the same severity."""
    furthest: dict[tuple[str, int], tuple[int, int]] = {}
    result = []
    for rule, start, end in sorted(spans, key=lambda span: (span[1], -span[2], span[0].code)):
        weight = _WEIGHTS.get(Severity(rule.severity), 0)
        # Sorted by start: a span lies in an earlier one exactly when that one ends at or after its end.
        if any(
            reach[1] >= end and (reach[0], reach[1]) != (start, end)
            for heavier in range(weight, 4)
            if (reach := furthest.get((rule.kind, heavier)))
        ):
            continue
        reach = furthest.get((rule.kind, weight))
        if reach is None or end > reach[1]:
            furthest[rule.kind, weight] = (start, end)
        result.append((rule, start, end))
    return result


def _hit(rule: PhraseRule, start: int, end: int, text: str) -> Hit:
    return Hit(
        rule.code, rule.kind, rule.severity, start, end, excerpt_of(text, start, end), text[start:end],
        rule.needs_proof or rule.severity == Severity.PROOF, rule.note, rule.list_code,
    )  # fmt: skip


def _reaches(ranges: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Starts in order and, for each, the furthest end among the ranges that start there or earlier."""
    ranges.sort()
    return [start for start, _ in ranges], list(accumulate((end for _, end in ranges), max))


def _lies_in(start: int, end: int, reaches: tuple[list[int], list[int]] | None) -> bool:
    if reaches is None:
        return False
    at = bisect_right(reaches[0], start)
    return at > 0 and reaches[1][at - 1] >= end
