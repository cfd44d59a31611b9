# ruff: noqa: E501 (a Chinese character counts as two)
"""The words of which the demo's products are made. Invented series names, everyday goods."""

from __future__ import annotations

from dataclasses import dataclass

# code, Chinese, English, colour
Option = tuple[str, str, str, str]
# Chinese, English, price in yuan, weight in grams
Noun = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Family:
    """A category with its nouns and the options in which its products come. `shape` names a drawing in pictures.py."""

    code: str
    prefix: str
    zh: str
    shape: str
    nouns: tuple[Noun, ...]
    options: tuple[Option, ...]
    is_fragile: bool = False


SERIES = (
    ("听雨", "Rainsong"), ("山间", "Highland"), ("月白", "Moonlight"), ("青禾", "Greenfield"), ("拾光", "Daylight"),
    ("木语", "Timber"), ("素年", "Plain Year"), ("云栖", "Cloudrest"), ("晴川", "Riverside"), ("北巷", "Northlane"),
    ("初夏", "Early Summer"), ("南枝", "South Branch"),
)  # fmt: skip
_GLAZE = (
    ("BAI", "月白", "Moon white", "#e9e4d6"), ("QING", "天青", "Celadon", "#8fb3a5"), ("MO", "墨黑", "Ink black", "#3b3f45"),
    ("ZHE", "赭石", "Ochre", "#b3673a"), ("LAN", "霁蓝", "Cobalt", "#2f5d94"),
)  # fmt: skip
_CLOTH = (
    ("MI", "米白", "Cream", "#efe3cb"), ("HUI", "雾灰", "Mist grey", "#a9adb1"), ("LV", "豆绿", "Pea green", "#9dba84"),
    ("FEN", "藕粉", "Dusty pink", "#e2b1ac"), ("ZANG", "藏蓝", "Navy", "#2c3e63"),
)  # fmt: skip
_WOOD = (
    ("YUAN", "原木", "Natural", "#d8b384"), ("HU", "胡桃", "Walnut", "#8a5a3c"), ("HEI", "哑黑", "Matt black", "#2f3136"),
    ("HONG", "朱红", "Vermilion", "#c8452f"),
)  # fmt: skip

FAMILIES = (
    Family("tea", "CY", "茶叶", "tin", (
        ("明前龙井 100g", "Longjing Green Tea 100 g", 128, 180), ("陈年普洱饼 357g", "Aged Pu-erh Cake 357 g", 168, 430),
        ("武夷岩茶 125g", "Wuyi Rock Tea 125 g", 99, 210), ("茉莉花茶 150g", "Jasmine Tea 150 g", 58, 230),
        ("桂花乌龙 120g", "Osmanthus Oolong 120 g", 69, 200),
    ), (
        ("GUAN", "绿罐装", "Green tin", "#6d8f4e"), ("HE", "礼盒装", "Gift box", "#b2402f"), ("DAI", "家庭装", "Family pack", "#c9a24b"),
    )),
    Family("teaware", "CJ", "茶具", "teapot", (
        ("手冲茶壶", "Teapot", 139, 620), ("盖碗", "Gaiwan", 59, 260), ("品茗杯四件套", "Tea Cups, Set of 4", 79, 420),
        ("公道杯", "Sharing Jug", 45, 240), ("旅行茶具套装", "Travel Tea Set", 168, 780),
    ), _GLAZE, is_fragile=True),
    Family("tableware", "CJW", "餐具", "bowl", (
        ("家用饭碗", "Rice Bowl", 29, 280), ("深口汤碗", "Soup Bowl", 39, 460), ("平盘 8 英寸", "Dinner Plate 8 in", 36, 520),
        ("马克杯 350ml", "Mug 350 ml", 42, 360), ("餐具十件套", "Tableware, Set of 10", 219, 3600),
    ), _GLAZE, is_fragile=True),
    Family("bedding", "CP", "床品", "pillow", (
        ("纯棉四件套 1.8m", "Cotton Bed Set 1.8 m", 329, 2600), ("亚麻枕套一对", "Linen Pillowcases, Pair", 89, 380),
        ("夏凉被", "Summer Quilt", 199, 1500), ("羊毛盖毯", "Wool Throw", 259, 1200), ("床笠", "Fitted Sheet", 119, 900),
    ), _CLOTH),
    Family("towels", "MJ", "毛巾", "towel", (
        ("长绒棉浴巾", "Cotton Bath Towel", 79, 520), ("洗脸巾三条装", "Face Towels, Pack of 3", 49, 300),
        ("竹纤维方巾", "Bamboo Washcloth", 19, 60), ("儿童浴袍", "Child's Bathrobe", 129, 600), ("运动毛巾", "Sports Towel", 39, 150),
    ), _CLOTH),
    Family("stationery", "WJ", "文具", "notebook", (
        ("布面手账本", "Cloth Journal", 49, 320), ("铜杆钢笔", "Brass Fountain Pen", 118, 90), ("便签套装", "Sticky Note Set", 22, 120),
        ("帆布笔袋", "Canvas Pencil Case", 35, 110), ("和纸胶带六卷", "Washi Tape, 6 Rolls", 29, 140),
    ), _CLOTH),
    Family("bags", "XB", "箱包", "bag", (
        ("帆布托特包", "Canvas Tote", 89, 420), ("双肩背包", "Backpack", 239, 860), ("斜挎小包", "Crossbody Bag", 129, 380),
        ("旅行收纳袋", "Packing Cubes", 69, 260), ("电脑内胆包 14 寸", "Laptop Sleeve 14 in", 79, 300),
    ), _CLOTH),
    Family("lamps", "DJ", "灯具", "lamp", (
        ("床头小夜灯", "Night Light", 69, 350), ("折叠阅读灯", "Folding Reading Lamp", 129, 540), ("纸艺落地灯", "Paper Floor Lamp", 359, 2900),
        ("香薰蜡烛灯", "Candle Warmer Lamp", 149, 900), ("露营灯", "Camping Lantern", 119, 480),
    ), _WOOD, is_fragile=True),
    Family("kitchen", "CF", "厨房用品", "pan", (
        ("铸铁煎锅 26cm", "Cast-iron Pan 26 cm", 199, 2300), ("砧板", "Cutting Board", 79, 1100), ("木柄刀具三件套", "Knife Set of 3", 168, 900),
        ("调味罐四件套", "Spice Jars, Set of 4", 59, 640), ("珐琅锅 20cm", "Enamel Pot 20 cm", 269, 2500),
    ), _WOOD),
    Family("scent", "XX", "香薰", "candle", (
        ("大豆香薰蜡烛 200g", "Soy Candle 200 g", 79, 380), ("无火香薰 150ml", "Reed Diffuser 150 ml", 99, 420),
        ("线香礼盒", "Incense Gift Box", 88, 260), ("车载香片", "Car Freshener", 35, 60), ("精油 10ml", "Essential Oil 10 ml", 49, 70),
    ), (
        ("GUI", "桂花", "Osmanthus", "#e0a63a"), ("TAN", "檀木", "Sandalwood", "#9b6b4a"), ("CHA", "白茶", "White tea", "#c7d3b5"),
        ("HAI", "海盐", "Sea salt", "#7fb0c4"),
    )),
    Family("snacks", "LS", "零食", "pouch", (
        ("每日坚果 30 包", "Daily Nuts, 30 Bags", 99, 900), ("手工牛轧糖 300g", "Nougat 300 g", 39, 330), ("芒果干 200g", "Dried Mango 200 g", 29, 230),
        ("桂花糕 12 枚", "Osmanthus Cake, 12 Pieces", 45, 480), ("海苔脆 10 袋", "Seaweed Crisps, 10 Bags", 36, 260),
    ), (
        ("YW", "原味", "Original", "#d8b45a"), ("HY", "海盐味", "Sea salt", "#6f9fb8"), ("MC", "抹茶味", "Matcha", "#84a556"),
    )),
    Family("toys", "WANJ", "玩具", "blocks", (
        ("原木积木 60 粒", "Wooden Blocks, 60 Pieces", 129, 1300), ("布艺小熊", "Cloth Bear", 79, 260), ("叠叠乐", "Stacking Tower", 49, 520),
        ("儿童拼图 48 片", "Child's Puzzle, 48 Pieces", 39, 340), ("磁力画板", "Magnetic Board", 69, 610),
    ), _CLOTH),
)  # fmt: skip
