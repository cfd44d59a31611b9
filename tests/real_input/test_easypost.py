"""EasyPost's published examples, through the door and the sweep."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from orders.models import Order, Parcel, RawInput, TrackingEvent
from orders.services.inputs import sweep_inputs
from tests.factories.bench import handed_over, packed, ready_order, stocked, wave_of
from tests.factories.stores import ChannelFactory

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "logistics" / "easypost"
SECRET = "from-the-environment"


@pytest.fixture(autouse=True)
def _door(monkeypatch):
    if not FOLDER.is_dir():
        pytest.skip(f"the sample data is not here: {FOLDER.name}")
    monkeypatch.setenv("CHANNEL_SECRET_EASY", SECRET)
    cache.clear()
    ChannelFactory(code="easy", kind="easypost")


def receive(client, name):
    body = (FOLDER / name).read_bytes()
    signature = f"hmac-sha256-hex={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"
    address = reverse("callback_easypost", args=["easy"])
    answer = client.post(address, body, content_type="application/json", headers={"X-Hmac-Signature": signature})
    assert answer.status_code == 200
    sweep_inputs(now=timezone.now())
    return RawInput.objects.get(source="easypost"), json.loads(body)


def on_the_road(waybill, courier):
    now = timezone.now()
    order = ready_order([(stocked("TEA"), 1)], now=now)
    wave_of([order], now=now)
    handed_over([packed(order, waybill, now=now, courier=courier)], now=now)


def test_tracker_updated_makes_every_line_an_event_and_delivers_the_order(client):
    on_the_road("EZ4000000004", "ups")

    raw, body = receive(client, "tracking-webhook.json")

    details = body["result"]["tracking_details"]
    assert (raw.state, raw.result["new_events"], TrackingEvent.objects.count()) == ("done", len(details), len(details))
    assert Parcel.objects.get().state == "signed"
    assert Order.objects.get().status == "delivered"
    # The published example dates its last line before all others: it still is the end of the journey.
    states = list(TrackingEvent.objects.order_by("at").values_list("state", flat=True))
    assert states == ["signed", "handed_over", "in_transit", "in_transit", "in_transit", "out_for_delivery"]
    assert TrackingEvent.objects.order_by("at")[2].place == "SOUTH SAN FRANCISCO, CA, US"


def test_a_bare_tracker_is_taken_and_moves_nothing_before_the_courier_has_the_parcel(client):
    on_the_road("EZ1000000001", "usps")

    raw, _body = receive(client, "trackers-create.json")

    assert (raw.state, raw.result["new_events"], Parcel.objects.get().state) == ("done", 2, "handed_over")


def test_an_event_about_a_batch_is_ignored_with_its_reason(client):
    raw, _body = receive(client, "post_json_example.json")

    assert (raw.state, TrackingEvent.objects.count()) == ("ignored", 0)
    assert "batch.created" in raw.problem


def test_a_tracker_that_no_parcel_has_waits_in_quarantine(client):
    raw, _body = receive(client, "tracking-webhook.json")

    assert (raw.state, raw.problem_field) == ("quarantined", "waybill")
    assert "EZ4000000004" in raw.problem
