"""What is for inside the company only."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.policies.phrase_lists.declaring import PhraseList, phrases
from approvals.states import RuleKind, Severity

SECRETS = PhraseList(
    "company-secrets",
    _("Company secrets"),
    RuleKind.SECRET,
    "MGR",
    phrases(
        RuleKind.SECRET,
        Severity.BLOCK,
        _("This is for inside the company only."),
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
