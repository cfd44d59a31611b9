"""Out to real shops on this machine and back: sent once, tried again, compared, confirmed (CAT-14)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from approvals.models import ChangeRequest, Deadline, LiveContent, Notice
from catalog import services, tasks
from catalog.errors import PushHasMovedOn
from catalog.models import ChannelPush, Listing
from catalog.policies.pushes import LEASE
from catalog.states import PushState
from stores.states import ChannelKind
from tests.factories.listings import WHEN, acting, publish_revision, published_listing, submittable_listing
from tests.factories.stores import ChannelFactory, EmployeeFactory, ShopFactory
from tests.support.channels import KEY, Fault, Receiver, WooShop, serving
from tests.support.publishing import revise, with_copies

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.CHANNELS_MAY_BE_LOCAL, settings.MEDIA_ROOT = True, tmp_path


@pytest.fixture
def woo():
    with serving(WooShop()) as shop:
        yield shop


@pytest.fixture
def woo_shop(woo, monkeypatch):
    """A shop whose listings go out to the pretended WooCommerce."""
    shop = ShopFactory()
    ChannelFactory(shop=shop, code="tea-woo", kind=ChannelKind.WOOCOMMERCE, api_address=woo.url)
    monkeypatch.setenv("CHANNEL_KEY_TEA_WOO", KEY)
    return shop


def send(now):
    return tasks.send_due_pushes(clock=lambda: now)


def the_push(listing):
    return ChannelPush.objects.filter(listing=listing).latest("pk")


def request_of(listing):
    return ChangeRequest.objects.filter(subject_id=listing.pk, kind="catalog.listing").latest("pk")


def test_a_published_listing_reaches_the_shop_and_is_live_with_its_evidence(woo, woo_shop, now):
    revision = submittable_listing(shop=woo_shop, now=WHEN)
    with_copies(revision.listing)
    publish_revision(revision, now=WHEN)
    listing = revision.listing
    assert request_of(listing).state == "published"
    assert send(now) == 1 and send(now) == 0
    push = the_push(listing)
    assert (push.state, push.attempts, push.message, push.differences) == (PushState.CONFIRMED, 1, "", [])
    [product] = woo.products.values()
    listing = Listing.objects.get(pk=listing.pk)
    assert product["name"] == listing.live.snapshot.fields["title"] and product["status"] == "publish"
    assert [image["alt"] for image in product["images"]] == ["A cup on a table"] and woo.uploads == 1
    assert listing.remote_id == str(product["id"])
    live = listing.live
    assert (live.evidence, live.display_id, live.checked_at) == ("channel", str(product["id"]), now)
    assert live.display_url == product["permalink"]
    assert request_of(listing).state == "live"


def test_only_the_snapshot_goes_out_never_a_draft(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    actor = acting(listing.owner)
    draft = services.begin_revision(listing_id=listing.pk, actor=actor, now=now)
    services.save_revision(revision_id=draft.pk, fields={"title": "Unapproved"}, version=0, actor=actor, now=now)
    listing.product.brief = "Unapproved too"
    listing.product.save(update_fields=["brief"])
    send(now)
    [product] = woo.products.values()
    assert product["name"] == listing.title
    assert "Unapproved" not in str([request.body for request in woo.requests])


def test_an_attempt_that_fails_is_tried_again_and_makes_no_second_product(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    # The product is made, but the answer is lost on its way; then the shop asks for patience.
    woo.faults = [Fault("lose", method="POST")]
    send(now)
    push = the_push(listing)
    assert (push.state, push.attempts, push.next_at) == (PushState.WAITING, 1, now + MINUTE)
    assert len(woo.products) == 1
    assert send(now + timedelta(seconds=59)) == 0
    woo.faults = [Fault(status=503, headers={"Retry-After": "600"})]
    assert send(now + MINUTE) == 1
    assert the_push(listing).next_at == now + MINUTE + timedelta(seconds=600)
    assert send(now + 2 * MINUTE) == 0
    # The beat stood still for three hours.
    assert send(now + 3 * HOUR) == 1 and send(now + 3 * HOUR) == 0
    assert the_push(listing).state == PushState.CONFIRMED and len(woo.products) == 1


def test_waiting_grows_from_a_minute_to_an_hour(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    waits, at = [], now
    for _attempt in range(8):
        woo.faults = [Fault(status=500)]
        send(at)
        waits.append(round((the_push(listing).next_at - at) / MINUTE))
        at = the_push(listing).next_at
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_refusal_tells_the_owner_and_can_be_sent_again(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    woo.keys = {"ck_other:cs_other"}
    send(now)
    push = the_push(listing)
    assert (push.state, push.next_at) == (PushState.REFUSED, None) and "401" in push.message
    notice = Notice.objects.get(recipient=listing.owner, kind="pushes.refused")
    assert notice.link == push.get_absolute_url() and "401" in notice.text
    assert send(now + DAY) == 0 and request_of(listing).state == "published"
    woo.keys = {KEY}
    person = acting(EmployeeFactory(roles=["OPS"]))
    services.retry_push(push_id=push.pk, actor=person, now=now + DAY)
    assert send(now + DAY) == 1 and the_push(listing).state == PushState.CONFIRMED
    with pytest.raises(PushHasMovedOn):
        services.retry_push(push_id=push.pk, actor=person, now=now + DAY)
    assert the_push(listing).state == PushState.CONFIRMED


def test_what_the_shop_shows_differently_is_kept_and_not_confirmed(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)

    def cheaper(said):
        if isinstance(said, dict) and "price" in said:
            said["price"] = "1.00"
        for rows in said.values() if isinstance(said, dict) else [said]:
            for row in rows if isinstance(rows, list) else []:
                if isinstance(row, dict) and "price" in row:
                    row["price"] = "1.00"
        return said

    woo.alter = cheaper
    send(now)
    push = the_push(listing)
    assert push.state == PushState.SENT
    assert {one["live"] for one in push.differences} == {"1.00"}
    live = LiveContent.objects.get(kind="catalog.listing", subject_id=listing.pk)
    assert [one["field"] for one in live.differences] == [one["field"] for one in push.differences]
    assert request_of(listing).state == "published"
    clock = Deadline.objects.get(rule__code="live_differs", subject_id=listing.pk)
    assert (clock.owner_role, clock.due_at) == ("OPS", now + DAY)
    # Read back every hour; when the shop is right again it is confirmed by itself.
    assert tasks.read_back_due(services.claim_readings, clock=lambda: now + MINUTE) == 0
    woo.alter = lambda said: said
    assert tasks.read_back_due(services.claim_readings, clock=lambda: now + HOUR) == 1
    assert (the_push(listing).state, the_push(listing).differences) == (PushState.CONFIRMED, [])
    assert request_of(listing).state == "live"
    assert Deadline.objects.get(pk=clock.pk).state == "met"


def test_the_night_finds_what_somebody_changed_in_the_shop(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    send(now)
    assert tasks.read_back_due(services.claim_comparisons, clock=lambda: now + HOUR) == 0
    [product] = woo.products.values()
    product["name"] = "Somebody else's words"
    asked = len(woo.requests)
    assert tasks.read_back_due(services.claim_comparisons, clock=lambda: now + DAY) == 1
    assert {request.method for request in woo.requests[asked:]} == {"GET"}
    push = the_push(listing)
    assert push.state == PushState.CONFIRMED
    assert [(one["field"], one["live"]) for one in push.differences] == [("title", "Somebody else's words")]
    clock = Deadline.objects.get(rule__code="live_differs", subject_id=listing.pk)
    assert (clock.state, clock.started_at) == ("running", now + DAY)
    assert tasks.read_back_due(services.claim_comparisons, clock=lambda: now + DAY) == 0
    services.retry_push(push_id=push.pk, actor=acting(EmployeeFactory(roles=["OPS"])), now=now + DAY)
    send(now + DAY)
    assert product["name"] == listing.title and the_push(listing).differences == []
    assert Deadline.objects.get(pk=clock.pk).state == "met"


def test_a_take_down_hides_it_in_the_shop(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    send(now)
    services.take_down(
        listing_id=listing.pk, reason="recall", actor=acting(EmployeeFactory(roles=["OPS"])), now=now + HOUR
    )
    assert send(now + HOUR) == 1
    [product] = woo.products.values()
    assert product["status"] == "draft" and the_push(listing).state == PushState.CONFIRMED


def test_a_newer_version_overtakes_one_that_waits(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    older = the_push(listing)
    revise(listing, now=WHEN + DAY, brief="Keeps tea warm for a whole day.")
    assert send(now) == 1
    states = dict(ChannelPush.objects.values_list("pk", "state"))
    assert states == {older.pk: PushState.SUPERSEDED, the_push(listing).pk: PushState.CONFIRMED}


def test_a_newer_version_waits_for_an_older_one_on_its_way(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    claimed = services.claim_push(now=now)
    revise(listing, now=now - HOUR, brief="Keeps tea warm for a whole day.")
    assert services.claim_push(now=now + MINUTE) is None
    services.settle_push(
        push_id=claimed.pk,
        claimed_until=claimed.next_at,
        result=tasks.PushResult(outcome="confirmed", remote_id="7"),
        actor=tasks.SENDER,
        now=now + MINUTE,
    )
    claimed.refresh_from_db()
    assert claimed.state == PushState.SUPERSEDED and request_of(listing).state == "published"
    following = services.claim_push(now=now + MINUTE)
    assert following.pk == the_push(listing).pk != claimed.pk


def test_a_dead_sender_keeps_an_older_version_for_its_lease_only(woo, woo_shop, now):
    listing = published_listing(shop=woo_shop, seen=False)
    services.claim_push(now=now)
    assert services.claim_push(now=now + LEASE - MINUTE) is None
    again = services.claim_push(now=now + LEASE)
    assert (again.listing_id, again.attempts) == (listing.pk, 2)


def test_the_generic_webhook_is_signed_and_its_evidence_counts(now, monkeypatch):
    receiver = Receiver()
    receiver.now = now
    with serving(receiver):
        shop = ShopFactory()
        ChannelFactory(shop=shop, code="hook", kind=ChannelKind.WEBHOOK, api_address=f"{receiver.url}/in")
        monkeypatch.setenv("CHANNEL_SECRET_HOOK", receiver.secrets[0])
        listing = published_listing(shop=shop, seen=False)
        send(now)
    assert the_push(listing).state == PushState.CONFIRMED
    live = Listing.objects.get(pk=listing.pk).live
    assert (live.display_url, live.display_id) == ("https://receiver.example/items/7", "item-7")
    assert receiver.requests[0].json()["content_hash"] == live.snapshot.content_hash


def test_our_own_mall_confirms_by_its_own_page(now):
    listing = published_listing(shop=ShopFactory(platform=None), seen=False)
    assert the_push(listing).state == PushState.WAITING and request_of(listing).state == "published"
    assert send(now) == 1
    live = Listing.objects.get(pk=listing.pk).live
    assert (the_push(listing).state, live.evidence) == (PushState.CONFIRMED, "page")
    assert live.display_url.endswith(f"/catalog/mall/{listing.shop.code}/{listing.pk}/")
    assert request_of(listing).state == "live"
    services.take_down(listing_id=listing.pk, reason="recall", actor=tasks.SENDER, now=now)
    assert send(now) == 1 and the_push(listing).state == PushState.CONFIRMED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_claimed", [True, False], ids=["claimed", "control"])
def test_two_sweeps_side_by_side_send_once(is_claimed, woo, woo_shop, now, monkeypatch, lets_itself_be_emptied):
    from django.db import connections

    published_listing(shop=woo_shop, seen=False)
    together = threading.Barrier(2, timeout=30)
    claim = services.claim_push

    def both_at_once(**facts):
        together.wait()
        return claim(**facts)

    if not is_claimed:  # without the claim both take what is due
        monkeypatch.setattr(services, "claim_push", lambda **facts: (together.wait(), ChannelPush.objects.get())[1])
    else:
        monkeypatch.setattr(services, "claim_push", both_at_once)

    def sweep():
        try:
            tasks.send_due_pushes(clock=lambda: now, limit=1)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sent = [asked for asked in woo.asked if asked == "POST /products"]
    assert len(sent) == (1 if is_claimed else 2)
