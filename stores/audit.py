"""What the trail may say about people, shops and keys."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, TrailAction, subjects, trail_actions

trail_actions.register("stores.employee_invited", TrailAction(_("invitation link made")))
trail_actions.register("stores.second_factor_removed", TrailAction(_("second factor removed")))
trail_actions.register("stores.sign_in_unlocked", TrailAction(_("sign-in unlocked")))
trail_actions.register("stores.platform_state_changed", TrailAction(_("platform's state changed")))
trail_actions.register("stores.language_chosen", TrailAction(_("language chosen")))
trail_actions.register("stores.rights_synced", TrailAction(_("rights follow the positions"), kind="system"))
trail_actions.register("stores.api_key_issued", TrailAction(_("API key made")))
trail_actions.register("stores.api_key_revoked", TrailAction(_("API key revoked")))
subjects.register("stores.employee", SubjectKind(_("employee"), "admin:stores_employee_change", "stores.view_employee"))
subjects.register("stores.platform", SubjectKind(_("platform"), "admin:stores_platform_change", "stores.view_platform"))
subjects.register("stores.shop", SubjectKind(_("shop"), "admin:stores_shop_change", "stores.view_shop"))
trail_actions.register("stores.page_created", TrailAction(_("page made")))
trail_actions.register("stores.page_settings_changed", TrailAction(_("page's settings changed")))
trail_actions.register("stores.page_revision_begun", TrailAction(_("draft of the page begun")))
trail_actions.register("stores.page_revision_saved", TrailAction(_("draft of the page saved")))
trail_actions.register("stores.page_revision_discarded", TrailAction(_("draft of the page thrown away")))
trail_actions.register("stores.page_snapshot_restored", TrailAction(_("earlier version taken up as a draft")))
trail_actions.register("stores.page_published", TrailAction(_("page shown to shoppers"), kind="system"))
trail_actions.register("stores.page_picture_added", TrailAction(_("picture of pages uploaded")))
trail_actions.register("stores.layout_created", TrailAction(_("layout made")))
trail_actions.register("stores.layout_revision_begun", TrailAction(_("draft of the layout begun")))
trail_actions.register("stores.layout_revision_saved", TrailAction(_("draft of the layout saved")))
trail_actions.register("stores.layout_published", TrailAction(_("layout in force"), kind="system"))
trail_actions.register("stores.zone_created", TrailAction(_("promotion zone made")))
trail_actions.register("stores.zone_changed", TrailAction(_("promotion zone changed")))
trail_actions.register("stores.zone_booked", TrailAction(_("slot booked")))
trail_actions.register("stores.zone_booking_moved", TrailAction(_("slot moved")))
trail_actions.register("stores.zone_booking_cancelled", TrailAction(_("slot cancelled")))
trail_actions.register("stores.zone_swapped_in", TrailAction(_("promotion zone swapped in"), kind="system"))
trail_actions.register("stores.zone_swapped_out", TrailAction(_("promotion zone swapped back"), kind="system"))
trail_actions.register("stores.zone_shows", TrailAction(_("promotion zone shows something else"), kind="system"))
subjects.register("stores.page", SubjectKind(_("page"), "stores:page", "stores.view_page"))
subjects.register("stores.layout", SubjectKind(_("layout"), "stores:layout", "stores.view_page"))
subjects.register("stores.zone", SubjectKind(_("promotion zone"), "stores:zone", "stores.view_page"))

for _code, _sentence in (
    ("stores.proposal_filed", _("redesign proposal filed")),
    ("stores.proposal_revised", _("redesign proposal revised")),
    ("stores.proposal_withdrawn", _("redesign proposal withdrawn")),
    ("stores.proposal_discussed", _("redesign proposal discussed")),
    ("stores.proposal_sent", _("redesign proposal sent to the management")),
    ("stores.proposal_came_back", _("redesign proposal came back undecided")),
    ("stores.proposal_approved", _("redesign proposal approved")),
    ("stores.proposal_refused", _("redesign proposal refused")),
    ("stores.proposal_order_written", _("work order of a redesign written")),
    ("stores.proposal_order_done", _("work order of a redesign done")),
    ("stores.proposal_evidence_added", _("evidence of a redesign added")),
    ("stores.proposal_carried_out", _("redesign carried out")),
    ("stores.proposal_closed", _("redesign closed with its effect measured")),
):
    trail_actions.register(_code, TrailAction(_sentence))
subjects.register("stores.proposal", SubjectKind(_("redesign proposal"), "stores:proposal", "stores.file_proposal"))
subjects.register(
    "stores.proposalorder", SubjectKind(_("work order of a redesign"), "stores:proposal_order", "stores.file_proposal")
)
