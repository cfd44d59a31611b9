"""What the beat wakes. Each task is one sweep over stored rows and may run twice, late or side by side."""

from celery import shared_task
from django.utils import timezone

from approvals import services


@shared_task(name="approvals.sweep_deadlines")
def sweep_deadlines() -> None:
    """Take the steps of deadlines that are due."""
    services.sweep_deadlines(now=timezone.now())


@shared_task(name="approvals.seal_trail")
def seal_trail() -> None:
    """Seal what the trail has gained."""
    now = timezone.now()
    services.beat("trail", now=now, sealed=services.seal_trail(now=now))


@shared_task(name="approvals.run_jobs")
def run_jobs() -> None:
    """Run the background work that waits."""
    services.run_jobs()


@shared_task(name="approvals.send_digests")
def send_digests() -> None:
    """Send today's digests to those who have not had theirs."""
    now = timezone.now()
    services.beat("digests", now=now, sent=services.send_digests(now=now))


@shared_task(name="approvals.publish_due")
def publish_due() -> None:
    """Publish what was approved for a time that has come."""
    services.publish_due(now=timezone.now())


@shared_task(name="approvals.report_security_events")
def report_security_events() -> None:
    """Tell the management what was refused, at most once an hour for each kind of attempt."""
    services.report_security_events(now=timezone.now())
