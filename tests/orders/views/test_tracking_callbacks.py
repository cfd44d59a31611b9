"""Callbacks of couriers: verified, kept, worked off once."""

import hashlib
import hmac
import json

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from approvals.models import TrailEntry
from orders.models import Order, Parcel, RawInput, TrackingEvent
from orders.services.inputs import sweep_inputs
from orders.views.callbacks_tracking import easypost_signature_matches, kuaidi100_sign_matches
from tests.factories.bench import handed_over, packed, ready_order, stocked, wave_of
from tests.factories.stores import ChannelFactory

pytestmark = pytest.mark.django_db
WAYBILL = "73123456789012"
SALT = "salt-of-ours"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture(autouse=True)
def _secrets(monkeypatch):
    monkeypatch.setenv("CHANNEL_SECRET_K100_MAIN", f"old-one, {SALT}")
    monkeypatch.setenv("CHANNEL_SECRET_EASY", "Geheimnis-①")
    cache.clear()


@pytest.fixture
def k100():
    channel = ChannelFactory(code="k100-main", kind="kuaidi100")
    return reverse("callback_kuaidi100", args=[channel.code])


@pytest.fixture
def easy():
    channel = ChannelFactory(code="easy", kind="easypost")
    return reverse("callback_easypost", args=[channel.code])


@pytest.fixture
def parcel(now):
    order = ready_order([(stocked("TEA"), 1)], now=now)
    wave_of([order], now=now)
    handed_over([packed(order, WAYBILL, now=now)], now=now)
    return Parcel.objects.get()


def param(state="5", clock="2026-03-10 10:00:00", waybill=WAYBILL, text="派件中"):
    row = {"context": text, "time": clock, "ftime": clock}
    last = {"message": "ok", "state": state, "nu": waybill, "com": "zhongtong", "data": [row]}
    return json.dumps({"status": "polling", "lastResult": last}, ensure_ascii=False)


def push(client, address, text, salt=SALT):
    sign = hashlib.md5(f"{text}{salt}".encode()).hexdigest().upper()
    return client.post(address, {"param": text, "sign": sign})


def tracker(state="delivered", waybill=WAYBILL):
    row = {"message": "Delivered", "status": state, "datetime": "2026-03-11T10:00:00Z"}
    result = {"object": "Tracker", "tracking_code": waybill, "status": state, "tracking_details": [row]}
    return json.dumps({"object": "Event", "description": "tracker.updated", "result": result}).encode()


def sign(body, secret="Geheimnis-1"):
    return f"hmac-sha256-hex={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def send(client, address, body, signature):
    headers = {"X-Hmac-Signature": signature} if signature is not None else {}
    return client.post(address, body, content_type="application/json", headers=headers)


def work_off(now):
    sweep_inputs(now=timezone.now())


def test_kuaidi100_is_kept_answered_in_its_words_and_moves_the_parcel(client, k100, parcel, now):
    answer = push(client, k100, param())

    assert (answer.status_code, answer.json()) == (200, {"result": True, "returnCode": "200", "message": "成功"})
    raw = RawInput.objects.get(source="kuaidi100")
    assert (raw.state, bytes(raw.body).decode()) == ("pending", param())
    work_off(now)
    raw.refresh_from_db()
    parcel.refresh_from_db()
    assert (raw.state, raw.result["new_events"], parcel.state) == ("done", 1, "out_for_delivery")
    assert TrackingEvent.objects.get().raw_input_id == raw.pk


def test_kuaidi100_that_comes_again_changes_nothing_and_is_answered_the_same(client, k100, parcel, now):
    first = push(client, k100, param())
    work_off(now)
    trail = TrailEntry.objects.count()

    again = push(client, k100, param())
    work_off(now)

    assert again.json() == first.json()
    assert (RawInput.objects.filter(source="kuaidi100").count(), TrackingEvent.objects.count()) == (1, 1)
    assert TrailEntry.objects.count() == trail


def test_a_late_push_never_moves_the_parcel_back(client, k100, parcel, now):
    push(client, k100, param(state="3", clock="2026-03-11 09:00:00", text="已签收"))
    work_off(now)
    push(client, k100, param(state="0", clock="2026-03-10 09:00:00", text="到达"))
    work_off(now)

    parcel.refresh_from_db()
    assert (parcel.state, TrackingEvent.objects.count(), Order.objects.get().status) == ("signed", 2, "delivered")


def test_an_unknown_waybill_is_quarantined_with_its_reason(client, k100, parcel, now):
    push(client, k100, param(waybill="999"))
    work_off(now)

    raw = RawInput.objects.get(source="kuaidi100")
    assert (raw.state, raw.problem_field) == ("quarantined", "waybill")
    assert "999" in raw.problem
    assert TrackingEvent.objects.count() == 0


@pytest.mark.parametrize("salt", ["", "wrong"])
def test_kuaidi100_with_a_bad_sign_is_refused_noted_and_not_kept(client, k100, salt):
    answer = push(client, k100, param(), salt=salt)

    assert (answer.status_code, answer.json()["result"], RawInput.objects.count()) == (401, False, 0)
    assert TrailEntry.objects.get().action == "orders.input_refused"


@pytest.mark.parametrize(
    "data", [{}, {"param": ""}, {"sign": "x"}, {"param": "{}", "sign": "\udce9".encode("utf-8", "replace")}]
)
def test_kuaidi100_without_its_fields_is_refused(client, k100, data):
    assert (client.post(k100, data).status_code, RawInput.objects.count()) == (401, 0)


def test_the_older_of_two_secrets_still_counts_while_it_is_rotated(client, k100):
    assert push(client, k100, param(), salt="old-one").status_code == 200


def test_easypost_is_kept_and_delivers_the_order(client, easy, parcel, now):
    body = tracker()

    answer = send(client, easy, body, sign(body))
    work_off(now)

    assert (answer.status_code, answer.json()) == (200, {"result": "stored"})
    parcel.refresh_from_db()
    assert (parcel.state, Order.objects.get().status) == ("signed", "delivered")
    assert send(client, easy, body, sign(body)).json() == {"result": "known"}


@pytest.mark.parametrize("change", ["body", "secret", "none", "prefix"])
def test_easypost_with_a_bad_signature_is_refused_noted_and_not_kept(client, easy, change):
    body = tracker()
    signature = {
        "body": sign(body + b" "),
        "secret": sign(body, "other"),
        "none": None,
        "prefix": sign(body).removeprefix("hmac-sha256-hex="),
    }[change]

    answer = send(client, easy, body, signature)

    assert (answer.status_code, RawInput.objects.count()) == (401, 0)
    assert TrailEntry.objects.get().reason


def test_a_body_that_is_too_large_is_refused(client, easy, k100, settings):
    settings.CALLBACK_MAX_BYTES = 100
    body = tracker()

    assert send(client, easy, body, sign(body)).status_code == 413
    assert push(client, k100, param()).status_code == 413
    assert RawInput.objects.count() == 0


def test_a_channel_without_a_secret_takes_nothing(client, monkeypatch, easy, k100):
    monkeypatch.delenv("CHANNEL_SECRET_EASY")
    monkeypatch.delenv("CHANNEL_SECRET_K100_MAIN")
    body = tracker()

    assert send(client, easy, body, sign(body, "")).status_code == 401
    assert push(client, k100, param(), salt="").status_code == 401


def test_a_strange_channel_or_one_of_another_kind_is_not_found(client, easy):
    body = tracker()
    addresses = [reverse("callback_easypost", args=["nobody"]), reverse("callback_kuaidi100", args=["easy"])]

    assert {send(client, address, body, sign(body)).status_code for address in addresses} == {404}
    assert client.get(easy).status_code == 405


def test_the_signatures_are_those_of_the_published_schemes():
    # MD5("{}salt") in capitals; HMAC-SHA256 of RFC 4231, test case 2, under EasyPost's prefix.
    assert kuaidi100_sign_matches("{}", hashlib.md5(b"{}salt").hexdigest(), ["salt"])
    digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert easypost_signature_matches(b"what do ya want for nothing?", f"hmac-sha256-hex={digest}", ["x", "Jefe"])
    assert not easypost_signature_matches(b"what do ya want for nothing!", f"hmac-sha256-hex={digest}", ["Jefe"])
