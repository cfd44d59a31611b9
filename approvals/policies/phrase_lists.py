"""The content rules that are shipped. They are data for the first start: afterwards the owners of the lists change them.

Notes are English for translation when they are shown (`gettext_noop`), phrases are what stands in a shop's text.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from approvals.policies.phrases import PhraseRule
from approvals.states import RuleKind, Severity


@dataclass(frozen=True, slots=True)
class PhraseList:
    """A list with its owner: `owner_role` is the role that answers for it."""

    code: str
    name: str
    kind: RuleKind
    owner_role: str
    rules: tuple[PhraseRule, ...]


_FIRST = (
    "第一次",
    "第一步",
    "第一时间",
    "第一天",
    "第一章",
    "第一节",
    "第一条",
    "第一项",
    "第一眼",
    "第一批",
    "第一届",
    "第一季",
    "第一层",
    "第一排",
    "第一人称",
)
_BEST = ("最好先", "最好不要", "最好别", "最好是", "最好在", "最好用", "最好能", "最好将", "最好把", "最好由")

_LAW_9 = _("Advertising Law article 9: absolute terms are forbidden. Say what can be measured instead.")
_RANK = _("A rank needs proof: the source, the date and the range it holds for.")
_PRICE = _("A price claim needs proof: the price history of the product.")
_ONLY = _("Being the first or the only one needs proof: the source and the date.")
_MEDICAL = _("Advertising Law article 17: goods that are no medicine claim no medical effect.")
_COSMETIC = _("This effect needs the registered efficacy evaluation of the product.")
_QUALITY = _("This claim needs the certificate or the test report.")
_RESULT = _("A promised result is a false claim unless it is proven.")
_STATE = _("Advertising Law article 9: state bodies and their staff are not used for advertising.")
_FORTUNE = _("Superstition has no place in a shop's text.")
_VULGAR = _("Vulgar or insulting: write it in another way.")
_VICE = _("Forbidden goods or acts: never on a shop's page.")
_AROUND = _("Leading buyers away from the platform breaks its rules.")
_REVIEWS = _("Paying for good reviews is forbidden by the E-commerce Law article 17.")
_SECRET = _("This is for inside the company only.")
_TONE = _("Pressing or worn out: tell what the buyer gets from it.")
_UNIT = _("House format: write units in their standard form.")


def _rules(kind: RuleKind, severity: Severity, note: str, **phrases: str | tuple[str, ...]) -> tuple[PhraseRule, ...]:
    """Rules by code: a phrase, or a phrase with the phrases in which it is allowed."""
    return tuple(
        PhraseRule(
            code=code.replace("_", "-"),
            kind=kind,
            severity=severity,
            phrase=words if isinstance(words, str) else words[0],
            exceptions=() if isinstance(words, str) else words[1:],
            needs_proof=severity == Severity.PROOF,
            note=note,
        )
        for code, words in phrases.items()
    )


def _patterns(kind: RuleKind, severity: Severity, note: str, **patterns: str) -> tuple[PhraseRule, ...]:
    return tuple(
        PhraseRule(code=code.replace("_", "-"), kind=kind, severity=severity, pattern=pattern, note=note)
        for code, pattern in patterns.items()
    )


ABSOLUTE = PhraseList(
    "absolute-terms",
    _("Absolute terms"),
    RuleKind.ABSOLUTE,
    "PLAN",
    _rules(
        RuleKind.ABSOLUTE,
        Severity.PROOF,
        _LAW_9,
        national_level="国家级",
        world_class="世界级",
        supreme_grade="最高级",
        best_zuijia="最佳",
        best_zuihao=("最好", *_BEST),
        superb="最优",
        finest="最优质",
        most_advanced="最先进",
        newest_science="最新科学",
        newest_technology="最新技术",
        strongest="最强",
        biggest=("最大", "最大程度", "最大承重", "最大尺寸", "最大功率", "最大容量", "最大限度", "最大值"),
        tallest="最高端",
        most_luxurious="最奢华",
        most_fashionable="最时尚",
        most_popular="最受欢迎",
        most_comfortable="最舒适",
        most_beautiful="最美",
        most_professional="最专业",
        most_authoritative="最权威",
        safest="最安全",
        most_natural="最天然",
        favourite="最爱",
        hottest="最火",
        ultimate="极品",
        extreme="极致",
        top_grade="顶级",
        top_notch="顶尖",
        peak="巅峰",
        summit="顶峰",
        perfect="完美无缺",
        absolute=("绝对", "绝对值", "绝对湿度"),
        unmatched="无与伦比",
        unrivalled="无敌",
        peerless="举世无双",
        unsurpassed="无人能及",
        unprecedented="史无前例",
        never_again="绝无仅有",
        all_powerful=("万能", "万能胶", "万能表", "万能插座", "万能充"),
        forever=("永久", "永久自行车"),
        zero_risk="零风险",
        hundred_percent_effective="100%有效",
        king="王牌",
        leader_brand="领袖品牌",
        leading_brand="领导品牌",
        champion_quality="冠军品质",
        top_latin="TOP1",
        number_one_latin="NO.1",
        best_latin="the best",
    ),
)

CLAIMS = PhraseList(
    "claims",
    _("Claims that need proof"),
    RuleKind.CLAIM,
    "PLAN",
    _rules(
        RuleKind.CLAIM,
        Severity.PROOF,
        _PRICE,
        lowest_price="最低价",
        lowest="全网最低",
        lowest_in_history="史上最低",
        rock_bottom="全网底价",
        cheapest="最便宜",
        original_price="原价",
        factory_price="出厂价",
        below_cost="亏本",
        market_price="市场价",
        counter_price="专柜价",
    )
    + _rules(
        RuleKind.CLAIM,
        Severity.PROOF,
        _RANK,
        first=("第一", *_FIRST),
        sales_champion="销量冠军",
        sales_first="销量第一",
        ranking="排名第一",
        whole_net_first="全网第一",
        nationwide_first="全国第一",
        world_first="世界第一",
        industry_first="行业第一",
        market_leader="行业领先",
        world_leading="世界领先",
        hot_sale_number="累计销量",
    )
    + _rules(
        RuleKind.CLAIM,
        Severity.PROOF,
        _ONLY,
        only_one="唯一",
        sole="独一无二",
        first_of_all="首个",
        first_house="首家",
        first_launch="首发",
        exclusive="独家",
        patented="专利",
        invented="首创",
        whole_net_debut="全网首发",
    )
    + _rules(
        RuleKind.CLAIM,
        Severity.PROOF,
        _QUALITY,
        organic="有机认证",
        inspection_free="免检",
        pure_natural="纯天然",
        no_additive="无添加",
        food_grade="食品级",
        medical_grade="医用级",
        military_grade="军工级",
        antibacterial="抗菌",
        mite_proof="防螨",
        zero_formaldehyde="零甲醛",
        certified="权威认证",
        famous_trademark="驰名商标",
        well_known_brand="著名商标",
        time_honoured="老字号",
        imported="原装进口",
    )
    + _rules(
        RuleKind.CLAIM,
        Severity.PROOF,
        _COSMETIC,
        whitening="美白",
        spot_removal="祛斑",
        hair_growth="生发",
        freckle="淡斑",
        wrinkle="祛皱",
        slimming="瘦身",
        weight_loss="减肥",
    )
    + _rules(
        RuleKind.CLAIM,
        Severity.PROOF,
        _RESULT,
        instant_effect="立竿见影",
        seven_days="七天见效",
        guaranteed_effect="保证有效",
        money_back="无效退款",
        lasting="永不褪色",
    ),
)

BANNED = PhraseList(
    "banned-phrases",
    _("Banned phrases"),
    RuleKind.BANNED,
    "MGR",
    _rules(
        RuleKind.BANNED,
        Severity.BLOCK,
        _MEDICAL,
        treatment=("治疗", "不能代替治疗", "不能替代治疗"),
        curative_effect="疗效",
        cure="治愈",
        heal="根治",
        heal_completely="痊愈",
        recover="康复",
        anti_cancer="抗癌",
        cancer_proof="防癌",
        sterilise_body="排毒",
        blood_pressure="降血压",
        blood_sugar="降血糖",
        blood_fat="降血脂",
        anti_inflammation="消炎",
        pain_relief="止痛",
        cough_relief="止咳",
        ancestral_recipe="祖传秘方",
        miracle_drug="神药",
        immunity="提高免疫力",
        sleep_disorder="治失眠",
        medicine_effect="药效",
        prescription="药方",
        substitute_drug="代替药物",
        no_side_effect="无副作用",
        no_toxic_effect="无毒副作用",
        kidney="补肾壮阳",
        breast="丰胸",
    )
    + _rules(
        RuleKind.BANNED,
        Severity.BLOCK,
        _STATE,
        state_leader="国家领导人",
        state_council_use="国宴专用",
        state_body="国家机关",
        special_supply="特供",
        exclusive_supply="专供机关",
        army_supply="军队特供",
        national_flag="国旗图案",
        state_recommended="国家推荐",
        state_inspection="国家免检",
    )
    + _rules(
        RuleKind.BANNED,
        Severity.BLOCK,
        _FORTUNE,
        bring_luck="招财进宝开光",
        consecrated="开光",
        ward_off_evil="辟邪",
        change_luck=("转运", "转运中心", "转运仓", "转运站"),
        fortune="旺夫",
        geomancy="改风水",
    )
    + _rules(
        RuleKind.BANNED,
        Severity.BLOCK,
        _VULGAR,
        idiot="傻逼",
        trash="垃圾人",
        bitch="婊子",
        damn="他妈的",
        poor_devil="穷鬼",
        country_bumpkin="乡巴佬",
        fat_pig="死肥猪",
        cripple="残废",
        rogue="贱人",
        brainless="脑残",
        fool="白痴",
        lewd="色情",
        naked_temptation="裸体诱惑",
        one_night="一夜情",
    )
    + _rules(
        RuleKind.BANNED,
        Severity.BLOCK,
        _VICE,
        gambling="赌博",
        drugs="毒品",
        firearms="枪支",
        fake_papers="假证",
        counterfeit="高仿",
        copy_goods="A货",
        replica="原单尾货",
        fake_invoice="代开发票",
        money_laundering="洗钱",
    )
    + _rules(
        RuleKind.BANNED,
        Severity.BLOCK,
        _AROUND,
        add_wechat="加微信",
        wechat_id="微信号",
        add_qq="加QQ",
        private_deal="私下交易",
        offline_transfer="线下转账",
        direct_transfer="直接转账",
    )
    + _rules(
        RuleKind.BANNED,
        Severity.BLOCK,
        _REVIEWS,
        review_cashback="好评返现",
        five_star_cashback="五星返现",
        brush_orders="刷单",
        good_review_gift="好评送",
    ),
)

SECRETS = PhraseList(
    "company-secrets",
    _("Company secrets"),
    RuleKind.SECRET,
    "MGR",
    _rules(
        RuleKind.SECRET,
        Severity.BLOCK,
        _SECRET,
        cost_price="成本价",
        purchase_price="进货价",
        purchasing_price="采购价",
        supply_price="供货价",
        supplier_floor="供应商底价",
        floor_price="底价",
        gross_margin="毛利",
        margin_rate="利润率",
        settlement_price="结算价",
        supplier_name="供应商名称",
        internal_price="内部价",
        internal_material="内部资料",
        confidential="机密",
        strictly_inside="绝密",
        customer_list="客户名单",
        buyer_data="买家信息",
        do_not_publish="请勿外传",
        cost_price_en="cost price",
        confidential_en="confidential",
    ),
)

PERSONAL = PhraseList(
    "personal-data",
    _("Personal data"),
    RuleKind.PERSONAL,
    "MGR",
    _patterns(
        RuleKind.PERSONAL,
        Severity.BLOCK,
        _("A mobile number of a person does not belong on a page."),
        mobile="detector:mobile",
    )
    + _patterns(
        RuleKind.PERSONAL,
        Severity.BLOCK,
        _("An identity number never leaves the company."),
        identity="detector:identity",
    )
    + _patterns(
        RuleKind.PERSONAL, Severity.BLOCK, _("A bank card number never leaves the company."), card="detector:card"
    )
    + _patterns(
        RuleKind.PERSONAL,
        Severity.BLOCK,
        _("An e-mail address of a person does not belong on a page."),
        mail="detector:mail",
    ),
)

TONE = PhraseList(
    "tone",
    _("Tone of the house"),
    RuleKind.TONE,
    "PLAN",
    _rules(
        RuleKind.TONE,
        Severity.WARN,
        _TONE,
        crazy_sale="疯抢",
        burst="爆款",
        last_chance="错过再等一年",
        kin="亲们",
        dear="亲亲",
        grab="秒杀价",
        flash="手慢无",
        blood_loss="血亏",
        jump_off="跳楼价",
        big_sale="清仓甩卖",
        boss_mad="老板疯了",
        must_buy="闭眼入",
        internet_star="网红同款",
        same_star="明星同款",
        god_tool="神器",
        explode="炸裂",
        family="家人们",
        limited_seconds="最后一天",
    ),
)

UNITS = PhraseList(
    "house-units",
    _("House format of units"),
    RuleKind.FORMAT,
    "PLAN",
    _patterns(
        RuleKind.FORMAT,
        Severity.WARN,
        _UNIT,
        kg=r"(?<=[0-9])\s{0,2}(?:KG|Kg|kG|KGS|Kgs|kgs)(?![A-Za-z])",
        gram=r"(?<=[0-9])\s{0,2}(?:GM|gm|GRAM)(?![A-Za-z])",
        ml=r"(?<=[0-9])\s{0,2}(?:ML|Ml|ml\.|CC|cc)(?![A-Za-z])",
        cm=r"(?<=[0-9])\s{0,2}(?:CM|Cm|公分)(?![A-Za-z])",
        mm=r"(?<=[0-9])\s{0,2}(?:MM|Mm)(?![A-Za-z])",
        metre=r"(?<=[0-9])\s{0,2}(?:公尺)",
        watt=r"(?<=[0-9])\s{0,2}(?:w|瓦特)(?![A-Za-z])",
        volt=r"(?<=[0-9])\s{0,2}(?:v|伏特)(?![A-Za-z])",
        jin=r"(?<=[0-9])\s{0,2}(?:市斤)",
    ),
)

DEFAULT_LISTS: tuple[PhraseList, ...] = (ABSOLUTE, CLAIMS, BANNED, SECRETS, PERSONAL, TONE, UNITS)
