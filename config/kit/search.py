"""Search tokens: what a stored text can be found by, and what a typed word asks for (ADR 0006).

Both sides are made here, so that they cannot drift apart: a row stores `tokens(text)` in an array with a GIN index,
a search box asks for rows whose array contains all of `query_tokens(words)`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from pypinyin import Style, lazy_pinyin, pinyin

TOKEN_LENGTH = 64
_HAN = "〇㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
_JOINTS = "-_./'@+#:"
_PIECE = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W{_HAN}]+(?:[{_JOINTS}]+[^\W{_HAN}]+)*)")
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")
_NUMBER = re.compile(r"[+(]?[\d\s()./-]*\d")
_LONGEST_WINDOW = 4
_TAILS = range(4, 12)
_PREFIXES = range(3, 13)


def tokens(*texts: str) -> list[str]:
    """What the texts can be found by, sorted and without repeats, for a stored array of `TOKEN_LENGTH` characters each.

    Chinese: every character, every pair of neighbours, pinyin and initials of one to four neighbours. Other words:
    in small letters, whole, in their parts, without joints, and by their beginnings. Numbers: whole and by their
    last four to eleven figures.
    """
    found: set[str] = set()
    for text in texts:
        for kind, piece in _pieces(text):
            found.update(_han_tokens(piece) if kind == "han" else _word_tokens(piece))
    return sorted({token[:TOKEN_LENGTH] for token in found})


def query_tokens(words: str) -> list[str]:
    """What a row must hold to match the typed words; empty when there is nothing to look for.

    Chinese of two and more characters asks for its pairs, so two characters find. A lone telephone number may be
    typed with blanks and with the country's code.
    """
    plain = _plain(words).strip()
    if _NUMBER.fullmatch(plain):
        digits = re.sub(r"\D", "", plain)
        return [digits[2:] if len(digits) == 13 and digits.startswith("86") else digits[:TOKEN_LENGTH]]
    wanted: dict[str, None] = {}
    for kind, piece in _pieces(words):
        parts = _pairs(piece) or [piece] if kind == "han" else re.split(rf"[{_JOINTS}]+", piece)
        wanted.update((part[:TOKEN_LENGTH], None) for part in parts)
    return list(wanted)


def matching(rows: QuerySet[Any], words: str, *, field: str = "search_tokens") -> QuerySet[Any]:
    """The rows whose stored tokens hold all that the words ask for; none when the words ask for nothing."""
    wanted = query_tokens(words)
    return rows.filter(**{f"{field}__contains": wanted}) if wanted else rows.none()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    for match in _PIECE.finditer(_plain(text)):
        yield match.lastgroup or "", match.group()


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


@lru_cache(maxsize=4096)
def _han_tokens(run: str) -> frozenset[str]:
    found = {*run, *_pairs(run)}
    usual = lazy_pinyin(run, style=Style.NORMAL)
    readings = pinyin(run, style=Style.NORMAL, heteronym=True)
    if len(usual) != len(run) or len(readings) != len(run):
        return frozenset(found)  # a character without a reading swallows its neighbours
    found.update(reading for several in readings for reading in several)
    for length in range(2, _LONGEST_WINDOW + 1):
        for start in range(len(run) - length + 1):
            rest = usual[start + 1 : start + length]
            # A surname is often read unlike the word it is (单: shan, dan), so the beginning of a run keeps all its
            # readings.
            for first in {usual[start], *readings[start]} if start == 0 else {usual[start]}:
                found.add(first + "".join(rest))
                found.add(first[0] + "".join(syllable[0] for syllable in rest))
    return frozenset(found)


def _word_tokens(word: str) -> set[str]:
    parts = re.split(rf"[{_JOINTS}]+", word)
    found = {word, *parts, "".join(parts)}
    for part in parts:
        found.update(_LETTERS_OR_DIGITS.findall(part))
    for item in sorted(found):
        if item.isdigit():
            found.update(item[-length:] for length in _TAILS if length < len(item))
        else:
            found.update(item[:length] for length in _PREFIXES if length < len(item))
    return found
