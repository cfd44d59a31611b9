"""What the trail may say about the catalogue, beside what the admin says."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, TrailAction, subjects, trail_actions

trail_actions.register("catalog.product_state_changed", TrailAction(_("product's state changed")))
trail_actions.register("catalog.price_set", TrailAction(_("price set"), kind="money"))
trail_actions.register("catalog.price_withdrawn", TrailAction(_("planned price taken back"), kind="money"))
trail_actions.register("catalog.price_began", TrailAction(_("price began"), kind="system"))
trail_actions.register("catalog.price_ended", TrailAction(_("price ended"), kind="system"))
trail_actions.register("catalog.code_mapped", TrailAction(_("shop's code mapped")))
subjects.register("catalog.product", SubjectKind(_("product"), "catalog:product_detail", "catalog.view_product"))
subjects.register("catalog.variant", SubjectKind(_("variant"), "catalog:variant_page", "catalog.view_product"))
subjects.register(
    "catalog.sellercode",
    SubjectKind(_("seller code of a shop"), "admin:catalog_sellercode_change", "catalog.view_sellercode"),
)
for _code, _sentence, _kind in (
    ("catalog.source_sent", _("sent in"), "people"),
    ("catalog.source_raised", _("class raised"), "people"),
    ("catalog.source_refused", _("refused"), "people"),
    ("catalog.source_withdrawn", _("taken back by its sender"), "people"),
    ("catalog.source_state_changed", _("went on its way"), "people"),
    ("catalog.notice_differs", _("live listings differ from the notice"), "system"),
    ("catalog.notice_agrees", _("live listings agree with the notice again"), "system"),
    ("catalog.package_made", _("package made"), "people"),
    ("catalog.package_changed", _("package changed"), "people"),
    ("catalog.package_submitted", _("package submitted"), "people"),
    ("catalog.package_came_back", _("package came back"), "system"),
    ("catalog.package_closed", _("package closed"), "people"),
    ("catalog.plan_made", _("listing plan made"), "people"),
    ("catalog.plan_changed", _("listing plan changed"), "people"),
    ("catalog.plan_approved", _("listing plan in force"), "people"),
    ("catalog.plan_closed", _("listing plan closed"), "people"),
    ("catalog.plan_line_done", _("planned listing is live"), "people"),
):
    trail_actions.register(_code, TrailAction(_sentence, kind=_kind))
subjects.register("catalog.sourceitem", SubjectKind(_("intake or notice"), "catalog:source", "catalog.view_listing"))
subjects.register("catalog.package", SubjectKind(_("publication package"), "catalog:package", "catalog.plan_listings"))
subjects.register("catalog.listingplan", SubjectKind(_("listing plan"), "catalog:plan", "catalog.view_listing"))
subjects.register(
    "catalog.listingplanline", SubjectKind(_("line of a listing plan"), "catalog:plan_line", "catalog.view_listing")
)
trail_actions.register("catalog.photo_uploaded", TrailAction(_("picture uploaded")))
trail_actions.register("catalog.photo_checked", TrailAction(_("picture checked"), kind="system"))
trail_actions.register("catalog.photo_signed_off", TrailAction(_("picture signed off")))
trail_actions.register("catalog.photo_refused", TrailAction(_("picture refused")))
trail_actions.register("catalog.photo_retired", TrailAction(_("picture retired")))
trail_actions.register("catalog.photo_brought_back", TrailAction(_("retired picture brought back")))
trail_actions.register("catalog.photos_ordered", TrailAction(_("pictures put in order")))
trail_actions.register("catalog.photo_described", TrailAction(_("picture described")))
trail_actions.register("catalog.shot_planned", TrailAction(_("shot planned"), kind="system"))
trail_actions.register("catalog.shot_moved", TrailAction(_("shot went on")))
trail_actions.register("catalog.shot_dropped", TrailAction(_("shot not needed any more"), kind="system"))
subjects.register("catalog.photo", SubjectKind(_("picture"), "catalog:photo", "catalog.view_product"))
subjects.register("catalog.shot", SubjectKind(_("shot"), "catalog:shot", "catalog.view_product"))
for _code, _sentence, _kind in (
    ("catalog.listing_made", _("listing prepared"), "people"),
    ("catalog.listing_shown", _("shown in its shop"), "system"),
    ("catalog.listing_taken_down", _("taken down"), "people"),
    ("catalog.revision_begun", _("draft begun"), "people"),
    ("catalog.revision_saved", _("draft saved"), "people"),
    ("catalog.revision_scheduled", _("time of publication set"), "people"),
    ("catalog.revision_rebased", _("draft compared with the newest version"), "people"),
    ("catalog.revision_discarded", _("draft discarded"), "people"),
    ("catalog.version_restored", _("version restored as a draft"), "people"),
    ("catalog.master_changed", _("product changed"), "people"),
    ("catalog.title_rated", _("title rated"), "people"),
):
    trail_actions.register(_code, TrailAction(_sentence, kind=_kind))
subjects.register("catalog.listing", SubjectKind(_("listing"), "catalog:listing", "catalog.view_listing"))
for _code, _sentence, _kind in (
    ("catalog.content_refreshed", _("content refreshed"), "system"),
    ("catalog.push_sent", _("sent to the shop's channel"), "system"),
    ("catalog.push_confirmed", _("confirmed in the shop"), "system"),
    ("catalog.push_refused", _("refused by the shop"), "system"),
    ("catalog.push_by_hand", _("to be done by hand"), "people"),
    ("catalog.push_again", _("to be sent again"), "people"),
    ("catalog.push_done_by_hand", _("done by hand in the shop"), "people"),
    ("catalog.remote_id_set", _("platform's number set"), "people"),
    ("catalog.live_differs", _("the shop shows something else"), "system"),
    ("catalog.live_agrees", _("the shop shows what was approved again"), "system"),
    ("catalog.proofread_done", _("proof-read"), "people"),
    ("catalog.proofread_dropped", _("proof-reading not needed any more"), "system"),
    ("catalog.competitor_noted", _("note on a competitor"), "people"),
):
    trail_actions.register(_code, TrailAction(_sentence, kind=_kind))
subjects.register(
    "catalog.refreshclock", SubjectKind(_("content refresh"), "catalog:refresh_task", "catalog.view_listing")
)
subjects.register("catalog.channelpush", SubjectKind(_("push to a shop"), "catalog:push", "catalog.view_listing"))
subjects.register(
    "catalog.proofreadtask", SubjectKind(_("proof-reading"), "catalog:proofread", "catalog.proofread_listing")
)
