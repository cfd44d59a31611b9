# ruff: noqa: E501 (a Chinese character counts as two)
"""The words of which the demo's people and addresses are made. All invented; phones and mail domains are reserved for examples."""

from __future__ import annotations

SURNAMES = tuple(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
)
GIVEN = (
    "子涵", "雨桐", "浩然", "思远", "晓琳", "嘉宁", "梓萱", "文博", "静怡", "俊杰", "欣怡", "志强", "丽华", "建国", "秀英", "明轩", "若曦",
    "一诺", "宇航", "诗涵", "海燕", "国栋", "佳琪", "天佑", "婉清", "书瑶", "泽宇", "芷若", "立群", "春梅", "小满", "知夏", "安", "宁", "磊", "敏",
)  # fmt: skip
# region, city, district, postcode
CITIES = (
    ("浙江省", "杭州市", "西湖区", "310013"), ("浙江省", "宁波市", "鄞州区", "315100"), ("上海市", "上海市", "徐汇区", "200030"),
    ("上海市", "上海市", "浦东新区", "200120"), ("江苏省", "南京市", "鼓楼区", "210009"), ("江苏省", "苏州市", "姑苏区", "215008"),
    ("广东省", "广州市", "天河区", "510630"), ("广东省", "深圳市", "南山区", "518052"), ("广东省", "佛山市", "禅城区", "528000"),
    ("北京市", "北京市", "朝阳区", "100020"), ("北京市", "北京市", "海淀区", "100080"), ("四川省", "成都市", "武侯区", "610041"),
    ("重庆市", "重庆市", "渝中区", "400010"), ("湖北省", "武汉市", "洪山区", "430070"), ("湖南省", "长沙市", "岳麓区", "410006"),
    ("陕西省", "西安市", "雁塔区", "710061"), ("福建省", "厦门市", "思明区", "361001"), ("山东省", "青岛市", "市南区", "266001"),
    ("辽宁省", "大连市", "中山区", "116001"), ("云南省", "昆明市", "五华区", "650021"),
)  # fmt: skip
STREETS = ("桂花路", "荷塘街", "槐荫巷", "望江路", "书院街", "月牙路", "春晓街", "梧桐里", "清溪路", "石桥巷")
HOMES = ("{n} 号 {b} 幢 {r} 室", "{n} 弄 {b} 号 {r}", "{n} 号云栖花园 {b} 栋 {r}", "{n} 号锦绣里 {b} 单元 {r}")
ENGLISH_FIRST = (
    "Emma", "Liam", "Olivia", "Noah", "Ava", "Ethan", "Mia", "Lucas", "Sophie", "Jack", "Grace", "Oscar", "Chloe", "Daniel",
    "Hannah", "Ryan", "Zoe", "Adam", "Nora", "Felix",
)  # fmt: skip
ENGLISH_LAST = (
    "Carter", "Hughes", "Morgan", "Bennett", "Fisher", "Walsh", "Palmer", "Reid", "Sutton", "Doyle", "Harper", "Lowe", "Mercer",
    "Quinn", "Barton", "Ellis",
)  # fmt: skip
# country, region, city, postcode, telephone code whose 555-01xx numbers belong to nobody
ENGLISH_CITIES = (
    ("US", "CA", "San Jose", "95112", "408"), ("US", "NY", "Brooklyn", "11215", "718"), ("US", "WA", "Seattle", "98103", "206"),
    ("US", "TX", "Austin", "78704", "512"), ("US", "IL", "Chicago", "60614", "312"), ("CA", "BC", "Vancouver", "V5K 0A1", "604"),
    ("CA", "ON", "Toronto", "M4C 1B5", "416"),
)  # fmt: skip
ENGLISH_STREETS = ("Maple Street", "Juniper Avenue", "Hillcrest Road", "Orchard Lane", "Lakeview Drive", "Birch Court")
MAIL_DOMAINS = ("example.com", "example.net", "example.org")

BUYER_NOTES = (
    "麻烦尽快发货，周末要用。", "送人的，请不要放价格单，谢谢。", "包装请结实一点，上次有一个磕坏了。", "请发顺丰，运费可以补。", "放快递柜就好，不用打电话。",
    "颜色不要发错哦。", "可以送一张贺卡吗？写“生日快乐”。", "工作日送公司前台，周末别送。",
)  # fmt: skip
ENGLISH_NOTES = (
    "Please leave the parcel at the back door.", "This is a gift, no invoice in the box please.", "Could you pack it extra safely? Thanks!",
    "Ring the bell twice, the dog is friendly.",
)  # fmt: skip
WAREHOUSE_NOTES = (
    "易碎，加两层气泡膜。",
    "附手写贺卡一张：生日快乐。",
    "不放价格单。",
    "和上一单一起用大箱。",
    "检查釉面再装箱。",
)
CANCEL_REASONS = (
    "买家拍错规格，要求取消。",
    "买家改主意，不想要了。",
    "重复下单，保留另一单。",
    "收货地址无法派送，买家同意取消。",
)
REFUND_REASONS = (
    "收到时杯口有磕碰",
    "少发一件",
    "颜色与图片有差异",
    "七天无理由退货",
    "Arrived with a scratch",
    "Changed my mind",
)
DRIVERS = ("王师傅", "老周", "小赵", "刘师傅", "陈师傅")
