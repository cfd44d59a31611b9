"""Pages of shops: what is live, what hangs on it, and what is missing on a shop's board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from approvals.models import Deadline, Snapshot
from approvals.states import DeadlineState, DraftState
from stores.models import Employee, Layout, Page, PageRevision, Shop, Zone
from stores.policies.contents import ends_at_of, is_shown, live_fields, page_content
from stores.policies.differences import ModulePair, is_identical, pairs
from stores.policies.modules import title_of
from stores.selectors.people import role_label
from stores.selectors.zones import shown_in
from stores.states import PageKind

PAGE = "stores.page"
LAYOUT = "stores.layout"
SIGN_MISSING = "sign_missing"
OPEN_REVISIONS = (DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.APPROVED)


def page_rows(user: Any) -> QuerySet[Page]:
    """Pages that the person may see, with what a list shows of them."""
    open_revisions = PageRevision.objects.filter(state__in=OPEN_REVISIONS).order_by("-number")
    return (
        Page.objects.visible_to(user)
        .select_related("shop", "owner", "live__snapshot")
        .prefetch_related(Prefetch("revisions", open_revisions, to_attr="open_revisions"))
    )


def layouts_for(kind: str) -> QuerySet[Layout]:
    """Layouts in force for pages of a kind."""
    return (
        Layout.objects.filter(kinds__contains=[kind], live__snapshot__isnull=False)
        .select_related("live__snapshot")
        .order_by("name", "pk")
    )


def regions_of(layout: Layout) -> list[dict[str, Any]]:
    """The regions in force; empty while the layout has never been approved."""
    return list((live_fields(layout) or {}).get("regions", ()))


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


def versions_of(kind: str, subject_id: int, *, limit: int = 50) -> QuerySet[Snapshot]:
    """What was live of a page or layout, the newest first."""
    return (
        Snapshot.objects.filter(kind=kind, subject_type=kind, subject_id=subject_id)
        .select_related("request")
        .order_by("-number")[:limit]
    )


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A branch's content and the main page's live one. `main` is None while the main page has nothing live."""

    main_page: Page
    main: dict[str, Any] | None
    pairs: list[ModulePair]
    is_identical: bool

    @property
    def broken(self) -> list[ModulePair]:
        """Modules that must differ and do not."""
        return [pair for pair in self.pairs if pair.breaks_the_rule]


def beside_main(page: Page, content: dict[str, Any]) -> SideBySide | None:
    """The page's content beside its main page's live content; None for a page that inherits from none."""
    if page.main_page_id is None:
        return None
    main_page = Page.objects.select_related("shop", "live__snapshot").get(pk=page.main_page_id)
    main = live_fields(main_page)
    if main is None:
        return SideBySide(main_page, None, [], is_identical=False)
    return SideBySide(
        main_page,
        main,
        pairs(main["modules"], content.get("modules", ()), page.must_differ),
        is_identical(main, content),
    )


def modules_to_differ_in(main_page: Page | None, chosen: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Modules of a main page that a branch may have to differ in: key and title, those of its live version, else of its last draft.

    `chosen` ones that are not there any more stay, so that they can be taken out. At most two queries.
    """
    modules: Sequence[Any] = ()
    if main_page is not None:
        content = live_fields(main_page)
        last = None if content else main_page.revisions.order_by("-number").first()
        modules = content["modules"] if content else last.modules if last else ()
    offered = {module["key"]: str(title_of(module)) for module in modules}
    gone = [key for key in chosen if key not in offered]
    return [*offered.items(), *((key, gettext("“%(key)s” (not there any more)") % {"key": key}) for key in gone)]


@dataclass(frozen=True, slots=True)
class OlderLayout:
    """A live page whose regions are those of an earlier version of its layout."""

    page: Page
    layout: Layout


def pages_on_older_layouts(shop_ids: Iterable[int] | None = None) -> list[OlderLayout]:
    """Work that a changed layout leaves: live pages still built on its old regions. Two queries."""
    live = Page.objects.filter(live__snapshot__isnull=False).select_related("shop", "owner", "live__snapshot")
    if shop_ids is not None:
        live = live.filter(shop__in=list(shop_ids))
    layouts = {layout.code: layout for layout in Layout.objects.select_related("live__snapshot")}
    found = []
    for page in live.order_by("shop__name", "name", "pk"):
        content = live_fields(page) or {}
        layout = layouts.get(content.get("layout", ""))
        if layout is not None and content.get("regions") != regions_of(layout):
            found.append(OlderLayout(page, layout))
    return found


# --- signs


@dataclass(frozen=True, slots=True)
class ShopWithoutSign:
    """A directly operated shop that shows no approved sign: who owes it, and until when.

    `due_at` is None only until the next daily check has started the clock.
    """

    shop: Shop
    page: Page | None
    owner: Employee | None
    owner_role: str
    due_at: datetime | None

    @property
    def debtors(self) -> str:
        """The role that owes it, in words."""
        return role_label(self.owner_role)


def shops_without_sign(now: datetime, shop_ids: Iterable[int] | None = None) -> list[ShopWithoutSign]:
    """Active, directly operated shops without a live, valid sign, by name. Three queries."""
    shops = Shop.objects.filter(is_active=True, is_directly_operated=True).order_by("name", "pk")
    if shop_ids is not None:
        shops = shops.filter(pk__in=list(shop_ids))
    signs = {
        page.shop_id: page for page in Page.objects.filter(kind=PageKind.SIGN).select_related("live__snapshot", "owner")
    }
    missing = [shop for shop in shops if (sign := signs.get(shop.pk)) is None or not is_shown(sign, now)]
    clocks = {
        clock.subject_id: clock
        for clock in Deadline.objects.filter(
            rule__code=SIGN_MISSING,
            subject_type="stores.shop",
            subject_id__in=[shop.pk for shop in missing],
            state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED),
        ).select_related("owner")
    }
    found = []
    for shop in missing:
        page, clock = signs.get(shop.pk), clocks.get(shop.pk)
        owner = (clock.owner if clock else None) or (page.owner if page else None)
        role = clock.owner_role if clock else "ART"
        found.append(ShopWithoutSign(shop, page, owner, "" if owner else role, clock.due_at if clock else None))
    return found


# --- boards


@dataclass(slots=True)
class PageLine:
    """A page on the board of its shop. `in_main` is the live content of the main page that it inherits from."""

    page: Page
    is_shown: bool
    number: int | None
    ends_at: datetime | None
    drafts: Sequence[PageRevision]
    is_identical: bool = False
    broken: Sequence[ModulePair] = ()
    on_older_layout: bool = False


@dataclass(slots=True)
class ZoneLine:
    """A zone on the board: what it shows now and what comes next."""

    zone: Zone
    shown: Page | None
    is_fallback: bool


@dataclass(slots=True)
class Board:
    """Everything of one shop that shoppers see, and what is missing (red)."""

    shop: Shop
    sign: PageLine | None
    pages: list[PageLine] = field(default_factory=list)
    library: list[PageLine] = field(default_factory=list)
    zones: list[ZoneLine] = field(default_factory=list)
    uninherited: list[Page] = field(default_factory=list)

    @property
    def has_sign(self) -> bool:
        """A valid sign is shown."""
        return self.sign is not None and self.sign.is_shown

    @property
    def has_home(self) -> bool:
        """A home page is shown."""
        return any(line.page.kind == PageKind.HOME and line.is_shown for line in self.pages)

    @property
    def empty_zones(self) -> list[ZoneLine]:
        """Zones that show nothing."""
        return [line for line in self.zones if line.shown is None]

    @property
    def missing(self) -> int:
        """How many things are red."""
        needs_sign = self.shop.is_directly_operated and not self.has_sign
        broken = sum(1 for line in self.pages if line.is_identical or line.broken)
        return int(needs_sign) + int(not self.has_home) + len(self.empty_zones) + broken + len(self.uninherited)


def boards(shops: Sequence[Shop], now: datetime) -> list[Board]:
    """The boards of shops, in their order. The number of queries does not depend on how many shops and pages there are."""
    ids = [shop.pk for shop in shops]
    main_shops = [shop.main_shop_id for shop in shops if shop.main_shop_id]
    open_revisions = PageRevision.objects.filter(state__in=OPEN_REVISIONS).select_related("author").order_by("-number")
    pages = list(
        Page.objects.filter(shop__in={*ids, *main_shops})
        .select_related("shop", "owner", "live__snapshot")
        .prefetch_related(Prefetch("revisions", open_revisions, to_attr="open_revisions"))
        .order_by("kind", "name", "pk")
    )
    by_pk = {page.pk: page for page in pages}
    layouts = {layout.code: layout for layout in Layout.objects.select_related("live__snapshot")}
    zones = list(Zone.objects.filter(shop__in=ids).select_related("shop").order_by("name", "pk"))
    shown = shown_in(zones, now)
    found = []
    for shop in shops:
        board = Board(shop, None)
        own = [page for page in pages if page.shop_id == shop.pk]
        for page in own:
            line = _line(page, by_pk, layouts, now)
            if page.kind == PageKind.SIGN:
                board.sign = line
            elif page.kind == PageKind.ZONE:
                board.library.append(line)
            else:
                board.pages.append(line)
        inherited = {page.main_page_id for page in own}
        board.uninherited = [
            page
            for page in pages
            if shop.main_shop_id
            and page.shop_id == shop.main_shop_id
            and page.kind == PageKind.SUB
            and page.pk not in inherited
            and is_shown(page, now)
        ]
        for zone in zones:
            if zone.shop_id == shop.pk:
                page_now = shown[zone.pk]
                board.zones.append(ZoneLine(zone, page_now, page_now is not None and page_now.pk == zone.fallback_id))
        found.append(board)
    return found


def _line(page: Page, pages: Mapping[int, Page], layouts: dict[str, Layout], now: datetime) -> PageLine:
    content = live_fields(page)
    snapshot = page.live.snapshot if page.live else None
    drafts: Sequence[PageRevision] = page.open_revisions  # type: ignore[attr-defined]
    line = PageLine(
        page,
        is_shown(page, now),
        snapshot.number if snapshot else None,
        ends_at_of(content) if content else None,
        drafts,
    )
    if content is not None:
        layout = layouts.get(content["layout"])
        line.on_older_layout = layout is not None and regions_of(layout) != content["regions"]
        main_page = pages.get(page.main_page_id or 0)
        main = live_fields(main_page) if main_page is not None else None
        if main is not None:
            line.is_identical = is_identical(main, content)
            line.broken = [
                pair for pair in pairs(main["modules"], content["modules"], page.must_differ) if pair.breaks_the_rule
            ]
    return line
