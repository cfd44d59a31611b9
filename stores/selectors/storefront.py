"""What shoppers of the company mall see: only what is live, with the sign and the zones of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from approvals.models import LiveContent
from approvals.policies.contents import canonical, content_hash
from approvals.policies.texts import safe_html
from stores.models import Page, PagePicture, Shop, Zone
from stores.policies.contents import is_shown, live_fields
from stores.policies.modules import MODULES, FieldType
from stores.registries import PAGE_SOURCES, Card
from stores.selectors.zones import shown_in
from stores.states import ModuleKind, PageKind

PRODUCTS = "catalog.products"
DEFAULT_CARDS = 8
OWN_ADDRESS = (PageKind.HOME, PageKind.SUB, PageKind.BRAND, PageKind.PROMOTION, PageKind.SIGN)
_IN_MENU = (PageKind.HOME, PageKind.SUB, PageKind.BRAND, PageKind.PROMOTION)


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the menu."""

    title: str
    url: str
    is_here: bool = False


@dataclass(slots=True)
class ShownModule:
    """A module ready to be shown: texts safe, pictures and links as addresses, products as cards."""

    key: str
    kind: str
    data: Mapping[str, Any]
    pictures: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    cards: Sequence[Card] = ()
    zone: Sequence[ShownRegion] = ()

    @property
    def template(self) -> str:
        """The template of its kind."""
        return f"storefront/modules/{self.kind}.html"


@dataclass(slots=True)
class ShownRegion:
    """A region with its modules; `width` of twelve columns."""

    key: str
    width: int
    modules: list[ShownModule]


@dataclass(slots=True)
class ShownPage:
    """A whole page as shoppers get it. `content_hash` is of the content that is shown, computed from it."""

    shop: Shop
    kind: str
    title: str
    regions: list[ShownRegion]
    content_hash: str
    sign: ShownModule | None = None
    menu: list[Link] = field(default_factory=list)
    is_preview: bool = False
    at: datetime | None = None


def storefront_path(page: Page) -> str:
    """The page's own address in the mall; a zone's content has none, it is seen at the shop's front page."""
    if page.kind in (PageKind.HOME, PageKind.ZONE):
        return reverse("stores:storefront", args=[page.shop.code])
    return reverse("stores:storefront_page", args=[page.shop.code, page.slug])


def shown_page(shop_code: str, slug: str, at: datetime) -> ShownPage | None:
    """The live page at an address ("" is the shop's front page), or None: unknown, never approved, taken down, or ended.

    Drafts are never read. The number of queries depends on the product modules alone.
    """
    shop = Shop.objects.filter(code=shop_code, is_active=True).first()
    if shop is None:
        return None
    live = _live_pages(shop, at)
    page = next(
        (one for one in live if one.kind in OWN_ADDRESS and (one.slug == slug if slug else one.kind == PageKind.HOME)),
        None,
    )
    if page is None:
        return None
    return _page(shop, live_fields(page) or {}, live, at, here=page.slug)


def shown_zone_page(page: Page, at: datetime) -> ShownPage | None:
    """A live page of the zone library by itself, as it is seen inside a zone; None when it is not live."""
    if not is_shown(page, at):
        return None
    return _page(page.shop, live_fields(page) or {}, [], at, here="")


def preview(shop: Shop, content: Mapping[str, Any], at: datetime, *, slug: str = "") -> ShownPage:
    """Any content as shoppers would see it at that time, with the live sign, menu and zones around it."""
    return _page(shop, content, _live_pages(shop, at), at, here=slug, is_preview=True)


def public_picture(shop_code: str, sha256: str) -> PagePicture | None:
    """A picture that something live of the shop shows; None for every other one."""
    picture = PagePicture.objects.filter(shop__code=shop_code, shop__is_active=True, sha256=sha256).first()
    if picture is None:
        return None
    shown = LiveContent.objects.filter(
        kind="stores.page", store_id=picture.shop_id, snapshot__content__contains=f'"{sha256}"'
    )
    return picture if shown.exists() else None


def _live_pages(shop: Shop, at: datetime) -> list[Page]:
    rows = Page.objects.filter(shop=shop, live__snapshot__isnull=False).select_related("live__snapshot", "shop")
    return [page for page in rows.order_by("pk") if is_shown(page, at)]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What modules are shown with: the shop, its live pages by address, what its zones show, and for whom."""

    shop: Shop
    pages: Mapping[str, Page]
    zones: Mapping[str, Page | None]
    is_preview: bool

    def picture(self, sha256: str) -> str:
        """Staff may see pictures that are not public yet."""
        if self.is_preview:
            return reverse("stores:page_picture", args=[sha256])
        return reverse("stores:storefront_picture", args=[self.shop.code, sha256])


def _page(
    shop: Shop, content: Mapping[str, Any], live: Sequence[Page], at: datetime, *, here: str, is_preview: bool = False
) -> ShownPage:
    scene = _Scene(shop, {page.slug: page for page in live}, _zones(shop, content, at), is_preview)
    sign = next((page for page in live if page.kind == PageKind.SIGN), None)
    is_sign = content.get("kind") == PageKind.SIGN
    menu = [page for page in live if page.kind in _IN_MENU]
    return ShownPage(
        shop=shop,
        kind=content.get("kind", ""),
        title=content.get("title", ""),
        regions=_regions(scene, content),
        content_hash=content_hash(canonical(content)),
        sign=None if sign is None or is_sign else _sign(scene, live_fields(sign) or {}),
        menu=[
            Link((live_fields(page) or {}).get("title", ""), storefront_path(page), page.slug == here)
            for page in sorted(menu, key=lambda one: (_IN_MENU.index(one.kind), one.pk))
        ],
        is_preview=is_preview,
        at=at,
    )


def _sign(scene: _Scene, content: Mapping[str, Any]) -> ShownModule | None:
    module = next((one for one in content.get("modules", ()) if one["kind"] == ModuleKind.SIGN), None)
    return _module(scene, module) if module else None


def _zones(shop: Shop, content: Mapping[str, Any], at: datetime) -> dict[str, Page | None]:
    """Zone code → the page that it shows now. Asked only when the content places a zone."""
    codes = {one["data"].get("zone") for one in content.get("modules", ()) if one["kind"] == ModuleKind.ZONE}
    if not codes:
        return {}
    zones = list(Zone.objects.filter(shop=shop, code__in=codes))
    shown = shown_in(zones, at)
    return {zone.code: shown[zone.pk] for zone in zones}


def _regions(scene: _Scene, content: Mapping[str, Any]) -> list[ShownRegion]:
    modules = content.get("modules", ())
    return [
        ShownRegion(
            region["key"],
            region["width"],
            [_module(scene, one) for one in modules if one["region"] == region["key"]],
        )
        for region in content.get("regions", ())
    ]


def _module(scene: _Scene, module: Mapping[str, Any]) -> ShownModule:
    data = dict(module["data"])
    shown = ShownModule(module["key"], module["kind"], data)
    pictures: dict[str, str] = {}
    for one in MODULES[module["kind"]].fields:
        value = data.get(one.name)
        if not value:
            continue
        if one.type == FieldType.RICH:
            # It was cleaned when it was written; what a row says is not trusted with a page that everybody opens.
            data[one.name] = safe_html(value)
        elif one.type == FieldType.PICTURE:
            pictures[one.name] = scene.picture(value)
        elif one.type == FieldType.PAGE and value in scene.pages:
            shown.link = storefront_path(scene.pages[value])
        elif one.type == FieldType.PRODUCTS:
            shown.cards = _cards(scene.shop.pk, ids=value, limit=one.most)
        elif one.type == FieldType.CATEGORY:
            shown.cards = _cards(scene.shop.pk, category=value, limit=data.get("limit", DEFAULT_CARDS))
        elif one.type == FieldType.ZONE:
            inside = scene.zones.get(value)
            if inside is not None:
                shown.zone = _regions(scene, live_fields(inside) or {})
    shown.pictures = pictures
    return shown


def _cards(shop_id: int, **wanted: Any) -> Sequence[Card]:
    return PAGE_SOURCES.get(PRODUCTS).read(shop_id, **wanted) if PRODUCTS in PAGE_SOURCES else ()
