"""The customer's page of a parcel."""

import re
from datetime import UTC, datetime

import pytest
from django.core.signing import Signer
from django.test import Client

from config.kit.actor import Actor
from orders.formats.tracking import TrackedEvent, TrackingReport
from orders.models import Parcel
from orders.services import apply_tracking_report
from orders.states import ParcelState
from orders.tokens import tracking_address, tracking_token
from tests.factories.bench import handed_over, packed, ready_order, stocked, wave_of

pytestmark = pytest.mark.django_db
WAYBILL = "73123456789012"


@pytest.fixture
def parcel(now):
    order = ready_order([(stocked("TEA"), 1)], now=now)
    wave_of([order], now=now)
    handed_over([packed(order, WAYBILL, now=now)], now=now)
    return Parcel.objects.get()


def tell(now, state, text):
    report = TrackingReport(WAYBILL, (TrackedEvent(now, ParcelState(state), text, "杭州市"),))
    apply_tracking_report(report=report, source="kuaidi100", actor=Actor.system("tests"), now=now)


def read(client, parcel, **query):
    return client.get(tracking_address(parcel.pk), query)


def words(response):
    return re.sub(r"<[^>]+>", " ", response.content.decode())


def test_the_link_works_without_a_sign_in_and_is_not_kept_or_found(client, parcel, now):
    tell(now, "out_for_delivery", "派件中")

    response = read(client, parcel, lang="en")

    assert tracking_address(parcel.pk).startswith("/t/")
    assert all(part in words(response) for part in ("Out for delivery", "中通快递", WAYBILL, "派件中", "杭州市"))
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex' in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_the_page_holds_no_personal_data_beyond_need(client, parcel, now):
    tell(now, "signed", "已签收,签收人:王小明,电话 13800138000")

    html = read(client, parcel).content.decode()

    assert all(part in html for part in ("王**", "杭州市", "138****8000"))
    private = ("王小明", "13800138000", "文三路", "西湖区", parcel.order.number, parcel.note_number, "10.00")
    assert [part for part in private if part in html] == []


def test_another_number_or_a_touched_token_is_not_found(client, parcel):
    token = tracking_token(parcel.pk)
    number, _, signature = token.partition("~")
    touched = signature[:-1] + ("A" if signature[-1] != "A" else "B")
    foreign = Signer(salt="orders.public.survey", sep="~").sign(parcel.pk)
    guesses = [number, f"{int(number) + 1}~{signature}", f"{number}~{touched}", f"{number}~", "~", foreign, "x" * 500]

    assert {client.get(f"/t/{guess}/").status_code for guess in guesses} == {404}
    assert client.get(f"/t/{token}/").status_code == 200


def test_a_signed_number_without_a_parcel_is_not_found(client, db):
    assert client.get(tracking_address(999)).status_code == 404


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [({}, "en-GB,en;q=0.9", "en"), ({}, "zh-CN", "zh-hans"), ({}, "fr", "zh-hans"), ({"lang": "en"}, "zh-CN", "en"),
     ({"lang": "zh"}, "en", "zh-hans"), ({"lang": "xx"}, "en", "en")],
)  # fmt: skip
def test_the_language_is_the_browsers_or_the_one_asked_for(parcel, query, header, language):
    response = Client(headers={"Accept-Language": header}).get(tracking_address(parcel.pk), query)

    assert re.search(r'<html[^>]* lang="([\w-]+)"', response.content.decode()).group(1).lower() in (
        language,
        {"zh-hans": "zh-cn"}.get(language, language),
    )


def test_the_language_switch_comes_back_without_the_language_asked_for(client, parcel):
    html = read(client, parcel, lang="en").content.decode()

    assert f'name="next" value="{tracking_address(parcel.pk)}"' in html


@pytest.mark.parametrize(
    ("state", "is_there"), [("problem", "need do nothing"), ("returning", "coming back"), ("in_transit", "On the way")]
)
def test_the_page_says_what_to_do(client, parcel, now, state, is_there):
    tell(now, state, "…")

    assert is_there in words(read(client, parcel, lang="en"))


def test_the_page_costs_the_same_for_one_and_for_three_lines(client, parcel, now, django_assert_num_queries):
    tell(now, "collected", "a")
    with django_assert_num_queries(2):
        read(client, parcel)
    tell(datetime(2026, 3, 11, tzinfo=UTC), "in_transit", "b")
    tell(datetime(2026, 3, 12, tzinfo=UTC), "in_transit", "c")
    with django_assert_num_queries(2):
        read(client, parcel)
