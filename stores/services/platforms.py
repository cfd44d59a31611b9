"""The state of platforms: compared first, used after a decision."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals.services import record
from config.kit.actor import Actor
from config.kit.errors import TransitionNotAllowed
from stores.errors import ReasonMissing
from stores.models import Platform
from stores.policies.lines import is_blank
from stores.states import PLATFORM_TRANSITIONS, PlatformState


@transaction.atomic
def change_platform_state(
    *, platform_id: int, state: PlatformState, actor: Actor, reason: str, now: datetime
) -> Platform:
    """Begin or end to use a platform. Locks it. Raises ReasonMissing, TransitionNotAllowed."""
    if is_blank(reason):
        raise ReasonMissing()
    platform = Platform.objects.select_for_update().get(pk=platform_id)
    if state not in PLATFORM_TRANSITIONS[platform.state]:
        raise TransitionNotAllowed(subject=platform.name, current=platform.get_state_display(), target=state.label)
    changes = {"state": [platform.state, str(state)]}
    platform.state = state
    platform.save(update_fields=["state"])
    record("stores.platform_state_changed", platform, actor=actor, reason=reason, changes=changes, at=now)
    return platform
