"""The automaton finds what a search word by word finds."""

from __future__ import annotations

from itertools import product

from approvals.policies.phrases.automaton import Automaton

WORDS = ["ab", "b", "aba", "bb", "abab", "ab"]  # one is the end of another, one its beginning, one stands twice


def test_every_word_is_found_wherever_it_stands() -> None:
    automaton = Automaton(WORDS)
    for length in range(10):
        for text in map("".join, product("ab", repeat=length)):
            expected = [
                (number, start + len(word) - 1)
                for number, word in enumerate(WORDS)
                for start in range(length)
                if text.startswith(word, start)
            ]
            assert sorted(automaton.occurrences(text)) == sorted(expected), text
