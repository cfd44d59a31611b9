"""Many words found in one pass over a text (Aho–Corasick): the time grows with the text, not with the number of words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Node:
    """The characters read so far: what may follow, where to go on when nothing does, the words that end here."""

    following: dict[str, int] = field(default_factory=dict)
    fallback: int = 0
    words: list[int] = field(default_factory=list)


class Automaton:
    """Words ready to be searched. Searching does not change it."""

    def __init__(self, words: Iterable[str]) -> None:
        self._nodes = [_Node()]
        for number, word in enumerate(words):
            self._add(number, word)
        self._link()

    def occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        """Every occurrence as the number of its word and the position of its last character."""
        nodes, at = self._nodes, 0
        for position, character in enumerate(text):
            while at and character not in nodes[at].following:
                at = nodes[at].fallback
            at = nodes[at].following.get(character, 0)
            for number in nodes[at].words:
                yield number, position

    def _add(self, number: int, word: str) -> None:
        nodes, at = self._nodes, 0
        for character in word:
            if character not in nodes[at].following:
                nodes[at].following[character] = len(nodes)
                nodes.append(_Node())
            at = nodes[at].following[character]
        nodes[at].words.append(number)

    def _link(self) -> None:
        """Breadth first: the fallback of a node is the longest other beginning of a word that its characters end with."""
        nodes = self._nodes
        waiting = deque(nodes[0].following.values())
        while waiting:
            at = waiting.popleft()
            for character, child in nodes[at].following.items():
                waiting.append(child)
                back = nodes[at].fallback
                while back and character not in nodes[back].following:
                    back = nodes[back].fallback
                nodes[child].fallback = nodes[back].following.get(character, 0)
                nodes[child].words += nodes[nodes[child].fallback].words
