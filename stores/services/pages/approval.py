"""What the kernel of approvals asks of a page and tells it (approval_kinds.py)."""

from __future__ import annotations

from datetime import datetime

from approvals import services as approvals
from approvals.models import ChangeRequest, LiveContent
from approvals.registries import Draft
from approvals.states import DraftState
from config.kit.actor import Actor
from stores.policies.contents import ends_at_of, live_fields
from stores.selectors.pages import PAGE, SIGN_MISSING, content_of
from stores.services import zones
from stores.services._revisions import close_as_published, follow, give_back
from stores.services.pages._rows import lock_page, lock_revision, tell
from stores.states import PageKind


def page_draft(draft_id: int) -> Draft:
    """The draft as it is now, its row locked. Its regions are those of the layout in force at this moment."""
    revision = lock_revision(draft_id)
    page = revision.page
    return Draft(
        subject_type=PAGE,
        subject_id=page.pk,
        subject_label=f"{page.name} · {page.shop}",
        content=content_of(revision),
        live=live_fields(page),
        store_id=page.shop_id,
        authors=tuple(revision.authors),
        owner_id=page.owner_id,
        publish_at=revision.publish_at,
        warned=dict(revision.warned),
        url=revision.get_absolute_url(),
        platform_code=page.shop.platform.code if page.shop.platform else "",
    )


def follow_page_request(request: ChangeRequest, state: DraftState) -> None:
    """The draft goes on with its request: in review, approved. Locks it."""
    follow(lock_revision(request.draft_id), request, state)


def return_page(request: ChangeRequest) -> None:
    """The draft can be edited again: refused, withdrawn or voided. Locks it."""
    give_back(lock_revision(request.draft_id))


def apply_page(request: ChangeRequest, *, actor: Actor, now: datetime) -> None:
    """After the snapshot: the page points to it, the draft is closed, a sign's clock is met, zones are looked at anew."""
    revision = lock_revision(request.draft_id)
    page = lock_page(request.subject_id)
    page.live = LiveContent.objects.get(kind=PAGE, subject_type=PAGE, subject_id=page.pk)
    page.ends_at = ends_at_of(request.fields)
    page.save(update_fields=["live", "ends_at"])
    close_as_published(revision, now)
    tell("stores.page_published", page, actor, now, changes={"revision": [None, revision.number]})
    if page.kind == PageKind.SIGN:
        approvals.meet_deadlines(
            subject_type="stores.shop", subject_ids=[page.shop_id], rules=[SIGN_MISSING], actor=actor, now=now
        )
    if page.kind == PageKind.ZONE:
        zones.refresh_zones(shop_id=page.shop_id, actor=actor, now=now)
