"""What the trail may say about the catalogue, beside what the admin says."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, TrailAction, subjects, trail_actions

trail_actions.register("catalog.product_state_changed", TrailAction(_("product's state changed")))
trail_actions.register("catalog.price_set", TrailAction(_("price set"), kind="money"))
trail_actions.register("catalog.code_mapped", TrailAction(_("shop's code mapped")))
subjects.register("catalog.product", SubjectKind(_("product"), "catalog:product_detail", "catalog.view_product"))
subjects.register("catalog.variant", SubjectKind(_("variant"), "catalog:variant_page", "catalog.view_product"))
subjects.register(
    "catalog.sellercode",
    SubjectKind(_("seller code of a shop"), "admin:catalog_sellercode_change", "catalog.view_sellercode"),
)
