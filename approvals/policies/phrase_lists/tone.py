"""Words that press the buyer, or that everybody has read too often."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.policies.phrase_lists.declaring import PhraseList, phrases
from approvals.states import RuleKind, Severity

TONE = PhraseList(
    "tone",
    _("Tone of the house"),
    RuleKind.TONE,
    "PLAN",
    phrases(
        RuleKind.TONE,
        Severity.WARN,
        _("Pressing or worn out: tell what the buyer gets from it."),
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
