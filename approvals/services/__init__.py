"""The kernel's public verbs."""

from approvals.selectors.rules import forget_rules
from approvals.services.clock import sweep_deadlines
from approvals.services.content_rules import (
    check_draft,
    check_texts,
    forget_content_rules,
    format_in_force,
    reworded,
    sync_content_rules,
)
from approvals.services.deadlines import (
    DeadlineStart,
    give_cause,
    meet_deadlines,
    pause_deadline,
    reassign_deadline,
    resume_deadline,
    start_deadlines,
    withdraw_deadlines,
)
from approvals.services.decisions import approve, refuse, sign
from approvals.services.deputies import end_absence, set_deputy
from approvals.services.digests import send_digests
from approvals.services.emergencies import let_through, review_emergency
from approvals.services.heartbeats import beat
from approvals.services.jobs import (
    LeaseLost,
    attach_file,
    fail,
    finish,
    report_progress,
    request_job,
    retry_job,
    run_jobs,
    take_file,
)
from approvals.services.kinds import StageInput, change_stages, switch_class_rule, sync_kinds
from approvals.services.looks import note_look
from approvals.services.notices import mark_read, notify
from approvals.services.proofs import add_proof, claims_of_draft
from approvals.services.publishing import confirm_live, publish, publish_due, take_down
from approvals.services.requests import (
    comment,
    drop_clock,
    lower_importance,
    pause_request,
    raise_importance,
    resume_request,
    submit,
    take_back_request,
    void_changed,
    withdraw_request,
)
from approvals.services.rule_lists import (
    add_format_rule,
    add_list,
    add_rule,
    change_format_rule,
    change_rule,
    import_rules,
    plan_import,
    switch_list,
)
from approvals.services.rules import change_time_rule, sync_time_rules
from approvals.services.seals import seal_trail
from approvals.services.security import refused_attempt
from approvals.services.security_reports import report_security_events
from approvals.services.trail import Act, changed, record, record_many

__all__ = [
    "Act",
    "DeadlineStart",
    "LeaseLost",
    "StageInput",
    "add_format_rule",
    "add_list",
    "add_proof",
    "add_rule",
    "approve",
    "attach_file",
    "beat",
    "change_format_rule",
    "change_rule",
    "change_stages",
    "change_time_rule",
    "changed",
    "check_draft",
    "check_texts",
    "claims_of_draft",
    "comment",
    "confirm_live",
    "drop_clock",
    "end_absence",
    "fail",
    "finish",
    "forget_content_rules",
    "forget_rules",
    "format_in_force",
    "give_cause",
    "import_rules",
    "let_through",
    "lower_importance",
    "mark_read",
    "meet_deadlines",
    "note_look",
    "notify",
    "pause_deadline",
    "pause_request",
    "plan_import",
    "publish",
    "publish_due",
    "raise_importance",
    "reassign_deadline",
    "record",
    "record_many",
    "refuse",
    "refused_attempt",
    "report_progress",
    "report_security_events",
    "request_job",
    "resume_deadline",
    "resume_request",
    "retry_job",
    "review_emergency",
    "reworded",
    "run_jobs",
    "seal_trail",
    "send_digests",
    "set_deputy",
    "sign",
    "start_deadlines",
    "submit",
    "sweep_deadlines",
    "switch_class_rule",
    "switch_list",
    "sync_content_rules",
    "sync_kinds",
    "sync_time_rules",
    "take_back_request",
    "take_down",
    "take_file",
    "void_changed",
    "withdraw_deadlines",
    "withdraw_request",
]
