"""The words of the demo's listings: what a careful clerk would write about everyday goods. No claim that would need proof."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.states import AttributeKind

GROUPS = (
    ("tea-lovers", "爱喝茶的上班族"),
    ("new-homes", "新家布置人群"),
    ("gifts", "送礼人群"),
    ("families", "有孩家庭"),
)
# code, name, kind, unit, options, required, about safety
ATTRIBUTES: tuple[tuple[str, str, str, str, tuple[str, ...], bool, bool], ...] = (
    ("material", "材质", AttributeKind.TEXT, "", (), True, False),
    ("origin", "产地", AttributeKind.TEXT, "", (), True, False),
    ("food-contact", "可接触食品", AttributeKind.BOOLEAN, "", (), False, True),
    ("care", "洗护", AttributeKind.CHOICE, "", ("手洗", "可机洗", "擦拭", "无需清洗"), False, False),
)
CATEGORY_ATTRIBUTES = (
    ("teaware", "glaze", "釉色", ("月白", "天青", "墨黑", "赭石", "霁蓝")),
    ("tea", "season", "采摘季", ("春茶", "夏茶", "秋茶")),
)
STYLES = (
    ("动词开头", "推开盖碗，满室花香", "先给动作，再给感受"),
    ("场景", "加班到九点，回家先泡一壶", "让人看见自己"),
    ("对比", "一手握住，比手机还轻", "用熟悉的东西作比"),
    ("留白", "剩下的，交给时间", "短句，少形容词"),
)
SERVICE = "付款后 48 小时内发货，七天无理由退换，运输破损免费补寄。"
_MATERIALS = {
    "tea": "茶叶",
    "teaware": "高岭土",
    "tableware": "高白瓷",
    "bedding": "长绒棉",
    "towels": "精梳棉",
    "stationery": "棉布与道林纸",
    "bags": "16 安帆布",
    "lamps": "榉木与亚麻",
}
_FEATURES = (
    "壶嘴断水利落",
    "杯壁薄而不烫手",
    "一匙量勺随罐附送",
    "叠放省一半空间",
    "边缘双线包缝",
    "倒出不滴落",
    "手感温润有分量",
    "收纳进抽屉不占地",
)
_SLOGANS = (
    "推开盖，先闻到山里的早晨",
    "忙完这一页，喝一口再说",
    "留一盏灯，等晚归的人",
    "一抖就平，铺开就睡",
    "出门轻一点，回家慢一点",
    "手边有它，字也写得稳",
    "水一热，话就多了起来",
    "清晨头一碗，暖到手心",
)
BRIEFS = (
    "从选料到成品经过二十道工序，日常用得顺手，放在桌上也好看；送人体面，自用不心疼。",
    "为每天都要用的人设计：拿取顺手、清洗省事、收起来不占地方，颜色耐看不挑空间。",
    "小批量制作，每一件略有不同；附使用说明与保养卡，第一次用也不会手忙脚乱。",
    "尺寸按国内家庭常用柜格核对过，买回去放得下；包装可直接当礼盒，不必再买纸袋。",
)
RENEWED = (
    "天冷了，先把杯子捂热",
    "周末的桌面，从换一块布开始",
    "今晚早点回，灯已经亮了",
    "把远方的茶，喝成日常",
    "换季不换味，还是那口甜",
    "轻轻一收，抽屉里又空出一格",
    "孩子也能自己拿稳",
    "下雨天，适合慢慢冲",
    "给父母的，挑一件好拿的",
    "加一床毯，冬天就近了",
)
TAILS = ("家用日常款", "送礼自用两相宜", "秋冬新到", "小户型友好", "办公室也能用")
COLOURS = ("#8fb3a5", "#b3673a", "#2f5d94", "#6d8f4e", "#b2402f", "#c9a24b", "#a9adb1", "#8a5a3c")


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that the master says about one product."""

    brief: str
    slogan: str
    feature: str
    blocks: dict[str, str]
    attributes: dict[str, object]


def words_for(name: str, category: str, number: int) -> Words:
    """The texts of a product; the same number gives the same words."""
    material = _MATERIALS.get(category, "天然材料")
    feature = _FEATURES[number % len(_FEATURES)]
    return Words(
        brief=f"{name}：{BRIEFS[number % len(BRIEFS)]}",
        slogan=_SLOGANS[number % len(_SLOGANS)],
        feature=feature,
        blocks={
            "intro": f"{name}选用{material}，{feature}。设计时先画使用动作，再定尺寸，所以拿起、放下、清洗、收纳都顺手。",
            "specification": f"材质：{material}。尺寸与重量见规格表；手工制作，允许 3% 以内误差。",
            "usage": "早餐桌、办公室、周末露台都合适；一个人用不嫌大，朋友来了也够。",
            "service": "收货先验货，如有破损请拍照联系客服；保养方法见随附卡片。",
        },
        attributes={
            "material": material,
            "origin": "浙江",
            "food-contact": category in ("tea", "teaware", "tableware"),
            "care": "手洗" if category in ("teaware", "tableware") else "擦拭",
        },
    )
