"""Invisible characters, look-alikes, pasted HTML and widths."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.errors import TextIsTooLong
from approvals.policies.texts import (
    MAX_HTML,
    MAX_TEXT,
    clean_line,
    clean_text,
    half_width_units,
    hidden_characters,
    mixed_script_words,
    plain_text,
    safe_html,
)

FAMILY = "👨\u200d👩\u200d👧"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        pytest.param("  纯棉\u3000 T恤 \t白 ", "纯棉 T恤 白", id="blanks of every width"),
        pytest.param("纯\u200b棉\ufeff", "纯棉", id="zero width"),
        pytest.param("\u202e卖大\u202c", "卖大", id="direction"),
        pytest.param("一\r\n二\u2028三", "一 二 三", id="line ends"),
        pytest.param("a\x00b\x1fc", "abc", id="control"),
        pytest.param("cafe\u0301", "café", id="composed"),
        pytest.param(
            FAMILY + " ❤\ufe0f 1\ufe0f\u20e3 " + ENGLAND, FAMILY + " ❤\ufe0f 1\ufe0f\u20e3 " + ENGLAND, id="emoji stay"
        ),
        pytest.param("e" + "\u0301" * 40_000, unicodedata.normalize("NFC", "e" + "\u0301" * 8), id="a tower of marks"),
    ],
)
def test_clean_line_keeps_what_is_seen(dirty: str, clean: str) -> None:
    assert clean_line(dirty) == clean


def test_clean_text_keeps_lines_and_one_empty_one() -> None:
    assert clean_text("一 \r\n\r\n\r\n\r二\u200b  三\n") == "一\n\n二 三"


@given(st.text(max_size=60))
def test_clean_line_has_nothing_hidden_and_stays_as_it_is(text: str) -> None:
    once = clean_line(text)
    assert clean_line(once) == once
    assert hidden_characters(once) == []
    assert "\n" not in once


def test_hidden_characters_are_named_with_their_place() -> None:
    found = hidden_characters("纯\u202e棉\u200b")
    assert [(hidden.position, hidden.kind, hidden.label) for hidden in found] == [
        (1, "direction", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        (3, "zero_width", "U+200B ZERO WIDTH SPACE"),
    ]


@pytest.mark.parametrize(
    "text", [FAMILY, "🕵🏻\u200d♂\ufe0f", "❤\ufe0f", "1\ufe0f\u20e3", ENGLAND, "葛\U000e0100", "a\tb\r\nc"]
)
def test_what_belongs_to_a_visible_character_is_not_hidden(text: str) -> None:
    assert hidden_characters(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "a\u200db",
        "👨\u200d",
        "❤\ufe0f\ufe0f",
        "a\ufe0f",
        "\U000e0061",
        "🏴" + "\U000e0061" * 7,
        "\u3164",
        "\u00ad",
        "\x07",
        "\u2066",
        "\u2028",
    ],
)
def test_joints_that_join_nothing_are_hidden(text: str) -> None:
    assert len(hidden_characters(text)) >= 1


def test_only_the_first_hidden_characters_are_named() -> None:
    assert len(hidden_characters("\u200b" * MAX_TEXT, limit=5)) == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("官方Nikе女装", [(2, "Nikе", ("LATIN", "CYRILLIC"))]),
        ("Νike Αdidas", [(0, "Νike", ("LATIN", "GREEK")), (5, "Αdidas", ("LATIN", "GREEK"))]),
        ("10kΩ 5μm β-carotene Δt", []),
        ("Москва Nike 纯棉", []),
    ],
)
def test_words_of_mixed_scripts(text: str, words: list[tuple[int, str, tuple[str, ...]]]) -> None:
    assert [(mixed.position, mixed.word, mixed.scripts) for mixed in mixed_script_words(text)] == words


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>重量&lt;5KG &amp; a&nbsp;b</p><div>甲</div>乙<br>丙", "重量<5KG & a b\n\n甲\n乙\n丙"),
        ("<script>alert(1)</script><style>p{}</style>a<b>b</b>", "ab"),
        ("<table><tr><td>高</td><td>1 cm</td></tr></table>", "高 1 cm"),
        ("<svg><script>x</script></svg>一\n  二", "一 二"),
        ("&lt;script&gt;", "<script>"),
    ],
)
def test_plain_text_of_pasted_html(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<h1 onclick=x>T</h1><b title=y>x</b>", "<h3>T</h3><strong>x</strong>"),
        ('<a href="javascript:x">l</a><img src=x onerror=alert(1)>', "l"),
        ("<div>甲</div><div>乙</div>", "甲<br>乙<br>"),
        ("<p>&lt;script&gt;</p><script>1</script>", "<p>&lt;script&gt;</p>"),
        ("<table><tr><td style='x' colspan=2>1</table>", "<table><tr><td>1</td></tr></table>"),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>", ""),
    ],
)
def test_safe_html_keeps_few_tags_and_no_attribute(html: str, safe: str) -> None:
    assert safe_html(html) == safe
    assert safe_html(safe) == safe


HTML = ["<p>", "</p>", "<b ", "<script>", "</script>", "<math>", "<style>", "onx=1>", "文", "<!--", "-->", "&lt;", '"']


@given(st.lists(st.sampled_from(HTML), max_size=14))
def test_safe_html_never_lets_a_script_or_attribute_through(parts: list[str]) -> None:
    safe = safe_html("".join(parts))
    assert "<script" not in safe and "<style" not in safe and "<math" not in safe
    assert not any("=" in tag.split(">")[0] for tag in safe.split("<")[1:])


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("纯棉", 4),
        ("ab", 2),
        ("abc", 3),
        ("纯棉T恤", 7),
        ("ＡＢ", 4),
        ("“·”①", 8),
        ("ｱ", 1),
        ("\u200b", 0),
        ("字" * 30, 60),
    ],
)
def test_widths_count_as_a_platform_counts_them(text: str, units: int) -> None:
    assert half_width_units(text) == units


@pytest.mark.parametrize("work", [clean_line, clean_text, hidden_characters, mixed_script_words, half_width_units])
def test_ten_megabytes_are_refused(work) -> None:
    with pytest.raises(TextIsTooLong) as refusal:
        work("字" * 10_000_000)
    assert refusal.value.facts == {"length": 10_000_000, "limit": MAX_TEXT}


@pytest.mark.parametrize("work", [plain_text, safe_html])
@pytest.mark.parametrize(
    "html", ["<p>" * 4_000_000, "<div>" * 60_000, "<br>" * 30_000], ids=["length", "depth", "tags"]
)
def test_html_that_would_be_slow_is_refused(work, html: str) -> None:
    with pytest.raises(TextIsTooLong) as refusal:
        work(html)
    assert refusal.value.facts["limit"] == MAX_HTML
