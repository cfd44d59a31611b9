"""One order on its whole way, through the doors that people and systems use: HTTP, mail, and the clock's wake-ups."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from customers.tasks import send_messages
from orders.tasks import sweep_intake
from stores.models import Shop, ShopApiKey
from stores.states import ChannelKind
from tests.conftest import RoleClient
from tests.factories.bench import stocked
from tests.factories.inventory import LocationFactory
from tests.factories.stores import ChannelFactory, EmployeeFactory, ShopFactory
from tests.support.mail import Post, mail_server

pytestmark = pytest.mark.django_db

WAYBILL = "73123456789012"
SALT = "between-us"
BODY = {
    "external_id": "TB-20260310-1",
    "placed_at": "2026-03-10T09:00:00+08:00",
    "paid_at": "2026-03-10T09:01:00+08:00",
    "buyer": {"name": "王小明", "email": "buyer@example.com", "language": "en"},
    "recipient": {"name": "王小明", "phone": "13800138000", "city": "杭州", "street": "文三路 1 号"},
    "lines": [
        {"seller_code": "TEA", "title": "龙井茶", "quantity": 2, "unit_price": "99.50"},
        {"seller_code": "CUP", "title": "Cup", "quantity": 1, "unit_price": "10.00"},
    ],
}


def _main(page: str) -> str:
    """What the page says, without the frame and its one-time tokens."""
    return page.partition("<main")[2].partition("</main>")[0]


class Way:
    """The steps, each through its own door. What a step needs it reads from the page before."""

    def __init__(self, shop: Shop) -> None:
        _key, self._secret = ShopApiKey.objects.create_key(name="web shop", shop=shop)
        self._channel = ChannelFactory(code="k100", shop=shop, kind=ChannelKind.KUAIDI100)
        self.world = Client()
        self.warehouse, self.agent = RoleClient(), RoleClient()
        self.warehouse.sign_in(EmployeeFactory(roles=["WH"], username="packer"))
        self.agent.sign_in(EmployeeFactory(roles=["CS"], username="agent", shops=[shop]))
        self.location = LocationFactory()
        self.order_page = self.parcel_page = ""

    def send_order(self) -> dict[str, Any]:
        response = self.world.post(
            reverse("api_orders"), json.dumps(BODY), "application/json", headers={"X-Api-Key": self._secret}
        )
        return {"status": response.status_code} | response.json()

    def build_wave(self) -> str:
        board = self.warehouse.get(reverse("orders:wave_board"), {"location": self.location.pk}).text
        [order] = re.findall(r'name="order" value="(\d+)"', board)
        built = self.warehouse.post(reverse("orders:wave_build"), {"location": self.location.pk, "order": order})
        self.order_page = reverse("orders:order_detail", args=[order])
        return str(built["Location"])

    def pick(self, wave: str) -> list[tuple[str, str]]:
        answers = []
        for code in ("A-01", "TEA", "TEA", "B-02", "CUP"):
            page = self.warehouse.get(f"{wave}pick/").text
            [line] = set(re.findall(r'name="line" value="(\d+)"', page))
            answers.append(self._scan(f"{wave}pick/scan/", {"code": code, "line": line}))
        return answers

    def pack(self, wave: str) -> list[tuple[str, str]]:
        [parcel] = set(re.findall(r'href="(/orders/pack/\d+/)"', self.warehouse.get(wave).text))
        self.parcel_page = parcel.replace("/pack/", "/parcels/")
        answers = [self._scan(f"{parcel}scan/", {"code": code}) for code in ("TEA", "WRONG-1", "TEA", "CUP")]
        page = self.warehouse.get(parcel).text
        [courier] = re.findall(r'<option value="(\d+)"[^>]*>中通', page)
        closing = {"code": WAYBILL, "weight_grams": "760", "courier": courier}
        return [*answers, self._scan(f"{parcel}scan/", closing)]

    def hand_over(self) -> int:
        board = self.warehouse.get(reverse("orders:handover_board")).text
        [bag] = set(re.findall(r'href="(/orders/hand-over/\d+/\d+/)"', board))
        self._scan(f"{bag}scan/", {"code": WAYBILL})
        [parcel] = re.findall(r'name="parcel" value="(\d+)"', self.warehouse.get(bag).text)
        return self.warehouse.post(f"{bag}finish/", {"parcel": parcel, "taken_by": "王师傅"}).status_code

    def tell_delivered(self) -> dict[str, Any]:
        events = [
            {
                "context": "【杭州市】已签收，签收人：王小明",
                "time": "2026-03-12 10:00:00",
                "ftime": "2026-03-12 10:00:00",
            },
            {"context": "【杭州市】正在派件", "time": "2026-03-12 08:00:00", "ftime": "2026-03-12 08:00:00"},
        ]
        last = {"message": "ok", "state": "3", "ischeck": "1", "com": "zhongtong", "nu": WAYBILL, "data": events}
        param = json.dumps({"status": "shutdown", "message": "", "lastResult": last}, ensure_ascii=False)
        sign = hashlib.md5(f"{param}{SALT}".encode()).hexdigest().upper()
        told = self.world.post(reverse("callback_kuaidi100", args=[self._channel.code]), {"param": param, "sign": sign})
        sweep_intake()
        return dict(told.json())

    def public_page(self) -> str:
        [address] = set(re.findall(r"https?://[^/]+(/t/[^\"<\s]+)", self.agent.get(self.parcel_page).text))
        return _main(self.world.get(address, {"lang": "en"}).text)

    def timeline(self) -> list[str]:
        """What the order's page tells, oldest first."""
        told = self.agent.get(self.order_page).context["timeline"]
        return [str(entry.text) for entry in reversed(list(told))]

    def _scan(self, address: str, data: dict[str, str]) -> tuple[str, str]:
        answer = self.warehouse.post(address, data, headers={"HX-Request": "true", "HX-Target": "bench"}).text
        [told] = re.findall(r'data-scan-result="(\w+)".*?scan-result-title">(.*?)</p>', answer, re.DOTALL)
        return told


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Way:
    monkeypatch.setenv("CHANNEL_SECRET_K100", SALT)
    cache.clear()
    stocked("TEA", 10, bin_code="A-01")
    stocked("CUP", 10, bin_code="B-02")
    return Way(ShopFactory(name="Tea House"))


def walk(way: Way) -> str:
    """From the API to the courier's van; the wave's address."""
    way.send_order()
    wave = way.build_wave()
    way.pick(wave)
    way.pack(wave)
    way.hand_over()
    return wave


def counts() -> dict[str, int]:
    """Rows of every table of the house but for the heartbeats and what keeps raw input."""
    names = [
        name
        for name in connection.introspection.table_names()
        if name.startswith(("orders_", "customers_", "inventory_", "approvals_")) and "heartbeat" not in name
    ]
    with connection.cursor() as cursor:
        found = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
            found[name] = cursor.fetchone()[0]
    return found


def test_order_reaches_its_buyer_and_every_door_answers(way: Way) -> None:
    taken = way.send_order()
    number = taken["number"]
    assert taken == {
        "status": 201, "external_id": "TB-20260310-1", "number": number, "result": "created", "holds": [],
    } | {"status": "ready"}  # fmt: skip

    with mail_server() as post:
        assert send_messages() == 1
        assert (post.recipients, number in _text_of(post)) == (["buyer@example.com"], True)

    wave = way.build_wave()
    assert way.pick(wave) == [
        ("ok", "This is the bin. Take the goods."),
        ("ok", "TEA: 1 more from this bin."),
        ("ok", "TEA: done. Go on to the next bin."),
        ("ok", "This is the bin. Take the goods."),
        ("ok", "CUP: done. Go on to the next bin."),
    ]
    assert [state for state, _words in way.pack(wave)] == ["ok", "bad", "ok", "ok", "ok"]
    assert way.hand_over() == 303
    assert way.tell_delivered() == {"result": True, "returnCode": "200", "message": "成功"}

    page = way.public_page()
    assert (WAYBILL in page, "已签收" in page, "王小明" in page) == (True, True, False)


def _text_of(post: Post) -> str:
    body = post.mails[0].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_order_tells_its_whole_way_on_one_timeline(way: Way) -> None:
    walk(way)
    with mail_server():
        send_messages()
    way.tell_delivered()
    told = way.timeline()
    assert sorted(text for text in told if text.startswith("【")) == [
        "【杭州市】已签收，签收人：王**",  # who signed is nobody's business at the desk
        "【杭州市】正在派件",
    ]
    assert [text for text in told if not text.startswith("【")] == [
        "input received · order",
        "order confirmation written",
        "order taken in",
        "put into a wave",
        "parcel packed",
        "handed to the courier",
        "message sent",
        "order delivered",
        "parcel moved",
    ]


def test_everything_said_twice_changes_nothing(way: Way) -> None:
    walk(way)
    with mail_server() as post:
        send_messages()
        way.tell_delivered()
        before, told, shown = counts(), way.timeline(), way.public_page()

        again = way.send_order()
        assert (again["status"], again["result"]) == ("delivered", "unchanged")
        assert way.tell_delivered()["result"] is True
        assert send_messages() == 0
        assert len(post.mails) == 1
    assert (counts(), way.timeline(), way.public_page()) == (before, told, shown)
