"""What listings need, and reads of listings that services and screens share."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import get_language

from approvals.models import Snapshot
from catalog.models import AttributeDefinition, Category, DescriptionBlock, Listing, PhotoRule
from catalog.policies.completeness import Need, Requirements
from catalog.policies.fields import BY_CODE, LISTING_KIND
from catalog.policies.photo_rules import demands
from catalog.states import ListingState


@dataclass(frozen=True, slots=True)
class RequirementBook:
    """Categories, attributes, blocks and picture rules, read once (four queries) and asked for any number of listings."""

    ids: dict[str, int]
    parents: dict[str, str]
    definitions: dict[str, tuple[AttributeDefinition, ...]]
    blocks: tuple[DescriptionBlock, ...]
    photo_rules: tuple[PhotoRule, ...]

    def chain(self, category: str) -> list[str]:
        """The category's code and those above it, the nearest first."""
        chain: list[str] = []
        while category and category not in chain:
            chain.append(category)
            category = self.parents.get(category, "")
        return chain

    def definitions_of(self, category: str) -> list[AttributeDefinition]:
        """The attributes of a category and of those above it; of equal codes the nearest counts."""
        found: dict[str, AttributeDefinition] = {}
        for code in self.chain(category):
            for definition in self.definitions.get(code, ()):
                found.setdefault(definition.code, definition)
        return sorted(found.values(), key=lambda one: (one.position, one.code))

    def needs(self, category: str, platform_id: int | None) -> Requirements:
        """What a listing of this category on this platform needs; of several picture rules the most demanding counts."""
        chain = [self.ids[code] for code in self.chain(category) if code in self.ids]
        asked = demands(self.photo_rules, platform_id=platform_id, categories=chain)
        return Requirements(
            attributes=tuple(Need(one.code, one.name) for one in self.definitions_of(category) if one.is_required),
            blocks=tuple(Need(one.code, one.name, one.name_en) for one in self.blocks if one.is_required),
            photos={role: demand.min_count for role, demand in asked.items() if demand.min_count},
        )


def requirement_book() -> RequirementBook:
    """What is needed where, as it is in force now."""
    categories = list(Category.objects.values_list("id", "code", "parent_id"))
    code_of = {pk: code for pk, code, _parent in categories}
    definitions: dict[str, tuple[AttributeDefinition, ...]] = {}
    for one in AttributeDefinition.objects.all():
        code = code_of[one.category_id]
        definitions[code] = (*definitions.get(code, ()), one)
    return RequirementBook(
        ids={code: pk for pk, code, _parent in categories},
        parents={code: code_of[parent] for _pk, code, parent in categories if parent},
        definitions=definitions,
        blocks=tuple(DescriptionBlock.objects.all()),
        photo_rules=tuple(PhotoRule.objects.order_by("pk")),
    )


def titles_in_shop(shop_id: int, *, besides: Collection[int] = ()) -> dict[int, str]:
    """Listing id → title of everything that is listed in a shop."""
    rows = Listing.objects.filter(shop=shop_id, state=ListingState.LISTED).exclude(pk__in=besides)
    return dict(rows.values_list("id", "title"))


def names_of_parts() -> dict[str, str]:
    """Path → name for the parts of blocks and attributes ("blocks.intro", "attributes.colour"): two queries.

    Attributes of the same code in several categories have one name here: that of the first.
    """
    names = {f"blocks.{one.code}": one.name for one in DescriptionBlock.objects.all()}
    for one in AttributeDefinition.objects.order_by("-id"):
        names[f"attributes.{one.code}"] = one.name
    return names


def version_of(listing_id: int, number: int) -> Snapshot:
    """A version of a listing that was published once. Raises Snapshot.DoesNotExist."""
    return Snapshot.objects.get(kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id=listing_id, number=number)


def field_name(path: str) -> str:
    """A field or part of one in the reader's language: "title", "description: 产品介绍", "price SKU-1". At most one query."""
    code, _dot, part = path.partition(".")
    field = BY_CODE.get(code)
    if field is None:
        return path
    if not part:
        return str(field.label)
    if field.by == "block":
        block = DescriptionBlock.objects.filter(code=part).first()
        is_english = (get_language() or "").startswith("en")
        part = ((is_english and block.name_en) or block.name) if block is not None else part
    elif field.by == "attribute":
        part = (
            AttributeDefinition.objects.filter(code=part).values_list("name", flat=True).order_by("id").first() or part
        )
    return f"{field.label} {part}" if field.by == "sku" else f"{field.label}: {part}"
