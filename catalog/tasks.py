"""What the catalogue does by the clock. Each task is one sweep over stored rows and may run twice, late or side by side."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from approvals import services as approvals
from catalog import services
from catalog.services import mismatches
from config.kit.actor import Actor


@shared_task(name="catalog.process_photos")
def process_photos() -> None:
    """Read, check and copy the pictures that wait."""
    done = services.process_photos(actor=Actor.system("catalog.process_photos"), now=timezone.now())
    approvals.beat("photos", now=timezone.now(), handled=done.handled, failed=done.failed)


@shared_task(name="catalog.plan_shots")
def plan_shots() -> None:
    """Bring the shot list up to date, and the checks of pictures in line with the rules as they stand."""
    actor, now = Actor.system("catalog.plan_shots"), timezone.now()
    plan = services.plan_shots(actor=actor, now=now)
    rechecked = services.recheck_all_photos()
    approvals.beat("shots", now=now, added=plan.added + plan.reopened, dropped=plan.dropped, rechecked=rechecked)


@shared_task(name="catalog.compare_notices")
def compare_notices() -> None:
    """Compare change notices in effect with what shoppers see."""
    now = timezone.now()
    approvals.beat("notices", now=now, differing=mismatches.compare_notices(now=now))
