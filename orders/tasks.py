"""Wake-ups of orders. Each calls one service over stored rows; a lost wake-up costs seconds, never work."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from approvals import services as approvals
from config.kit.actor import Actor
from orders import services
from orders.services.imports import sweep_imports
from orders.services.inputs import sweep_inputs

log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("orders")


@shared_task(name="orders.sweep_intake")
def sweep_intake() -> None:
    """Work off raw inputs that wait."""
    now = timezone.now()
    result = sweep_inputs(now=now)
    approvals.beat("intake", now=now, handled=result.handled, failed=result.failed)


@shared_task(name="orders.sweep_waiting_orders")
def sweep_waiting_orders() -> None:
    """Give free stock to orders that wait for it."""
    services.allocate_waiting(actor=_SYSTEM, now=timezone.now())


def nudge_intake() -> None:
    """Ask for a sweep now instead of at the next beat. A broker that is down is no reason to refuse what was stored."""
    try:
        sweep_intake.apply_async(retry=False)
    except OperationalError as error:
        log.warning("nudge_failed", error=str(error))


@shared_task(name="orders.sweep_imports")
def sweep_imports_task() -> None:
    """Go on with imports that wait or were interrupted."""
    now = timezone.now()
    ran = sweep_imports(actor=Actor.system("import"), now=now)
    approvals.beat("imports", now=now, ran=ran)


def nudge_imports() -> None:
    """Ask for the imports' sweep now; see `nudge_intake`."""
    try:
        sweep_imports_task.apply_async(retry=False)
    except OperationalError as error:
        log.warning("nudge_failed", error=str(error))
