"""Product list, product page and the top search's finds."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog import services
from catalog.models import Product
from catalog.states import ProductState
from config.kit.web import SCREENS
from tests.factories.catalog import CategoryFactory, ProductFactory, SellerCodeFactory, VariantFactory
from tests.factories.stores import ShopFactory


@pytest.fixture
def cup(db):
    product = ProductFactory(name="保温水杯 Travel Mug")
    VariantFactory(product=product, sku="85099B", name="红色", barcode="6901234567892")
    services.index_products(product_ids=[product.pk])
    other = ProductFactory(name="竹制砧板")
    VariantFactory(product=other, sku="BOARD-7")
    services.index_products(product_ids=[other.pk])
    return product


@pytest.mark.parametrize(
    "words",
    [
        "水杯",
        "杯",
        "baowen",
        "bwsb",
        "travel",
        "mug",
        "85099b",
        "5099",
        "6901234567892",
        "7892",
        "红色",
        "bao wen",
        "保温 mug",
    ],
)
def test_products_are_found_by_name_pinyin_initials_and_codes(client_as, cup, words):
    response = client_as("CS").get(reverse("catalog:product_list"), {"q": words})
    assert [row.pk for row in response.context["rows"]] == [cup.pk]


@pytest.mark.parametrize("words", ["茶壶", "xyz", "  ", "50", "%", "'"])
def test_words_that_fit_nothing_find_nothing(client_as, cup, words):
    response = client_as("CS").get(reverse("catalog:product_list"), {"q": words})
    found = [row.pk for row in response.context["rows"]]
    assert found == ([] if words.strip() else [row.pk for row in Product.objects.order_by("-pk")])


def test_the_list_has_a_search_box(client_as):
    assert 'id="list-words"' in client_as("CS").get(reverse("catalog:product_list")).text


def test_the_list_filters_by_category_and_state(client_as, db):
    kitchen = CategoryFactory(code="kitchen")
    draft = ProductFactory(category=kitchen, state=ProductState.DRAFT)
    ProductFactory(category=kitchen)
    ProductFactory(state=ProductState.DRAFT)
    response = client_as("OPS").get(reverse("catalog:product_list"), {"category": kitchen.pk, "state": "draft"})
    assert [row.pk for row in response.context["rows"]] == [draft.pk]


def test_the_list_costs_the_same_for_one_row_and_for_three(client_as, django_assert_num_queries, db):
    client = client_as("CS")
    VariantFactory()
    client.get(reverse("catalog:product_list"))
    for _round in range(2):
        with django_assert_num_queries(LIST_QUERIES):
            client.get(reverse("catalog:product_list"))
        VariantFactory(), VariantFactory()


# session, person, rights, rows, their variants, categories of the filter, saved views
LIST_QUERIES = 7


def test_the_page_shows_variants_and_asks_the_stock_floor_for_their_stock(client_as, cup):
    response = client_as("CS").get(reverse("catalog:product_detail", args=[cup.pk]))
    variant = cup.variants.get()
    assert response.status_code == 200
    assert "85099B" in response.text
    assert f'hx-get="{reverse("inventory:variant_panel", args=[variant.pk])}"' in response.text


def test_the_page_says_what_is_missing(client_as, db):
    variant = VariantFactory(price=0, weight_grams=0)
    response = client_as("CS").get(reverse("catalog:product_detail", args=[variant.product_id]))
    assert [v.pk for v in response.context["priceless"]] == [variant.pk]
    assert [v.pk for v in response.context["weightless"]] == [variant.pk]


def test_an_unknown_product_is_not_found(client_as):
    assert client_as("CS").get(reverse("catalog:product_detail", args=[404])).status_code == 404


@pytest.mark.parametrize("words", ["85099B", "85099b", "6901234567892"])
def test_the_top_search_goes_straight_to_the_one_thing_with_that_number(client_as, cup, words):
    response = client_as("CS").get(reverse("search"), {"q": words})
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("catalog:product_detail", args=[cup.pk])


def test_the_top_search_lists_what_words_find(client_as, cup):
    response = client_as("CS").get(reverse("search"), {"q": "水杯"})
    hits = [hit.url for found in response.context["finds"] for hit in found.hits]
    assert hits == [reverse("catalog:product_detail", args=[cup.pk])]


def test_a_shops_code_is_found_by_people_of_that_shop_only(client_as, cup):
    shop = ShopFactory()
    SellerCodeFactory(shop=shop, code="TB-778", variant=cup.variants.get())
    inside, outside = client_as("CS", shops=[shop]), client_as("CS")
    assert inside.get(reverse("search"), {"q": "TB-778"}).status_code == 302
    assert outside.get(reverse("search"), {"q": "TB-778"}).context["finds"] == []


def test_the_search_says_where_it_looked_when_nothing_is_found(client_as, cup):
    response = client_as("CS").get(reverse("search"), {"q": "nothing-like-this"})
    assert response.context["finds"] == []
    assert "Products" in response.text


def test_indexing_again_changes_nothing(cup):
    assert services.index_products(product_ids=[cup.pk]) == 0


def test_the_list_is_a_registered_screen():
    assert SCREENS.get("catalog.products").permission == "catalog.view_product"
