"""Listings on their way out, and shops that take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from catalog.delivery import ChannelTarget, OutgoingListing, OutgoingPicture, OutgoingVariant
from catalog.delivery import http as delivery_http
from tests.support.channels import KEY, Receiver, WooShop, serving

RED = OutgoingVariant("CUP-RED", "", Decimal("69.00"), "红色", 350, "6901234567892")
BLUE = OutgoingVariant("CUP-BLUE", "", Decimal("72.50"), "蓝色", 360, "")
LISTING = OutgoingListing(
    listing_id=12,
    remote_id="",
    snapshot_number=3,
    content_hash="c0ffee" * 10,
    is_visible=True,
    title='Cup "Morning" & <saucer>',
    brief="Holds 300 ml -- keeps warm...\nSecond line",
    slogan="早安",
    blocks=(
        ("卖点", "It's light.\n\nAnd [strong]."),
        ("规格", "9 x 9 cm"),
        ("用途", ""),
        ("保养", "Wash <b>by hand</b>"),
    ),
    service_text="7 天无理由退货",
    category="Cups",
    attributes=(("材质", "瓷 | 竹"), ("产地", "")),
    currency="CNY",
    variants=(RED,),
    pictures=(
        OutgoingPicture("https://pictures.example/1.jpg", "main", "a" * 64, "Cup"),
        OutgoingPicture("https://pictures.example/2.jpg", "detail", "b" * 64, ""),
    ),
)


@pytest.fixture(autouse=True)
def _local_channels(settings: Any) -> None:
    """The pretended shops stand on this machine."""
    settings.CHANNELS_MAY_BE_LOCAL = True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[Any]]:
    """`with impatient():` nobody waits 20 seconds for a silent shop. Only there: a busy machine is slow, not silent."""

    @contextmanager
    def short() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(delivery_http, "TIMEOUT", (2.0, 0.5))
            patch.setattr(delivery_http, "ANSWER_SECONDS", 0.5)
            yield

    return short


@pytest.fixture
def listing() -> Callable[..., OutgoingListing]:
    """`listing(title=…)`: a cup of one variant, with changes."""

    def make(**changes: Any) -> OutgoingListing:
        return replace(LISTING, **changes)

    return make


@pytest.fixture
def woo() -> Iterator[WooShop]:
    """A WooCommerce shop that runs."""
    with serving(WooShop()) as shop:
        yield shop


@pytest.fixture
def woo_target(woo: WooShop) -> ChannelTarget:
    """How to reach it."""
    return ChannelTarget("woocommerce", woo.url, (KEY,))


@pytest.fixture
def receiver(now: Any) -> Iterator[Receiver]:
    """A receiver of the generic webhook that runs."""
    channel = Receiver()
    channel.now = now
    with serving(channel):
        yield channel


@pytest.fixture
def hook_target(receiver: Receiver) -> ChannelTarget:
    """How to reach it."""
    return ChannelTarget("generic", f"{receiver.url}/hook", (receiver.secrets[0],))
