"""A package followed to the end: its drafts and requests move it and its items on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from approvals.services import meet_deadlines, record
from approvals.states import DraftState, RequestState
from catalog.models import Package, SourceItem
from catalog.policies.sources import CLOCK_OF
from catalog.services.packages._notices import bring_master_along
from catalog.services.packages._rows import end_package, move_items, set_state
from catalog.services.sources import SUBJECT
from catalog.states import PackageState, SourceState
from config.kit.actor import Actor


@transaction.atomic
def package_progress(*, package_id: int | None, now: datetime, actor: Actor | None = None) -> PackageState | None:
    """Bring a package and its items up to where its drafts and requests are. Safe to call at any time and twice.

    In approval while something is being decided or not seen live yet; back to gathering when what is left came back;
    closed when everything is live. An item is published when every listing of its product in the package is live, then its
    clock is met. Locks package, then items.
    """
    if package_id is None:
        return None
    by = actor or Actor.system("packages")
    package = Package.objects.select_for_update(of=("self",)).get(pk=package_id)
    if package.state == PackageState.CLOSED:
        return PackageState.CLOSED
    stages = _stages(package)
    every = [stage for rows in stages.values() for stage in rows]
    items = list(SourceItem.objects.filter(package=package).order_by("pk").select_for_update(of=("self",)))
    _follow(items, stages, every, by, now)
    if every and all(stage == "live" for stage in every):
        bring_master_along(package, items, by, now)
        end_package(package, "", by, now)
    elif "waits" in every and "draft" not in every and package.state == PackageState.GATHERING:
        set_state(package, PackageState.SUBMITTED)
    elif "waits" not in every and "draft" in every and package.state == PackageState.SUBMITTED:
        set_state(package, PackageState.GATHERING)
        record("catalog.package_came_back", package, actor=by, at=now)
    return PackageState(package.state)


def _follow(
    items: Iterable[SourceItem], stages: dict[int, list[str]], every: Sequence[str], actor: Actor, now: datetime
) -> None:
    moves: dict[SourceState, list[SourceItem]] = defaultdict(list)
    for item in items:
        own = every if item.product_id is None else stages.get(item.product_id, [])
        if item.state in (SourceState.PUBLISHED, SourceState.REFUSED) or not own:
            continue
        if all(stage == "live" for stage in own):
            target = SourceState.PUBLISHED
        elif "waits" in own and "draft" not in own:
            target = SourceState.IN_APPROVAL
        elif "waits" not in own:
            target = SourceState.IN_DRAFT
        else:
            continue
        if item.state != target:
            moves[target].append(item)
    for item in [one for one in moves[SourceState.PUBLISHED] if one.state == SourceState.IN_DRAFT]:
        # From draft straight to live in one step of ours: the states in between were passed, and are told.
        move_items([item], SourceState.IN_APPROVAL, actor, now)
    for target, rows in moves.items():
        move_items(rows, target, actor, now)
    if done := [item.pk for item in moves[SourceState.PUBLISHED]]:
        meet_deadlines(
            subject_type=SUBJECT,
            subject_ids=done,
            rules=list(CLOCK_OF.values()),
            actor=actor,
            now=now,
        )


def _stages(package: Package) -> dict[int, list[str]]:
    """Where each draft of the package stands, by product: draft, waits (being decided, or not seen live yet) or live."""
    stages: dict[int, list[str]] = defaultdict(list)
    rows = package.revisions.exclude(state=DraftState.DISCARDED)
    for product, state, request in rows.order_by("pk").values_list("listing__product", "state", "request__state"):
        if state == DraftState.DRAFT:
            stages[product].append("draft")
        else:
            is_live = state == DraftState.PUBLISHED and request == RequestState.LIVE
            stages[product].append("live" if is_live else "waits")
    return stages
