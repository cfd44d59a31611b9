"""The list of listings, the page of one, and the editor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from approvals.states import DraftState
from catalog import services
from catalog.models import Listing, ListingRevision
from config.kit.actor import Actor
from tests.conftest import RoleClient
from tests.factories.listings import complete_product, published_listing, submittable_listing
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]


@pytest.fixture
def ops(client_as: ClientAs) -> RoleClient:
    return client_as("OPS")


def draft_of(client: RoleClient, **facts: Any) -> ListingRevision:
    return submittable_listing(author=client.employee, now=timezone.now(), **facts)


@pytest.mark.parametrize("count", [1, 3])
def test_list_holds_its_query_count(
    ops: RoleClient, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        draft_of(ops)
    ops.get(reverse("catalog:listing_list"))
    with django_assert_num_queries(8):
        response = ops.get(reverse("catalog:listing_list"))
    assert response.status_code == 200
    assert response.content.decode().count("/catalog/listings/") >= count


def test_page_shows_what_is_live_and_what_is_proposed(ops: RoleClient, now: datetime) -> None:
    listing = published_listing(now=now)
    services.begin_revision(listing_id=listing.pk, actor=_actor(ops), now=now)
    text = ops.get(reverse("catalog:listing", args=[listing.pk])).content.decode()
    assert listing.title in text
    assert "What shoppers see" in text and "v1" in text


def test_editor_saves_what_differs_from_the_product_only(ops: RoleClient) -> None:
    revision = draft_of(ops)
    address = reverse("catalog:revision_save", args=[revision.pk])
    master = revision.listing.product
    response = ops.post(
        address, {"version": revision.version, "title": "A title of this shop alone", "brief": master.brief}
    )
    assert response.status_code == 302
    revision.refresh_from_db()
    assert revision.overrides == {"title": "A title of this shop alone"}
    back = ops.post(address, {"version": revision.version, "title": "anything", "follow": "title"})
    assert back.status_code == 302
    revision.refresh_from_db()
    assert revision.overrides == {}


def test_editor_names_a_direction_trick_and_keeps_the_draft(ops: RoleClient) -> None:
    revision = draft_of(ops)
    address = reverse("catalog:revision_save", args=[revision.pk])
    response = ops.post(
        address, {"version": revision.version, "title": "nice \u202eecirp"}, headers={"HX-Request": "true"}
    )
    assert "RIGHT-TO-LEFT OVERRIDE" in response.content.decode().upper()
    revision.refresh_from_db()
    assert revision.overrides == {}


def test_the_second_of_two_editors_is_told_who_was_first(ops: RoleClient, client_as: ClientAs) -> None:
    revision = draft_of(ops)
    address = reverse("catalog:revision_save", args=[revision.pk])
    ops.post(address, {"version": revision.version, "title": "first"})
    second = client_as("OPS")
    response = second.post(address, {"version": revision.version, "title": "second"})
    assert response.status_code == 422
    assert str(ops.employee) in response.content.decode()
    revision.refresh_from_db()
    assert revision.overrides == {"title": "first"}


def test_a_submitted_draft_is_opened_before_it_can_be_changed(ops: RoleClient, now: datetime) -> None:
    draft = submittable_listing(author=ops.employee, now=now)
    services.submit_revision(revision_id=draft.pk, actor=_actor(ops), now=now)
    address = reverse("catalog:revision", args=[draft.pk])
    closed, opened = ops.get(address), ops.get(address, {"change": "1"})
    assert [answer.context["may_edit"] for answer in (closed, opened)] == [False, True]
    assert [answer.context["may_unlock"] for answer in (closed, opened)] == [True, False]
    assert [b"hx-post" in answer.content for answer in (closed, opened)] == [False, True]


def test_a_title_like_another_is_told_while_one_writes(ops: RoleClient, now: datetime) -> None:
    shown = published_listing(now=now)
    draft = submittable_listing(shop=shown.shop, author=ops.employee, now=now)
    address = reverse("catalog:revision_save", args=[draft.pk])
    panel = ops.post(address, {"version": 0, "title": shown.title}, headers={"HX-Request": "true"}).content.decode()
    assert f"The title is 100 % like “{shown.title}” in the same shop." in panel
    assert "nothing was found" not in panel


def test_what_was_saved_in_one_sitting_is_one_line(ops: RoleClient, now: datetime) -> None:
    draft = submittable_listing(author=ops.employee, now=now)
    for number, minutes in enumerate((0, 5, 20, 90)):
        services.save_revision(
            revision_id=draft.pk,
            fields={"slogan": f"Warm {number}"},
            version=number,
            actor=_actor(ops),
            now=now + timedelta(minutes=minutes),
        )
    trail = ops.get(reverse("catalog:listing", args=[draft.listing_id])).context["trail"]
    assert [words for entry, words in trail if entry.action == "catalog.revision_saved"] == [
        "draft saved",
        "draft saved × 3",
    ]


def test_submission_lists_everything_that_is_missing(ops: RoleClient) -> None:
    product = complete_product(brief="", slogan="")
    [pk] = services.create_listings(
        product_ids=[product.pk], shop_ids=[ShopFactory().pk], actor=_actor(ops), now=timezone.now()
    )
    revision = services.begin_revision(listing_id=pk, actor=_actor(ops), now=timezone.now())
    response = ops.post(reverse("catalog:revision_submit", args=[revision.pk]), {})
    text = response.content.decode()
    assert response.status_code == 422
    assert "field-brief" in text and "field-slogan" in text
    revision.refresh_from_db()
    assert revision.state == DraftState.DRAFT


def test_submission_leads_to_a_request(ops: RoleClient) -> None:
    revision = draft_of(ops)
    response = ops.post(reverse("catalog:revision_submit", args=[revision.pk]), {"reason": "please"})
    assert response.status_code == 302
    revision.refresh_from_db()
    assert (revision.state, revision.request is not None) == (DraftState.IN_REVIEW, True)


def test_new_listings_name_lines_that_mean_nothing(ops: RoleClient) -> None:
    product, shop = complete_product(), ShopFactory()
    address = reverse("catalog:listing_new")
    refused = ops.post(address, {"products": f"{product.name}\nno such thing", "shops": [shop.pk]})
    assert refused.status_code == 422 and "no such thing" in refused.content.decode()
    assert not Listing.objects.filter(product=product).exists()
    made = ops.post(address, {"products": product.name, "shops": [shop.pk]})
    assert made.status_code == 302
    assert Listing.objects.get(product=product).shop == shop


def test_a_strangers_listing_is_not_there(client_as: ClientAs, now: datetime) -> None:
    listing = published_listing(now=now)
    stranger = client_as("CS", shops=[ShopFactory()])
    assert stranger.get(reverse("catalog:listing", args=[listing.pk])).status_code == 404


def _actor(client: RoleClient) -> Actor:
    person = client.employee if hasattr(client, "employee") else EmployeeFactory()
    return Actor.staff(user_id=person.pk, label=str(person))
