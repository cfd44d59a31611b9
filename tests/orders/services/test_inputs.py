"""Raw inputs: kept once, worked off, quarantined with the reason, corrected, replayed, set aside."""

import json
from datetime import timedelta

import pytest

from approvals.models import Deadline, TrailEntry
from config.kit.errors import InvalidInput
from orders.errors import NotReplayable
from orders.models import Order, RawInput
from orders.services import correct_input, quarantine, replay_input, set_input_aside, store_input
from orders.services.inputs import MAX_ATTEMPTS, SYNC_GRACE, body_of, sweep_inputs
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def store(shop, now):
    def keep(body, **options):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return store_input(**({"source": "api", "shop_id": shop.pk, "body": data, "now": now} | options))

    return keep


def order_body(external_id="W-1", **changes):
    return {
        "external_id": external_id,
        "placed_at": "2026-03-10T09:00:00+08:00",
        "paid_at": "2026-03-10T09:01:00+08:00",
        "lines": [{"seller_code": "SKU-1", "title": "Cup", "quantity": 2, "unit_price": "9.90"}],
        "recipient": {"name": "王小明", "phone": "13800138000", "street": "文三路 1 号"},
    } | changes


@pytest.fixture
def quarantined(store, now):
    stored = store(b'{"external_id": ')
    assert sweep_inputs(now=now).failed == 0
    raw = RawInput.objects.get(pk=stored.input_id)
    assert raw.state == "quarantined"
    return raw


def clocks(raw):
    found = Deadline.objects.filter(subject_type="orders.rawinput", subject_id=raw.pk)
    return list(found.values_list("rule__code", "state"))


def acts(raw):
    return list(TrailEntry.objects.about("orders.rawinput", raw.pk).values_list("action", flat=True))


def test_store_keeps_the_bytes_and_the_same_body_once(store):
    first, again = store(b"\x00\xff{"), store(b"\x00\xff{")

    raw = RawInput.objects.get()
    assert (first.is_new, again.is_new, again.input_id) == (True, False, first.input_id)
    assert (bytes(raw.body), raw.state, raw.key) == (b"\x00\xff{", "pending", f"sha256:{raw.body_hash}")


def test_store_tells_the_same_key_with_another_body_by_its_hash(store):
    first, other = store(b"1", key="k"), store(b"2", key="k")

    assert (other.is_new, other.input_id, other.body_hash) == (False, first.input_id, first.body_hash)
    assert bytes(RawInput.objects.get().body) == b"1"


def test_store_keeps_the_same_key_of_other_shops_and_sources_apart(store):
    store(b"1", key="k")
    store(b"1", key="k", source="hand")
    store(b"1", key="k", shop_id=ShopFactory().pk)
    store(b"1", key="k", shop_id=None)
    assert store(b"1", key="k", shop_id=None).is_new is False

    assert RawInput.objects.count() == 4


def test_sweep_makes_orders_oldest_first_and_settles_the_input(store, now):
    stock(2, variant=VariantFactory(sku="SKU-1"))
    store(order_body("LATE"), now=now + timedelta(minutes=1))
    store(order_body("EARLY"))

    assert sweep_inputs(now=now + timedelta(minutes=2)).handled == 2
    assert dict(Order.objects.values_list("external_id", "status")) == {"EARLY": "ready", "LATE": "held"}
    assert set(RawInput.objects.values_list("state", flat=True)) == {"done"}


def test_sweep_leaves_to_a_door_what_it_works_off_itself_until_it_died(store, now):
    store(order_body(), worked_off_by_caller=True)

    assert sweep_inputs(now=now).handled == 0
    assert Order.objects.count() == 0
    assert sweep_inputs(now=now + SYNC_GRACE).handled == 1
    assert Order.objects.count() == 1


def test_unreadable_input_waits_with_its_reason_and_a_clock(quarantined):
    assert (quarantined.problem_field, quarantined.next_at) == ("body", None)
    assert quarantined.problem.startswith("The body is no readable JSON")
    assert clocks(quarantined) == [("input_quarantined", "running")]
    assert Order.objects.count() == 0


def test_order_that_is_here_with_other_content_waits_and_names_it(store, now):
    store(order_body())
    sweep_inputs(now=now)
    store(order_body(note="please ring"))
    sweep_inputs(now=now)

    raw = RawInput.objects.latest("pk")
    assert (raw.state, raw.problem_field, raw.problem) == (
        "quarantined",
        "external_id",
        "Here already with other content: W-1",
    )
    assert Order.objects.get().notes.count() == 0


def test_correction_stands_beside_the_original_and_a_replay_takes_it(quarantined, now, actor):
    correct_input(input_id=quarantined.pk, body=json.dumps(order_body()), reason="cut off", actor=actor, now=now)
    raw = replay_input(input_id=quarantined.pk, actor=actor, now=now)

    raw.refresh_from_db()
    assert (raw.state, raw.problem, Order.objects.get().raw_input_id) == ("done", "", raw.pk)
    assert (bytes(raw.body), json.loads(body_of(raw))) == (b'{"external_id": ', order_body())
    assert clocks(raw) == [("input_quarantined", "met")]
    assert sorted(acts(raw)) == ["orders.input_corrected", "orders.input_replayed"]


def test_replay_of_what_still_cannot_be_read_waits_again(quarantined, now, actor):
    correct_input(input_id=quarantined.pk, body="[]", reason="a try", actor=actor, now=now)
    raw = replay_input(input_id=quarantined.pk, actor=actor, now=now)

    assert (raw.state, raw.problem) == ("quarantined", "The body must be a JSON object.")
    assert clocks(raw) == [("input_quarantined", "running")]
    assert Order.objects.count() == 0


def test_correction_without_a_reason_is_refused_and_changes_nothing(quarantined, now, actor):
    with pytest.raises(InvalidInput):
        correct_input(input_id=quarantined.pk, body="{}", reason=" ", actor=actor, now=now)

    quarantined.refresh_from_db()
    assert (quarantined.corrected, acts(quarantined)) == (None, [])


def test_set_aside_keeps_the_reason_and_can_be_replayed_later(quarantined, now, actor):
    with pytest.raises(InvalidInput):
        set_input_aside(input_id=quarantined.pk, reason="", actor=actor, now=now)
    raw = set_input_aside(input_id=quarantined.pk, reason="a test of theirs", actor=actor, now=now)
    assert (raw.state, raw.problem) == ("ignored", "a test of theirs")
    assert clocks(raw) == [("input_quarantined", "met")]

    raw = replay_input(input_id=raw.pk, actor=actor, now=now)
    assert raw.state == "quarantined"


@pytest.mark.parametrize(
    "act",
    [
        lambda pk, words: correct_input(input_id=pk, body="{}", reason="x", **words),
        lambda pk, words: replay_input(input_id=pk, **words),
        lambda pk, words: set_input_aside(input_id=pk, reason="x", **words),
    ],
)
def test_settled_input_is_left_alone(store, now, actor, act):
    stored = store(order_body())
    sweep_inputs(now=now)
    with pytest.raises(NotReplayable):
        act(stored.input_id, {"actor": actor, "now": now})

    raw = RawInput.objects.get()
    assert (raw.state, raw.corrected, acts(raw)) == ("done", None, [])


def test_quarantine_by_a_door_leaves_a_settled_input_alone(store, now):
    first, second = store(b"1"), store(order_body())
    sweep_inputs(now=now)
    RawInput.objects.filter(pk=first.input_id).update(state="pending")
    error = InvalidInput(field="lines", problem="No lines.")
    for stored in (first, second):
        quarantine(input_id=stored.input_id, error=error, now=now)

    states = RawInput.objects.order_by("pk").values_list("state", "problem", "problem_field")
    assert list(states) == [("quarantined", "No lines.", "lines"), ("done", "", "")]


def test_sweep_postpones_what_raises_and_asks_a_person_after_five(store, now):
    stored = store(b"{}", source="nobody-reads-this")
    store(order_body())
    first = sweep_inputs(now=now)
    raw = RawInput.objects.get(pk=stored.input_id)
    assert (first.handled, first.failed) == (1, 1)
    assert (raw.state, raw.attempts, raw.next_at) == ("pending", 1, now + timedelta(seconds=20))

    for hours in range(1, MAX_ATTEMPTS):
        sweep_inputs(now=now + timedelta(hours=hours))
    raw.refresh_from_db()
    assert (raw.state, raw.attempts) == ("quarantined", MAX_ATTEMPTS)
    assert raw.problem.startswith("It failed 5 times, last with:")
