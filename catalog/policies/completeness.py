"""What a listing still lacks before it can be submitted (CAT-2). Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as _made
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from catalog.policies.fields import BY_CODE, top_field
from catalog.states import PhotoRole

BASIC: Final = ("title", "brief", "slogan", "service_text", "feature", "customer_group", "category")
"""Fields of one value that every listing needs, whatever its category."""

_WHY: Mapping[str, str | Promise] = {
    "basic": _("every listing needs it"),
    "attribute": _("products of this category need it"),
    "block": _("every description has this block"),
    "variant": _("a listing offers at least one variant"),
    "price": _("a price above zero is needed"),
    "currency": _("only prices in another currency are known; this shop needs its own"),
    "photos": _("%(wanted)s needed, %(found)s there"),
}


@dataclass(frozen=True, slots=True)
class Need:
    """A part that must be filled, with its names as data: `name`, and `name_en` where there is one."""

    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a listing of a category on a platform needs. `photos` maps a role to the least number of pictures."""

    attributes: tuple[Need, ...] = ()
    blocks: tuple[Need, ...] = ()
    photos: Mapping[str, int] = _made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: `field` is its path ("blocks.intro", "photos.main"). Words are made when they are shown."""

    field: str
    code: str
    facts: Mapping[str, Any] = _made(default_factory=dict)

    @property
    def label(self) -> str:
        """The field's name in the reader's language."""
        if self.code == "photos":
            return gettext("pictures: %(role)s") % {"role": PhotoRole(self.field.partition(".")[2]).label}
        if name := self.facts.get("name"):
            is_english = (get_language() or "").startswith("en")
            return str((is_english and self.facts.get("name_en")) or name)
        label = str(BY_CODE[top_field(self.field)].label)
        return f"{label} {sku}" if (sku := self.facts.get("sku")) else label

    @property
    def why(self) -> str:
        """The rule that asks for it, in the reader's language."""
        return str(_WHY[self.code]) % self.facts

    @property
    def anchor(self) -> str:
        """The id of the field on the editor's page."""
        return "field-" + self.field.replace(".", "-")

    def stored(self) -> dict[str, Any]:
        """As kept in `Listing.missing`."""
        return {"field": self.field, "code": self.code, "facts": dict(self.facts)}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Missing:
        """Back from `Listing.missing`, to be worded for whoever reads it."""
        return cls(stored["field"], stored["code"], stored["facts"])


def completeness(content: Mapping[str, Any], requirements: Requirements) -> tuple[int, list[Missing]]:
    """How much of what is needed is there, 0..100 rounded down (100 only when nothing is missing), and what is not."""
    asked = list(_asked(content, requirements))
    missing = [item for is_there, item in asked if not is_there]
    return (len(asked) - len(missing)) * 100 // len(asked), missing


def _asked(content: Mapping[str, Any], needs: Requirements) -> Iterator[tuple[bool, Missing]]:
    for code in BASIC:
        yield bool(content[code]), Missing(code, "basic")
    for need in needs.attributes:
        facts = {"name": need.name, "name_en": need.name_en}
        filled = content["attributes"].get(need.code) not in (None, "")
        yield filled, Missing(f"attributes.{need.code}", "attribute", facts)
    for need in needs.blocks:
        facts = {"name": need.name, "name_en": need.name_en}
        yield bool(content["blocks"].get(need.code)), Missing(f"blocks.{need.code}", "block", facts)
    yield bool(content["variants"]), Missing("variants", "variant")
    for sku in sorted(content["variants"]):
        amount = content["prices"].get(sku)
        code = "currency" if amount is None else "price"
        yield amount is not None and Decimal(amount) > 0, Missing(f"prices.{sku}", code, {"sku": sku})
    for role in PhotoRole:
        if wanted := needs.photos.get(role, 0):
            found = sum(photo["role"] == role for photo in content["photos"])
            yield found >= wanted, Missing(f"photos.{role}", "photos", {"wanted": wanted, "found": found})
