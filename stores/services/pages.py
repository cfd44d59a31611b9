"""Pages of shops from draft to the public: made, begun, saved, submitted, taken down. What goes live goes through the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from approvals import services as approvals
from approvals.models import ChangeRequest, LiveContent, Snapshot
from approvals.policies import texts
from approvals.registries import Draft
from approvals.states import OPEN_REQUESTS
from config.kit.actor import Actor
from config.kit.sweep import SweepResult, sweep
from stores.errors import (
    AddressTaken,
    ContentIsWrong,
    LayoutIsNotLive,
    MainPageDoesNotFit,
    OnePagePerKind,
    PageIsNotLive,
    ReasonMissing,
    RevisionIsClosed,
    SavedMeanwhile,
)
from stores.models import Employee, Layout, Page, PageRevision, Shop
from stores.policies.contents import ends_at_of, live_fields, page_content
from stores.policies.modules import read_modules
from stores.selectors.pages import OPEN_REVISIONS, PAGE, SIGN_MISSING, layouts_for, regions_of
from stores.services import zones
from stores.states import PageKind, PageRevisionState

_SHOWN_TIME = "%Y-%m-%d %H:%M"


@transaction.atomic
def create_page(
    *,
    shop_id: int,
    kind: str,
    slug: str,
    name: str,
    actor: Actor,
    now: datetime,
    owner_id: int | None = None,
    main_page_id: int | None = None,
    must_differ: Sequence[str] = (),
) -> Page:
    """Make a page without any content; nothing is live of it.

    Locks the shop. Raises AddressTaken, OnePagePerKind, MainPageDoesNotFit.
    """
    shop = Shop.objects.select_for_update(of=("self",)).get(pk=shop_id)
    if (other := Page.objects.filter(shop=shop, slug=slug).first()) is not None:
        raise AddressTaken(name=other.name, slug=slug, field="slug")
    if kind in (PageKind.HOME, PageKind.SIGN):
        other = Page.objects.filter(shop=shop, kind=kind).first()
        if other is not None:
            raise OnePagePerKind(shop=shop.name, kind=PageKind(kind).label, name=other.name, field="kind")
    page = Page(
        shop=shop,
        kind=kind,
        slug=slug,
        name=texts.clean_line(name)[:120],
        owner_id=owner_id,
        main_page_id=_fitting_main_page(shop, kind, main_page_id),
        must_differ=_keys(must_differ) if main_page_id else [],
        created_at=now,
    )
    page.save(force_insert=True)
    _tell("stores.page_created", page, actor, now, changes={"name": [None, page.name], "address": [None, slug]})
    return page


@transaction.atomic
def change_page(
    *,
    page_id: int,
    name: str,
    owner_id: int | None,
    main_page_id: int | None,
    must_differ: Sequence[str],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Page:
    """Change what a page is called inside the house, who answers for it, and from what it must differ. Nothing live changes.

    Locks the page. Raises ReasonMissing, MainPageDoesNotFit.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    page = _lock_page(page_id)
    before = _settings(page)
    page.name = texts.clean_line(name)[:120]
    page.owner_id = owner_id
    page.main_page_id = _fitting_main_page(page.shop, page.kind, main_page_id)
    page.must_differ = _keys(must_differ) if main_page_id else []
    page.save(update_fields=["name", "owner", "main_page", "must_differ"])
    changes = approvals.changed(before, _settings(page))
    if changes:
        _tell("stores.page_settings_changed", page, actor, now, reason=reason, changes=changes)
    return page


@transaction.atomic
def begin_page_revision(*, page_id: int, actor: Actor, now: datetime) -> PageRevision:
    """The page's draft: the one that is open, or a new one.

    A new one starts as what is live; a branch's first one as a copy of the main page's live modules (STORE-10). Locks the page.
    Raises LayoutIsNotLive when no layout for this kind is approved yet.
    """
    page = _lock_page(page_id)
    draft = page.revisions.filter(state=PageRevisionState.DRAFT).order_by("-number").first()
    if draft is not None:
        return draft
    content = live_fields(page)
    if content is None and page.main_page_id is not None:
        main = Page.objects.select_related("live__snapshot").get(pk=page.main_page_id)
        content = {**(live_fields(main) or {}), "ends_at": None}
    revision = _new_revision(page, content, actor, now)
    _tell("stores.page_revision_begun", page, actor, now, changes={"revision": [None, revision.number]})
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
    SavedMeanwhile (naming who), ContentIsWrong (every problem at once), LayoutIsNotLive.
    """
    _lock_requests_of(revision_id)
    revision = _lock_revision(revision_id)
    page = revision.page
    if revision.state not in OPEN_REVISIONS:
        raise RevisionIsClosed(revision=str(revision), state=revision.get_state_display())
    if revision.version != version:
        raise SavedMeanwhile(person=_last_author(revision), at=_shown(revision.changed_at))
    read, problems = read_modules(modules)
    if hidden := texts.hidden_characters(title[: texts.MAX_TEXT], limit=1):
        raise ContentIsWrong([hidden[0].label], field="title")
    if problems:
        raise ContentIsWrong(problems, field="modules")
    chosen = layouts_for(page.kind).filter(code=layout).first()
    if chosen is None:
        raise LayoutIsNotLive(layout=layout, field="layout")
    before = _says(revision)
    revision.title = texts.clean_line(title)[:120]
    revision.modules = read
    revision.layout = chosen
    revision.ends_at = ends_at
    revision.publish_at = publish_at
    if warned is not None:
        revision.warned = {str(code): texts.clean_line(why)[:300] for code, why in warned.items() if why.strip()}
    _touch(revision, actor, now)
    revision.save()
    changes = _brief(before, _says(revision))
    if changes:
        _tell("stores.page_revision_saved", page, actor, now, changes=changes)
    approvals.void_changed(kind=PAGE, draft_ids=[revision.pk], actor=actor, now=now)
    return _fresh(revision.pk)


@transaction.atomic
def discard_page_revision(*, revision_id: int, actor: Actor, now: datetime) -> PageRevision:
    """Throw a draft away; what is live stays. Locks it. Raises RevisionIsClosed for one that is no draft (withdraw it first)."""
    revision = _lock_revision(revision_id)
    if revision.state != PageRevisionState.DRAFT:
        raise RevisionIsClosed(revision=str(revision), state=revision.get_state_display())
    revision.state, revision.changed_at = PageRevisionState.DISCARDED, now
    revision.save(update_fields=["state", "changed_at"])
    _tell("stores.page_revision_discarded", revision.page, actor, now, changes={"revision": [revision.number, None]})
    return revision


def submit_page(
    *, revision_id: int, actor: Actor, now: datetime, important: bool = False, reason: str = ""
) -> ChangeRequest:
    """Ask for approval of a draft. Raises what `approvals.submit` raises; NotReady holds everything that is missing."""
    return approvals.submit(kind=PAGE, draft_id=revision_id, actor=actor, now=now, important=important, reason=reason)


@transaction.atomic
def restore_page_snapshot(*, page_id: int, snapshot_id: int, actor: Actor, now: datetime) -> PageRevision:
    """Take an earlier version up as a new draft, to be approved like any other. Locks the page.

    Its end is left out when it has passed; its layout is the one in force. Raises RevisionIsClosed while a draft is open,
    LayoutIsNotLive.
    """
    page = _lock_page(page_id)
    open_draft = page.revisions.filter(state=PageRevisionState.DRAFT).first()
    if open_draft is not None:
        raise RevisionIsClosed(revision=str(open_draft), state=open_draft.get_state_display())
    snapshot = Snapshot.objects.get(pk=snapshot_id, kind=PAGE, subject_type=PAGE, subject_id=page.pk)
    content = dict(snapshot.fields)
    ends_at = ends_at_of(content)
    if ends_at is not None and ends_at <= now:
        content["ends_at"] = None
    revision = _new_revision(page, content, actor, now, restored_from=snapshot)
    _tell("stores.page_snapshot_restored", page, actor, now, changes={"version": [None, snapshot.number]})
    return revision


@transaction.atomic
def take_down_page(*, page_id: int, reason: str, actor: Actor, now: datetime) -> Page:
    """Take a page from the public at once; putting it back needs an approval. Zones that showed it show their fallback.

    Raises ReasonMissing, PageIsNotLive.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    page = Page.objects.select_related("live").get(pk=page_id)
    if page.live is None or page.live.snapshot_id is None:
        raise PageIsNotLive(page=page.name)
    approvals.take_down(kind=PAGE, subject_type=PAGE, subject_id=page_id, reason=reason.strip(), actor=actor, now=now)
    zones.refresh_zones(shop_id=page.shop_id, actor=actor, now=now)
    return Page.objects.select_related("shop", "live__snapshot").get(pk=page_id)


def end_pages(*, now: datetime, actor: Actor) -> SweepResult:
    """Take down every page whose approved end has come (STORE-13), a sign that is no longer valid too. Safe to run side by side."""

    def due() -> Any:
        ended = Page.objects.filter(ends_at__lte=now).values("pk")
        return LiveContent.objects.filter(kind=PAGE, snapshot__isnull=False, subject_id__in=ended).order_by("pk")

    def handle(live: LiveContent) -> None:
        page = Page.objects.select_related("shop").get(pk=live.subject_id)
        take_down_page(
            page_id=page.pk,
            reason=f"{_shown(page.ends_at or now)}: {page.name}",
            actor=actor,
            now=now,
        )

    return sweep(due, handle, postpone=_left_for_the_next_sweep)


# --- what the kernel asks and tells (approval_kinds.py)


def page_draft(draft_id: int) -> Draft:
    """The draft as it is now, its row locked. Its regions are those of the layout in force at this moment."""
    revision = _lock_revision(draft_id)
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


def content_of(revision: PageRevision) -> dict[str, Any]:
    """What a revision would be approved as. The page, the layout and what is live of the layout must be loaded or cost a query."""
    return page_content(
        kind=revision.page.kind,
        title=revision.title,
        layout=revision.layout.code,
        regions=regions_of(revision.layout),
        modules=revision.modules,
        ends_at=revision.ends_at,
    )


def follow_page_request(request: ChangeRequest, state: PageRevisionState) -> None:
    """The draft goes on with its request: in review, approved. Locks it."""
    revision = _lock_revision(request.draft_id)
    if revision.state == state:
        return
    revision.state, revision.request = state, request
    revision.save(update_fields=["state", "request"])


def return_page(request: ChangeRequest) -> None:
    """The draft can be edited again: refused, withdrawn or voided. Locks it."""
    revision = _lock_revision(request.draft_id)
    if revision.state in (PageRevisionState.IN_REVIEW, PageRevisionState.APPROVED):
        revision.state = PageRevisionState.DRAFT
        revision.save(update_fields=["state"])


def apply_page(request: ChangeRequest, *, actor: Actor, now: datetime) -> None:
    """After the snapshot: the page points to it, the draft is closed, a sign's clock is met, zones are looked at anew."""
    revision = _lock_revision(request.draft_id)
    page = _lock_page(request.subject_id)
    page.live = LiveContent.objects.get(kind=PAGE, subject_type=PAGE, subject_id=page.pk)
    page.ends_at = ends_at_of(request.fields)
    page.save(update_fields=["live", "ends_at"])
    revision.state, revision.changed_at = PageRevisionState.PUBLISHED, now
    revision.save(update_fields=["state", "changed_at"])
    _tell("stores.page_published", page, actor, now, changes={"revision": [None, revision.number]})
    if page.kind == PageKind.SIGN:
        approvals.meet_deadlines(
            subject_type="stores.shop", subject_ids=[page.shop_id], rules=[SIGN_MISSING], actor=actor, now=now
        )
    if page.kind == PageKind.ZONE:
        zones.refresh_zones(shop_id=page.shop_id, actor=actor, now=now)


# --- the rest


def _lock_page(page_id: int) -> Page:
    return Page.objects.select_for_update(of=("self",)).select_related("shop", "live__snapshot").get(pk=page_id)


def _lock_revision(revision_id: int) -> PageRevision:
    return (
        PageRevision.objects.select_for_update(of=("self",))
        .select_related("page__shop", "page__live__snapshot", "layout__live__snapshot")
        .get(pk=revision_id)
    )


def _lock_requests_of(draft_id: int) -> None:
    """Requests come first in the global lock order: a publication that has begun is waited for."""
    waiting = ChangeRequest.objects.filter(kind=PAGE, draft_id=draft_id, state__in=OPEN_REQUESTS).order_by("pk")
    list(waiting.select_for_update(of=("self",)).values_list("pk"))


def _fresh(revision_id: int) -> PageRevision:
    return PageRevision.objects.select_related("page__shop", "layout__live__snapshot", "request").get(pk=revision_id)


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


def _fitting_main_page(shop: Shop, kind: str, main_page_id: int | None) -> int | None:
    if main_page_id is None:
        return None
    main = Page.objects.select_related("shop").get(pk=main_page_id)
    if main.kind != kind or main.shop_id != shop.main_shop_id:
        raise MainPageDoesNotFit(main=str(main), kind=PageKind(kind).label, shop=shop.name, field="main_page")
    return main.pk


def _keys(must_differ: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(key.strip()[:40] for key in must_differ if key.strip()))


def _settings(page: Page) -> dict[str, Any]:
    return {
        "name": page.name,
        "owner": page.owner_id,
        "inherits_from": page.main_page_id,
        "must_differ": list(page.must_differ),
    }


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


def _touch(revision: PageRevision, actor: Actor, now: datetime) -> None:
    """Count the save; who saved last stands last among the authors."""
    revision.version += 1
    revision.changed_at = now
    if actor.user_id is not None:
        revision.authors = [*(one for one in revision.authors if one != actor.user_id), actor.user_id]


def _last_author(revision: PageRevision) -> str:
    person = Employee.objects.filter(pk=revision.authors[-1]).first() if revision.authors else None
    return str(person or revision.author or "–")


def _shown(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(_SHOWN_TIME)


def _tell(
    action: str, page: Page, actor: Actor, now: datetime, *, reason: str = "", changes: Mapping[str, Any] | None = None
) -> None:
    act = approvals.Act(action, PAGE, page.pk, page.shop_id, reason, dict(changes or {}))
    approvals.record_many([act], actor=actor, at=now)


def _left_for_the_next_sweep(pk: int, error: Exception) -> None:
    """These rows have no time of their own to be moved to: the sweep leaves them out until it runs again."""
    raise error
