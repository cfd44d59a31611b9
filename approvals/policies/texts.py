"""Hygiene of text that people type and paste: invisible characters, look-alikes, pasted HTML, widths.

Everything here is linear in the length of its input, and refuses what is longer than `MAX_TEXT` before it looks at it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import unescape

import nh3

from approvals.errors import TextIsTooLong

MAX_TEXT = 50_000
"""Characters of one text. A description of four blocks has some 3,000."""
MAX_HTML = 400_000
"""Characters of pasted HTML: word processors wrap a text in ten times its length."""
MAX_TAGS = 20_000
MAX_DEPTH = 200
"""HTML parsers need time that grows with the square of the depth."""

_ZERO_WIDTH = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0"
)
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SEPARATORS = "\u2028\u2029"
_ANNOTATIONS = "\ufff9-\ufffb\U0001d173-\U0001d17a"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0000-\U000e007f"
_CONTROL = "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_INVISIBLE = _ZERO_WIDTH + _DIRECTION + _SEPARATORS + _ANNOTATIONS + _SELECTORS + _TAGS + _CONTROL
_PICTURE = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# The invisible characters that belong to what is seen: the joints of emoji (family, flags of England and Scotland, keycaps)
# and the selector of a Chinese character's form. One selector each: a row of them hides a message.
SEQUENCES = (
    r"(?:\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f"
    r"|[0-9#*]\ufe0f\u20e3"
    rf"|[{_PICTURE}][\ufe0e\ufe0f]?(?:\u200d[{_PICTURE}][\ufe0e\ufe0f]?)*"
    rf"|[{_HAN}][\ufe00-\ufe02\U000e0100-\U000e01ef])"
)
"""A pattern of one visible unit with its invisible joints."""
_HIDDEN = re.compile(rf"(?P<sequence>{SEQUENCES})|(?P<hidden>[{_INVISIBLE}])")
_RETURNS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")

# Marks are sorted by normalisation with a cost that grows with the square of a run's length; no script stacks so many.
_MARKS = "".join(re.escape(chr(code)) for code in range(0x300, 0x20000) if unicodedata.combining(chr(code)))
_MARK_RUN = re.compile(f"([{_MARKS}]{{8}})[{_MARKS}]+")

_NAMES = {
    0x00: "NULL",
    0x07: "BELL",
    0x08: "BACKSPACE",
    0x0B: "LINE TABULATION",
    0x0C: "FORM FEED",
    0x1B: "ESCAPE",
    0x7F: "DELETE",
}

LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝԍӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧορνικ",
    "ABESIJKMHOPCTYXaesijopcyxhdqwglABEZHIKMNOPTYXopvik",
)
"""Cyrillic and Greek letters → the Latin letter that they are taken for. μ, Ω, π, α, β are units and terms, not tricks."""
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f]{2,}")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class HiddenCharacter:
    """An invisible or direction-changing character. `kind` is control, zero_width, direction, separator, selector or tag."""

    position: int
    character: str
    name: str
    kind: str

    @property
    def label(self) -> str:
        """How it is told to a person, such as "U+202E RIGHT-TO-LEFT OVERRIDE"."""
        return f"U+{ord(self.character):04X} {self.name}"


@dataclass(frozen=True, slots=True)
class MixedWord:
    """A Latin word with letters of another script that look the same. `position` and `word` are as written."""

    position: int
    word: str
    scripts: tuple[str, ...]


def require_size(text: str, limit: int = MAX_TEXT) -> None:
    """Refuse with `TextIsTooLong` what has more than `limit` characters."""
    if len(text) > limit:
        raise TextIsTooLong(length=len(text), limit=limit)


def clean_line(text: str) -> str:
    """One line: composed (NFC), without control, invisible and direction characters, blanks collapsed and trimmed."""
    require_size(text)
    return " ".join(_without_hidden(_RETURNS.sub("\n", text)).split())


def clean_text(text: str) -> str:
    """The same for several lines: every kind of line end becomes a line feed, runs of blanks collapse, at most one empty line."""
    require_size(text)
    lines = [" ".join(line.split()) for line in _without_hidden(_RETURNS.sub("\n", text)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def hidden_characters(text: str, *, limit: int = 20) -> list[HiddenCharacter]:
    """The first `limit` characters that nobody sees or that turn the direction of reading.

    Joints of emoji, their form selectors and the variation selector of a Chinese character are not named. Tabs and
    line ends are not hidden.
    """
    require_size(text)
    found: list[HiddenCharacter] = []
    for match in _HIDDEN.finditer(text):
        if match["hidden"]:
            found.append(_described(match.start(), match[0]))
            if len(found) == limit:
                break
    return found


def mixed_script_words(text: str) -> list[MixedWord]:
    """Words that mix Latin letters with Cyrillic or Greek ones of the same look, such as "Nikе" with a Cyrillic е."""
    require_size(text)
    found: list[MixedWord] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii() or not _LATIN.search(word):
            continue
        others = {unicodedata.name(letter).split()[0] for letter in word if ord(letter) in LOOK_ALIKES}
        if others:
            found.append(MixedWord(match.start(), word, ("LATIN", *sorted(others))))
    return found


def half_width_units(text: str) -> int:
    """How wide the text counts on a platform: ASCII 1, Chinese and everything full-width 2, marks and invisible ones 0.

    Taobao's title of "30 Chinese characters = 60 bytes" counts GBK bytes; East Asian width "ambiguous" (· “ ” ① ×) is
    two bytes there.
    """
    require_size(text)
    if text.isascii():
        return len(text)
    return sum(map(_units, text))


_BLOCKS = {
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
_DROPPED = {
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "title", "textarea", "select", "button",
    "head", "noembed", "noframes", "xmp",
}  # fmt: skip
_SAFE = {"p", "br", "ul", "ol", "li", "strong", "em", "h3", "table", "tr", "td", "th"}
_KEPT_FIRST = (_BLOCKS | _SAFE | {"b", "i", "tbody", "thead", "tfoot", "caption"}) - _DROPPED
_RENAMED = {"b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
_NO_ATTRIBUTES: dict[str, set[str]] = {"*": set()}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CLOSES_ITSELF = {
    "p", "li", "td", "th", "tr", "br", "hr", "img", "input", "meta", "link", "col", "option", "dt", "dd", "wbr", "source", "area",
}  # fmt: skip


def plain_text(html: str) -> str:
    """What pasted HTML says: scripts and forms gone, blocks on lines of their own, cells apart, entities as characters."""
    _require_html(html)
    kept = nh3.clean(html, tags=_KEPT_FIRST, attributes=_NO_ATTRIBUTES, clean_content_tags=_DROPPED, link_rel=None)
    flat = re.sub(r"\s+", " ", kept)
    return clean_text(unescape(_TAG.sub(_as_space, flat)))


def safe_html(html: str) -> str:
    """Pasted HTML in the few tags that a description needs, without any attribute, so without links, styles and events.

    b, i and other headings become strong, em and h3; other blocks end in a line break, so that their words stay apart.
    """
    _require_html(html)
    kept = nh3.clean(html, tags=_KEPT_FIRST, attributes=_NO_ATTRIBUTES, clean_content_tags=_DROPPED, link_rel=None)
    # The first pass wrote it: every < that is left begins one of our tags.
    renamed = _TAG.sub(_as_safe, kept)
    safe = nh3.clean(renamed, tags=_SAFE | {"tbody"}, attributes=_NO_ATTRIBUTES, link_rel=None)
    return safe.replace("<tbody>", "").replace("</tbody>", "")


def _require_html(html: str) -> None:
    require_size(html, MAX_HTML)
    depth = 0
    for tags, match in enumerate(_OPENING.finditer(html), start=1):
        if match[2].lower() not in _CLOSES_ITSELF:
            depth = max(depth - 1, 0) if match[1] else depth + 1
        if tags > MAX_TAGS or depth > MAX_DEPTH:
            raise TextIsTooLong(length=len(html), limit=MAX_HTML)


def _as_space(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    if name in {"td", "th"}:
        return " "
    return "\n" if name == "br" or name in _BLOCKS else ""


def _as_safe(tag: re.Match[str]) -> str:
    name = _RENAMED.get(tag[2].lower(), tag[2].lower())
    if name in _SAFE or name == "tbody":
        return f"<{tag[1]}{name}>"
    return "<br>" if name in _BLOCKS and (tag[1] or name == "hr") else ""


def _without_hidden(text: str) -> str:
    if text.isascii():
        return re.sub(f"[{_CONTROL}]", "", text)
    shown = _HIDDEN.sub(lambda match: match["sequence"] or "", text)
    return unicodedata.normalize("NFC", _MARK_RUN.sub(r"\1", shown))


def _described(position: int, character: str) -> HiddenCharacter:
    code = ord(character)
    name = unicodedata.name(character, _NAMES.get(code, "CONTROL CHARACTER" if code < 0xA0 else "UNNAMED"))
    return HiddenCharacter(
        position, character, name, next(kind for kind, members in _KINDS if members.match(character))
    )


_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(f"[{members}]"))
    for kind, members in (
        ("control", _CONTROL),
        ("direction", _DIRECTION),
        ("separator", _SEPARATORS),
        ("selector", _SELECTORS),
        ("tag", _TAGS),
        ("zero_width", _ZERO_WIDTH + _ANNOTATIONS),
    )
)


def _units(character: str) -> int:
    if character < "\x7f":
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1
