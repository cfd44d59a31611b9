"""A picture against what a shop or platform asks for (CAT-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.pictures.reading import PictureFacts, megabytes

Severity = Literal["block", "warn"]
_WHITE_ENOUGH = 0.95

_LABELS: dict[str, Promise] = {
    "size": _("pixel size"),
    "ratio": _("ratio"),
    "weight": _("file size"),
    "format": _("format"),
    "background": _("background"),
    "blur": _("sharpness"),
}
_SENTENCES: dict[str, Promise] = {
    "size": _("%(expected)s px at least, this one has %(found)s"),
    "ratio": _("width to height %(expected)s, this one has %(found)s"),
    "weight": _("%(expected)s at most, this one has %(found)s"),
    "format": _("%(expected)s, this one is %(found)s"),
    "background": _("white along at least %(expected)s of the border, this one %(found)s"),
    "blur": _("sharpness of at least %(expected)s, this one has %(found)s; look whether it is blurred"),
}


@dataclass(frozen=True)
class PictureRule:
    """What is asked. A field at its default asks nothing.

    `min_side`: pixels that both sides need; `ratio` (width, height) with `ratio_tolerance` as a share of it;
    `max_bytes`; `formats` of JPEG, PNG, WEBP; `white_background`: 95 % of the border near white; `blur_floor`: the
    least variance of the Laplacian, which only ever warns.
    """

    min_side: int = 0
    ratio: tuple[int, int] | None = None
    ratio_tolerance: float = 0.02
    max_bytes: int | None = None
    formats: tuple[str, ...] = ()
    white_background: bool = False
    blur_floor: float | None = None


@dataclass(frozen=True)
class PictureCheck:
    """One line of the answer. All fields are plain, so it can be stored as JSON and told in any language later."""

    code: str
    ok: bool
    severity: Severity
    expected: str
    found: str

    @property
    def label(self) -> Promise:
        """What was checked, in the reader's language."""
        return _LABELS[self.code]

    def describe(self) -> str:
        """The rule and what was found, as "800 × 800 px at least, this one has 400 × 400"."""
        return str(_SENTENCES[self.code]) % {"expected": self.expected, "found": self.found}


def check_picture(facts: PictureFacts, rule: PictureRule) -> list[PictureCheck]:
    """One check for everything the rule asks, passed ones too. It is met where no check that blocks failed."""
    checks: list[PictureCheck] = []

    def add(code: str, ok: bool, expected: str, found: str, severity: Severity = "block") -> None:
        checks.append(PictureCheck(code, ok, severity, expected, found))

    if rule.min_side:
        is_large = min(facts.width, facts.height) >= rule.min_side
        add("size", is_large, _by(rule.min_side, rule.min_side), _by(facts.width, facts.height))
    if rule.ratio:
        wanted = rule.ratio[0] / rule.ratio[1]
        is_close = abs(facts.width / facts.height - wanted) <= wanted * rule.ratio_tolerance + 1e-9
        add("ratio", is_close, f"{rule.ratio[0]} : {rule.ratio[1]}", f"{facts.width / facts.height:.2f} : 1")
    if rule.max_bytes is not None:
        add("weight", facts.byte_size <= rule.max_bytes, megabytes(rule.max_bytes), megabytes(facts.byte_size))
    if rule.formats:
        add("format", facts.format in rule.formats, " / ".join(rule.formats), facts.format)
    if rule.white_background:
        is_white = facts.border_is_white >= _WHITE_ENOUGH
        add("background", is_white, f"{_WHITE_ENOUGH:.0%}", f"{int(facts.border_is_white * 100)}%")
    if rule.blur_floor is not None:
        add("blur", facts.blur >= rule.blur_floor, f"{rule.blur_floor:.0f}", f"{facts.blur:.0f}", "warn")
    return checks


def _by(width: int, height: int) -> str:
    return f"{width} × {height}"
