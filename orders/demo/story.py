"""The demo from beginning to end. Everything but the mails is one transaction: a run that is killed leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.policies.wording import Wording
from orders.demo import content, days, files, mail, shopfront, today
from orders.demo.company import found_company
from orders.demo.plan import LIVE_DAYS, Plan
from orders.demo.stock import plan_receipts, receive, stock_up
from orders.demo.world import World, refresh_statistics
from stores.services import save_view

_VIEWS = (
    ("ops", "orders.orders", "挂起的订单", "status=held", True),
    ("cs", "orders.orders", "今天要发的订单", "due=today", False),
    ("sell", "customers.failures", "没发出去的确认信", "", True),
    ("mgr", "approvals.deadlines", "已超时", "breached=true", False),
)


def tell_story(plan: Plan, *, now: datetime, say: Callable[[str], None]) -> World:
    """Play a plan against an empty database. Returns what was made."""
    world = World(plan, now, say)
    with translation.override("zh-hans"):
        with transaction.atomic():
            _chapters(world)
        say("Mails")
        mail.send_mails(world)
    return world


def _chapters(world: World) -> None:
    receipts = plan_receipts(world.plan)
    world.say("Company, shops and people")
    found_company(world)
    world.say(f"Catalogue of {len(world.plan.variants)} SKUs with pictures, opening stock")
    stock_up(world, receipts)
    for day in sorted(receipts, reverse=True)[1:]:
        if day > LIVE_DAYS:
            receive(world, day, receipts[day], "采购入库")
    world.say("The old system's orders")
    files.bring_history(world)
    refresh_statistics()
    world.say(f"{LIVE_DAYS} days of live orders")
    days.live_through(world, receipts)
    world.say("The orders of today")
    today.live_today(world)
    files.check_a_file(world)
    files.bring_raw_inputs(world)
    world.say("Listings, approvals and what waits for a decision")
    content.set_the_rules(world)
    products = content.write_products(world)
    content.take_pictures(world, products)
    flagship = content.bring_to_the_shops(world, products)
    content.leave_work(world, flagship)
    content.send_sources(world, products)
    content.proofread(world)
    shopfront.build_pages(world, products)
    shopfront.file_proposals(world)
    world.say("Clocks, notices and saved views")
    approvals.sweep_deadlines(now=world.now)
    _greet(world)
    for username, screen, name, query, is_shared in _VIEWS:
        save_view(screen=screen, name=name, query=query, is_shared=is_shared, actor=world.staff(username))
    world.tell_news()


def _greet(world: World) -> None:
    welcome = Wording(_("Welcome to the demo company. Everything here is invented; try what you like."))
    approvals.notify([person.pk for person in world.people.values()], welcome, kind="demo", now=world.now, link="/")
