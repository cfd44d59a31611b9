"""Two planners book one slot at the same moment; without the guards both would have it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from config.kit.actor import Actor
from stores import services
from stores.errors import SlotTaken
from stores.models import ZoneBooking
from stores.selectors.zones import overlapping
from stores.services import zones
from tests.factories.pages import a_zone, zone_page
from tests.factories.stores import ShopFactory
from tests.support.concurrency import run_concurrently

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lets_itself_be_emptied")]
SYSTEM = Actor.system("tests")
HOUR = timedelta(hours=1)
PLANNERS = 6


def a_slot(now: datetime) -> tuple[int, list[int]]:
    shop = ShopFactory()
    return a_zone(shop, now=now).pk, [zone_page(shop, f"sale-{number}", now=now).pk for number in range(PLANNERS)]


def booker(zone_id: int, pages: list[int], now: datetime):
    return lambda number: services.book_zone(
        zone_id=zone_id,
        page_id=pages[number],
        starts_at=now + HOUR,
        ends_at=now + 2 * HOUR,
        reason="",
        actor=SYSTEM,
        now=now,
    )


def outcome_of(outcomes: list[object]) -> tuple[int, int]:
    booked = [one for one in outcomes if isinstance(one, ZoneBooking)]
    return len(booked), len([one for one in outcomes if isinstance(one, SlotTaken)])


def test_one_of_many_planners_gets_the_slot_and_the_others_are_told(now: datetime) -> None:
    zone_id, pages = a_slot(now)
    assert outcome_of(run_concurrently(PLANNERS, booker(zone_id, pages, now))) == (1, PLANNERS - 1)
    assert ZoneBooking.objects.count() == 1


def test_the_constraint_alone_still_holds_when_lock_and_check_are_gone(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone_id, pages = a_slot(now)
    together = threading.Barrier(PLANNERS, timeout=30)
    monkeypatch.setattr(zones, "_lock_zone", lambda pk: zones.Zone.objects.select_related("shop").get(pk=pk))
    monkeypatch.setattr(zones, "_require_free", lambda *args, **kwargs: together.wait())
    assert outcome_of(run_concurrently(PLANNERS, booker(zone_id, pages, now))) == (1, PLANNERS - 1)
    assert ZoneBooking.objects.count() == 1


def test_control_without_lock_and_constraint_everybody_has_the_slot(now: datetime) -> None:
    zone_id, pages = a_slot(now)
    together = threading.Barrier(PLANNERS, timeout=30)
    table, name = ZoneBooking._meta.db_table, "one_page_per_slot_and_time"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        definition = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def naive(number: int) -> bool:
        with transaction.atomic():
            taken = overlapping(zone_id, now + HOUR, now + 2 * HOUR).exists()
            together.wait()
            if not taken:
                ZoneBooking.objects.create(
                    zone_id=zone_id, page_id=pages[number], starts_at=now + HOUR, ends_at=now + 2 * HOUR, created_at=now
                )
            return not taken

    try:
        assert run_concurrently(PLANNERS, naive) == [True] * PLANNERS
        assert ZoneBooking.objects.count() == PLANNERS > 1
    finally:
        ZoneBooking.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
