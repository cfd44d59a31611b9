"""Layouts of pages: under the same control as content (APPR-2). A new layout changes no page that is live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from approvals import services as approvals
from approvals.models import ChangeRequest, LiveContent
from approvals.registries import Draft
from approvals.states import DraftState
from config.kit.actor import Actor
from stores.errors import ContentIsWrong, LayoutCodeTaken
from stores.models import Layout, LayoutRevision, PageRevision
from stores.policies.contents import layout_content, live_fields
from stores.policies.layouts import read_regions
from stores.policies.lines import written_line
from stores.selectors.pages import LAYOUT, PAGE
from stores.services._revisions import (
    close_as_published,
    follow,
    give_back,
    lock_requests_of,
    require_open,
    require_unchanged,
    touch,
)
from stores.states import PageKind


@transaction.atomic
def create_layout(*, code: str, name: str, kinds: Sequence[str], actor: Actor, now: datetime) -> Layout:
    """Make a layout without regions; no page can use it before a revision is approved. Raises LayoutCodeTaken, HiddenCharacters."""
    if Layout.objects.filter(code=code).exists():
        raise LayoutCodeTaken(code=code, field="code")
    layout = Layout(code=code, name=written_line(name, field="name", limit=80), kinds=_kinds(kinds), created_at=now)
    layout.save(force_insert=True)
    _tell("stores.layout_created", layout, actor, now, {"name": [None, layout.name], "code": [None, code]})
    return layout


@transaction.atomic
def begin_layout_revision(*, layout_id: int, actor: Actor, now: datetime) -> LayoutRevision:
    """The layout's draft: the one that is open, or a new one that starts as what is in force. Locks the layout."""
    layout = Layout.objects.select_for_update(of=("self",)).select_related("live__snapshot").get(pk=layout_id)
    draft = layout.revisions.filter(state=DraftState.DRAFT).order_by("-number").first()
    if draft is not None:
        return draft
    last = layout.revisions.aggregate(last=Max("number"))["last"] or 0
    revision = LayoutRevision.objects.create(
        layout=layout,
        number=last + 1,
        regions=list((live_fields(layout) or {}).get("regions", ())),
        author_id=actor.user_id,
        authors=[actor.user_id] if actor.user_id else [],
        created_at=now,
        changed_at=now,
    )
    _tell("stores.layout_revision_begun", layout, actor, now, {"revision": [None, revision.number]})
    return revision


@transaction.atomic
def save_layout_revision(
    *,
    revision_id: int,
    regions: Sequence[Mapping[str, Any]],
    version: int,
    actor: Actor,
    now: datetime,
) -> LayoutRevision:
    """Save a draft of a layout; what is in force stays. A draft that waits for a decision goes back.

    Locks request, then revision. Raises RevisionIsClosed, SavedMeanwhile, ContentIsWrong (every problem at once).
    """
    lock_requests_of(LAYOUT, revision_id)
    revision = _lock_revision(revision_id)
    require_open(revision)
    require_unchanged(revision, version)
    read, problems = read_regions(regions)
    if problems:
        raise ContentIsWrong(problems, field="regions")
    before = _briefly(revision.regions)
    revision.regions = read
    touch(revision, actor, now)
    revision.save()
    changes = approvals.changed(before, _briefly(read)) | {
        key: [value, None] for key, value in before.items() if key not in _briefly(read)
    }
    if changes:
        _tell("stores.layout_revision_saved", revision.layout, actor, now, changes)
    approvals.void_changed(kind=LAYOUT, draft_ids=[revision.pk], actor=actor, now=now)
    return LayoutRevision.objects.select_related("layout", "request").get(pk=revision.pk)


def submit_layout(
    *, revision_id: int, actor: Actor, now: datetime, important: bool = False, reason: str = ""
) -> ChangeRequest:
    """Ask for approval of a layout. Raises what `approvals.submit` raises."""
    return approvals.submit(kind=LAYOUT, draft_id=revision_id, actor=actor, now=now, important=important, reason=reason)


# --- what the kernel asks and tells (approval_kinds.py)


def layout_draft(draft_id: int) -> Draft:
    """The draft as it is now, its row locked."""
    revision = _lock_revision(draft_id)
    layout = revision.layout
    return Draft(
        subject_type=LAYOUT,
        subject_id=layout.pk,
        subject_label=layout.name,
        content=layout_content(name=layout.name, kinds=layout.kinds, regions=revision.regions),
        live=live_fields(layout),
        authors=tuple(revision.authors),
        url=layout.get_absolute_url(),
    )


def follow_layout_request(request: ChangeRequest, state: DraftState) -> None:
    """The draft goes on with its request. Locks it."""
    follow(_lock_revision(request.draft_id), request, state)


def return_layout(request: ChangeRequest) -> None:
    """The draft can be edited again. Locks it."""
    give_back(_lock_revision(request.draft_id))


def apply_layout(request: ChangeRequest, *, actor: Actor, now: datetime) -> None:
    """The layout is in force, and live pages keep the regions that they were approved with.

    Requests of pages that are under way go back, because their drafts say something else now.
    """
    revision = _lock_revision(request.draft_id)
    layout = Layout.objects.select_for_update(of=("self",)).get(pk=request.subject_id)
    layout.live = LiveContent.objects.get(kind=LAYOUT, subject_type=LAYOUT, subject_id=layout.pk)
    layout.save(update_fields=["live"])
    close_as_published(revision, now)
    _tell("stores.layout_published", layout, actor, now, {"revision": [None, revision.number]})
    under_way = PageRevision.objects.filter(layout=layout, state__in=(DraftState.IN_REVIEW, DraftState.APPROVED))
    approvals.void_changed(kind=PAGE, draft_ids=list(under_way.values_list("pk", flat=True)), actor=actor, now=now)


def _lock_revision(revision_id: int) -> LayoutRevision:
    rows = LayoutRevision.objects.select_for_update(of=("self",)).select_related("layout__live__snapshot")
    return rows.get(pk=revision_id)


def _kinds(kinds: Sequence[str]) -> list[str]:
    return [str(kind) for kind in PageKind.values if kind in set(kinds)]


def _briefly(regions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Regions as short words, for the trail."""
    return {
        f"regions.{region['key']}": f"{number}. {region['name']} {region['width']}/12, {region['max']} × "
        f"{' '.join(region['kinds'])}"
        for number, region in enumerate(regions, start=1)
    }


def _tell(action: str, layout: Layout, actor: Actor, now: datetime, changes: Mapping[str, Any]) -> None:
    approvals.record_many([approvals.Act(action, LAYOUT, layout.pk, changes=dict(changes))], actor=actor, at=now)
