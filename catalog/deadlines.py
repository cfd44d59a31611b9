"""Time rules of the catalogue, beside those of the register in approvals."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.registries import RuleDeclaration, time_rules

_HOUR, _DAY = 60, 1440

time_rules.register(
    "notice_mismatch",
    RuleDeclaration(
        name=_("Live listings brought in line with a change notice"),
        length_minutes=24 * _HOUR,
        starts_when=_("difference found after the effective date"),
        stops_when=_("live listings agree again"),
        source="[A] 市场组提供",
    ),
)
time_rules.register(
    "listing_behind",
    RuleDeclaration(
        name=_("Change of a product submitted for the shops that show it"),
        length_minutes=12 * _HOUR,
        starts_when=_("product, price or picture changed while a shop shows it"),
        stops_when=_("its draft submitted, or nothing left to say"),
        source="[C] 避免重复输入; [A] 及时更新",
    ),
)
time_rules.register(
    "plan_line_due",
    RuleDeclaration(
        name=_("Planned product listed"),
        length_minutes=_DAY,
        starts_when=_("listing plan approved"),
        stops_when=_("listing first live"),
        source="[C] 商品上架计划",
        warn_at=(0.8,),
        ladder=((0, "owner"), (_DAY, "head")),
    ),
)
time_rules.register(
    "shot_due",
    RuleDeclaration(
        name=_("Missing picture of a product taken"),
        length_minutes=3 * _DAY,
        starts_when=_("put on the shot list"),
        stops_when=_("picture signed off"),
        source="[A] 商品拍照",
        warn_at=(0.8,),
        ladder=((0, "owner"), (_DAY, "head")),
    ),
)
time_rules.register(
    "live_differs",
    RuleDeclaration(
        name=_("Shop shows again what was approved"),
        length_minutes=24 * _HOUR,
        starts_when=_("difference found in the shop"),
        stops_when=_("the shop shows the approved version"),
        source="[C] 审核通过后正式上架并展示",
    ),
)
