"""Timelines of pages, layouts and zones: no keys, no codes, no names of programs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.kit.actor import Actor
from stores import services
from stores.selectors.timeline import timeline_of
from tests.factories.pages import MAIN, a_zone, change_layout, drafted, live_layout, live_page, staff, text, zone_page
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db


def changes(subject_type: str, pk: int) -> dict[str, tuple[str, str]]:
    """Everything that the lines of a subject say changed; the latest wins."""
    said: dict[str, tuple[str, str]] = {}
    for line in reversed(timeline_of(subject_type, pk)):
        said.update(line.changes)  # type: ignore[arg-type]
    return said


def test_modules_layout_owner_and_main_page_are_named(now, django_assert_max_num_queries):
    main_shop = ShopFactory(name="Main")
    main = live_page(main_shop, now=now, title="Ours", modules=[text("story")])
    page = live_page(ShopFactory(main_shop=main_shop), now=now, modules=[text("story")])
    actor = staff("ART")
    services.change_page(
        page_id=page.pk,
        name="Teas",
        owner_id=actor.user_id,
        main_page_id=main.pk,
        must_differ=["story"],
        reason="Ours",
        actor=actor,
        now=now,
    )
    drafted(page, [text("story", words="New"), text("text-2")], now=now)
    with django_assert_max_num_queries(6):
        said = changes("stores.page", page.pk)
    assert said["text “story”"] == ("as before", "changed")
    assert said["text 2"] == ("–", "added")
    assert said["owner"] == ("–", actor.label)
    assert said["inherits from"] == ("–", str(main))
    assert said["must differ in"] == ("–", "text “story”")
    assert said["draft"][1] == "2"
    assert not [name for name in said if "." in name or "_" in name]


def test_regions_of_a_layout_are_sentences(now):
    layout = live_layout(now=now)
    change_layout(layout, [{**MAIN, "kinds": ["text", "products"], "max": 3}], now=now)
    said = changes("stores.layout", layout.pk)
    assert said["region “Main”"][1] == "1. Main 8/12 of the width; at most 3 modules: product list, text"


def test_a_swap_by_the_clock_is_the_systems_and_its_facts_have_names(now):
    zone = a_zone(ShopFactory(), now=now)
    page = zone_page(zone.shop, "autumn", now=now)
    person = staff("OPS")
    services.book_zone(
        zone_id=zone.pk,
        page_id=page.pk,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        reason="",
        actor=person,
        now=now,
    )
    services.swap_zones(now=now, actor=Actor.system("stores.swap_zones"))
    services.swap_zones(now=now + timedelta(hours=2), actor=Actor.system("some.sweep"))
    lines = timeline_of("stores.zone", zone.pk)
    assert [line.who for line in lines][:3] == ["System", "System: promotion zones by the calendar", person.label]
    assert {"planned for", "shown", "page", "from", "until"} <= changes("stores.zone", zone.pk).keys()
