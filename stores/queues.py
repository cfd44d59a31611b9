"""What waits for the sweeps of shop pages."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from approvals.models import ChangeRequest
from approvals.registries import Queue, queues
from approvals.states import RequestState
from stores.selectors.pages import PAGE
from stores.selectors.zones import swaps_waiting


def pages_to_see(now: datetime) -> tuple[int, datetime | None]:
    """Published pages that nobody has seen live yet."""
    unseen = ChangeRequest.objects.filter(kind=PAGE, state=RequestState.PUBLISHED)
    return unseen.count(), unseen.aggregate(oldest=Min("published_at"))["oldest"]


queues.register("stores.zones", Queue(_("Swaps of promotion zones"), swaps_waiting, heartbeat="zones"))
queues.register("stores.pages", Queue(_("Published pages to be seen live"), pages_to_see, heartbeat="pages"))
