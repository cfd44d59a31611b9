"""Values in few words."""

from __future__ import annotations

from typing import Any

import pytest

from approvals.policies.values import change_in_percent, in_short


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        ([], "–"),
        (False, "no"),
        (0, "0"),
        ("c" * 64, "cccccccc…"),
        ("x" * 301, f"{'x' * 300}…"),
        ({"key": "1", "role": "main", "alt": "", "sizes": ["S", "M"]}, "role: main; sizes: S, M"),
    ],
)
def test_value_in_short(value: Any, words: str) -> None:
    assert in_short(value) == words


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("128.00", "118.00", ("−7.8 %", False)),
        (10, 15, ("+50.0 %", True)),
        ("0.00", "1.00", ("", False)),
        (None, "1.00", ("", False)),
        (True, 2, ("", False)),
        ("ten", "1.00", ("", False)),
    ],
)
def test_change_of_an_amount_in_percent(old: Any, new: Any, change: tuple[str, bool]) -> None:
    assert change_in_percent(old, new) == change
