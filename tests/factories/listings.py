"""Builders of listings: content that is complete, and listings on their real way through approval."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from approvals import services as approvals
from approvals.models import ChangeRequest, RequestStage
from approvals.states import StageMode, StageState
from catalog.models import Listing, ListingRevision, Photo, Product
from catalog.policies.fields import LISTING_KIND
from catalog.services.blocks import SHIPPED, sync_blocks
from catalog.services.following import refresh_completeness
from catalog.services.revisions import begin_revision, submit_revision
from catalog.states import ListingState, PhotoRole, PhotoState
from config.kit.actor import Actor
from stores.models import CustomerGroup, Employee, Shop
from stores.states import Role
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.support.pictures import photo as picture_bytes

WHEN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday morning in Shanghai, a week before the fixture `now`."""


def acting(employee: Employee) -> Actor:
    """A person as an actor."""
    return Actor.staff(user_id=employee.pk, label=str(employee))


class CustomerGroupFactory(DjangoModelFactory):
    """One group unless a code is given."""

    class Meta:
        model = CustomerGroup
        django_get_or_create = ("code",)

    code = "families"
    name = factory.LazyAttribute(lambda o: o.code.title())
    rank = 1


class PhotoFactory(DjangoModelFactory):
    """An approved main picture with a small real file; `seed` makes another picture."""

    class Meta:
        model = Photo
        exclude = ("seed", "data")

    seed = factory.Sequence(lambda n: n + 1)
    data = factory.LazyAttribute(lambda o: picture_bytes(120, 120, seed=o.seed))
    product = factory.SubFactory(ProductFactory)
    role = PhotoRole.MAIN
    alt = "A cup on a table"
    state = PhotoState.APPROVED
    file_name = factory.LazyAttribute(lambda o: f"picture-{o.seed}.jpg")
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.data).hexdigest())
    original = factory.LazyAttribute(lambda o: ContentFile(o.data, name=o.file_name))
    width = 120
    height = 120
    uploaded_at = WHEN
    signed_off_by = factory.SubFactory(EmployeeFactory)
    signed_off_at = WHEN


class ListingFactory(DjangoModelFactory):
    """A listing that is being prepared."""

    class Meta:
        model = Listing

    product = factory.SubFactory(ProductFactory)
    shop = factory.SubFactory(ShopFactory)
    title = factory.LazyAttribute(lambda o: o.product.name)
    created_at = WHEN


class RevisionFactory(DjangoModelFactory):
    """A draft that overrides nothing."""

    class Meta:
        model = ListingRevision

    listing = factory.SubFactory(ListingFactory)
    number = factory.LazyAttribute(lambda o: o.listing.revisions.count() + 1)
    created_at = WHEN
    changed_at = WHEN


_TITLES = ("保温杯 316 不锈钢", "竹制砧板 双面", "陶瓷马克杯 手绘", "折叠雨伞 防晒", "棉麻抱枕套", "香薰蜡烛 礼盒")


def complete_product(name: str = "", skus: tuple[str, ...] = (), **facts: Any) -> Product:
    """A product that lacks nothing: texts, blocks, group, two variants at 10.00 with weight, a main picture."""
    sync_blocks()
    product: Product = ProductFactory(
        **{
            "brand": "Zhanggui",
            "brief": "Keeps tea warm for twelve hours.",
            "slogan": "Warm all day, light in the bag",
            "blocks": {code: f"Words about {english.lower()}." for code, _name, english, _hint in SHIPPED},
            "service_text": "Ships within a day, seven days to return.",
            "feature": "One-hand lid",
            "customer_group": CustomerGroupFactory(),
            **facts,
        }
    )
    product.name = name or f"{_TITLES[product.pk % len(_TITLES)]} {product.pk}"
    product.save(update_fields=["name"])
    for sku in skus or (f"CUP-{product.pk}-A", f"CUP-{product.pk}-B"):
        VariantFactory(product=product, sku=sku, name=sku[-1:], price=Decimal("10.00"), weight_grams=350)
    PhotoFactory(product=product)
    return product


def submittable_listing(
    *, shop: Shop | None = None, author: Employee | None = None, product: Product | None = None, now: datetime = WHEN
) -> ListingRevision:
    """A draft that can be submitted as it is; its author is `author`."""
    author = author or EmployeeFactory(roles=[Role.OPS])
    listing: Listing = ListingFactory(product=product or complete_product(), shop=shop or ShopFactory(), owner=author)
    revision = begin_revision(listing_id=listing.pk, actor=acting(author), now=now)
    refresh_completeness(listing_ids=[listing.pk])
    return revision


def decide_everything(request: ChangeRequest, *, now: datetime) -> ChangeRequest:
    """Sign and decide every stage with a fresh person of the role that is asked, until nothing waits."""
    while (
        stage := RequestStage.objects.filter(request=request, state=StageState.OPEN).order_by("pk").first()
    ) is not None:
        person = acting(EmployeeFactory(roles=[stage.role], shops=_shops(request)))
        if stage.mode == StageMode.SIGN:
            approvals.sign(
                request_id=request.pk, section=stage.code, content_hash=request.content_hash, actor=person, now=now
            )
        else:
            approvals.approve(request_id=request.pk, content_hash=request.content_hash, actor=person, now=now)
    return ChangeRequest.objects.get(pk=request.pk)


def publish_revision(revision: ListingRevision, *, now: datetime) -> ChangeRequest:
    """Submit a draft in its author's name, and let everybody who is asked agree."""
    author = Employee.objects.get(pk=revision.author_id)
    request = submit_revision(revision_id=revision.pk, actor=acting(author), now=now)
    return decide_everything(request, now=now + timedelta(minutes=10))


def published_listing(
    *,
    shop: Shop | None = None,
    author: Employee | None = None,
    product: Product | None = None,
    now: datetime = WHEN,
    seen: bool = True,
) -> Listing:
    """A listing that was submitted, signed, decided, published and (`seen`) confirmed live, all through the real services."""
    revision = submittable_listing(shop=shop, author=author, product=product, now=now)
    request = publish_revision(revision, now=now)
    if seen:
        approvals.confirm_live(
            kind=LISTING_KIND,
            subject_type=LISTING_KIND,
            subject_id=request.subject_id,
            evidence="person",
            display_url="https://shop.example/1",
            actor=Actor.system("tests"),
            now=now + timedelta(minutes=20),
        )
    listing = Listing.objects.get(pk=request.subject_id)
    if listing.state != ListingState.LISTED:
        raise AssertionError(f"{listing} was not published: {request.get_state_display()} {request.problem}")
    return listing


def _shops(request: ChangeRequest) -> list[Shop]:
    return list(Shop.objects.filter(pk=request.store_id))
