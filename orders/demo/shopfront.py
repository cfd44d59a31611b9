# ruff: noqa: E501 (a Chinese character counts as two)
"""The shops' own pages and what employees propose for them: layouts, signs, home pages, a branch that differs, zones with their slots."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from approvals import services as approvals
from approvals.models import ChangeRequest, RequestStage
from approvals.states import StageState
from catalog.models import Product
from config.kit.actor import Actor
from orders.demo.plan import LAKESIDE, MAIN
from orders.demo.world import MALL, World
from stores import services as stores
from stores.models import Page, Shop
from stores.states import ModuleKind, PageKind, Recommendation

_ALL = [str(kind) for kind in ModuleKind]
_DECIDERS = {"PLAN": "plan", "MGR": "mgr"}


def build_pages(world: World, products: Sequence[Product]) -> None:
    """Everything that is live today, and what waits: a layout and a page in review, slots of the next days."""
    Shop.objects.filter(pk=world.shops[LAKESIDE].pk).update(main_shop=world.shops[MAIN])
    _layouts(world, world.at(45, 9 * 60))
    for code, text, slogan in (
        (MAIN, "掌柜优选", "好物慢选，日子常新"), (MALL, "掌柜商城", "自家商城，直发到家"), (LAKESIDE, "掌柜优选·湖滨店", "楼下就是湖"),
    ):  # fmt: skip
        _sign(world, code, text, slogan, world.at(44, 10 * 60))
    slots = _zone_pages(world, world.at(43, 9 * 60))
    zones = {
        code: stores.create_zone(
            shop_id=world.shops[code].pk, code="hero", name="首页焦点区", fallback_id=slots[code][0].pk,
            actor=world.staff("plan"), now=world.at(42),
        )
        for code in (MAIN, MALL)
    }  # fmt: skip
    shown = [product.pk for product in products[:8]]
    for code in (MAIN, MALL):
        _home(world, code, shown, world.at(41, 9 * 60))
    about = _about(world, MAIN, None, "从一间茶铺开始，我们只卖自己家里也在用的东西。", world.at(40, 9 * 60))
    _about(world, LAKESIDE, about, "湖滨店每周六有免费茶会，到店可试用全部茶具。", world.at(39, 9 * 60))
    _promotion(world, world.at(6, 9 * 60))
    for code, zone in zones.items():
        first, second = slots[code][1], slots[code][2]
        stores.book_zone(
            zone_id=zone.pk, page_id=first.pk, starts_at=world.now - timedelta(hours=5),
            ends_at=world.now + timedelta(hours=19), reason="周末茶器专场", actor=world.staff("mktg"),
            now=world.now - timedelta(days=2),
        )  # fmt: skip
        stores.book_zone(
            zone_id=zone.pk, page_id=second.pk, starts_at=world.at(-2, 10 * 60), ends_at=world.at(-5, 0), reason="冬日家纺",
            actor=world.staff("mktg"), now=world.now - timedelta(days=1),
        )  # fmt: skip
    system = Actor.system("stores.swap_zones")
    stores.swap_zones(now=world.now - timedelta(hours=5), actor=system)
    stores.confirm_pages(now=world.now - timedelta(hours=4), actor=Actor.system("stores.confirm_pages"))
    stores.check_signs(now=world.now, actor=Actor.system("stores.check_signs"))
    _leave_work(world)


def file_proposals(world: World) -> None:
    """Ideas at each step: filed, discussed, with the management, being carried out."""
    cs, planner, now = world.staff("cs"), world.staff("plan"), world.now
    stores.file_proposal(
        title="详情页把尺寸图放到第二屏", text="每天有十几个人问尺寸，尺寸图在最后一屏。", expected_effect="尺寸类咨询减少三成",
        shop_id=world.shops[MAIN].pk, actor=cs, now=now - timedelta(days=9),
    )  # fmt: skip
    second = stores.file_proposal(
        title="首页增加“送礼”入口", text="节前搜索“送礼”的人多，现在要翻三屏。", expected_effect="礼盒类成交提升一成", cost="设计两天",
        shop_id=world.shops[MAIN].pk, actor=world.staff("sell"), now=now - timedelta(days=6),
    )  # fmt: skip
    _discuss(world, second.pk, now - timedelta(days=4), Recommendation.ADOPT)
    third = stores.file_proposal(
        title="商城手机版加大字号", text="老顾客反映字小。", expected_effect="手机端停留时间变长", shop_id=world.shops[MALL].pk,
        actor=world.staff("off"), now=now - timedelta(days=12),
    )  # fmt: skip
    _discuss(world, third.pk, now - timedelta(days=10), Recommendation.ADOPT)
    stores.send_to_management(
        proposal_id=third.pk, cost="前端一天", effect="手机端跳出率下降", actor=planner, now=now - timedelta(days=2)
    )
    fourth = stores.file_proposal(
        title="店招换成手写体", text="手写体更有人味，湖滨店试用过。", expected_effect="收藏率上升", cost="字体授权 600 元",
        shop_id=world.shops[MAIN].pk, actor=world.staff("mktg"), now=now - timedelta(days=25),
    )  # fmt: skip
    _discuss(world, fourth.pk, now - timedelta(days=22), Recommendation.ADOPT)
    stores.add_proposal_order(
        proposal_id=fourth.pk, text="按设计稿替换三家店的店招", owner_id=world.people["art"].pk, due_at=now + timedelta(days=2),
        actor=planner, now=now - timedelta(days=21),
    )  # fmt: skip
    sent = stores.send_to_management(
        proposal_id=fourth.pk, cost="字体授权 600 元", effect="收藏率上升", actor=planner, now=now - timedelta(days=20)
    )
    if sent.request_id is not None:
        _agree(world, ChangeRequest.objects.get(pk=sent.request_id), now - timedelta(days=19))


def _discuss(world: World, proposal_id: int, at: datetime, recommendation: Recommendation) -> None:
    stores.discuss_proposal(
        proposal_id=proposal_id, held_on=at.date(), present_ids=[world.people[name].pk for name in ("plan", "plan-xu", "art", "ops")],
        minutes="逐条看了页面，多数同意；先在旗舰店试两周，再看数据。", votes_for=3, votes_against=1, recommendation=recommendation,
        actor=world.staff("plan"), now=at,
    )  # fmt: skip


def _layouts(world: World, at: datetime) -> None:
    artist = world.staff("art")
    for code, name, kinds, regions in (
        ("front", "首页三段式", [PageKind.HOME, PageKind.SUB, PageKind.BRAND, PageKind.PROMOTION], [
            {"key": "top", "name": "顶部", "width": 12, "kinds": _ALL, "max": 3},
            {"key": "main", "name": "正文", "width": 8, "kinds": _ALL, "max": 20},
            {"key": "side", "name": "侧栏", "width": 4, "kinds": _ALL, "max": 6},
        ]),
        ("plain", "单栏", [PageKind.SUB, PageKind.PROMOTION, PageKind.ZONE, PageKind.SIGN, PageKind.BRAND], [
            {"key": "main", "name": "正文", "width": 12, "kinds": _ALL, "max": 20},
        ]),
    ):  # fmt: skip
        layout = stores.create_layout(code=code, name=name, kinds=kinds, actor=artist, now=at)
        draft = stores.begin_layout_revision(layout_id=layout.pk, actor=artist, now=at)
        draft = stores.save_layout_revision(
            revision_id=draft.pk, regions=regions, version=draft.version, actor=artist, now=at
        )
        _agree(world, stores.submit_layout(revision_id=draft.pk, actor=artist, now=at), at + timedelta(hours=2))


def _sign(world: World, code: str, text: str, slogan: str, at: datetime) -> None:
    page = _page(world, code, PageKind.SIGN, "sign", "店招", at)
    picture = _upload(world, code, text, (1200, 320), at)
    module = {
        "key": "sign",
        "kind": "sign",
        "region": "main",
        "data": {"picture": picture, "text": text, "slogan": slogan},
    }
    _go_live(world, page, text, "plain", [module], at, ends_at=world.at(-300))


def _zone_pages(world: World, at: datetime) -> dict[str, list[Page]]:
    """Three pages of each shop's library: the first is shown when nothing is booked."""
    made: dict[str, list[Page]] = {}
    for code in (MAIN, MALL):
        for slug, title, words in (
            ("zone-daily", "日用常备", "茶杯、毛巾、收纳，家里缺什么补什么。"),
            ("zone-tea", "周末茶器专场", "盖碗与公道杯同选，一套泡到底。"),
            ("zone-winter", "冬日家纺", "羊毛毯与四件套，铺开就暖。"),
        ):
            page = _page(world, code, PageKind.ZONE, slug, title, at)
            module = {"key": "promo", "kind": "promotion", "region": "main", "data": {"title": title, "text": words}}
            _go_live(world, page, title, "plain", [module], at)
            made.setdefault(code, []).append(page)
    return made


def _home(world: World, code: str, products: Sequence[int], at: datetime) -> None:
    page = _page(world, code, PageKind.HOME, "home", "首页", at)
    modules = [
        {"key": "zone", "kind": "zone", "region": "top", "data": {"zone": "hero"}},
        {"key": "products", "kind": "products", "region": "main", "data": {"heading": "本周在卖", "products": list(products)}},
        {"key": "teaware", "kind": "category", "region": "main", "data": {"heading": "茶具", "category": "teaware", "limit": 6}},
        {"key": "promise", "kind": "text", "region": "side", "data": {"heading": "我们答应的事", "text": "48 小时内发货，七天可退，破损补寄。"}},
    ]  # fmt: skip
    _go_live(world, page, f"{world.shops[code].name}首页", "front", modules, at)


def _about(world: World, code: str, main_page: Page | None, words: str, at: datetime) -> Page:
    page = _page(world, code, PageKind.SUB, "about", "关于我们", at, main_page=main_page)
    modules = [{"key": "story", "kind": "text", "region": "main", "data": {"heading": "关于我们", "text": words}}]
    _go_live(world, page, "关于我们", "plain", modules, at)
    return page


def _promotion(world: World, at: datetime) -> None:
    page = _page(world, MAIN, PageKind.PROMOTION, "tea-week", "茶器周", at)
    modules = [
        {
            "key": "promo",
            "kind": "promotion",
            "region": "main",
            "data": {"title": "茶器周", "text": "七天，盖碗、茶壶、茶杯一起看。"},
        }
    ]
    _go_live(world, page, "茶器周", "plain", modules, at, ends_at=world.at(-4, 0))


def _leave_work(world: World) -> None:
    """A page and a layout in review, as changes of what is live."""
    artist, now = world.staff("art"), world.now
    page = Page.objects.get(shop=world.shops[MAIN], slug="about")
    draft = stores.begin_page_revision(page_id=page.pk, actor=artist, now=now - timedelta(hours=4))
    modules = [
        {**module, "data": {**module["data"], "text": "从一间茶铺开始，十二年里我们只卖自己家里也在用的东西。"}}
        for module in draft.modules
    ]
    draft = stores.save_page_revision(
        revision_id=draft.pk, title=draft.title, modules=modules, layout="plain", ends_at=None, version=draft.version,
        actor=artist, now=now - timedelta(hours=4),
    )  # fmt: skip
    stores.submit_page(revision_id=draft.pk, actor=artist, now=now - timedelta(hours=4))
    layout = stores.create_layout(
        code="wide", name="通栏大图", kinds=[PageKind.HOME], actor=artist, now=now - timedelta(hours=3)
    )
    revision = stores.begin_layout_revision(layout_id=layout.pk, actor=artist, now=now - timedelta(hours=3))
    regions = [{"key": "main", "name": "通栏", "width": 12, "kinds": _ALL, "max": 30}]
    revision = stores.save_layout_revision(
        revision_id=revision.pk, regions=regions, version=revision.version, actor=artist, now=now - timedelta(hours=3)
    )
    stores.submit_layout(revision_id=revision.pk, actor=artist, now=now - timedelta(hours=3))


def _page(
    world: World, code: str, kind: PageKind, slug: str, name: str, at: datetime, main_page: Page | None = None
) -> Page:
    return stores.create_page(
        shop_id=world.shops[code].pk, kind=kind, slug=slug, name=name, owner_id=world.people["art"].pk,
        main_page_id=main_page.pk if main_page else None, must_differ=["story"] if main_page else [],
        actor=world.staff("art"), now=at,
    )  # fmt: skip


def _go_live(
    world: World, page: Page, title: str, layout: str, modules: Sequence[dict[str, Any]], at: datetime,
    ends_at: datetime | None = None,
) -> None:  # fmt: skip
    artist = world.staff("art")
    draft = stores.begin_page_revision(page_id=page.pk, actor=artist, now=at)
    draft = stores.save_page_revision(
        revision_id=draft.pk, title=title, modules=modules, layout=layout, ends_at=ends_at, version=draft.version,
        actor=artist, now=at,
    )  # fmt: skip
    _agree(world, stores.submit_page(revision_id=draft.pk, actor=artist, now=at), at + timedelta(hours=1))


def _agree(world: World, request: ChangeRequest, at: datetime) -> None:
    """Everybody who is asked agrees."""
    for step in range(4):
        stage = RequestStage.objects.filter(request=request, state=StageState.OPEN).first()
        if stage is None:
            return
        approvals.approve(
            request_id=request.pk, content_hash=request.content_hash, actor=world.staff(_DECIDERS[stage.role]),
            now=at + timedelta(minutes=10 * step),
        )  # fmt: skip


def _upload(world: World, code: str, text: str, size: tuple[int, int], at: datetime) -> str:
    """A painted banner; returns the hash by which modules name it."""
    image = Image.new("RGB", size, "#20473f")
    pen = ImageDraw.Draw(image)
    for step in range(36):
        left = step * size[0] // 36
        pen.ellipse((left, 40 + (step * 53) % 180, left + 150, 190 + (step * 53) % 180), outline="#2f6b5f", width=3)
    pen.rectangle((0, size[1] - 14, size[0], size[1]), fill="#c9a24b")
    out = io.BytesIO()
    image.filter(ImageFilter.SHARPEN).save(out, "JPEG", quality=90)
    out.seek(0)
    picture = stores.add_page_picture(
        shop_id=world.shops[code].pk, file=out, file_name="sign.jpg", alt=text, actor=world.staff("art"), now=at
    )
    return picture.sha256
