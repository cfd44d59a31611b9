"""State diagrams of the READMEs, to be compared with the transition tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_ARROW = re.compile(r"^\s*(\w+) --> (\w+)\s*$", re.MULTILINE)
_DIAGRAM = re.compile(r"```mermaid\nstateDiagram-v2\n(.*?)```", re.DOTALL)


def drawn(app: str) -> list[set[tuple[str, str]]]:
    """The arrows of each state diagram in an app's README."""
    text = (ROOT / app / "README.md").read_text(encoding="utf-8")
    return [set(_ARROW.findall(diagram)) for diagram in _DIAGRAM.findall(text)]


def arrows(transitions: Mapping[str, frozenset[str]]) -> set[tuple[str, str]]:
    """The arrows that a transition table allows."""
    return {(str(source), str(target)) for source, targets in transitions.items() for target in targets}
