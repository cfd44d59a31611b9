"""What waits in the catalogue, for the system page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _

from approvals.registries import Queue, queues
from catalog.models import ChannelPush, Photo, Price
from catalog.states import PhotoState, PushState


def _photos(now: datetime) -> tuple[int, datetime | None]:
    waiting = Photo.objects.filter(state=PhotoState.UPLOADED, next_at__lte=now)
    found = waiting.aggregate(count=Count("pk"), since=Min("next_at"))
    return found["count"], found["since"]


queues.register("catalog.photos", Queue(_("pictures to be checked"), _photos, heartbeat="photos", soon_seconds=300))


def _pushes(now: datetime) -> tuple[int, datetime | None]:
    waiting = ChannelPush.objects.filter(state=PushState.WAITING, next_at__lte=now)
    found = waiting.aggregate(count=Count("pk"), since=Min("next_at"))
    return found["count"], found["since"]


def _readings(now: datetime) -> tuple[int, datetime | None]:
    waiting = ChannelPush.objects.filter(state=PushState.SENT, next_at__lte=now, channel__isnull=False)
    found = waiting.aggregate(count=Count("pk"), since=Min("next_at"))
    return found["count"], found["since"]


queues.register("catalog.pushes", Queue(_("listings to be sent to shops"), _pushes, heartbeat="pushes"))
queues.register(
    "catalog.readings", Queue(_("shops to be asked what they show"), _readings, heartbeat="readings", soon_seconds=7200)
)


def _prices(now: datetime) -> tuple[int, datetime | None]:
    found = Price.objects.filter(turns_at__lte=now).aggregate(count=Count("pk"), since=Min("turns_at"))
    return found["count"], found["since"]


queues.register("catalog.prices", Queue(_("prices that began or ended"), _prices, heartbeat="prices", soon_seconds=300))
