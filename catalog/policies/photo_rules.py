"""What is asked of the pictures of a product: the most demanding of the rules that apply wins (CAT-9, CAT-10).

Pure functions: rules, facts and counts in, demands and checks out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils import translation
from django.utils.translation import gettext, gettext_lazy, ngettext

from catalog.errors import PictureHoldsSecrets, PictureNotProcessed
from catalog.states import PhotoRole
from config.kit.errors import DomainError
from config.kit.pictures import (
    PictureAnimated,
    PictureBomb,
    PictureCheck,
    PictureDamaged,
    PictureEmpty,
    PictureFacts,
    PictureFormatRefused,
    PictureHidesData,
    PictureNameDisagrees,
    PictureRefused,
    PictureRule,
    PictureTooHeavy,
    PictureTooLarge,
    check_picture,
)
from config.kit.pictures.reading import megabytes

BLUR_FLOOR = 100.0
"""Variance of the Laplacian below which a picture may be blurred. Soft light and plain goods are below it too: it only warns."""

DUPLICATE, WORDS = "duplicate", "words"
"""Codes of findings that no platform's rule asks for: the same picture at another product, and words in the file."""

StoredCheck = dict[str, Any]
"""One check as it is stored: platform, platform_name, code, ok, severity, expected, found. Platform "": whatever the shop."""

_KEPT = (
    "format",
    "width",
    "height",
    "byte_size",
    "has_alpha",
    "exif_orientation",
    "has_location",
    "blur",
    "perceptual_hash",
    "border_is_white",
)


class AnyRule(Protocol):
    """The fields of a catalog.PhotoRule that are read here."""

    @property
    def platform_id(self) -> int | None: ...
    @property
    def category_id(self) -> int | None: ...
    @property
    def role(self) -> str: ...
    @property
    def min_count(self) -> int: ...
    @property
    def min_side(self) -> int: ...
    @property
    def ratio(self) -> str: ...
    @property
    def max_bytes(self) -> int | None: ...
    @property
    def formats(self) -> list[str]: ...
    @property
    def white_background(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of the pictures in one role: how many, and of each one."""

    min_count: int = 0
    picture: PictureRule = PictureRule(blur_floor=BLUR_FLOOR)


def demands(rules: Iterable[AnyRule], *, platform_id: int | None, categories: Sequence[int]) -> dict[str, Demand]:
    """Role → what is asked on a platform of a product in `categories` (its own first, then those above it).

    Counts, sides and weights: the strictest number wins. Formats: those that every rule allows. A ratio cannot be stricter than
    another one, so the one nearest to the product wins: by category, then by platform; so do formats that exclude each other.
    """
    near: dict[str, list[AnyRule]] = {}
    for rule in rules:
        if rule.platform_id in (None, platform_id) and rule.category_id in (None, *categories):
            near.setdefault(rule.role, []).append(rule)

    def distance(rule: AnyRule) -> tuple[int, bool]:
        depth = categories.index(rule.category_id) if rule.category_id is not None else len(categories)
        return depth, rule.platform_id is None

    return {role: _strictest(sorted(found, key=distance)) for role, found in near.items()}


def _strictest(rules: Sequence[AnyRule]) -> Demand:
    weights = [rule.max_bytes for rule in rules if rule.max_bytes is not None]
    ratios = [ratio for rule in rules if (ratio := read_ratio(rule.ratio))]
    return Demand(
        min_count=max(rule.min_count for rule in rules),
        picture=PictureRule(
            min_side=max(rule.min_side for rule in rules),
            ratio=ratios[0] if ratios else None,
            max_bytes=min(weights) if weights else None,
            formats=_allowed([rule.formats for rule in rules if rule.formats]),
            white_background=any(rule.white_background for rule in rules),
            blur_floor=BLUR_FLOOR,
        ),
    )


def _allowed(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    if not lists:
        return ()
    common = [name for name in lists[0] if all(name in other for other in lists[1:])]
    return tuple(common or lists[0])


def read_ratio(text: str) -> tuple[int, int] | None:
    """Whole numbers of "1:1"; None for nothing, or for what is no ratio of whole numbers above zero."""
    width, colon, height = text.replace("：", ":").partition(":")
    if not colon or not width.strip().isdecimal() or not height.strip().isdecimal():
        return None
    ratio = int(width), int(height)
    return ratio if all(ratio) else None


def missing_roles(asked: Mapping[str, Demand], there: Mapping[str, int]) -> dict[str, int]:
    """Role → how many pictures are missing, for the roles of which `there` are too few."""
    gaps = {role: demand.min_count - there.get(role, 0) for role, demand in asked.items()}
    return {role: gaps[role] for role in PhotoRole.values if gaps.get(role, 0) > 0}


# --- facts and checks as they are stored


def kept_facts(facts: PictureFacts) -> dict[str, Any]:
    """What is kept of the facts. The texts are not: they were looked through, and may name people."""
    return {name: getattr(facts, name) for name in _KEPT} | {"text_count": len(facts.texts)}


def facts_again(kept: Mapping[str, Any], *, sha256: str) -> PictureFacts | None:
    """Facts for a new check; None where the picture has not been read yet."""
    if any(name not in kept for name in _KEPT):
        return None
    return PictureFacts(sha256=sha256, texts=(), **{name: kept[name] for name in _KEPT})


def platform_checks(facts: PictureFacts, demand: Demand, *, code: str, name: str) -> list[StoredCheck]:
    """The checks of one picture for one platform, in the form in which they are stored."""
    return [
        {
            "platform": code,
            "platform_name": name,
            "code": check.code,
            "ok": check.ok,
            "severity": check.severity,
            "expected": check.expected,
            "found": check.found,
        }
        for check in check_picture(facts, demand.picture)
    ]


def duplicate_check(*, product_id: int, product_name: str, photo_id: int) -> StoredCheck:
    """A warning: this looks like a picture of another product."""
    return {
        "platform": "",
        "platform_name": "",
        "code": DUPLICATE,
        "ok": False,
        "severity": "warn",
        "expected": "",
        "found": product_name,
        "product_id": product_id,
        "photo_id": photo_id,
    }


def words_check(*, rule: str, field: str) -> StoredCheck:
    """A warning: the file's name or its metadata hold words that a content rule warns of."""
    return {
        "platform": "",
        "platform_name": "",
        "code": WORDS,
        "ok": False,
        "severity": "warn",
        "expected": rule,
        "found": field,
    }


def without_platforms(checks: Iterable[StoredCheck]) -> list[StoredCheck]:
    """The findings that hold for every platform."""
    return [check for check in checks if not check["platform"] and check["code"] in (DUPLICATE, WORDS)]


def failures(checks: Iterable[StoredCheck], *, platform: str | None = None) -> list[StoredCheck]:
    """The checks that failed and stop, of every platform or of one (those without a platform hold for each)."""
    return [
        check
        for check in checks
        if not check["ok"]
        and check["severity"] == "block"
        and (platform is None or check["platform"] in ("", platform))
    ]


def failing_platforms(checks: Iterable[StoredCheck]) -> list[str]:
    """Codes of the platforms for which the picture is not good enough; "" stands for all of them."""
    return list(dict.fromkeys(check["platform"] for check in failures(checks)))


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed check in words, once for all the platforms that ask for the same; `stops` when they would not take the picture."""

    label: str
    words: str
    stops: bool
    places: list[str]


def faults_of(checks: Iterable[StoredCheck]) -> list[Fault]:
    """What failed, those that stop first, each with the platforms that ask for it."""
    faults: dict[tuple[str, ...], Fault] = {}
    for check in checks:
        if check["ok"]:
            continue
        stops = check["severity"] == "block"
        key = (check["code"], check["expected"], check["found"], str(stops))
        fault = faults.setdefault(key, Fault(check_label(check), check_words(check), stops, []))
        if check["platform_name"]:
            fault.places.append(check["platform_name"])
    return sorted(faults.values(), key=lambda fault: not fault.stops)


FIELD_NAMES = {"file_name": gettext_lazy("its name"), "metadata": gettext_lazy("its metadata")}


def check_label(check: StoredCheck) -> str:
    """What was checked, in the reader's language."""
    if check["code"] == DUPLICATE:
        return gettext("another product's picture")
    if check["code"] == WORDS:
        return gettext("words in the file")
    return str(_as_picture_check(check).label)


def check_words(check: StoredCheck) -> str:
    """The rule and what was found, in the reader's language."""
    if check["code"] == DUPLICATE:
        return gettext("looks like a picture of “%(product)s”; make sure that it shows this one") % {
            "product": check["found"]
        }
    if check["code"] == WORDS:
        return gettext("%(field)s holds words that the rule “%(rule)s” warns of") % {
            "field": FIELD_NAMES.get(check["found"], check["found"]),
            "rule": check["expected"],
        }
    return _as_picture_check(check).describe()


def _as_picture_check(check: StoredCheck) -> PictureCheck:
    return PictureCheck(check["code"], check["ok"], check["severity"], check["expected"], check["found"])


def demand_words(demand: Demand) -> str:
    """What is asked of a role, in a short sentence of the reader's language."""
    rule = demand.picture
    parts = []
    if demand.min_count:
        parts.append(
            ngettext("at least %(count)d", "at least %(count)d", demand.min_count) % {"count": demand.min_count}
        )
    if rule.min_side:
        parts.append(gettext("%(side)d px and more") % {"side": rule.min_side})
    if rule.ratio:
        parts.append(f"{rule.ratio[0]} : {rule.ratio[1]}")
    if rule.max_bytes is not None:
        parts.append(gettext("up to %(size)s") % {"size": megabytes(rule.max_bytes)})
    if rule.formats:
        parts.append(" / ".join(rule.formats))
    if rule.white_background:
        parts.append(gettext("on white"))
    return " · ".join(parts)


# --- refusals by rule, kept as code and facts and worded for whoever reads them

_REFUSALS: dict[str, type[DomainError]] = {
    kind.code: kind
    for kind in (
        PictureAnimated,
        PictureBomb,
        PictureDamaged,
        PictureEmpty,
        PictureFormatRefused,
        PictureHidesData,
        PictureHoldsSecrets,
        PictureNameDisagrees,
        PictureNotProcessed,
        PictureRefused,
        PictureTooHeavy,
        PictureTooLarge,
    )
}


def stored_refusal(error: DomainError) -> dict[str, Any]:
    """A refusal as it is kept: its code, and its facts with words as they stand in the source."""
    with translation.override(None):
        facts = {name: value if isinstance(value, int | float) else str(value) for name, value in error.facts.items()}
    return {"code": error.code, "facts": facts}


def refusal_words(facts: Mapping[str, Any], problem: str) -> str:
    """Why a picture was refused: a rule's words in the reader's language, or the words of the person who refused it."""
    refusal = facts.get("refusal")
    if not refusal or refusal["code"] not in _REFUSALS:
        return problem
    told = {
        name: gettext(value) if isinstance(value, str) and value and name != "name" else value
        for name, value in refusal["facts"].items()
    }
    return _REFUSALS[refusal["code"]](**told).describe()
