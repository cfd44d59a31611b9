"""Drafts of pages: begun, saved, submitted, thrown away, taken up again from what was live before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from approvals import services as approvals
from approvals.models import ChangeRequest, Snapshot
from approvals.policies import texts
from approvals.states import DraftState
from config.kit.actor import Actor
from stores.errors import ContentIsWrong, LayoutIsNotLive, RevisionIsClosed
from stores.models import Layout, Page, PageRevision
from stores.policies.contents import ends_at_of, live_fields
from stores.policies.lines import written_line
from stores.policies.modules import read_modules
from stores.selectors.pages import PAGE, layouts_for
from stores.services._revisions import lock_requests_of, require_draft, require_open, require_unchanged, touch
from stores.services.pages._rows import lock_page, lock_revision, tell


@transaction.atomic
def begin_page_revision(*, page_id: int, actor: Actor, now: datetime) -> PageRevision:
    """The page's draft: the one that is open, or a new one.

    A new one starts as what is live; a branch's first one as a copy of the main page's live modules (STORE-10). Locks the page.
    Raises LayoutIsNotLive when no layout for this kind is approved yet.
    """
    page = lock_page(page_id)
    draft = page.revisions.filter(state=DraftState.DRAFT).order_by("-number").first()
    if draft is not None:
        return draft
    content = live_fields(page)
    if content is None and page.main_page_id is not None:
        main = Page.objects.select_related("live__snapshot").get(pk=page.main_page_id)
        content = {**(live_fields(main) or {}), "ends_at": None}
    revision = _new_revision(page, content, actor, now)
    tell("stores.page_revision_begun", page, actor, now, changes={"revision": [None, revision.number]})
    return revision


@transaction.atomic
def save_page_revision(
    *,
    revision_id: int,
    title: str,
    modules: Sequence[Mapping[str, Any]],
    layout: str,
    ends_at: datetime | None,
    version: int,
    actor: Actor,
    now: datetime,
    publish_at: datetime | None = None,
    warned: Mapping[str, str] | None = None,
) -> PageRevision:
    """Save a draft, complete or not. A draft that waits for a decision goes back: its request is voided by the kernel.

    `layout` is a layout's code; `version` the one that the author loaded. Locks request, then revision. Raises RevisionIsClosed,
    SavedMeanwhile (naming who), HiddenCharacters, ContentIsWrong (every problem at once), LayoutIsNotLive.
    """
    lock_requests_of(PAGE, revision_id)
    revision = lock_revision(revision_id)
    page = revision.page
    require_open(revision)
    require_unchanged(revision, version)
    read, problems = read_modules(modules)
    title = written_line(title, field="title", limit=120, required=False)
    if problems:
        raise ContentIsWrong(problems, field="modules")
    chosen = layouts_for(page.kind).filter(code=layout).first()
    if chosen is None:
        raise LayoutIsNotLive(layout=layout, field="layout")
    before = _says(revision)
    revision.title = title
    revision.modules = read
    revision.layout = chosen
    revision.ends_at = ends_at
    revision.publish_at = publish_at
    if warned is not None:
        revision.warned = {str(code): texts.clean_line(why)[:300] for code, why in warned.items() if why.strip()}
    touch(revision, actor, now)
    revision.save()
    changes = _brief(before, _says(revision))
    if changes:
        tell("stores.page_revision_saved", page, actor, now, changes=changes)
    approvals.void_changed(kind=PAGE, draft_ids=[revision.pk], actor=actor, now=now)
    return PageRevision.objects.select_related("page__shop", "layout__live__snapshot", "request").get(pk=revision.pk)


def submit_page(
    *, revision_id: int, actor: Actor, now: datetime, important: bool = False, reason: str = ""
) -> ChangeRequest:
    """Ask for approval of a draft. Raises what `approvals.submit` raises; NotReady holds everything that is missing."""
    return approvals.submit(kind=PAGE, draft_id=revision_id, actor=actor, now=now, important=important, reason=reason)


@transaction.atomic
def discard_page_revision(*, revision_id: int, actor: Actor, now: datetime) -> PageRevision:
    """Throw a draft away; what is live stays. Locks it. Raises RevisionIsClosed for one that is no draft (withdraw it first)."""
    revision = lock_revision(revision_id)
    require_draft(revision)
    revision.state, revision.changed_at = DraftState.DISCARDED, now
    revision.save(update_fields=["state", "changed_at"])
    tell("stores.page_revision_discarded", revision.page, actor, now, changes={"revision": [revision.number, None]})
    return revision


@transaction.atomic
def restore_page_snapshot(*, page_id: int, snapshot_id: int, actor: Actor, now: datetime) -> PageRevision:
    """Take an earlier version up as a new draft, to be approved like any other. Locks the page.

    Its end is left out when it has passed; its layout is the one in force. Raises RevisionIsClosed while a draft is open,
    LayoutIsNotLive.
    """
    page = lock_page(page_id)
    open_draft = page.revisions.filter(state=DraftState.DRAFT).first()
    if open_draft is not None:
        raise RevisionIsClosed(revision=str(open_draft), state=open_draft.get_state_display())
    snapshot = Snapshot.objects.get(pk=snapshot_id, kind=PAGE, subject_type=PAGE, subject_id=page.pk)
    content = dict(snapshot.fields)
    ends_at = ends_at_of(content)
    if ends_at is not None and ends_at <= now:
        content["ends_at"] = None
    revision = _new_revision(page, content, actor, now, restored_from=snapshot)
    tell("stores.page_snapshot_restored", page, actor, now, changes={"version": [None, snapshot.number]})
    return revision


def _new_revision(
    page: Page,
    content: Mapping[str, Any] | None,
    actor: Actor,
    now: datetime,
    restored_from: Snapshot | None = None,
) -> PageRevision:
    content = content or {}
    layouts = layouts_for(page.kind)
    layout: Layout | None = layouts.filter(code=content.get("layout", "")).first() or layouts.first()
    if layout is None:
        raise LayoutIsNotLive(layout=str(page.get_kind_display()), field="layout")
    last = page.revisions.aggregate(last=Max("number"))["last"] or 0
    return PageRevision.objects.create(
        page=page,
        number=last + 1,
        layout=layout,
        title=content.get("title", page.name),
        modules=list(content.get("modules", ())),
        ends_at=ends_at_of(content),
        restored_from=restored_from,
        author_id=actor.user_id,
        authors=[actor.user_id] if actor.user_id else [],
        created_at=now,
        changed_at=now,
    )


def _says(revision: PageRevision) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title": revision.title,
        "layout": revision.layout.code,
        "ends_at": revision.ends_at.isoformat() if revision.ends_at else None,
        "publish_at": revision.publish_at.isoformat() if revision.publish_at else None,
        "order": ", ".join(module["key"] for module in revision.modules),
    }
    said.update({f"modules.{module['key']}": (module["region"], module["data"]) for module in revision.modules})
    return said


def _brief(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What was changed, for the trail: values of the head, and which modules (their words are kept by the revision)."""
    names = dict.fromkeys([*before, *after])
    changes: dict[str, list[Any]] = {}
    for name in names:
        if before.get(name) == after.get(name):
            continue
        if name.startswith("modules."):
            changes[name] = ["✓" if name in before else None, "✓" if name in after else None]
        else:
            changes[name] = [before.get(name), after.get(name)]
    return changes
