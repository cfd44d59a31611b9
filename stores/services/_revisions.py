"""What drafts of pages and of layouts share: one author saves after the other, and they go where their request goes."""

from __future__ import annotations

from datetime import datetime

from approvals.models import ChangeRequest
from approvals.states import OPEN_REQUESTS, DraftState
from config.kit.actor import Actor
from stores.errors import RevisionIsClosed, SavedMeanwhile
from stores.models import Employee, LayoutRevision, PageRevision
from stores.selectors.moments import shown_moment
from stores.selectors.pages import OPEN_REVISIONS

Revision = PageRevision | LayoutRevision


def lock_requests_of(kind: str, draft_id: int) -> None:
    """Requests come first in the global lock order: a publication that has begun is waited for."""
    waiting = ChangeRequest.objects.filter(kind=kind, draft_id=draft_id, state__in=OPEN_REQUESTS).order_by("pk")
    list(waiting.select_for_update(of=("self",)).values_list("pk"))


def require_open(revision: Revision) -> None:
    """Raises RevisionIsClosed for one that is published or thrown away."""
    if revision.state not in OPEN_REVISIONS:
        raise RevisionIsClosed(revision=str(revision), state=revision.get_state_display())


def require_draft(revision: Revision) -> None:
    """Raises RevisionIsClosed for one that is no draft: it waits for a decision, or is closed."""
    if revision.state != DraftState.DRAFT:
        raise RevisionIsClosed(revision=str(revision), state=revision.get_state_display())


def require_unchanged(revision: Revision, version: int) -> None:
    """Raises SavedMeanwhile, naming who and when, unless the revision is still the `version` that the author loaded."""
    if revision.version != version:
        raise SavedMeanwhile(person=_last_author(revision), at=shown_moment(revision.changed_at))


def touch(revision: Revision, actor: Actor, now: datetime) -> None:
    """Count a save, which the caller writes; who saved last stands last among the authors."""
    revision.version += 1
    revision.changed_at = now
    if actor.user_id is not None:
        revision.authors = [*(one for one in revision.authors if one != actor.user_id), actor.user_id]


def follow(revision: Revision, request: ChangeRequest, state: DraftState) -> None:
    """A locked draft goes on with its request: in review, approved."""
    if revision.state == state:
        return
    revision.state, revision.request = state, request
    revision.save(update_fields=["state", "request"])


def give_back(revision: Revision) -> None:
    """A locked draft can be edited again: its request was refused, withdrawn or voided."""
    if revision.state in (DraftState.IN_REVIEW, DraftState.APPROVED):
        revision.state = DraftState.DRAFT
        revision.save(update_fields=["state"])


def close_as_published(revision: Revision, now: datetime) -> None:
    """A locked draft is what shoppers see now."""
    revision.state, revision.changed_at = DraftState.PUBLISHED, now
    revision.save(update_fields=["state", "changed_at"])


def _last_author(revision: Revision) -> str:
    person = Employee.objects.filter(pk=revision.authors[-1]).first() if revision.authors else None
    return str(person or revision.author or "–")
