"""Chance that repeats itself: the same words give the same dice in every run."""

from __future__ import annotations

from random import Random


def dice(*words: object) -> Random:
    """Dice of a seed for one topic, so that one chapter's throws do not change another's."""
    return Random(":".join(map(str, words)))  # noqa: S311 (a demo, no secret)
