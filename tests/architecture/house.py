"""One small company for the tests that open every page: two shops, and in each of them one of everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from approvals.models import Job, Notice, TimeRule, TrailEntry
from approvals.services import DeadlineStart, start_deadlines
from config.kit.actor import Actor
from customers.models import Identity, MailboxItem
from inventory.models import StockLevel
from inventory.states import LocationKind
from orders import services
from orders.drafts import RecipientDraft
from orders.models import ColumnMap, ImportRow, ImportRun, Order, RawInput
from orders.selectors.bench import WaveRule
from orders.states import InputState
from orders.tokens import tracking_token
from stores.models import Employee, Shop
from stores.states import ChannelKind, Role, ShopKind
from tests.factories.bench import packed, parcel_of, ready_order, stocked
from tests.factories.customers import MessageFactory
from tests.factories.inventory import LocationFactory, stock
from tests.factories.stores import ChannelFactory, EmployeeFactory, ShopFactory

Objects = dict[str, Any]


@dataclass(slots=True)
class House:
    """People by role, and under the same names the objects of their shop and those of the other."""

    people: dict[str, Employee]
    ours: Objects
    theirs: Objects
    own: dict[str, Objects]
    """What belongs to one person: their clock, notice and background work."""

    def objects_for(self, role: str) -> Objects:
        """What a person of this role has before them in their own shop."""
        return self.ours | self.own[role]

    def objects_beyond(self, role: str) -> Objects:
        """The other shop's objects, and somebody else's clock, notice and work."""
        return self.theirs | self.own["stranger"]


def build() -> House:
    """Make it; needs an open transaction."""
    now = timezone.now()
    warehouse = LocationFactory()
    tea = stocked("TEA", 500, bin_code="A-1", location=warehouse)
    shop, other = (ShopFactory(code=code, kind=ShopKind.PHYSICAL, platform=None) for code in ("ours", "theirs"))
    people = {str(role): EmployeeFactory(username=f"role-{role}", roles=[role], shops=[shop]) for role in Role}
    stranger = EmployeeFactory(username="stranger")
    rule = TimeRule.objects.filter(is_current=True).earliest("pk")
    shared = {
        "product": tea.product_id,
        "variant": tea.pk,
        "rule": rule.pk,
        "mailbox_item": MailboxItem.objects.create(
            sender="a@example.com", recipients="b@example.com", subject="Hello", body="", message_id="<1@house>"
        ).pk,
        "channel_code": ChannelFactory(code="door", shop=shop, kind=ChannelKind.KUAIDI100).code,
    }
    return House(
        people=people,
        ours=shared | _objects_of(shop, tea, now=now),
        theirs=shared | _objects_of(other, tea, now=now),
        own={name: _things_of(person, rule, now=now) for name, person in {**people, "stranger": stranger}.items()},
    )


def _objects_of(shop: Shop, tea: Any, *, now: datetime) -> Objects:
    system = Actor.system("tests")
    # A phone of its own: one number in two shops would be one customer.
    buyer = RecipientDraft(name="王小明", phone=f"1380013{shop.pk % 10000:04}", city="杭州市", street="文三路 90 号")
    held, taken, packing, done = (
        ready_order([(tea, 1)], now=now, shop=shop, external_id=f"{shop.code}-{number}", recipient=buyer)
        for number in range(4)
    )
    warehouse = LocationFactory()
    rule = WaveRule(location_id=warehouse.pk, order_ids=(taken.pk, packing.pk, done.pk))
    wave = services.build_wave(rule=rule, actor=system, now=now)
    closed = packed(done, f"78{shop.pk:012}", now=now)
    raw = RawInput.objects.create(
        source="shopify",
        shop=shop,
        key=shop.code,
        body=b"{}",
        body_hash="0",
        received_at=now,
        state=InputState.QUARANTINED,
    )
    run = ImportRun.objects.create(
        shop=shop, column_map=ColumnMap.objects.earliest("pk"), file_name="orders.csv", sha256=f"{shop.pk:064}",
        size_bytes=1, state="checked", created_at=now, header=["order_number"],
    )  # fmt: skip
    row = ImportRow.objects.create(
        run=run, row_number=1, group_key="1", cells={"order_number": "1"}, state=InputState.QUARANTINED,
        problem="?", problem_field="order_number",
    )  # fmt: skip
    customer = Order.objects.get(pk=held.pk).customer
    floor = LocationFactory(code=f"floor-{shop.code}", kind=LocationKind.SHOP_FLOOR, shop=shop)
    return {
        "order": held.pk,
        "order_in_wave": taken.pk,
        "customer": customer.pk,
        "identity": Identity.objects.filter(customer=customer).earliest("pk").pk,
        "message": MessageFactory(shop=shop, state="failed", key=f"failed-{shop.code}").pk,
        "wave": wave.pk,
        "parcel": parcel_of(packing).pk,
        "packed_parcel": closed.pk,
        "token": tracking_token(closed.pk),
        "location": closed.location_id,
        "courier": closed.courier_id,
        "input": raw.pk,
        "import": run.pk,
        "row": row.pk,
        "level": StockLevel.objects.get(pk=stock(5, variant=tea, location=floor).pk).pk,
        "entry": TrailEntry.objects.filter(store_id=shop.pk).latest("pk").pk,
    }


def _things_of(person: Employee, rule: TimeRule, *, now: datetime) -> Objects:
    start = DeadlineStart(
        rule=rule.code, subject_type="stores.employee", subject_id=person.pk, subject_label=str(person),
        owner_id=person.pk, starts_at=now, due_at=now + timedelta(days=2),
    )  # fmt: skip
    start_deadlines([start], now=now)
    notice = Notice.objects.create(recipient=person, kind="digest", text="Hello", created_at=now)
    job = Job.objects.create(kind="kit.export", title="Orders", requested_by=person, state="failed", created_at=now)
    return {"deadline": person.deadlines.get().pk, "notice": notice.pk, "job": job.pk}
