"""The matching engine of content rules: phrases that are found through tricks, patterns with a bound, personal data.

Phrases are searched in *folded* text: compatibility forms (full-width, ①, ㎏) and case are levelled, Cyrillic and Greek
look-alikes read as Latin, traditional characters as simplified ones, Chinese figures as figures; what is neither
letter nor figure is left out, and afterwards it is decided whether the gaps were a trick or a sentence. One pass finds
all phrases (Aho–Corasick), so that the time grows with the text and not with the rules.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext

from approvals.errors import TextIsTooLong
from approvals.policies.texts import LOOK_ALIKES, MAX_TEXT
from approvals.states import RuleKind, Severity

MAX_PATTERN = 300
MAX_WAYS = 1_000
"""In how many ways a pattern may try one starting point: it bounds the work on a text of `MAX_TEXT` characters."""
MAX_GAP = 12
"""More characters than that between two characters of a phrase are no trick any more."""
MAX_HITS = 200
"""Nobody reads more; a text that repeats a phrase 10,000 times makes no 10,000 rows."""
CONTEXT = 16
DETECTOR = "detector:"
"""A rule's pattern "detector:mobile" asks for a built-in search instead of a regular expression."""


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """One content rule: a phrase, or a pattern (a regular expression or "detector:…").

    `exceptions` are phrases in which the phrase is allowed (第一次 for 第一). Patterns see full-width characters as
    half-width ones and distinguish case unless they begin with (?i).
    """

    code: str
    kind: str = RuleKind.BANNED
    severity: str = Severity.BLOCK
    phrase: str = ""
    pattern: str = ""
    exceptions: tuple[str, ...] = ()
    needs_proof: bool = False
    note: str = ""
    list_code: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule was hit: `start` and `end` count in the text as it was given, `excerpt` shows it with its surroundings."""

    rule_code: str
    kind: str
    severity: str
    start: int
    end: int
    excerpt: str
    text: str
    needs_proof: bool = False
    note: str = ""
    list_code: str = ""


@dataclass(frozen=True, slots=True)
class _Folded:
    """Folded text and, for each of its characters, the position in the original that it comes from."""

    text: str
    positions: list[int]


@dataclass(frozen=True, slots=True)
class _Needle:
    """A phrase ready to be searched. `joints[i]` says what stands between character i and i + 1 in the phrase itself."""

    text: str
    joints: tuple[str, ...]
    rule: PhraseRule
    excuses: int = -1
    """The number of the rule that this exception excuses; -1 for a phrase that hits."""


@dataclass(slots=True)
class _Node:
    following: dict[str, int] = field(default_factory=dict)
    fallback: int = 0
    needles: list[int] = field(default_factory=list)


_INVISIBLE, _LIGHT, _SENTENCE = "invisible", "light", "sentence"
_SENTENCE_MARKS = frozenset(",。、;:!?,.;:!?/\n\r…")
_FIGURES = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖两", "00123456789123456789" + "2", strict=True))
_FIGURE_GOES_ON = frozenset("〇零一二三四五六七八九十百千")

# Traditional → simplified for what advertising phrases are written with; other characters stay as they are.
_SIMPLIFIED = str.maketrans(
    "價級國頂極獨絕對銷銀業質優選無與倫領導榮譽駝馳證認專門醫療癒藥減輕壓壽煙壇癌殺預騙賺錢貨進購產應廠標幣"
    "號碼電話會員內機密帳戶開發緻創見聞歷復義節線際類檢測療養護膚鬆緊張斷傷貴賓寶殿華豐熱點擊萬億個們從來傳眾優惠"
    "禮贈獎賭權威顯著達實驗環潔淨滅腫瘤濟總協協廣傑聖將軍終補虧賠單雙當網銷檔庫週際盡趕緊搶購後絲襪賣買斤鬧滿親",
    "价级国顶极独绝对销银业质优选无与伦领导荣誉驼驰证认专门医疗愈药减轻压寿烟坛癌杀预骗赚钱货进购产应厂标币"
    "号码电话会员内机密账户开发致创见闻历复义节线际类检测疗养护肤松紧张断伤贵宾宝殿华丰热点击万亿个们从来传众优惠"
    "礼赠奖赌权威显著达实验环洁净灭肿瘤济总协协广杰圣将军终补亏赔单双当网销档库周际尽赶紧抢购后丝袜卖买斤闹满亲",
)


def fold(text: str) -> str:
    """The text as phrases are searched in it: letters and figures only, levelled. Two spellings of one phrase fold to the same."""
    return _folded(text).text


def compile_rules(rules: Iterable[PhraseRule]) -> RuleSet:
    """Rules ready to search with. Raises ValueError for a rule without phrase and pattern, or with a pattern that is refused."""
    return RuleSet(tuple(rules))


class RuleSet:
    """Compiled content rules. Build it once per version of the lists; finding does not change it."""

    def __init__(self, rules: tuple[PhraseRule, ...]) -> None:
        self.rules = rules
        self._needles: list[_Needle] = []
        self._patterns: list[tuple[PhraseRule, Callable[[str], Iterable[tuple[int, int]]]]] = []
        for number, rule in enumerate(rules):
            if rule.phrase:
                self._needles.append(_needle(rule.phrase, rule))
                self._needles += [_needle(phrase, rule, excuses=number) for phrase in rule.exceptions]
            elif rule.pattern:
                self._patterns.append((rule, _search_of(rule)))
            else:
                raise ValueError(f"{rule.code}: a rule has a phrase or a pattern")
        self._numbers = {id(rule): number for number, rule in enumerate(rules)}
        self._nodes = _automaton(self._needles)

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
        folded = _folded(text)
        for needle, last in self._occurrences(folded.text):
            first = last - len(needle.text) + 1
            places = folded.positions[first : last + 1]
            if not _stands_alone(needle.text, places, text) or not _is_written(needle, places, text):
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

    def _occurrences(self, folded: str) -> Iterator[tuple[_Needle, int]]:
        """Every phrase with the position of its last character, in one pass."""
        nodes, at = self._nodes, 0
        for position, character in enumerate(folded):
            while at and character not in nodes[at].following:
                at = nodes[at].fallback
            at = nodes[at].following.get(character, 0)
            for number in nodes[at].needles:
                yield self._needles[number], position

    def _pattern_spans(self, text: str) -> Iterator[tuple[PhraseRule, int, int]]:
        if not self._patterns:
            return
        level = _levelled(text)
        for rule, search in self._patterns:
            for start, end in search(level.text):
                yield rule, level.positions[start], level.positions[end - 1] + 1


# --- folding


def _folded(text: str) -> _Folded:
    letters: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(text):
        for letter in _fold_character(character):
            letters.append(letter)
            positions.append(position)
    return _Folded("".join(letters), positions)


@lru_cache(maxsize=16_384)
def _fold_character(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character).translate(LOOK_ALIKES).casefold().translate(_SIMPLIFIED)
    return "".join(_FIGURES.get(letter, letter) for letter in plain if letter.isalnum())


def _levelled(text: str) -> _Folded:
    """For patterns: full-width becomes half-width, invisible characters go, everything else stays."""
    letters: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(text):
        for letter in character if character < "\x7f" else _level_character(character):
            letters.append(letter)
            positions.append(position)
    return _Folded("".join(letters), positions)


@lru_cache(maxsize=16_384)
def _level_character(character: str) -> str:
    return "" if _gap_kind(character) == _INVISIBLE else unicodedata.normalize("NFKC", character)


@lru_cache(maxsize=16_384)
def _gap_kind(character: str) -> str:
    if character in _SENTENCE_MARKS:
        return _SENTENCE
    return _INVISIBLE if unicodedata.category(character) in {"Cf", "Mn", "Me", "Cc"} else _LIGHT


# --- phrases


def _needle(phrase: str, rule: PhraseRule, *, excuses: int = -1) -> _Needle:
    folded = _folded(phrase)
    if not folded.text:
        raise ValueError(f"{rule.code}: “{phrase}” has neither letters nor figures")
    joints = tuple(
        _joint(phrase, left, right) for left, right in zip(folded.positions, folded.positions[1:], strict=False)
    )
    return _Needle(folded.text, joints, rule, excuses)


def _joint(text: str, left: int, right: int) -> str:
    """What stands between two neighbours: "" or the heaviest kind of separator."""
    if right - left < 2:
        return ""
    kinds = {_gap_kind(character) for character in text[left + 1 : right]}
    return next((kind for kind in (_SENTENCE, _LIGHT) if kind in kinds), "")


def _is_written(needle: _Needle, places: list[int], text: str) -> bool:
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
        latin = _is_latin(needle.text[at]) and _is_latin(needle.text[at + 1])
        if not own and (joint == _SENTENCE or latin):
            strange += 1
    return strange == 0 or (len(needle.joints) >= 2 and gaps == len(needle.joints))


def _visible(gap: str) -> str:
    return "".join(character for character in gap if _gap_kind(character) != _INVISIBLE)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _stands_alone(needle: str, places: list[int], text: str) -> bool:
    """Latin phrases begin and end with the word, figures with the number; Chinese ones stand anywhere."""
    before = _neighbour(text, places[0], -1)
    after = _neighbour(text, places[-1], 1)
    return not _goes_on(needle[0], text[places[0]], before) and not _goes_on(needle[-1], text[places[-1]], after)


def _neighbour(text: str, position: int, step: int) -> str:
    """The next visible character; at most a few invisible ones are skipped."""
    for at in range(position + step, position + step * (MAX_GAP + 1), step):
        if not 0 <= at < len(text):
            return ""
        if _gap_kind(text[at]) != _INVISIBLE or text[at] in "\n\r\t":
            return text[at]
    return ""


def _goes_on(edge: str, written: str, neighbour: str) -> bool:
    if not neighbour:
        return False
    if written in _FIGURES:
        return neighbour in _FIGURE_GOES_ON
    folded = _fold_character(neighbour)[:1]
    if edge.isdigit():
        return folded.isdigit() and neighbour not in _FIGURES
    return _is_latin(edge) and (_is_latin(folded) or (folded.isdigit() and neighbour not in _FIGURES))


def _automaton(needles: list[_Needle]) -> list[_Node]:
    nodes = [_Node()]
    for number, needle in enumerate(needles):
        at = 0
        for character in needle.text:
            if character not in nodes[at].following:
                nodes[at].following[character] = len(nodes)
                nodes.append(_Node())
            at = nodes[at].following[character]
        nodes[at].needles.append(number)
    waiting = deque(nodes[0].following.values())
    while waiting:
        at = waiting.popleft()
        for character, child in nodes[at].following.items():
            waiting.append(child)
            back = nodes[at].fallback
            while back and character not in nodes[back].following:
                back = nodes[back].fallback
            nodes[child].fallback = nodes[back].following.get(character, 0)
            nodes[child].needles += nodes[nodes[child].fallback].needles
    return nodes


# --- hits

_WEIGHTS = {Severity.BLOCK: 3, Severity.PROOF: 2, Severity.WARN: 1, Severity.INFO: 0}


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


def excerpt_of(text: str, start: int, end: int) -> str:
    """A place in a text with its surroundings, in one line."""
    left, right = max(start - CONTEXT, 0), min(end + CONTEXT, len(text))
    middle = text[start:end] if end - start <= 60 else f"{text[start : start + 40]}…{text[end - 15 : end]}"
    excerpt = f"{'…' if left else ''}{text[left:start]}{middle}{text[end:right]}{'…' if right < len(text) else ''}"
    return " ".join(excerpt.split())


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


# --- patterns


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


def _search_of(rule: PhraseRule) -> Callable[[str], Iterable[tuple[int, int]]]:
    if problem := pattern_problem(rule.pattern):
        raise ValueError(f"{rule.code}: {problem}")
    if rule.pattern.startswith(DETECTOR):
        return DETECTORS[rule.pattern.removeprefix(DETECTOR)]
    compiled = re.compile(rule.pattern)
    return lambda text: (match.span() for match in compiled.finditer(text) if match.end() > match.start())


# --- personal data

_MOBILE = re.compile(r"(?<![0-9])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])", re.ASCII)
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_CARD = re.compile(
    r"(?<![0-9])(?<![0-9][ -])(?:6[025]|4|5[1-5]|3[57]|9[0-9])[0-9]{0,3}(?:[ -]?[0-9]{1,4}){3,5}(?![0-9])(?![ -][0-9])"
)
_WEIGHTS_OF_ID = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are a citizen identity number: a date of birth that exists and the check digit of GB 11643-1999."""
    if len(number) != 18 or not (number.isascii() and number[:17].isdecimal()):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(figure) * weight for figure, weight in zip(number, _WEIGHTS_OF_ID, strict=False))
    return 1880 <= born.year < 2100 and number[17].upper() == "10X98765432"[total % 11]


def is_card_number(number: str) -> bool:
    """Whether 16 to 19 figures have the check digit of bank cards (Luhn, ISO/IEC 7812-1)."""
    if not (16 <= len(number) <= 19 and number.isascii() and number.isdecimal()) or len(set(number)) == 1:
        return False
    doubled = (sum(divmod(2 * int(figure), 10)) for figure in number[-2::-2])
    return (sum(int(figure) for figure in number[::-2]) + sum(doubled)) % 10 == 0


def _spans(
    pattern: re.Pattern[str], accepts: Callable[[str], bool] = bool
) -> Callable[[str], Iterator[tuple[int, int]]]:
    return lambda text: (match.span() for match in pattern.finditer(text) if accepts(match[0]))


DETECTORS: dict[str, Callable[[str], Iterable[tuple[int, int]]]] = {
    "mobile": _spans(_MOBILE),
    "identity": _spans(_IDENTITY, is_identity_number),
    "mail": _spans(_MAIL),
    "card": _spans(_CARD, lambda written: is_card_number(re.sub(r"[ -]", "", written))),
}
"""Searches for personal data that need more than a pattern, by name. They see text with half-width figures."""
