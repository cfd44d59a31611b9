"""What may be said with a proof: prices, ranks, firsts, qualities, effects."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.policies.phrase_lists.declaring import PhraseList, phrases
from approvals.states import RuleKind, Severity

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

_RANK = _("A rank needs proof: the source, the date and the range it holds for.")
_PRICE = _("A price claim needs proof: the price history of the product.")
_ONLY = _("Being the first or the only one needs proof: the source and the date.")
_COSMETIC = _("This effect needs the registered efficacy evaluation of the product.")
_QUALITY = _("This claim needs the certificate or the test report.")
_RESULT = _("A promised result is a false claim unless it is proven.")

CLAIMS = PhraseList(
    "claims",
    _("Claims that need proof"),
    RuleKind.CLAIM,
    "PLAN",
    phrases(
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
    + phrases(
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
    + phrases(
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
    + phrases(
        RuleKind.CLAIM,
        Severity.PROOF,
        _QUALITY,
        national_heritage="国家级非物质文化遗产",
        national_heritage_short="国家级非遗",
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
    + phrases(
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
    + phrases(
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
