"""Hand entry keeps what was typed; a look at personal data needs a reason and leaves one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from approvals.models import TrailEntry
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from orders import services
from orders.errors import ExternalIdTaken
from orders.models import Order, RawInput
from stores.models import Shop
from tests.factories.stores import ShopFactory
from tests.support.orders import draft

pytestmark = pytest.mark.django_db


def body(**changes: Any) -> dict[str, Any]:
    """One order as the form sends it."""
    return {
        "external_id": "H-1",
        "placed_at": "2026-03-10T01:00:00+00:00",
        "lines": [{"seller_code": "A", "title": "Tea", "quantity": 1, "unit_price": "10.00"}],
    } | changes


def enter(shop: Shop, staff: Actor, now: datetime, **changes: Any) -> Any:
    return services.enter_order(shop_id=shop.pk, body=body(**changes), actor=staff, now=now)


def test_refused_entry_keeps_what_was_typed_with_the_reason(staff: Actor, now: datetime) -> None:
    with pytest.raises(InvalidInput) as caught:
        enter(ShopFactory(), staff, now, lines=[])
    raw = RawInput.objects.get()
    assert (caught.value.field, raw.state, raw.problem) == ("lines", "ignored", caught.value.describe())
    assert Order.objects.count() == 0


def test_entry_with_other_content_under_a_used_key_is_refused(staff: Actor, now: datetime) -> None:
    shop = ShopFactory()
    enter(shop, staff, now)
    with pytest.raises(ExternalIdTaken):
        enter(shop, staff, now, note="another")
    assert (Order.objects.count(), sorted(RawInput.objects.values_list("state", flat=True))) == (1, ["done", "ignored"])


@pytest.fixture(params=["recipient", "input"])
def look(request: Any, staff: Actor, now: datetime) -> Callable[[str], Any]:
    """One of the two looks, as a function of the reason."""
    shop = ShopFactory()
    [taken] = services.take_orders(shop_id=shop.pk, channel="api", drafts=[draft()], actor=staff, now=now)
    stored = services.store_input(source="api", shop_id=shop.pk, body=b"13800138000", now=now)
    if request.param == "recipient":
        return lambda reason: (
            services.reveal_recipient(order_id=taken.order_id, reason=reason, actor=staff, now=now).phone
        )
    return lambda reason: services.reveal_input(input_id=stored.input_id, reason=reason, actor=staff, now=now)


def looks() -> list[tuple[str, str]]:
    entries = TrailEntry.objects.filter(action="orders.personal_data_revealed")
    return [(entry.reason, str(entry.changes)) for entry in entries]


def test_look_needs_a_reason(look: Callable[[str], Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        look("  ")
    assert (caught.value.field, looks()) == ("reason", [])


def test_look_shows_and_keeps_the_reason_but_not_what_was_shown(look: Callable[[str], Any]) -> None:
    assert look("courier calls") == "13800138000"
    [(reason, changes)] = looks()
    assert (reason, "13800138000" in changes) == ("courier calls", False)
