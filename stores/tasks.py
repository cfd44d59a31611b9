"""What the company's floor does by the clock."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from config.kit.actor import Actor
from stores import services


@shared_task(name="stores.sync_rights")
def sync_rights() -> int:
    """Positions begin and end by date; rights follow. Returns how many people's rights changed."""
    actor = Actor.system("stores.sync_rights")
    return len(services.sync_rights_of_the_day(today=timezone.localdate(), actor=actor, now=timezone.now()))
