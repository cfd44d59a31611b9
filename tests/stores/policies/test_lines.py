"""Lines that people enter: nothing hidden, nothing empty, nothing cut off silently."""

from __future__ import annotations

import pytest

from approvals.errors import TextIsTooLong
from config.kit.errors import InvalidInput
from stores.errors import HiddenCharacters
from stores.policies.lines import is_blank, written_line, written_text


def test_a_line_is_stored_without_needless_blanks() -> None:
    assert written_line("  Green \n tea ", field="name", limit=20) == "Green tea"
    assert written_line("", field="cost", limit=20, required=False) == ""


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ("\u200b", HiddenCharacters),
        ("Te\u202ea", HiddenCharacters),
        (" \u3000 ", InvalidInput),
        ("x" * 21, TextIsTooLong),
        ("x" * 60_000, TextIsTooLong),
    ],
)
def test_a_wrong_line_is_refused_at_its_field(value: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as refused:
        written_line(value, field="name", limit=20)
    assert refused.value.field == "name"  # type: ignore[attr-defined]


def test_a_hidden_character_is_named() -> None:
    with pytest.raises(HiddenCharacters, match="U\\+200B ZERO WIDTH SPACE"):
        written_line("a\u200b", field="name", limit=20)


def test_a_text_loses_what_is_hidden_and_must_say_something() -> None:
    assert written_text("a\u200b\r\nb\n", field="text") == "a\nb"
    with pytest.raises(InvalidInput) as refused:
        written_text("\u200b\n", field="text")
    assert refused.value.field == "text"


def test_a_reason_of_invisible_characters_is_none() -> None:
    assert is_blank(" \u200b\n") and not is_blank("why")
