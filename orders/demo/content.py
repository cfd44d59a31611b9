# ruff: noqa: E501 (a Chinese character counts as two)
"""What the shops show: attributes and rules, pictures, listings in every state, what other departments sent in, plans and packages.

Everything goes through the services that people use, at the moment at which people did it: submissions, signatures, decisions, evidence.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from PIL import Image, ImageColor, ImageDraw, ImageFilter

from approvals import services as approvals
from approvals.models import ChangeRequest, ContentRuleList, RequestStage
from approvals.policies.rule_files import RuleText
from approvals.states import Importance, StageMode, StageState
from catalog import services as catalog
from catalog.models import (
    AttributeDefinition,
    Category,
    CompetitorNote,
    Listing,
    ListingRevision,
    Photo,
    PhotoRule,
    Product,
    ProofreadTask,
    StyleExample,
    Variant,
)
from catalog.policies.fields import FIELDS
from catalog.policies.proofreads import read_fields
from catalog.selectors.facts import units_sold
from catalog.services.photos import process_photos, sign_off_photo, upload_photos
from catalog.services.prices import PriceChange, set_prices
from catalog.services.shots import plan_shots
from catalog.states import AttributeKind, PhotoRole, PhotoState, ProductState, SourceKind
from config.kit.actor import Actor
from orders.demo import copywriting
from orders.demo.luck import dice
from orders.demo.plan import INTL, MAIN
from orders.demo.world import MALL, World
from stores.models import CustomerGroup

SHOWN = 26
"""Products of the flagship shop that were brought into the new way of listing."""
IN_MALL = 9
_SIDE = 1000
_KIND = "catalog.listing"
# Who signs and decides; never the author, who is 林知秋 (ops).
_SIGNERS = {"OPS": "ops-lu", "FIN": "fin", "CS": "cs-yu", "ART": "art-bai", "PLAN": "plan", "MGR": "mgr"}


def set_the_rules(world: World) -> None:
    """Customer groups, attributes, picture rules, the style library, and one secret that must not get out."""
    for rank, (code, name) in enumerate(copywriting.GROUPS, 1):
        CustomerGroup.objects.create(code=code, name=name, rank=rank)
    home = Category.objects.get(code="all")
    for place, (code, name, kind, unit, options, required, safety) in enumerate(copywriting.ATTRIBUTES):
        AttributeDefinition.objects.create(
            category=home, code=code, name=name, kind=kind, unit=unit, options=list(options), is_required=required,
            is_safety=safety, position=place,
        )  # fmt: skip
    for code, label, name, options in copywriting.CATEGORY_ATTRIBUTES:
        AttributeDefinition.objects.create(
            category=Category.objects.get(code=code), code=label, name=name, kind=AttributeKind.CHOICE,
            options=list(options), position=20,
        )  # fmt: skip
    PhotoRule.objects.create(role=PhotoRole.MAIN, min_count=1, min_side=800, ratio="1:1", formats=["JPEG", "PNG"])
    PhotoRule.objects.create(role=PhotoRole.DETAIL, min_count=1, min_side=600)
    for style, text, note in copywriting.STYLES:
        StyleExample.objects.create(style=style, text=text, note=note)
    secrets = ContentRuleList.objects.filter(kind="secret").first()
    if secrets is not None:
        rule = RuleText(phrase="华岭供应链", severity="block", note="供应商名称属于公司机密")
        approvals.add_rule(
            list_id=secrets.pk, expected_version=secrets.version, code="supplier-1", rule=rule, reason="新供应商",
            actor=world.staff("mgr"), now=world.at(50),
        )  # fmt: skip


def write_products(world: World) -> list[Product]:
    """Fill the master of the products that are shown: texts, attributes, weights are there already."""
    products = list(
        Product.objects.filter(state=ProductState.ACTIVE).select_related("category").order_by("pk")[: SHOWN + 3]
    )
    groups = list(CustomerGroup.objects.order_by("rank"))
    now = world.at(48, 10 * 60)
    for number, product in enumerate(products):
        words = copywriting.words_for(product.name, product.category.code if product.category else "", number)
        catalog.change_master(
            product_id=product.pk,
            fields={
                "brand": "掌柜优选",
                "brief": words.brief,
                "slogan": words.slogan,
                "blocks": words.blocks,
                "attributes": words.attributes,
                "service_text": copywriting.SERVICE,
                "feature": words.feature,
                "customer_group": groups[number % len(groups)].code,
            },
            actor=world.staff("ops"),
            now=now,
        )
    return products


def take_pictures(world: World, products: Sequence[Product]) -> None:
    """A main picture and a detail for each product, by the designer; signed off by another. The last three wait for something."""
    now = world.at(47, 10 * 60)
    artist = world.staff("art")
    for number, product in enumerate(products):
        colour = dice(world.plan.seed, f"picture-{product.pk}").choice(copywriting.COLOURS)
        roles = [PhotoRole.MAIN, PhotoRole.DETAIL] if number < SHOWN else [PhotoRole.MAIN]
        for role in roles:
            side = 400 if number == SHOWN + 1 else _SIDE
            file = ContentFile(_picture(number, role, colour, side), name=f"{product.pk}-{role}.jpg")
            upload_photos(product_id=product.pk, role=role, files=[file], actor=artist, now=now)
    process_photos(actor=Actor.system("catalog.process_photos"), now=now + timedelta(minutes=1), limit=1000)
    waiting = Photo.objects.filter(state=PhotoState.CHECKED).order_by("pk")
    for photo in list(waiting)[:-2]:
        sign_off_photo(photo_id=photo.pk, actor=world.staff("art-bai"), now=now + timedelta(minutes=30))
    catalog.rank_products(sold=units_sold(since=world.at(90), until=world.now))
    plan_shots(actor=Actor.system("catalog.plan_shots"), now=world.at(2, 60))


def bring_to_the_shops(world: World, products: Sequence[Product]) -> list[Listing]:
    """Listings of the flagship shop and of the company's own mall, from the first version to the state that each is in today."""
    author = world.staff("ops")
    main, mall, intl = world.shops[MAIN], world.shops[MALL], world.shops[INTL]
    shown = [product.pk for product in products]
    catalog.create_listings(product_ids=shown, shop_ids=[main.pk], actor=author, now=world.at(46))
    catalog.create_listings(product_ids=shown[:IN_MALL], shop_ids=[mall.pk], actor=author, now=world.at(46))
    catalog.create_listings(product_ids=shown[2:4], shop_ids=[intl.pk], actor=author, now=world.at(20))
    rows = list(Listing.objects.select_related("shop", "product").order_by("shop_id", "pk"))
    flagship = [row for row in rows if row.shop_id == main.pk]
    own = [row for row in rows if row.shop_id == mall.pk]
    for number, listing in enumerate(flagship[:20]):
        _publish(world, listing, world.at(20 - 9 * number // 10, 9 * 60 + 7 * number), {})
    for number, listing in enumerate(own):
        _publish(world, listing, world.at(17 - number, 10 * 60), {})
    _renew(world, flagship)
    return flagship


def leave_work(world: World, flagship: Sequence[Listing]) -> None:
    """Today's desk: drafts, requests at every stage, one refused, one for tomorrow, one stopped, an emergency, one taken down."""
    author, now = world.staff("ops"), world.now
    draft = catalog.begin_revision(listing_id=flagship[20].pk, actor=author, now=now - timedelta(hours=30))
    catalog.save_revision(
        revision_id=draft.pk, fields={"title": "听雨 手冲茶壶 小壶慢饮"}, version=draft.version, actor=author,
        now=now - timedelta(hours=29),
    )  # fmt: skip
    catalog.begin_revision(listing_id=flagship[27].pk, actor=author, now=now - timedelta(hours=3))
    fresh = _submit(world, flagship[21], now - timedelta(hours=20, minutes=40), {})
    _sign(world, fresh, now - timedelta(hours=19), only=("facts", "price"))
    _sign(world, _submit(world, flagship[22], now - timedelta(hours=6), {}), now - timedelta(hours=5))
    sku = _sku(flagship[3])
    price = _submit(
        world, flagship[3], now - timedelta(hours=9), {"prices": {sku: "59.90"}, "slogan": "一壶清欢，今日好价"}
    )
    _sign(world, price, now - timedelta(hours=8))
    approvals.comment(
        request_id=price.pk,
        text="低于上周的活动价，确认毛利后再批。",
        actor=world.staff("fin"),
        now=now - timedelta(hours=7),
    )
    waiting = _submit(
        world,
        flagship[4],
        now - timedelta(hours=11),
        {"blocks": {"specification": "容量 260 ml，胎厚 3 mm，耐温 150 ℃。"}},
    )
    approvals.pause_request(
        request_id=waiting.pk,
        reason="缺最新检测报告",
        debtor="商务部",
        actor=world.staff("plan"),
        now=now - timedelta(hours=10),
    )
    refused = _submit(world, flagship[5], now - timedelta(hours=26), {"title": "山间 盖碗 好用", "brief": "盖碗。" * 9})
    _sign(world, refused, now - timedelta(hours=25))
    approvals.refuse(
        request_id=refused.pk, content_hash=refused.content_hash, reason="",
        field_reasons={"title": "看不出卖点，请写清材质和用途", "brief": "简介只有一个词"}, actor=world.staff("plan"),
        now=now - timedelta(hours=22),
    )  # fmt: skip
    later = catalog.begin_revision(listing_id=flagship[6].pk, actor=author, now=now - timedelta(hours=10))
    later = catalog.save_revision(
        revision_id=later.pk, fields={"slogan": "明早十点，茶席焕新"}, version=later.version, actor=author,
        now=now - timedelta(hours=10),
    )  # fmt: skip
    catalog.schedule_revision(
        revision_id=later.pk, publish_at=world.at(-1, 10 * 60), actor=author, now=now - timedelta(hours=10)
    )
    request = catalog.submit_revision(revision_id=later.pk, actor=author, now=now - timedelta(hours=10))
    _decide(world, request, now - timedelta(hours=9))
    _publish(world, flagship[7], now - timedelta(hours=4), {"slogan": "新叶新茶，一口回甘"}, seen=False)
    urgent = _submit(
        world,
        flagship[8],
        now - timedelta(hours=5),
        {"service_text": "本批次暂停发货，已购顾客可无条件退换。"},
        important=True,
    )
    approvals.let_through(
        request_id=urgent.pk, content_hash=urgent.content_hash, reason="供应商通知批次瑕疵，先更新售后说明",
        actor=world.staff("mgr"), now=now - timedelta(hours=4, minutes=50),
    )  # fmt: skip
    catalog.take_down(
        listing_id=flagship[9].pk, reason="供应商停产", actor=world.staff("ops"), now=now - timedelta(days=3)
    )
    CompetitorNote.objects.create(
        product=flagship[1].product, text="同款在别家页面主推“两年质保”，客单价高 12 元。", by=world.people["mktg"],
        at=now - timedelta(days=4),
    )  # fmt: skip


def proofread(world: World) -> None:
    """Two rounds of proof-reading: the first is done but for a few, the second was picked this morning."""
    system, reader = Actor.system("catalog.pick_proofreads"), world.staff("plan-xu")
    first = catalog.pick_proofreads(now=world.at(3, 60), actor=system)
    for number, task in enumerate(ProofreadTask.objects.filter(pk__in=first).order_by("pk")[:6]):
        snapshot = Listing.objects.select_related("live__snapshot").get(pk=task.listing_id).live.snapshot  # type: ignore[union-attr]
        fields = read_fields(snapshot.fields, [field.code for field in FIELDS])  # type: ignore[union-attr]
        wrong = {"brief": "少写了容量，补上。"} if number == 5 else {}
        catalog.record_proofread(
            task_id=task.pk, confirmed=[code for code in fields if code not in wrong], corrected=wrong, actor=reader,
            now=world.at(2, 9 * 60 + 11 * number),
        )  # fmt: skip
    catalog.pick_proofreads(now=world.at(0, 60), actor=system)


def send_sources(world: World, products: Sequence[Product]) -> None:
    """What business development and marketing sent in, and the package that is made of a part of it."""
    biz, market, planner = world.staff("biz"), world.staff("mktg"), world.staff("plan")
    now = world.now
    catalog.send_source(
        kind=SourceKind.INTAKE, title="可降解茶包新工艺", text="玉米纤维滤网，三个月可自然降解；附打样说明。",
        importance=Importance.GENERAL, actor=biz, now=now - timedelta(hours=7),
    )  # fmt: skip
    first = catalog.send_source(
        kind=SourceKind.INTAKE, title="霁蓝釉新色", text="下月起茶具系列增加霁蓝色。", product_id=products[10].pk, actor=biz,
        now=now - timedelta(hours=15),
    )  # fmt: skip
    product = products[11]
    notice = catalog.send_source(
        kind=SourceKind.NOTICE, title=f"{product.name} 客服说明更新", product_id=product.pk,
        facts={"service_text": copywriting.SERVICE + "破损包赔。"}, effective_at=now + timedelta(days=2), actor=market,
        now=now - timedelta(hours=12),
    )  # fmt: skip
    sku = Variant.objects.filter(product=products[2]).order_by("sku").values_list("sku", flat=True)[0]
    catalog.send_source(
        kind=SourceKind.NOTICE, title=f"{products[2].name} 调价", product_id=products[2].pk,
        facts={"prices": {sku: Decimal("88.00")}}, effective_at=now - timedelta(hours=6), actor=market,
        now=now - timedelta(days=1),
    )  # fmt: skip
    refused = catalog.send_source(
        kind=SourceKind.INTAKE, title="联名款水杯", text="与某动漫联名。", actor=biz, now=now - timedelta(days=6)
    )
    catalog.refuse_source(
        source_id=refused.pk, reason="没有授权书，补齐后重新提交", actor=planner, now=now - timedelta(days=5)
    )
    catalog.make_package(
        title="十一月下旬上新", source_ids=[first.pk, notice.pk], shop_ids=[world.shops[MAIN].pk], actor=planner,
        now=now - timedelta(hours=5),
    )  # fmt: skip
    set_prices(
        changes=[
            PriceChange(
                variant_id=Variant.objects.get(sku=sku).pk, shop_id=None, amount=Decimal("88.00"),
                starts_at=now - timedelta(hours=1), ends_at=None, reason="市场组调价通知",
            )
        ],
        actor=world.staff("fin"),
        now=now - timedelta(hours=1, minutes=5),
    )  # fmt: skip


def _renew(world: World, flagship: Sequence[Listing]) -> None:
    """Half of what is shown was renewed in time; the rest is due or overdue, which the board says."""
    for number, listing in enumerate(flagship[:20]):
        if number % 2 == 0:
            day = 12 - number // 2
            words = copywriting.RENEWED[number // 2 % len(copywriting.RENEWED)]
            fields = {
                "slogan": words,
                "title": f"{listing.product.name} {copywriting.TAILS[number % len(copywriting.TAILS)]}",
            }
            if number % 4 == 0:
                fields["brief"] = copywriting.BRIEFS[number // 4 % len(copywriting.BRIEFS)]
            _publish(world, listing, world.at(max(day, 1), 11 * 60), fields)


def _publish(
    world: World, listing: Listing, at: datetime, fields: Mapping[str, object], *, seen: bool = True
) -> ChangeRequest:
    request = _decide(world, _submit(world, listing, at, fields), at + timedelta(hours=1))
    if seen and request.state == "published":
        url = f"https://item.example.com/{listing.shop.code}/{listing.pk}"
        approvals.confirm_live(
            kind=_KIND, subject_type=_KIND, subject_id=listing.pk, evidence="person", display_url=url,
            actor=world.staff("ops-lu"), now=at + timedelta(hours=3),
        )  # fmt: skip
    return request


def _submit(
    world: World, listing: Listing, at: datetime, fields: Mapping[str, object], *, important: bool = False
) -> ChangeRequest:
    author = world.staff("ops")
    revision: ListingRevision = catalog.begin_revision(listing_id=listing.pk, actor=author, now=at)
    if fields:
        revision = catalog.save_revision(
            revision_id=revision.pk, fields=fields, version=revision.version, actor=author, now=at
        )
    return catalog.submit_revision(revision_id=revision.pk, actor=author, now=at, important=important)


def _sign(world: World, request: ChangeRequest, at: datetime, only: Sequence[str] = ()) -> None:
    for stage in RequestStage.objects.filter(request=request, mode=StageMode.SIGN, state=StageState.OPEN):
        if not only or stage.code in only:
            approvals.sign(
                request_id=request.pk, section=stage.code, content_hash=request.content_hash,
                actor=world.staff(_SIGNERS[stage.role]), now=at,
            )  # fmt: skip


def _decide(world: World, request: ChangeRequest, at: datetime) -> ChangeRequest:
    """Everybody who is asked agrees."""
    _sign(world, request, at)
    for step in range(4):
        stage = RequestStage.objects.filter(request=request, mode=StageMode.DECIDE, state=StageState.OPEN).first()
        if stage is None:
            break
        request = approvals.approve(
            request_id=request.pk, content_hash=request.content_hash, actor=world.staff(_SIGNERS[stage.role]),
            now=at + timedelta(minutes=10 * (step + 1)),
        )  # fmt: skip
    return ChangeRequest.objects.get(pk=request.pk)


def _sku(listing: Listing) -> str:
    return str(Variant.objects.filter(product=listing.product_id).order_by("sku").values_list("sku", flat=True)[0])


def _picture(number: int, role: str, colour: str, side: int) -> bytes:
    """A picture without a camera, sharp enough for the checks, and of each product another."""
    rng = dice(number, f"picture-{role}")
    image = Image.new("RGB", (side, side), "#fbfaf7")
    pen = ImageDraw.Draw(image)
    pen.ellipse((side * 0.12, side * 0.72, side * 0.88, side * 0.86), fill="#e6e1d8")
    for ring in range(10):
        inset = side * (0.2 + 0.028 * ring)
        shade = ImageColor.getrgb(colour)[:3]
        tone = tuple(min(255, part + 9 * ring) for part in shade)
        box = (inset, inset * (0.7 if role == PhotoRole.MAIN else 1), side - inset, side - inset)
        pen.rounded_rectangle(box, radius=side * (0.05 + 0.02 * (number % 6)), fill=tone)
    for _stroke in range(90):
        x, y = rng.randrange(side), rng.randrange(side)
        pen.line((x, y, x + rng.randrange(-60, 60), y + rng.randrange(-60, 60)), fill="#5b5148", width=2)
    image = image.filter(ImageFilter.SHARPEN)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()
