"""Patterns that people write as rules: refused when they could take long, and searched for in levelled text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext

from approvals.policies.phrases.personal_data import DETECTORS
from approvals.policies.phrases.rules import DETECTOR, PhraseRule

MAX_PATTERN = 300
MAX_WAYS = 1_000
"""In how many ways a pattern may try one starting point: it bounds the work on a text of `MAX_TEXT` characters."""


def pattern_problem(pattern: str) -> str | None:
    """Why a pattern cannot be a rule, in the reader's language; None when it can.

    Refused are patterns that do not compile, match nothing at all, refer back, or could try one starting point in more
    than `MAX_WAYS` ways: repeats without an upper bound, repeats inside repeats, long alternatives inside repeats.
    """
    if pattern.startswith(DETECTOR):
        name = pattern.removeprefix(DETECTOR)
        return None if name in DETECTORS else gettext("There is no built-in search “%(name)s”.") % {"name": name}
    if len(pattern) > MAX_PATTERN:
        return gettext("A pattern has at most %(limit)s characters.") % {"limit": MAX_PATTERN}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(pattern)
            tree = _parsed(pattern)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        return gettext("This is not a regular expression: %(error)s.") % {"error": error}
    if compiled.match("") or compiled.flags & (re.VERBOSE | re.DOTALL | re.LOCALE):
        return gettext("A pattern must ask for at least one character.")
    try:
        ways = _ways(tree)
    except _Refused as refused:
        return str(refused)
    if ways > MAX_WAYS:
        return gettext(
            "This pattern could be tried in too many ways on one text: avoid repeats inside repeats, and give every "
            "repeat a small upper bound."
        )
    return None


def search_of(rule: PhraseRule) -> Callable[[str], Iterable[tuple[int, int]]]:
    """What finds the places of a pattern in levelled text. Raises ValueError for a pattern that is refused."""
    if problem := pattern_problem(rule.pattern):
        raise ValueError(f"{rule.code}: {problem}")
    if rule.pattern.startswith(DETECTOR):
        return DETECTORS[rule.pattern.removeprefix(DETECTOR)]
    compiled = re.compile(rule.pattern)
    return lambda text: (match.span() for match in compiled.finditer(text) if match.end() > match.start())


class _Refused(Exception):
    """A construct that patterns may not use."""


def _parsed(pattern: str) -> Any:
    parser: Any = re._parser  # type: ignore[attr-defined]  # the only reader of patterns that the library has
    return parser.parse(pattern)


def _ways(tree: Any) -> int:
    """In how many ways the pattern can go from one starting point, at most: sums over alternatives, products along the way."""
    total = 1
    for code, value in tree:
        total *= _ways_of(str(code), value)
        if total > MAX_WAYS:
            return total
    return total


def _ways_of(code: str, value: Any) -> int:
    if code in {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY"}:
        return 1
    if code == "BRANCH":
        return sum(_ways(branch) for branch in value[1])
    if code == "SUBPATTERN":
        return _ways(value[-1])
    if code == "ATOMIC_GROUP":
        return _ways(value)
    if code in {"ASSERT", "ASSERT_NOT"}:
        return _ways(value[1])
    if code in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, inner = value
        if int(most) > MAX_WAYS:
            raise _Refused(
                gettext("Every repeat needs an upper bound: write {1,20} instead of + and {0,20} instead of *.")
            )
        inside, total, power = _ways(inner), 0, 1
        for times in range(int(most) + 1):
            if times >= int(least):
                total += power
            if total > MAX_WAYS or power > MAX_WAYS:
                return MAX_WAYS + 1
            power *= inside
        return total
    raise _Refused(gettext("References to an earlier part and conditions cannot be used in a pattern."))
