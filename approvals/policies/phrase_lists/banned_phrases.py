"""What no shop says: medical effects, state bodies, superstition, insults, vice, ways around the platform."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.policies.phrase_lists.declaring import PhraseList, phrases
from approvals.states import RuleKind, Severity

_MEDICAL = _("Advertising Law article 17: goods that are no medicine claim no medical effect.")
_STATE = _("Advertising Law article 9: state bodies and their staff are not used for advertising.")
_FORTUNE = _("Superstition has no place in a shop's text.")
_VULGAR = _("Vulgar or insulting: write it in another way.")
_VICE = _("Forbidden goods or acts: never on a shop's page.")
_AROUND = _("Leading buyers away from the platform breaks its rules.")
_REVIEWS = _("Paying for good reviews is forbidden by the E-commerce Law article 17.")

BANNED = PhraseList(
    "banned-phrases",
    _("Banned phrases"),
    RuleKind.BANNED,
    "MGR",
    phrases(
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
    + phrases(
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
    + phrases(
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
    + phrases(
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
    + phrases(
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
    + phrases(
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
    + phrases(
        RuleKind.BANNED,
        Severity.BLOCK,
        _REVIEWS,
        review_cashback="好评返现",
        five_star_cashback="五星返现",
        brush_orders="刷单",
        good_review_gift="好评送",
    ),
)
