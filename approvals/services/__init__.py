"""The kernel's public verbs."""

from approvals.selectors.rules import forget_rules
from approvals.services.clock import sweep_deadlines
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
from approvals.services.digests import send_digests
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
from approvals.services.notices import mark_read, notify
from approvals.services.rules import change_time_rule, sync_time_rules
from approvals.services.seals import seal_trail
from approvals.services.trail import Act, changed, record, record_many

__all__ = [
    "Act",
    "DeadlineStart",
    "LeaseLost",
    "attach_file",
    "beat",
    "change_time_rule",
    "changed",
    "fail",
    "finish",
    "forget_rules",
    "give_cause",
    "mark_read",
    "meet_deadlines",
    "notify",
    "pause_deadline",
    "reassign_deadline",
    "record",
    "record_many",
    "report_progress",
    "request_job",
    "resume_deadline",
    "retry_job",
    "run_jobs",
    "seal_trail",
    "send_digests",
    "start_deadlines",
    "sweep_deadlines",
    "sync_time_rules",
    "take_file",
    "withdraw_deadlines",
]
