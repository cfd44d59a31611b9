"""What the trail may say about the kernel itself and about the admin."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, TrailAction, subjects, trail_actions

trail_actions.register("backoffice.added", TrailAction(_("added in the admin")))
trail_actions.register("backoffice.changed", TrailAction(_("changed in the admin")))
trail_actions.register("backoffice.deleted", TrailAction(_("deleted in the admin")))
for _code, _sentence, _kind in (
    ("deadlines.paused", _("clock paused"), "people"),
    ("deadlines.resumed", _("clock runs on"), "people"),
    ("deadlines.reassigned", _("due work handed on"), "people"),
    ("deadlines.cause_given", _("cause of the breach given"), "people"),
    ("deadlines.consequence", _("consequence of a breach"), "system"),
    ("time_rule.changed", _("time rule changed"), "people"),
    ("jobs.requested", _("background work asked for"), "people"),
    ("jobs.failed", _("background work failed"), "system"),
    ("jobs.file_taken", _("file taken"), "people"),
    ("kit.export_taken", _("data exported"), "people"),
    ("trail.verified", _("trail verified"), "people"),
    ("requests.submitted", _("submitted for approval"), "people"),
    ("requests.signed", _("signed by a department"), "people"),
    ("requests.stage_approved", _("approved at a stage"), "people"),
    ("requests.approved", _("approved"), "people"),
    ("requests.refused", _("refused"), "people"),
    ("requests.withdrawn", _("request withdrawn"), "people"),
    ("requests.voided", _("went back to draft"), "system"),
    ("requests.published", _("published"), "system"),
    ("requests.live", _("seen live"), "system"),
    ("requests.taken_down", _("taken down"), "people"),
    ("requests.commented", _("said"), "people"),
    ("requests.importance_raised", _("class raised"), "people"),
    ("requests.importance_lowered", _("class lowered"), "people"),
    ("requests.paused", _("waits for material"), "people"),
    ("requests.resumed", _("material is there"), "people"),
    ("requests.let_through", _("let through in an emergency"), "people"),
    ("requests.reviewed", _("emergency looked at again"), "people"),
    ("requests.stage_without_people", _("a stage has nobody to decide"), "system"),
    ("requests.stages_changed", _("stages changed"), "people"),
    ("requests.class_rule_changed", _("class rule changed"), "people"),
    ("requests.deputy_set", _("deputy named"), "people"),
    ("requests.deputy_ended", _("absence ended"), "people"),
    ("requests.proof_added", _("proof added"), "people"),
    ("content_rules.list_added", _("list of content rules made"), "people"),
    ("content_rules.list_switched", _("list of content rules switched on or off"), "people"),
    ("content_rules.rule_added", _("content rule added"), "people"),
    ("content_rules.rule_changed", _("content rule changed"), "people"),
    ("content_rules.imported", _("content rules read from a file"), "people"),
    ("content_rules.format_changed", _("house format changed"), "people"),
    ("security.reported", _("refused attempts told to management"), "system"),
):
    trail_actions.register(_code, TrailAction(_sentence, kind=_kind))

subjects.register("approvals.timerule", SubjectKind(_("time rule"), "approvals:time_rule", "approvals.view_timerule"))
subjects.register("approvals.job", SubjectKind(_("job"), "approvals:job", "approvals.view_own_due_work"))
subjects.register("approvals.changerequest", SubjectKind(_("change request"), "approvals:request"))
subjects.register("approvals.requeststage", SubjectKind(_("stage of a request"), "approvals:request_stage"))
subjects.register(
    "approvals.contentrulelist",
    SubjectKind(_("list of content rules"), "approvals:content_rule_list", "approvals.view_contentrulelist"),
)
