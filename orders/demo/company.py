"""The company before its first order: departments, people, shops with their doors, locations."""

from __future__ import annotations

from datetime import date

from inventory.models import Location
from inventory.states import LocationKind
from orders.demo.plan import FIRST_DAY, INTL, LAKESIDE, MAIN, OLD_TOWN
from orders.demo.world import MALL, World
from orders.models import Courier
from stores import services
from stores.models import Channel, Department, Employee, Employment, Platform, Position, Shop, ShopMember
from stores.states import ChannelKind, PlatformState, Role, ShopKind

HIRED = date(2023, 3, 1)
_DEPARTMENTS = {
    "general": ("总经办", "mgr", "sup"),
    "operations": ("运营部", "ops", "plan"),
    "marketing": ("市场部", "mktg", "art"),
    "service": ("客服部", "cs", "cs-yu"),
    "warehouse": ("仓储部", "wh", "wh-lei"),
    "shops": ("门店部", "off", "off-qin"),
    "finance": ("财务部", "fin", "fin-shu"),
    "it": ("信息部", "admin", "ops"),
}
# username: name, department, position, role, language. The first of each role signs in with one click: its name is the role's code.
_PEOPLE = {
    "ops": ("林知秋", "operations", "运营专员", Role.OPS, "zh-hans"),
    "plan": ("沈一帆", "operations", "策划专员", Role.PLAN, "zh-hans"),
    "art": ("温若溪", "marketing", "视觉设计", Role.ART, "zh-hans"),
    "mktg": ("贺明朗", "marketing", "推广专员", Role.MKTG, "zh-hans"),
    "cs": ("宋雨晴", "service", "客服专员", Role.CS, "zh-hans"),
    "sell": ("陆子昂", "service", "网店销售", Role.SELL, "zh-hans"),
    "afts": ("方晓岚", "service", "售后专员", Role.AFTS, "zh-hans"),
    "wh": ("石大勇", "warehouse", "仓库主管", Role.WH, "zh-hans"),
    "off": ("顾秀珍", "shops", "店长", Role.OFF, "zh-hans"),
    "fin": ("钱慧敏", "finance", "会计", Role.FIN, "zh-hans"),
    "mgr": ("严正平", "general", "总经理", Role.MGR, "zh-hans"),
    "sup": ("章守信", "general", "督查专员", Role.SUP, "zh-hans"),
    "admin": ("秦码农", "it", "系统管理员", Role.ADMIN, "zh-hans"),
    "biz": ("罗开山", "marketing", "商务专员", Role.BIZ, "zh-hans"),
    "mgr-he": ("何静", "general", "副总经理", Role.MGR, "zh-hans"),
    "ops-lu": ("陆遥", "operations", "运营专员", Role.OPS, "zh-hans"),
    "plan-xu": ("许青", "operations", "策划专员", Role.PLAN, "zh-hans"),
    "art-bai": ("白露", "marketing", "视觉设计", Role.ART, "zh-hans"),
    "cs-yu": ("于小雅", "service", "客服专员", Role.CS, "zh-hans"),
    "cs-grace": ("Grace Lin", "service", "客服专员", Role.CS, "en"),
    "wh-lei": ("雷小军", "warehouse", "仓管员", Role.WH, "zh-hans"),
    "wh-min": ("闵桂兰", "warehouse", "仓管员", Role.WH, "zh-hans"),
    "off-qin": ("覃丽", "shops", "店员", Role.OFF, "zh-hans"),
    "fin-shu": ("舒兰", "finance", "出纳", Role.FIN, "zh-hans"),
}
# What each role's people work for; the others see every shop or need none.
_WORKS_FOR = {
    Role.CS: (MAIN, INTL, MALL, LAKESIDE),
    Role.SELL: (MAIN, INTL),
    Role.AFTS: (MAIN, INTL, LAKESIDE, OLD_TOWN),
    Role.WH: (MAIN, INTL, LAKESIDE, OLD_TOWN),
    Role.OFF: (LAKESIDE, OLD_TOWN),
}
_CHANNELS = (
    ("tb-main-api", MAIN, ChannelKind.API, ""),
    ("tb-main-file", MAIN, ChannelKind.FILE, ""),
    ("tb-main-kuaidi100", MAIN, ChannelKind.KUAIDI100, ""),
    ("intl-shopify", INTL, ChannelKind.SHOPIFY, "zhanggui-select.example.com"),
    ("intl-woo", INTL, ChannelKind.WOOCOMMERCE, "shop.zhanggui-select.example.com"),
    ("intl-easypost", INTL, ChannelKind.EASYPOST, ""),
    ("hz-hubin-hand", LAKESIDE, ChannelKind.HAND, ""),
    ("hz-hubin-till", LAKESIDE, ChannelKind.TILL, ""),
    ("nb-laocheng-hand", OLD_TOWN, ChannelKind.HAND, ""),
)


def found_company(world: World) -> None:
    """Make the company's reference data, as its administrators would have entered it."""
    _hire(world)
    _open_shops(world)
    world.couriers = dict(Courier.objects.values_list("code", "pk"))


def _hire(world: World) -> None:
    departments = {
        code: Department.objects.create(code=code, name=name) for code, (name, *_people) in _DEPARTMENTS.items()
    }
    positions: dict[str, Position] = {}
    for username, (name, department, position, role, language) in _PEOPLE.items():
        person = Employee(
            username=username,
            display_name=name,
            email=f"{username}@zhanggui.example.com",
            department=departments[department],
            language=language,
            date_joined=world.at(FIRST_DAY + 400),
        )
        person.set_unusable_password()  # one-click sign-in only
        person.save()
        if position not in positions:
            positions[position] = Position.objects.create(
                code=f"position-{role.lower()}-{len(positions) + 1}",
                name=position,
                department=departments[department],
                role=role,
            )
        elif positions[position].role != role:
            raise ValueError(f"{position} cannot have two roles")
        Employment.objects.create(employee=person, position=positions[position], starts_on=HIRED)
        world.people[username] = services.sync_employee_rights(employee_id=person.pk, today=world.now.date())
    for code, (_name, head, deputy) in _DEPARTMENTS.items():
        Department.objects.filter(code=code).update(head=world.people[head], deputy=world.people[deputy])


def _open_shops(world: World) -> None:
    platforms = {
        code: Platform.objects.create(code=code, name=name, state=state)
        for code, name, state in (
            ("taobao", "淘宝 / 天猫", PlatformState.ACTIVE),
            ("shopify", "Shopify", PlatformState.ACTIVE),
            ("douyin", "抖店", PlatformState.CANDIDATE),
            ("jd", "京东", PlatformState.CANDIDATE),
        )
    }
    online, physical = ShopKind.ONLINE, ShopKind.PHYSICAL
    abroad = {"currency": "USD", "language": "en", "time_zone": "America/Los_Angeles", "ship_within_minutes": 72 * 60}
    for code, name, kind, platform, facts in (
        (MAIN, "掌柜优选旗舰店", online, "taobao", {"ship_within_minutes": 48 * 60}),
        (INTL, "Zhanggui Select", online, "shopify", abroad),
        (MALL, "掌柜商城", online, None, {"ship_within_minutes": 48 * 60}),
        (LAKESIDE, "掌柜优选·湖滨店", physical, None, {"ship_within_minutes": 48 * 60}),
        (OLD_TOWN, "掌柜优选·老城店", physical, None, {"ship_within_minutes": 48 * 60}),
    ):
        platform_row = platforms[platform] if platform else None
        email = f"{code}@zhanggui.example.com"
        world.shops[code] = Shop.objects.create(
            code=code, name=name, kind=kind, platform=platform_row, contact_email=email, **facts
        )
    for code, shop, door, address in _CHANNELS:
        Channel.objects.create(code=code, shop=world.shops[shop], kind=door, address=address)
    for username, (_name, _department, _position, role, _language) in _PEOPLE.items():
        for code in _WORKS_FOR.get(role, ()):
            ShopMember.objects.create(employee=world.people[username], shop=world.shops[code])
    world.locations["main"] = Location.objects.create(
        code="main", name="杭州总仓", kind=LocationKind.WAREHOUSE, priority=1, serves_online=True
    )
    for code in (LAKESIDE, OLD_TOWN):
        world.locations[code] = Location.objects.create(
            code=code, name=world.shops[code].name, kind=LocationKind.SHOP_FLOOR, shop=world.shops[code], priority=5,
            serves_online=False,
        )  # fmt: skip
    services.issue_api_key(
        shop_id=world.shops[MAIN].pk, name="ERP 对接", actor=world.staff("admin"), now=world.at(FIRST_DAY)
    )
