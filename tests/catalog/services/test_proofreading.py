"""Proof-reading: picked by sample and risk, recorded field by field (CAT-6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approvals.models import Deadline, TrailEntry
from catalog import services
from catalog.errors import CorrectionNeedsNote, ProofreadIncomplete, ProofreadIsDone, ProofreadOutdated
from catalog.models import Listing, ListingRevision, Product, ProofreadTask
from catalog.policies.fields import FIELDS
from catalog.policies.proofreads import Candidate, pick, read_fields, sample
from catalog.registries import COMPLAINTS, ComplaintProvider
from tests.factories.listings import WHEN, acting, published_listing
from tests.factories.stores import EmployeeFactory
from tests.support.publishing import revise
from tests.support.registries import reopened

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def reader():
    return acting(EmployeeFactory(roles=["OPS"]))


def picks():
    return dict(ProofreadTask.objects.filter(done_at__isnull=True).values_list("listing", "pick"))


def shown_fields(listing):
    return read_fields(listing.live.snapshot.fields, [field.code for field in FIELDS])


def a_task(actor, now):
    listing = published_listing()
    services.pick_proofreads(now=now, actor=actor)
    return ProofreadTask.objects.get(listing=listing)


def test_a_small_company_reads_five_a_day_and_the_sample_can_be_drawn_again(actor, now):
    listings = [published_listing().pk for _n in range(7)]
    first = services.pick_proofreads(now=now, actor=actor)
    assert len(first) == 5 and set(picks().values()) == {"random"}
    assert set(picks()) == sample(listings, now.date())
    assert services.pick_proofreads(now=now + timedelta(hours=3), actor=actor) == []


def test_one_in_a_hundred_is_sampled_and_another_day_gives_others(now):
    ids = range(1, 2001)
    assert len(sample(ids, now.date())) == 20
    assert sample(ids, now.date()) == sample(reversed(ids), now.date())
    assert sample(ids, now.date()) != sample(ids, (now + DAY).date())


def test_what_was_read_today_is_not_picked_again_today(actor, reader, now):
    task = a_task(actor, now)
    listing = Listing.objects.get(pk=task.listing_id)
    services.record_proofread(task_id=task.pk, confirmed=shown_fields(listing), corrected={}, actor=reader, now=now)
    assert services.pick_proofreads(now=now + timedelta(hours=1), actor=actor) == []


def candidate(now, **facts):
    values = {
        "listing_id": 1, "product_id": 9, "sales_rank": None, "proofread_at": now - 2 * DAY,
        "first_listed_at": now - 100 * DAY, "live_since": now - 100 * DAY, "number": 1, "changed_fields": ["title"],
    }  # fmt: skip
    return Candidate(**{**values, **facts})


@pytest.mark.parametrize(
    ("facts", "complained", "reason"),
    [
        ({"sales_rank": 20, "proofread_at": "14"}, (), "top_seller"),
        ({"sales_rank": 20, "proofread_at": "13"}, (), None),
        ({"sales_rank": 21, "proofread_at": "14"}, (), None),
        ({"proofread_at": "24"}, (), "old"),
        ({"proofread_at": "23"}, (), None),
        ({"proofread_at": None}, (), "old"),
        ({"proofread_at": None, "first_listed_at": "3"}, (), None),
        ({"number": 2, "live_since": "1", "changed_fields": ["attributes.colour"]}, (), "spec_changed"),
        ({"number": 2, "live_since": "1", "changed_fields": ["brief"]}, (), None),
        ({"number": 2, "live_since": "3", "changed_fields": ["weight.CUP-A"]}, (), None),
        ({"number": 1, "live_since": "1", "changed_fields": ["attributes.colour"]}, (), None),
        ({"proofread_at": "15"}, (9,), "complaint"),
        ({"proofread_at": "2"}, (9,), None),
    ],
)
def test_risk_is_picked_by_facts(facts, complained, reason, now):
    values = {name: now - int(value) * DAY if isinstance(value, str) else value for name, value in facts.items()}
    # Six read yesterday beside it, so that the sample of five can be told apart from risk.
    others = [candidate(now, listing_id=n, product_id=n, proofread_at=now - DAY) for n in range(100, 1000)]
    found = pick([candidate(now, **values), *others], complained=complained, length=30 * DAY, today=now.date(), now=now)
    assert 1 not in sample([1, *range(100, 1000)], now.date())
    assert {one.listing_id: one.pick for one in found}.get(1) == reason


def test_the_most_urgent_reason_counts_and_stands_first(now):
    rows = [
        candidate(now, listing_id=1, sales_rank=1, proofread_at=now - 40 * DAY),
        candidate(now, listing_id=2, number=2, live_since=now - DAY, changed_fields=["weight.A"], sales_rank=1),
        candidate(now, listing_id=3, product_id=7, proofread_at=now - 40 * DAY),
    ]
    found = pick(rows, complained=(7,), length=30 * DAY, today=now.date(), now=now)
    assert [(one.listing_id, one.pick) for one in found] == [(3, "complaint"), (2, "spec_changed"), (1, "top_seller")]


def test_complaints_are_asked_of_whoever_knows(actor, now):
    listings = [published_listing() for _n in range(7)]
    with reopened(COMPLAINTS):
        COMPLAINTS.register("tests", ComplaintProvider(lambda since, until: {listings[0].product_id: 2}))
        services.pick_proofreads(now=now, actor=actor)
        assert picks()[listings[0].pk] == "complaint"


def test_a_clock_of_the_accuracy_rule_runs_with_each_task(actor, now):
    task = a_task(actor, now)
    clock = Deadline.objects.get(subject_type="catalog.proofreadtask", subject_id=task.pk)
    assert (clock.rule.code, clock.owner_role, clock.due_at) == ("accuracy_check", "OPS", task.due_at)


def test_a_reading_leaves_its_date_and_person(actor, reader, now):
    task = a_task(actor, now)
    fields = shown_fields(Listing.objects.get(pk=task.listing_id))
    revision = services.record_proofread(task_id=task.pk, confirmed=fields, corrected={}, actor=reader, now=now)
    listing = Listing.objects.get(pk=task.listing_id)
    assert revision is None
    assert (listing.proofread_at, listing.proofread_by_id) == (now, reader.user_id)
    task.refresh_from_db()
    assert (task.confirmed, task.corrected, task.snapshot_number, task.done_by_id) == (fields, {}, 1, reader.user_id)
    assert Deadline.objects.get(subject_type="catalog.proofreadtask", subject_id=task.pk).state == "met"
    assert TrailEntry.objects.filter(action="catalog.proofread_done", subject_id=listing.pk).count() == 1


def test_a_correction_opens_a_draft_and_shoppers_see_nothing_of_it(actor, reader, now):
    task = a_task(actor, now)
    listing = Listing.objects.get(pk=task.listing_id)
    before = listing.live.snapshot_id
    fields = shown_fields(listing)
    revision = services.record_proofread(
        task_id=task.pk, confirmed=fields[1:], corrected={fields[0]: "It is 350 ml"}, actor=reader, now=now
    )
    assert (revision.listing_id, revision.state, revision.author_id) == (listing.pk, "draft", reader.user_id)
    assert Listing.objects.get(pk=listing.pk).live.snapshot_id == before
    assert TrailEntry.objects.get(action="catalog.proofread_done").reason == "title: It is 350 ml"


@pytest.mark.parametrize("case", ["missing", "unknown", "twice", "no note"])
def test_every_field_that_is_shown_gets_one_answer(case, actor, reader, now):
    task = a_task(actor, now)
    fields = shown_fields(Listing.objects.get(pk=task.listing_id))
    confirmed, corrected, error = {
        "missing": (fields[1:], {}, ProofreadIncomplete),
        "unknown": ([*fields, "nonsense"], {}, ProofreadIncomplete),
        "twice": (fields, {fields[0]: "wrong"}, ProofreadIncomplete),
        "no note": (fields[1:], {fields[0]: "  "}, CorrectionNeedsNote),
    }[case]
    with pytest.raises(error):
        services.record_proofread(task_id=task.pk, confirmed=confirmed, corrected=corrected, actor=reader, now=now)
    task.refresh_from_db()
    assert task.done_at is None and Listing.objects.get(pk=task.listing_id).proofread_at is None
    assert not ListingRevision.objects.filter(state="draft").exists()


def test_another_version_or_a_second_reader_is_told(actor, reader, now):
    task = a_task(actor, now)
    listing = Listing.objects.get(pk=task.listing_id)
    revise(listing, now=now, brief="Keeps tea warm for a whole day.")
    fields = shown_fields(Listing.objects.get(pk=listing.pk))
    with pytest.raises(ProofreadOutdated):
        services.record_proofread(
            task_id=task.pk, confirmed=fields, corrected={}, snapshot_number=1, actor=reader, now=now
        )
    services.record_proofread(task_id=task.pk, confirmed=fields, corrected={}, snapshot_number=2, actor=reader, now=now)
    with pytest.raises(ProofreadIsDone):
        services.record_proofread(task_id=task.pk, confirmed=fields, corrected={}, actor=reader, now=now + DAY)
    assert Listing.objects.get(pk=listing.pk).proofread_at == now


def test_a_take_down_ends_the_task_without_a_reader(actor, reader, now):
    task = a_task(actor, now)
    services.take_down(listing_id=task.listing_id, reason="recall", actor=reader, now=now)
    task.refresh_from_db()
    assert (task.done_at, task.done_by) == (now, None)
    assert Listing.objects.get(pk=task.listing_id).proofread_at is None
    assert Deadline.objects.get(subject_type="catalog.proofreadtask", subject_id=task.pk).state == "withdrawn"


def test_products_are_ranked_by_what_they_sold(db):
    best, equal, other, none = (published_listing(now=WHEN).product for _n in range(4))
    Product.objects.filter(pk=none.pk).update(sales_rank=3)
    changed = services.rank_products(sold={best.pk: 9, equal.pk: 9, other.pk: 1, none.pk: 0})
    ranks = dict(Product.objects.values_list("pk", "sales_rank"))
    assert ranks == {best.pk: 1, equal.pk: 1, other.pk: 3, none.pk: None} and changed == 4
    assert services.rank_products(sold={best.pk: 9, equal.pk: 9, other.pk: 1}) == 0
