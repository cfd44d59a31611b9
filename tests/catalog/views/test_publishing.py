"""The screens of content refresh, pushes, proof-reading, and our own mall."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog import services
from catalog.models import ChannelPush, CompetitorNote, Listing, ListingRevision, ProofreadTask, RefreshClock
from catalog.selectors import refresh as refresh_reads
from catalog.states import ListingState
from stores.models import Employee
from tests.factories.catalog import ProductFactory
from tests.factories.listings import ListingFactory, acting, published_listing
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.support.publishing import revise, with_copies

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def keys(response):
    return [row.pk for row in response.context["rows"]]


def clock(shop, *, due, group="name", **facts):
    listing = ListingFactory(shop=shop, state=ListingState.LISTED)
    changed_at = facts.pop("changed_at", due - 15 * DAY)
    return RefreshClock.objects.create(
        listing=listing, store_id=shop.pk, group=group, changed_at=changed_at, due_at=due, **facts
    )


# session, person, rights, rows, shops and owners of the filters, saved views, counts of the board
BOARD_QUERIES = 8


def test_the_board_costs_the_same_for_one_row_and_for_three(client_as, django_assert_num_queries):
    client, address, now = client_as("PLAN"), reverse("catalog:refresh_board"), timezone.now()
    clock(ShopFactory(), due=now)
    client.get(address)
    for _round in range(2):
        with django_assert_num_queries(BOARD_QUERIES):
            client.get(address)
        clock(ShopFactory(), due=now + DAY), clock(ShopFactory(), due=now - DAY)


def test_the_board_shows_due_overdue_and_done(client_as):
    client, address, now, shop = client_as("PLAN"), reverse("catalog:refresh_board"), timezone.now(), ShopFactory()
    overdue = clock(shop, due=now - timedelta(minutes=1))
    due = clock(shop, due=now + 3 * DAY - timedelta(minutes=1))
    fresh = clock(shop, due=now + 3 * DAY + timedelta(hours=1))
    done = clock(shop, due=now + 14 * DAY, changed_at=now - DAY, change_count=1)
    long_ago = clock(shop, due=now + 4 * DAY, changed_at=now - 31 * DAY, change_count=1)
    stopped = clock(shop, due=now - DAY, is_running=False)
    assert keys(client.get(address, {"show": "overdue"})) == [overdue.pk]
    assert keys(client.get(address, {"show": "due"})) == [due.pk]
    assert keys(client.get(address, {"show": "done"})) == [done.pk]
    everything = keys(client.get(address))
    assert everything == [overdue.pk, due.pk, fresh.pk, long_ago.pk, done.pk] and stopped.pk not in everything
    assert client.get(address).context["counts"] == {"overdue": 1, "due": 1, "done": 1}
    assert keys(client.get(address, {"store": ShopFactory().pk})) == []
    assert keys(client.get(address, {"group": "brief"})) == []


def test_a_stranger_sees_no_clock_of_another_shop(client_as):
    now, shop = timezone.now(), ShopFactory()
    found = clock(shop, due=now)
    member, stranger = client_as("CS", shops=[shop]), client_as("CS", shops=[ShopFactory()])
    assert not stranger.employee.has_perm("stores.see_all_shops")
    assert keys(member.get(reverse("catalog:refresh_board"))) == [found.pk]
    assert keys(stranger.get(reverse("catalog:refresh_board"))) == []
    assert stranger.get(found.get_absolute_url()).status_code == 404


def test_what_is_done_shows_what_changed_word_by_word(client_as):
    now = timezone.now()
    listing = published_listing(now=now - 20 * DAY)
    revise(listing, now=now - 2 * DAY, brief="Keeps coffee warm for twelve hours.")
    client = client_as("PLAN")
    html = client.get(reverse("catalog:refresh_board"), {"show": "done"}).content.decode()
    assert "<del>tea</del><ins>coffee</ins>" in html
    found = RefreshClock.objects.get(listing=listing, group="brief")
    task = client.get(found.get_absolute_url())
    assert "<del>tea</del><ins>coffee</ins>" in task.content.decode()
    assert [row["version"].snapshot.number for row in task.context["versions"]] == [2, 1]
    assert "left out rather than guessed" in task.content.decode()


def test_markup_in_a_text_is_shown_as_text(client_as):
    now = timezone.now()
    listing = published_listing(now=now - 20 * DAY)
    revise(listing, now=now - DAY, slogan="Warm all day <3 light in the bag")
    html = client_as("PLAN").get(reverse("catalog:refresh_board"), {"show": "done"}).content.decode()
    assert "&lt;3" in html and "<3" not in html


@pytest.mark.parametrize(
    ("stage", "index"), [("overdue", "refresh_by_due"), ("due", "refresh_by_due"), ("done", "refresh_done")]
)
def test_twenty_thousand_listings_are_answered_from_an_index(stage, index):
    shop, now = ShopFactory(), timezone.now()
    with connection.cursor() as cursor:
        product = ProductFactory()
        cursor.execute(
            """
            WITH p AS (
                INSERT INTO catalog_product (name, brand, brief, slogan, blocks, attributes, service_text, feature, state,
                    search_tokens, created_at)
                SELECT 'p' || n, '', '', '', '{}', '{}', '', '', 'active', '{}', now() FROM generate_series(1, 20000) n RETURNING id
            ), l AS (
                INSERT INTO catalog_listing (product_id, shop_id, state, remote_id, completeness, missing, title, created_at)
                SELECT id, %s, 'listed', '', 100, '[]', 't', now() FROM p RETURNING id
            )
            INSERT INTO catalog_refreshclock (listing_id, store_id, "group", changed_at, due_at, change_count, late_count,
                is_running)
            SELECT l.id, %s, g, now() - (l.id %% 60) * interval '1 day', now() + ((l.id %% 40) - 10) * interval '1 day',
                   l.id %% 2, 0, true
            FROM l, unnest(ARRAY['name', 'brief', 'photos']) g
            """,
            [shop.pk, shop.pk],
        )
        for table in ("catalog_refreshclock", "catalog_listing", "catalog_product"):
            cursor.execute(f"ANALYZE {table}")
    assert product.pk
    person = EmployeeFactory(roles=["PLAN"])
    rows = refresh_reads.in_stage(refresh_reads.running_clocks(Employee.objects.get(pk=person.pk)), stage, now)
    order = ("-changed_at", "-pk") if stage == "done" else ("due_at", "pk")
    plan = rows.order_by(*order)[:51].explain()
    assert index in plan and "Seq Scan on catalog_refreshclock" not in plan


def test_a_refresh_begins_with_a_draft_and_notes_stay_with_the_product(client_as):
    listing = published_listing()
    found = RefreshClock.objects.get(listing=listing, group="name")
    client = client_as("OPS")
    answer = client.post(reverse("catalog:refresh_begin", args=[found.pk]))
    revision = ListingRevision.objects.get(listing=listing, origin="refresh")
    assert (answer.status_code, answer.url) == (303, revision.get_absolute_url())
    note = reverse("catalog:refresh_note", args=[found.pk])
    assert client.post(note, {"text": "Their cup is cheaper", "url": "https://rival.example/cup"}).status_code == 303
    assert "Their cup is cheaper" in client.get(found.get_absolute_url()).content.decode()
    assert client.post(note, {"text": " ", "url": "javascript:alert(1)"}).status_code == 422
    assert CompetitorNote.objects.count() == 1


# session, person, rights, rows, shops of the filter, saved views
PUSH_QUERIES = 6


def test_the_list_of_pushes_costs_the_same_and_tells_what_people_must_do(client_as, django_assert_num_queries):
    client, address = client_as("OPS"), reverse("catalog:push_list")
    listing = published_listing(seen=False)
    push = ChannelPush.objects.get(listing=listing)
    client.get(address)
    for _round in range(2):
        with django_assert_num_queries(PUSH_QUERIES):
            assert client.get(address).status_code == 200
        published_listing(seen=False), published_listing(seen=False)
    assert push.pk in keys(client.get(address, {"todo": "true"}))
    assert keys(client.get(address, {"state": "refused"})) == []
    assert keys(client.get(address, {"differs": "true"})) == []


def test_a_push_by_hand_gives_texts_and_pictures_and_takes_the_address(client_as):
    listing = published_listing(seen=False)
    copies = with_copies(listing)
    push = ChannelPush.objects.get(listing=listing)
    client = client_as("OPS")
    html = client.get(push.get_absolute_url()).content.decode()
    for text in (listing.title, "Keeps tea warm for twelve hours.", "Ships within a day", "10.00"):
        assert text in html
    assert 'data-copy="part-title"' in html and 'id="part-title"' in html
    archive = b"".join(client.get(reverse("catalog:push_pictures", args=[push.pk])).streaming_content)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert packed.namelist() == ["01-main.jpg"]
        with next(one for one in copies if one.name == "large").file.open("rb") as large:
            assert packed.read("01-main.jpg") == large.read()
    confirm = reverse("catalog:push_confirm", args=[push.pk])
    assert client.post(confirm, {"url": "", "platform_id": ""}).status_code == 422
    assert client.post(confirm, {"url": "not an address", "platform_id": ""}).status_code == 422
    assert Listing.objects.get(pk=listing.pk).live.evidence == ""
    assert client.post(confirm, {"url": "https://shop.example/1", "platform_id": ""}).status_code == 303
    assert Listing.objects.get(pk=listing.pk).live.display_url == "https://shop.example/1"


def test_the_day_is_read_field_by_field_and_the_next_one_opens(client_as, actor):
    listings = [published_listing() for _n in range(2)]
    now = timezone.now()
    services.pick_proofreads(now=now, actor=actor)
    client = client_as("OPS")
    queue = client.get(reverse("catalog:proofread_list"))
    assert {bar["label"]: bar["count"] for bar in queue.context["ages"]}["never"] == 2
    task = ProofreadTask.objects.get(listing=listings[0])
    form = client.get(task.get_absolute_url()).context["form"]
    answers = {"version": 1} | {f"is_{code}": "right" for code in form.codes}
    assert client.post(task.get_absolute_url(), {"version": 1}).status_code == 422
    wrong = client.post(task.get_absolute_url(), {**answers, "is_brief": "wrong", "note_brief": ""})
    assert wrong.status_code == 422 and ProofreadTask.objects.get(pk=task.pk).done_at is None
    following = ProofreadTask.objects.get(listing=listings[1])
    answer = client.post(task.get_absolute_url(), answers)
    assert (answer.status_code, answer.url) == (303, following.get_absolute_url())
    answer = client.post(following.get_absolute_url(), {**answers, "is_brief": "wrong", "note_brief": "It is coffee"})
    draft = ListingRevision.objects.get(listing=listings[1], state="draft")
    assert (answer.status_code, answer.url) == (303, draft.get_absolute_url())
    queue = client.get(reverse("catalog:proofread_list"))
    assert [bar["count"] for bar in queue.context["ages"]] == [2, 0, 0, 0, 0, 0]
    assert Listing.objects.get(pk=listings[0].pk).proofread_by == client.employee
    assert client.get(task.get_absolute_url()).status_code == 200


# session, person, rights, rows, shops of the filter, saved views, ages
PROOFREAD_QUERIES = 7


def test_the_queue_costs_the_same_for_one_row_and_for_three(client_as, django_assert_num_queries):
    client, address, now = client_as("OPS"), reverse("catalog:proofread_list"), timezone.now()

    def task():
        listing = ListingFactory(state=ListingState.LISTED, proofread_at=now, proofread_by=EmployeeFactory())
        ProofreadTask.objects.create(
            listing=listing, store_id=listing.shop_id, pick="random", picked_at=now, due_at=now + DAY
        )

    task()
    client.get(address)
    for _round in range(2):
        with django_assert_num_queries(PROOFREAD_QUERIES):
            client.get(address)
        task(), task()


def test_the_mall_shows_what_is_live_and_nothing_else():
    listing = published_listing(shop=ShopFactory(platform=None))
    with_copies(listing)
    person = acting(listing.owner)
    draft = services.begin_revision(listing_id=listing.pk, actor=person, now=timezone.now())
    services.save_revision(
        revision_id=draft.pk, fields={"title": "Unapproved words"}, version=0, actor=person, now=timezone.now()
    )
    address = reverse("catalog:public_listing", args=[listing.shop.code, listing.pk])
    answer = Client().get(address)
    html = answer.content.decode()
    assert answer.status_code == 200 and listing.title in html and "Unapproved" not in html and "10.00" in html
    assert re.search(r'name="content-version" content="(\w+)"', html)[1] == listing.live.snapshot.content_hash
    [picture] = re.findall(r"/catalog/mall/pictures/\d+/\w+/", html)
    file = Client().get(picture)
    assert b"".join(file.streaming_content)[:2] == b"\xff\xd8"
    assert file.status_code == 200 and file["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Client().get(reverse("catalog:public_listing", args=[ShopFactory().code, listing.pk])).status_code == 404
    services.take_down(listing_id=listing.pk, reason="recall", actor=person, now=timezone.now())
    assert Client().get(address).status_code == 404 and Client().get(picture).status_code == 404


def test_a_picture_outside_of_what_is_live_is_not_public():
    listing, other = published_listing(), published_listing()
    [copy] = [one for one in with_copies(other) if one.name == "large"]
    shown = Client().get(reverse("catalog:public_photo", args=[other.pk, copy.sha256]))
    assert shown.status_code == 200 and b"".join(shown.streaming_content)[:2] == b"\xff\xd8"
    assert Client().get(reverse("catalog:public_photo", args=[listing.pk, copy.sha256])).status_code == 404
    assert Client().get(reverse("catalog:public_photo", args=[other.pk, "0" * 64])).status_code == 404
