"""Builders of the catalogue."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from catalog.models import Category, Product, SellerCode, Variant
from catalog.states import ProductState


class CategoryFactory(DjangoModelFactory):
    """One category unless a code is given."""

    class Meta:
        model = Category
        django_get_or_create = ("code",)

    code = "home"
    name = factory.LazyAttribute(lambda o: o.code.title())


class ProductFactory(DjangoModelFactory):
    """A product on sale. Its search tokens are empty: `catalog.services.index_products` writes them."""

    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Product {n}")
    category = factory.SubFactory(CategoryFactory)
    state = ProductState.ACTIVE
    created_at = datetime(2026, 1, 1, tzinfo=UTC)


class VariantFactory(DjangoModelFactory):
    """A stocked variant at 10.00."""

    class Meta:
        model = Variant

    product = factory.SubFactory(ProductFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n:04}")
    price = Decimal("10.00")


class SellerCodeFactory(DjangoModelFactory):
    """A shop's own code of a variant."""

    class Meta:
        model = SellerCode

    shop = factory.SubFactory("tests.factories.stores.ShopFactory")
    code = factory.Sequence(lambda n: f"their-{n}")
    variant = factory.SubFactory(VariantFactory)
