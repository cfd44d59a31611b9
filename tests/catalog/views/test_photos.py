"""The screens of pictures."""

from __future__ import annotations

import pytest
from django.urls import reverse

from catalog import services
from catalog.models import Listing, Photo, PhotoRule, Shot
from catalog.states import PhotoRole
from config.kit.actor import Actor
from tests.catalog.services.test_photos import a_photo, person
from tests.factories.catalog import ProductFactory
from tests.factories.stores import PlatformFactory, ShopFactory
from tests.support import pictures

pytestmark = pytest.mark.django_db
WORKER = Actor.system("tests.worker")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def product(db):
    return ProductFactory(name="Tea cup")


def keys(response):
    return [row.pk for row in response.context["rows"]]


# session, person, rights, rows, platforms of the filter, saved views
PHOTO_QUERIES = 6


def test_the_list_costs_the_same_for_one_row_and_for_three(client_as, django_assert_num_queries, now):
    client, address = client_as("ART"), reverse("catalog:photo_list")
    a_photo(ProductFactory(), now=now)
    client.get(address)
    for _round in range(2):
        with django_assert_num_queries(PHOTO_QUERIES):
            client.get(address)
        a_photo(ProductFactory(), seed=2, now=now), a_photo(ProductFactory(), seed=3, state="approved", now=now)


# session, person, rights, rows, saved views
SHOT_QUERIES = 5


def test_the_shot_list_costs_the_same_for_one_row_and_for_three(client_as, django_assert_num_queries, now):
    client, address = client_as("ART"), reverse("catalog:shot_list")
    ProductFactory(sales_rank=4)
    services.plan_shots(actor=WORKER, now=now)
    client.get(address)
    for _round in range(2):
        with django_assert_num_queries(SHOT_QUERIES):
            client.get(address)
        ProductFactory(sales_rank=1), ProductFactory(sales_rank=2)
        services.plan_shots(actor=WORKER, now=now)


# session, person, rights, product, rules, categories, platforms sold on, platforms planned for, pictures
PAGE_QUERIES = 9


def test_a_products_page_costs_the_same_for_one_picture_and_for_three(
    client_as, django_assert_num_queries, product, now
):
    client, address = client_as("ART"), reverse("catalog:product_photos", args=[product.pk])
    a_photo(product, now=now)
    client.get(address)
    for seed in (2, 4):
        with django_assert_num_queries(PAGE_QUERIES):
            client.get(address)
        a_photo(product, seed=seed, now=now), a_photo(product, seed=seed + 1, role=PhotoRole.DETAIL, now=now)


def test_what_waits_for_sign_off_stands_first_and_oldest_first(client_as, product, now):
    approved = a_photo(product, seed=1, state="approved", now=now)
    first, second = a_photo(product, seed=2, now=now), a_photo(product, seed=3, now=now)
    assert keys(client_as("ART").get(reverse("catalog:photo_list"))) == [first.pk, second.pk, approved.pk]


def test_the_list_filters_by_role_state_product_and_failing_platform(client_as, product, now):
    taobao = PlatformFactory(code="taobao", name="Taobao")
    PhotoRule.objects.create(platform=taobao, role=PhotoRole.MAIN, min_side=800)
    Listing.objects.create(product=product, shop=ShopFactory(platform=taobao), created_at=now)
    small = a_photo(product, size=(400, 400), now=now)
    detail = a_photo(product, seed=2, role=PhotoRole.DETAIL, state="approved", now=now)
    services.index_products(product_ids=[product.pk])
    client, address = client_as("ART"), reverse("catalog:photo_list")
    assert keys(client.get(address, {"failing": "taobao"})) == [small.pk]
    assert keys(client.get(address, {"role": "detail"})) == [detail.pk]
    assert keys(client.get(address, {"state": "approved"})) == [detail.pk]
    assert keys(client.get(address, {"product": "tea"})) == [small.pk, detail.pk]
    assert keys(client.get(address, {"product": "jug"})) == []
    assert "800 × 800 px at least, this one has 400 × 400" in client.get(address, {"q": "cup.jpg"}).text


def test_only_those_who_may_sign_a_picture_see_the_buttons(client_as, product, now):
    address = reverse("catalog:photo_list")
    artist = client_as("ART")
    own = a_photo(product, actor=Actor.staff(user_id=artist.employee.pk, label="x"), now=now)
    sign = reverse("catalog:photo_sign_off", args=[own.pk])
    assert sign not in artist.get(address).text
    assert sign in client_as("ART").get(address).text
    assert sign not in client_as("OPS").get(address).text


def test_signing_off_from_the_list_comes_back_to_it_and_one_s_own_is_refused(client_as, product, now):
    artist, other = client_as("ART"), client_as("ART")
    photo = a_photo(product, actor=Actor.staff(user_id=artist.employee.pk, label="x"), now=now)
    address, back = reverse("catalog:photo_sign_off", args=[photo.pk]), reverse("catalog:photo_list") + "?state=checked"
    assert artist.post(address, {"next": back}).status_code == 303
    photo.refresh_from_db()
    assert photo.state == "checked"
    response = other.post(address, {"next": back})
    photo.refresh_from_db()
    assert (photo.state, response.status_code, response["Location"]) == ("approved", 303, back)
    assert other.post(address, {"next": "https://elsewhere.example/"})["Location"].startswith("/catalog/products/")


def test_uploads_are_told_file_by_file(client_as, product, now):
    client, address = client_as("ART"), reverse("catalog:photo_upload", args=[product.pk])
    good = pictures.upload("good.jpg", pictures.photo(200, 200))
    response = client.post(address, {"role": "main", "files": [good, pictures.upload("bad.jpg", pictures.a_zip())]})
    assert response.status_code == 422
    assert "“good.jpg” was taken in" in response.text
    assert "“bad.jpg” is not a JPEG, PNG or WebP picture; it looks like ZIP." in response.text
    assert Photo.objects.get().file_name == "good.jpg"
    more = pictures.upload("more.jpg", pictures.photo(200, 200, seed=2))
    response = client.post(address, {"role": "detail", "files": [more]})
    assert response.status_code == 303
    assert Photo.objects.get(file_name="more.jpg").role == "detail"
    assert "No file was chosen." in client.post(address, {"role": "main"}).text
    assert client.post(address, {"role": "nonsense", "files": [more]}).status_code == 404


def test_the_page_names_missing_roles_and_says_each_check_in_words(client_as, product, now):
    taobao = PlatformFactory(code="taobao", name="Taobao")
    PhotoRule.objects.create(platform=taobao, role=PhotoRole.MAIN, min_side=800, min_count=1)
    PhotoRule.objects.create(role=PhotoRole.DETAIL, min_count=3)
    Listing.objects.create(product=product, shop=ShopFactory(platform=taobao), created_at=now)
    a_photo(product, size=(400, 400), state="approved", now=now)
    response = client_as("OPS").get(reverse("catalog:product_photos", args=[product.pk]))
    assert [(slot.role, slot.missing) for slot in response.context["missing"]] == [("detail", 3)]
    assert "detail × 3" in response.text
    assert "pixel size: 800 × 800 px at least, this one has 400 × 400" in response.text
    assert "<strong>Taobao</strong>" in response.text


def test_pictures_are_moved_with_buttons_and_described(client_as, product, now):
    client = client_as("OPS")
    first, second = a_photo(product, seed=1, now=now), a_photo(product, seed=2, now=now)
    response = client.post(reverse("catalog:photo_move", args=[second.pk]), {"to": "up"})
    assert response["Location"].endswith(f"#photo-{second.pk}")
    assert list(Photo.objects.order_by("position").values_list("pk", flat=True)) == [second.pk, first.pk]
    client.post(reverse("catalog:photo_move", args=[second.pk]), {"to": "up"})
    assert list(Photo.objects.order_by("position").values_list("pk", flat=True)) == [second.pk, first.pk]
    client.post(reverse("catalog:photo_describe", args=[first.pk]), {"alt": "a white cup"})
    first.refresh_from_db()
    assert first.alt == "a white cup"


def test_a_refusal_asks_for_a_reason_and_ones_own_can_be_taken_back(client_as, product, now):
    planner = client_as("OPS")
    own = a_photo(product, actor=Actor.staff(user_id=planner.employee.pk, label="x"), now=now)
    others = a_photo(product, seed=2, now=now)
    assert planner.get(reverse("catalog:photo_refuse", args=[others.pk])).status_code == 403
    address = reverse("catalog:photo_refuse", args=[own.pk])
    assert planner.get(address).status_code == 200
    assert planner.post(address, {"reason": ""}).status_code == 422
    assert planner.post(address, {"reason": "wrong file"}).status_code == 303
    own.refresh_from_db(), others.refresh_from_db()
    assert (own.state, others.state) == ("refused", "checked")
    address = reverse("catalog:photo_refuse", args=[others.pk])
    response = client_as("ART").post(address, {"reason": "dark", "next": "/catalog/photos/?state=checked"})
    assert response["Location"] == "/catalog/photos/?state=checked"


def test_retiring_and_bringing_back(client_as, product, now):
    photo, client = a_photo(product, state="approved", now=now), client_as("ART")
    assert client.get(reverse("catalog:photo_retire", args=[photo.pk])).status_code == 200
    client.post(reverse("catalog:photo_retire", args=[photo.pk]), {"reason": "old label"})
    photo.refresh_from_db()
    assert photo.state == "retired"
    client.post(reverse("catalog:photo_bring_back", args=[photo.pk]))
    photo.refresh_from_db()
    assert photo.state == "approved"


def test_copies_are_served_to_those_who_are_signed_in_and_originals_never(client, client_as, product, now):
    photo = a_photo(product, now=now)
    address = reverse("catalog:photo_file", args=[photo.pk, "thumb"])
    assert client.get(address).status_code == 302
    response = client_as("CS").get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")
    for size in ("original", "page.jpg", "nonsense"):
        assert client_as("CS").get(f"/catalog/photos/{photo.pk}/file/{size}/").status_code == 404
    assert client_as("WH").get("/media/" + photo.original.name).status_code == 404


def test_the_address_of_a_picture_gives_its_card_to_the_page_that_asks_and_its_place_to_people(client_as, product, now):
    photo, client = a_photo(product, state="uploaded", now=now), client_as("ART")
    address = reverse("catalog:photo", args=[photo.pk])
    assert (
        client.get(address)["Location"] == reverse("catalog:product_photos", args=[product.pk]) + f"#photo-{photo.pk}"
    )
    card = client.get(address, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 4s"' in card.text
    services.process_photo(photo_id=photo.pk, actor=WORKER, now=now)
    card = client.get(address, headers={"HX-Request": "true"})
    assert "hx-trigger" not in card.text
    assert "<html" not in card.text


def test_a_shot_leads_to_its_slot_and_the_list_leaves_as_a_file(client_as, product, now):
    product.sales_rank = 1
    product.save()
    services.plan_shots(actor=WORKER, now=now)
    shot, client = Shot.objects.get(), client_as("ART")
    place = reverse("catalog:product_photos", args=[product.pk]) + "#role-main"
    assert client.get(reverse("catalog:shot", args=[shot.pk]))["Location"] == place
    sheet = client.get(reverse("catalog:shot_list"), {"export": "csv"})
    text = b"".join(sheet.streaming_content).decode("utf-8-sig")
    assert "Tea cup" in text
    assert "best seller" in text


def test_a_signed_picture_that_a_platform_will_not_take_says_so(client_as, product, now):
    taobao = PlatformFactory(code="taobao", name="Taobao")
    PhotoRule.objects.create(platform=taobao, role=PhotoRole.MAIN, min_side=800)
    Listing.objects.create(product=product, shop=ShopFactory(platform=taobao), created_at=now)
    photo = a_photo(product, size=(400, 400), actor=person(), now=now)
    response = client_as("ART").post(reverse("catalog:photo_sign_off", args=[photo.pk]), follow=True)
    assert "It stays out of Taobao: it does not meet the rules there." in response.text
