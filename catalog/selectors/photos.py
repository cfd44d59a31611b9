"""What is asked of pictures where their products are sold, what is missing, and the pictures that screens show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from catalog.models import Category, Listing, ListingPlanLine, Photo, PhotoRule, Product
from catalog.policies.photo_rules import (
    Demand,
    StoredCheck,
    check_label,
    check_words,
    demand_words,
    demands,
    facts_again,
    failures,
    missing_roles,
    platform_checks,
    without_platforms,
)
from catalog.states import ListingState, PhotoRole, PhotoState, PlanState

ALIKE_BITS = 6
"""So many of the 64 bits of two perceptual hashes may differ before two pictures count as different ones."""

_ALIVE = (PhotoState.UPLOADED, PhotoState.CHECKED, PhotoState.APPROVED)
_SOLD = (ListingState.PREPARING, ListingState.LISTED)
_PLANNED = (PlanState.IN_REVIEW, PlanState.APPROVED)
_STANDING = {
    PhotoState.CHECKED: 0,
    PhotoState.UPLOADED: 1,
    PhotoState.APPROVED: 2,
    PhotoState.RETIRED: 3,
    PhotoState.REFUSED: 4,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A platform where a product is sold or shall be; pk None: only the rules that hold everywhere."""

    pk: int | None = None
    code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class PhotoBook:
    """Rules, category tree and the platforms of some products, read in four queries however many there are."""

    rules: tuple[PhotoRule, ...]
    parents: Mapping[int, int | None]
    places_by_product: Mapping[int, tuple[Place, ...]]

    def places(self, product_id: int) -> tuple[Place, ...]:
        """Where it is sold or planned; one nameless place when that is nowhere."""
        return self.places_by_product.get(product_id) or (Place(),)

    def asked(self, category_id: int | None, place: Place) -> dict[str, Demand]:
        """Role → what is asked there of products of a category."""
        return demands(self.rules, platform_id=place.pk, categories=self._chain(category_id))

    def missing(self, product: Product, there: Mapping[str, int]) -> dict[str, int]:
        """Role → how many pictures are missing for the place that asks for most."""
        gaps: dict[str, int] = {}
        for place in self.places(product.pk):
            for role, gap in missing_roles(self.asked(product.category_id, place), there).items():
                gaps[role] = max(gaps.get(role, 0), gap)
        return {role: gaps[role] for role in PhotoRole.values if role in gaps}

    def wanted(self, product: Product) -> dict[str, int]:
        """Role → how many pictures the place that asks for most wants."""
        return self.missing(product, {})

    def asks(self, product: Product) -> dict[str, list[tuple[str, str]]]:
        """Role → what is asked of it in words, each once with the names of the platforms that ask it."""
        names: dict[str, dict[str, list[str]]] = {}
        for place in self.places(product.pk):
            for role, demand in self.asked(product.category_id, place).items():
                if words := demand_words(demand):
                    names.setdefault(role, {}).setdefault(words, []).append(place.name)
        return {
            role: [(words, gettext(", ").join(filter(None, places))) for words, places in said.items()]
            for role, said in names.items()
        }

    def checks(self, photo: Photo, product: Product) -> list[StoredCheck]:
        """The checks of a picture in every place of its product, as the rules stand now; none before it was read."""
        facts = facts_again(photo.facts, sha256=photo.sha256)
        if facts is None:
            return []
        found: list[StoredCheck] = []
        for place in self.places(product.pk):
            demand = self.asked(product.category_id, place).get(photo.role, Demand())
            found += platform_checks(facts, demand, code=place.code, name=place.name)
        return found + without_platforms(photo.checks)

    def _chain(self, category_id: int | None) -> list[int]:
        """A category and those above it, the nearest first."""
        chain: list[int] = []
        while category_id is not None and category_id not in chain:
            chain.append(category_id)
            category_id = self.parents.get(category_id)
        return chain


def photo_book(product_ids: Collection[int] | QuerySet[Any]) -> PhotoBook:
    """Everything that is asked of the pictures of these products."""
    places: defaultdict[int, dict[int, Place]] = defaultdict(dict)
    fields = ("product_id", "shop__platform_id", "shop__platform__code", "shop__platform__name")
    sold = Listing.objects.filter(product__in=product_ids, state__in=_SOLD, shop__platform__isnull=False)
    planned = ListingPlanLine.objects.filter(
        product__in=product_ids, done_at__isnull=True, plan__state__in=_PLANNED, shop__platform__isnull=False
    )
    for rows in (sold, planned):
        for product_id, pk, code, name in rows.order_by().values_list(*fields).distinct():
            places[product_id][pk] = Place(pk, code, name)
    return PhotoBook(
        rules=tuple(PhotoRule.objects.order_by("pk")),
        parents=dict(Category.objects.values_list("id", "parent_id")),
        places_by_product={
            product_id: tuple(sorted(found.values(), key=lambda place: place.code))
            for product_id, found in places.items()
        },
    )


def approved_counts(product_ids: Collection[int] | QuerySet[Any]) -> dict[int, dict[str, int]]:
    """Product → role → how many approved pictures."""
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = Photo.objects.filter(product__in=product_ids, state=PhotoState.APPROVED).order_by()
    for product_id, role, count in rows.values_list("product_id", "role").annotate(count=Count("pk")):
        counts[product_id][role] = count
    return counts


@dataclass(frozen=True, slots=True)
class PictureProblem:
    """A picture that a platform would not take: words for people, the rest for rows."""

    photo_id: int
    role: str
    file_name: str
    check: StoredCheck

    @property
    def text(self) -> str:
        """Which picture, what was checked, the rule and what was found, in the reader's language."""
        return f"{PhotoRole(self.role).label} “{self.file_name}”: {check_label(self.check)}: {check_words(self.check)}"


def picture_problems(photo_ids: Iterable[int], *, platform_id: int | None) -> list[PictureProblem]:
    """The failed checks that keep these pictures out of a platform, by the rules as they stand now (four queries).

    For the submission of a listing: a sign-off says that a picture is professional, not that every platform takes it.
    """
    photos = list(Photo.objects.filter(pk__in=list(photo_ids)).select_related("product").order_by("pk"))
    book = PhotoBook(
        rules=tuple(PhotoRule.objects.filter(Q(platform__isnull=True) | Q(platform=platform_id)).order_by("pk")),
        parents=dict(Category.objects.values_list("id", "parent_id")),
        places_by_product={photo.product_id: (Place(platform_id),) for photo in photos},
    )
    return [
        PictureProblem(photo.pk, photo.role, photo.file_name, check)
        for photo in photos
        for check in failures(book.checks(photo, photo.product))
    ]


def look_alikes(perceptual_hash: int, *, product_id: int, limit: int = 3) -> list[tuple[int, int, str]]:
    """(photo, product, product's name) of pictures of other products that look the same, the most alike first.

    One pass over the hashes of the pictures in use: PostgreSQL counts the bits.
    """
    difference = RawSQL(
        "bit_count((catalog_photo.perceptual_hash # %s)::bit(64))", [perceptual_hash], output_field=IntegerField()
    )
    rows = (
        Photo.objects.filter(state__in=_ALIVE, perceptual_hash__isnull=False)
        .exclude(product=product_id)
        .annotate(difference=difference)
        .filter(difference__lte=ALIKE_BITS)
        .order_by("difference", "pk")
    )
    return list(rows.values_list("pk", "product_id", "product__name")[:limit])


def photo_list(user: Any) -> QuerySet[Photo]:
    """Pictures with product and people; `standing` puts those that wait first, `may_sign` says whether the person may sign."""
    may_sign: Any = Value(False)
    if user.has_perm("catalog.sign_off_photo"):
        may_sign = Case(
            When(Q(state=PhotoState.CHECKED) & ~Q(uploaded_by=user.pk), then=Value(True)),
            When(Q(state=PhotoState.CHECKED, uploaded_by__isnull=True), then=Value(True)),
            default=Value(False),
        )
    standing = Case(
        *(When(state=state, then=Value(place)) for state, place in _STANDING.items()),
        default=Value(9),
        output_field=IntegerField(),
    )
    return Photo.objects.select_related("product", "uploaded_by", "signed_off_by").annotate(
        standing=standing, may_sign=may_sign
    )


def photos_failing_on(rows: QuerySet[Photo], platform_code: str) -> QuerySet[Photo]:
    """Those that a platform would not take, by the checks as they are stored."""
    return rows.filter(checks__contains=[{"platform": platform_code, "ok": False, "severity": "block"}])


def photos_of(product_id: int) -> QuerySet[Photo]:
    """A product's pictures in the order in which they are shown; refused ones of long ago are the caller's to cut."""
    return (
        Photo.objects.filter(product=product_id)
        .select_related("uploaded_by", "signed_off_by")
        .order_by("position", "pk")
    )


def order_after_step(photo: Photo, *, up: bool) -> list[int]:
    """The pictures of its role that are in use, as they stand once it went one place up or down; at an end it stays."""
    rows = photos_of(photo.product_id).filter(role=photo.role)
    ids = list(rows.exclude(state__in=(PhotoState.REFUSED, PhotoState.RETIRED)).values_list("pk", flat=True))
    if photo.pk in ids:
        at = ids.index(photo.pk)
        other = at - 1 if up else at + 1
        if 0 <= other < len(ids):
            ids[at], ids[other] = ids[other], ids[at]
    return ids
