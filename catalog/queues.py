"""What waits in the catalogue, for the system page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _

from approvals.registries import Queue, queues
from catalog.models import Photo
from catalog.states import PhotoState


def _photos(now: datetime) -> tuple[int, datetime | None]:
    waiting = Photo.objects.filter(state=PhotoState.UPLOADED, next_at__lte=now)
    found = waiting.aggregate(count=Count("pk"), since=Min("next_at"))
    return found["count"], found["since"]


queues.register("catalog.photos", Queue(_("pictures to be checked"), _photos, heartbeat="photos", soon_seconds=300))
