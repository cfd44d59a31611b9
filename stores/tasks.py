"""What the company's floor does by the clock."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from approvals import services as approvals
from config.kit.actor import Actor
from stores import services


@shared_task(name="stores.sync_rights")
def sync_rights() -> int:
    """Positions begin and end by date; rights follow. Returns how many people's rights changed."""
    actor = Actor.system("stores.sync_rights")
    return len(services.sync_rights_of_the_day(today=timezone.localdate(), actor=actor, now=timezone.now()))


@shared_task(name="stores.swap_zones")
def swap_zones() -> None:
    """Promotion zones change at their minute and go back at their end."""
    services.swap_zones(now=timezone.now(), actor=Actor.system("stores.swap_zones"))


@shared_task(name="stores.sweep_pages")
def sweep_pages() -> None:
    """Pages whose end has come are taken down; what was published is looked at where shoppers see it."""
    actor, now = Actor.system("stores.sweep_pages"), timezone.now()
    ended = services.end_pages(now=now, actor=actor)
    seen = services.confirm_pages(now=now, actor=actor)
    approvals.beat("pages", now=now, ended=ended.handled, seen=seen.handled, failed=ended.failed + seen.failed)


@shared_task(name="stores.check_signs")
def check_signs() -> None:
    """Every directly operated shop without a valid sign gets a clock."""
    services.check_signs(now=timezone.now(), actor=Actor.system("stores.check_signs"))
