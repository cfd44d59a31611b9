"""The shot list: made from rank and missing roles, moved on by pictures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Deadline
from catalog import services
from catalog.errors import ShotStepNotAllowed
from catalog.models import Listing, Photo, PhotoRule, Shot
from catalog.states import PhotoRole, ProductState, ShotState
from config.kit.actor import Actor
from tests.catalog.services.test_photos import a_photo, person
from tests.factories.catalog import ProductFactory
from tests.factories.stores import PlatformFactory, ShopFactory

pytestmark = pytest.mark.django_db
PLANNER = Actor.system("tests.planner")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def plan(now):
    return services.plan_shots(actor=PLANNER, now=now)


def lines():
    return list(Shot.objects.order_by("rank", "pk").values_list("product__name", "role", "state"))


def test_a_best_seller_without_an_approved_set_is_on_the_list_due_the_next_day(now):
    PhotoRule.objects.create(role=PhotoRole.MAIN, min_count=1)
    PhotoRule.objects.create(role=PhotoRole.DETAIL, min_count=2)
    best = ProductFactory(name="Best", sales_rank=1)
    ProductFactory(name="Slow", sales_rank=51)
    ProductFactory(name="Gone", sales_rank=2, state=ProductState.ARCHIVED)
    a_photo(best, state="approved", now=now)
    done = plan(now)
    assert (done.added, done.reopened, done.dropped) == (1, 0, 0)
    shot = Shot.objects.get()
    assert (shot.product, shot.role, shot.state, shot.rank, shot.reason) == (
        best,
        "detail",
        "planned",
        1,
        "best_seller",
    )
    assert shot.due_on == date(2026, 3, 11)
    clock = Deadline.objects.get(subject_type="catalog.shot", subject_id=shot.pk)
    assert (clock.rule.code, clock.owner_role) == ("shot_due", "ART")
    assert clock.due_at.isoformat() == "2026-03-11T16:00:00+00:00"


def test_a_product_that_is_sold_somewhere_is_on_the_list_for_what_its_platform_asks_due_in_three_days(now):
    platform = PlatformFactory(code="taobao")
    PhotoRule.objects.create(platform=platform, role=PhotoRole.SIZE, min_count=1)
    PhotoRule.objects.create(platform=PlatformFactory(code="shopify"), role=PhotoRole.SCENE, min_count=1)
    sold, unsold = ProductFactory(name="Sold"), ProductFactory(name="Unsold")
    Listing.objects.create(product=sold, shop=ShopFactory(platform=platform), created_at=now)
    plan(now)
    assert lines() == [("Sold", "size", "planned")]
    assert Shot.objects.get().due_on == date(2026, 3, 13)
    assert unsold.shots.count() == 0


def test_a_best_seller_of_which_no_rule_asks_anything_still_needs_a_main_picture(now):
    product = ProductFactory(name="Best", sales_rank=3)
    plan(now)
    assert lines() == [("Best", "main", "planned")]
    a_photo(product, state="approved", now=now)
    assert lines() == [("Best", "main", "approved")]


def test_planning_again_changes_nothing_but_ranks(now):
    product = ProductFactory(sales_rank=9)
    plan(now)
    product.sales_rank = 2
    product.save()
    again = plan(now + timedelta(hours=1))
    assert (again.added, again.reopened, again.dropped) == (0, 0, 0)
    assert Shot.objects.get().rank == 2
    assert Deadline.objects.filter(subject_type="catalog.shot").count() == 1


def test_a_shot_follows_its_pictures_to_the_sign_off(now):
    product = ProductFactory(sales_rank=1)
    plan(now)
    photo = a_photo(product, state="uploaded", now=now)
    shot = Shot.objects.get()
    assert (shot.state, shot.photo_id) == (ShotState.TAKEN, photo.pk)
    services.process_photo(photo_id=photo.pk, actor=PLANNER, now=now)
    shot.refresh_from_db()
    assert shot.state == ShotState.EDITED
    services.sign_off_photo(photo_id=photo.pk, actor=person(), now=now)
    shot.refresh_from_db()
    assert shot.state == ShotState.APPROVED
    assert Deadline.objects.get(subject_type="catalog.shot").state == "met"


def test_one_of_two_wanted_pictures_does_not_end_the_shot(now):
    PhotoRule.objects.create(role=PhotoRole.MAIN, min_count=2)
    product = ProductFactory(sales_rank=1)
    plan(now)
    a_photo(product, seed=1, state="approved", now=now)
    assert Shot.objects.get().state == ShotState.PLANNED
    a_photo(product, seed=2, state="approved", now=now)
    assert Shot.objects.get().state == ShotState.APPROVED


def test_a_refused_picture_puts_its_shot_back_to_the_beginning(now):
    product = ProductFactory(sales_rank=1)
    plan(now)
    photo = a_photo(product, now=now)
    services.refuse_photo(photo_id=photo.pk, reason="blurred", actor=person(), now=now)
    shot = Shot.objects.get()
    assert (shot.state, shot.photo) == (ShotState.PLANNED, None)
    assert Deadline.objects.get(subject_type="catalog.shot").state == "running"


def test_a_retired_picture_opens_its_shot_and_its_clock_anew(now):
    product = ProductFactory(sales_rank=1)
    plan(now)
    photo = a_photo(product, state="approved", now=now)
    later = now + timedelta(days=30)
    services.retire_photo(photo_id=photo.pk, reason="new label", actor=person(), now=later)
    shot = Shot.objects.get()
    assert (shot.state, shot.due_on) == (ShotState.PLANNED, date(2026, 4, 10))
    assert sorted(Deadline.objects.filter(subject_type="catalog.shot").values_list("state", flat=True)) == [
        "met",
        "running",
    ]


def test_a_shot_that_is_not_needed_any_more_leaves_the_list_and_its_clock_stops(now):
    rule = PhotoRule.objects.create(role=PhotoRole.DETAIL, min_count=1)
    PhotoRule.objects.create(role=PhotoRole.MAIN, min_count=1)
    ProductFactory(sales_rank=1)
    assert plan(now).added == 2
    rule.delete()
    assert plan(now).dropped == 1
    assert list(Shot.objects.values_list("role", flat=True)) == ["main"]
    assert sorted(Deadline.objects.filter(subject_type="catalog.shot").values_list("state", flat=True)) == [
        "running",
        "withdrawn",
    ]


def test_a_picture_that_waits_for_sign_off_stands_as_taken_on_a_new_list(now):
    product = ProductFactory(sales_rank=1)
    a_photo(product, now=now)
    plan(now)
    assert Shot.objects.get().state == ShotState.TAKEN


def test_by_hand_a_shot_becomes_taken_then_edited_and_never_approved(now, staff):
    ProductFactory(sales_rank=1)
    plan(now)
    shot = Shot.objects.get()
    for wrong in (ShotState.EDITED, ShotState.APPROVED, ShotState.PLANNED):
        with pytest.raises(ShotStepNotAllowed):
            services.move_shot(shot_id=shot.pk, state=wrong, actor=staff, now=now)
    for step in (ShotState.TAKEN, ShotState.EDITED):
        assert services.move_shot(shot_id=shot.pk, state=step, actor=staff, now=now).state == step
    with pytest.raises(ShotStepNotAllowed):
        services.move_shot(shot_id=shot.pk, state=ShotState.APPROVED, actor=staff, now=now)


def test_planning_costs_the_same_for_few_products_and_for_many(now):
    counts = []
    for _round in range(2):
        for _product in range(15):
            ProductFactory(sales_rank=1)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert plan(now).added == 15
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_tasks_leave_their_heartbeats(now):
    from approvals.models import Heartbeat
    from catalog import tasks

    ProductFactory(sales_rank=1)
    tasks.plan_shots()
    tasks.process_photos()
    assert set(Heartbeat.objects.filter(name__in=("shots", "photos")).values_list("name", flat=True)) == {
        "shots",
        "photos",
    }
    assert Heartbeat.objects.get(name="shots").detail["added"] == 1
    assert Photo.objects.count() == 0
