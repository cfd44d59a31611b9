"""Builders of shop pages: live ones go the whole way through the kernel, because nothing else gets there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from approvals import services as approvals
from approvals.models import ChangeRequest
from approvals.states import Importance
from config.kit.actor import Actor
from stores import services
from stores.models import Layout, Page, PagePicture, PageRevision, Shop, Zone
from stores.states import ModuleKind, PageKind
from tests.factories.stores import EmployeeFactory

EVERY_KIND = tuple(str(kind) for kind in ModuleKind.values)
MAIN = {"key": "main", "name": "Main", "width": 8, "kinds": list(EVERY_KIND), "max": 10}
SIDE = {"key": "side", "name": "Side", "width": 4, "kinds": ["text", "picture", "zone"], "max": 2}


def staff(*roles: str, shops: Sequence[Shop] = ()) -> Actor:
    """A new employee with these roles as an actor."""
    person = EmployeeFactory(roles=list(roles), shops=list(shops))
    return Actor.staff(user_id=person.pk, label=str(person))


def approved(request: ChangeRequest, *, now: datetime) -> ChangeRequest:
    """The request after the person whom its stages ask has approved it; published unless its time is later."""
    role = "MGR" if request.kind == "stores.layout" or request.importance == Importance.IMPORTANT else "PLAN"
    # Where a role has members of the shop, only they decide.
    decider = staff(role, shops=Shop.objects.filter(pk=request.store_id))
    return approvals.approve(request_id=request.pk, content_hash=request.content_hash, actor=decider, now=now)


def live_layout(
    *, now: datetime, code: str = "standard", kinds: Sequence[str] = tuple(PageKind.values), regions: Any = None
) -> Layout:
    """A layout in force for these kinds of pages; the same code again gives the one that is there."""
    there = Layout.objects.filter(code=code, live__isnull=False).first()
    if there is not None and regions is None:
        return there
    author = staff("ART")
    layout = there or services.create_layout(code=code, name=code.title(), kinds=kinds, actor=author, now=now)
    change_layout(layout, regions if regions is not None else [MAIN, SIDE], now=now)
    return Layout.objects.get(pk=layout.pk)


def change_layout(layout: Layout, regions: Sequence[Mapping[str, Any]], *, now: datetime) -> ChangeRequest:
    """Bring other regions of a layout into force."""
    author = staff("ART")
    draft = services.begin_layout_revision(layout_id=layout.pk, actor=author, now=now)
    services.save_layout_revision(revision_id=draft.pk, regions=regions, version=draft.version, actor=author, now=now)
    return approved(services.submit_layout(revision_id=draft.pk, actor=author, now=now), now=now)


def text(key: str = "text", words: str = "Fresh from the hills.", region: str = "main") -> dict[str, Any]:
    """A module of text."""
    return {"key": key, "kind": "text", "region": region, "data": {"text": words}}


def promotion(key: str = "promotion", title: str = "Spring sale", region: str = "main") -> dict[str, Any]:
    """A module of a promotion."""
    return {"key": key, "kind": "promotion", "region": region, "data": {"title": title, "text": "All week."}}


def sign(picture: PagePicture, words: str = "Hill Tea") -> dict[str, Any]:
    """The module of a sign."""
    return {"key": "sign", "kind": "sign", "region": "main", "data": {"picture": picture.sha256, "text": words}}


def a_picture(shop: Shop, *, now: datetime, name: str = "hill.jpg", number: int = 1) -> PagePicture:
    """A row of a picture; its file is not on the disk."""
    return PagePicture.objects.create(
        shop=shop,
        file="pages/none.jpg",
        file_name=name,
        extension="jpg",
        sha256=f"{number:064x}",
        width=1200,
        height=400,
        uploaded_at=now,
    )


def a_page(shop: Shop, *, now: datetime, kind: str = PageKind.SUB, slug: str = "tea", **more: Any) -> Page:
    """A page without content."""
    return services.create_page(
        shop_id=shop.pk, kind=kind, slug=slug, name=slug.title(), actor=staff("ART"), now=now, **more
    )


def drafted(
    page: Page,
    modules: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    actor: Actor | None = None,
    title: str = "",
    ends_at: datetime | None = None,
    publish_at: datetime | None = None,
    layout: str = "standard",
) -> PageRevision:
    """A saved draft of a page."""
    live_layout(now=now)
    author = actor or staff("ART")
    draft = services.begin_page_revision(page_id=page.pk, actor=author, now=now)
    return services.save_page_revision(
        revision_id=draft.pk,
        title=title or page.name,
        modules=modules,
        layout=layout,
        ends_at=ends_at,
        publish_at=publish_at,
        version=draft.version,
        actor=author,
        now=now,
    )


def published(
    page: Page, modules: Sequence[Mapping[str, Any]], *, now: datetime, actor: Actor | None = None, **more: Any
) -> ChangeRequest:
    """The page with this content, all the way to the public."""
    author = actor or staff("ART")
    draft = drafted(page, modules, now=now, actor=author, **more)
    return approved(services.submit_page(revision_id=draft.pk, actor=author, now=now), now=now)


def live_page(
    shop: Shop,
    *,
    now: datetime,
    kind: str = PageKind.SUB,
    slug: str = "tea",
    modules: Sequence[Mapping[str, Any]] | None = None,
    ends_at: datetime | None = None,
    title: str = "",
    **more: Any,
) -> Page:
    """A page that shoppers see."""
    page = a_page(shop, now=now, kind=kind, slug=slug, **more)
    published(page, modules if modules is not None else [text()], now=now, ends_at=ends_at, title=title)
    return Page.objects.select_related("shop", "live__snapshot").get(pk=page.pk)


def live_sign(shop: Shop, *, now: datetime, ends_at: datetime | None = None) -> Page:
    """A valid sign."""
    modules = [sign(a_picture(shop, now=now))]
    return live_page(shop, now=now, kind=PageKind.SIGN, slug="sign", modules=modules, ends_at=ends_at)


def zone_page(shop: Shop, slug: str, *, now: datetime, **more: Any) -> Page:
    """A page of the zone library."""
    modules = [promotion(title=slug.title())]
    return live_page(shop, now=now, kind=PageKind.ZONE, slug=slug, modules=modules, **more)


def a_zone(shop: Shop, *, now: datetime, code: str = "top", fallback: Page | None = None) -> Zone:
    """A promotion zone."""
    return services.create_zone(
        shop_id=shop.pk,
        code=code,
        name=code.title(),
        fallback_id=fallback.pk if fallback else None,
        actor=staff("MKTG"),
        now=now,
    )
