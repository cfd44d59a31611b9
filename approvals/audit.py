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
):
    trail_actions.register(_code, TrailAction(_sentence, kind=_kind))

subjects.register("approvals.timerule", SubjectKind(_("time rule"), "approvals:time_rule", "approvals.view_timerule"))
subjects.register("approvals.job", SubjectKind(_("job"), "approvals:job", "approvals.view_own_due_work"))
