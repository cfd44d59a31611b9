"""What the trail may say about stock."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, TrailAction, subjects, trail_actions

trail_actions.register("inventory.stock_received", TrailAction(_("stock received")))
trail_actions.register("inventory.stock_corrected", TrailAction(_("stock corrected")))
trail_actions.register("inventory.bin_set", TrailAction(_("bin set")))
trail_actions.register("inventory.ledger_disagrees", TrailAction(_("level and ledger disagree"), kind="system"))
subjects.register(
    "inventory.stocklevel", SubjectKind(_("stock level"), "inventory:level_detail", "inventory.view_stocklevel")
)
