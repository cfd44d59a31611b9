"""What every act on a package begins and ends with: the locked row, its clock, its items on their way, its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from approvals.services import Act, record, record_many
from approvals.states import Importance
from catalog.errors import PackageIsClosed
from catalog.models import Package, SourceItem
from catalog.services.sources import SUBJECT, hand_clocks
from catalog.states import PackageState, SourceState
from config.kit.actor import Actor


def lock_package(package_id: int) -> Package:
    """Lock one package that is not closed and return it with its owner. Raises PackageIsClosed."""
    package = Package.objects.select_for_update(of=("self",)).select_related("owner").get(pk=package_id)
    if package.state == PackageState.CLOSED:
        raise PackageIsClosed(package=package.number)
    return package


def move_items(
    items: Sequence[SourceItem], target: SourceState, actor: Actor, now: datetime, *, package: Package | None = None
) -> None:
    """Bring locked items to a state and, with `package`, into that package; the trail says it of each."""
    acts = []
    for item in items:
        changes: dict[str, Any] = {"state": [item.state, str(target)]}
        if package is not None:
            item.package = package
            changes["package"] = [None, package.number]
        item.state = target
        acts.append(Act("catalog.source_state_changed", SUBJECT, item.pk, changes=changes))
    if items:
        SourceItem.objects.bulk_update(items, ["state", "package"])
        record_many(acts, actor=actor, at=now)


def give_back_items(items: Sequence[SourceItem], reason: str, actor: Actor, now: datetime) -> None:
    """Items wait for a package again, their clocks with the planning group."""
    acts = []
    for item in items:
        changes = {
            "state": [item.state, str(SourceState.RECEIVED)],
            "package": [item.package and item.package.number, None],
        }
        item.state, item.package = SourceState.RECEIVED, None
        acts.append(Act("catalog.source_state_changed", SUBJECT, item.pk, reason=reason, changes=changes))
    if items:
        SourceItem.objects.bulk_update(items, ["state", "package"])
        hand_clocks(source_ids=[item.pk for item in items], owner_id=None, reason=reason, actor=actor, now=now)
        record_many(acts, actor=actor, at=now)


def inherit_clock_and_class(package: Package, actor: Actor, now: datetime) -> None:
    """The earliest clock and the highest class of what the package holds (the shorter one has nothing to wait for)."""
    facts = list(SourceItem.objects.filter(package=package).values_list("received_at", "importance"))
    started = min([at for at, _class in facts], default=package.created_at)
    highest = any(value == Importance.IMPORTANT for _at, value in facts)
    importance = Importance.IMPORTANT if highest else Importance(package.importance)
    if (started, importance) == (package.clock_started_at, package.importance):
        return
    changes = {"importance": [package.importance, str(importance)]} if importance != package.importance else {}
    package.clock_started_at, package.importance = started, importance
    package.save(update_fields=["clock_started_at", "importance"])
    if changes:
        record("catalog.package_changed", package, actor=actor, changes=changes, at=now)


def set_state(package: Package, state: PackageState) -> None:
    """Move a locked package between gathering and submitted."""
    package.state = state
    package.save(update_fields=["state"])


def end_package(package: Package, reason: str, actor: Actor, now: datetime) -> None:
    """Close a locked package."""
    before = package.state
    package.state, package.closed_at = PackageState.CLOSED, now
    package.save(update_fields=["state", "closed_at"])
    changes = {"state": [before, str(package.state)]}
    record("catalog.package_closed", package, actor=actor, reason=reason, changes=changes, at=now)
