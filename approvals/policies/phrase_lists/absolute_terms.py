"""What nobody may claim: the best, the highest. Beside it what may stay when it is a fact, or a feeling, and no praise.

Article 9 (3) of the Advertising Law forbids "国家级", "最高级", "最佳" "and the like". The guideline on its enforcement
(执法指南 of the market regulator, 2023) lets stand what states a fact that can be shown: ranks and sales with time
and place, official grades and awards; and what is not about the goods.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.policies.phrase_lists.declaring import PhraseList, phrases
from approvals.states import RuleKind, Severity

_BEST = ("最好先", "最好不要", "最好别", "最好是", "最好在", "最好用", "最好能", "最好将", "最好把", "最好由")

_TITLES = ("国家级非物质文化遗产", "国家级非遗")
"""Official titles: proven by their certificate (see claims)."""

_FORBIDDEN = _("Advertising Law article 9: absolute terms are forbidden. Say what can be measured instead.")
_FACT = _(
    "It may stay only as a fact that a document shows, with its time and range: a rank, a standard, a test, an award."
)
_FEELING = _("It may stay where it tells a feeling and does not praise the goods.")

ABSOLUTE = PhraseList(
    "absolute-terms",
    _("Absolute terms"),
    RuleKind.ABSOLUTE,
    "PLAN",
    phrases(
        RuleKind.ABSOLUTE,
        Severity.BLOCK,
        _FORBIDDEN,
        national_level=("国家级", *_TITLES),
        world_class="世界级",
        supreme_grade="最高级",
        best_zuijia="最佳",
        best_zuihao=("最好", *_BEST),
        superb="最优",
        finest="最优质",
        most_advanced="最先进",
        strongest="最强",
        tallest="最高端",
        most_luxurious="最奢华",
        most_fashionable="最时尚",
        most_comfortable="最舒适",
        most_professional="最专业",
        most_authoritative="最权威",
        safest="最安全",
        most_natural="最天然",
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
        zero_risk="零风险",
        hundred_percent_effective="100%有效",
        king="王牌",
        champion_quality="冠军品质",
        best_latin="the best",
    )
    + phrases(
        RuleKind.ABSOLUTE,
        Severity.PROOF,
        _FACT,
        biggest=("最大", "最大程度", "最大承重", "最大尺寸", "最大功率", "最大容量", "最大限度", "最大值"),
        newest_science="最新科学",
        newest_technology="最新技术",
        most_popular="最受欢迎",
        forever=("永久", "永久自行车"),
        all_powerful=("万能", "万能胶", "万能表", "万能插座", "万能充"),
        leader_brand="领袖品牌",
        leading_brand="领导品牌",
        top_latin="TOP1",
        number_one_latin="NO.1",
    )
    + phrases(
        RuleKind.ABSOLUTE,
        Severity.WARN,
        _FEELING,
        favourite="最爱",
        most_beautiful="最美",
    ),
)
