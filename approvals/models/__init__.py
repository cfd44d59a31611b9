"""Rows of the kernel: the trail, the clock, jobs and notices, change requests and what they made public, content rules."""

from approvals.models.calendars import CalendarDay, WorkCalendar
from approvals.models.deadlines import Deadline, DeadlineStep, Heartbeat, Notice, TimeRule
from approvals.models.jobs import Job
from approvals.models.requests import ChangeRequest, Comment, Decision, RequestStage, RequestView, Signature
from approvals.models.rules import ClassRule, ContentRule, ContentRuleList, FormatRule, Proof, RuleHit, StageRule
from approvals.models.security import Deputyship, SecurityEvent
from approvals.models.snapshots import LiveContent, Snapshot
from approvals.models.trail import TrailDigest, TrailEntry, TrailSeal

__all__ = [
    "CalendarDay",
    "ChangeRequest",
    "ClassRule",
    "Comment",
    "ContentRule",
    "ContentRuleList",
    "Deadline",
    "DeadlineStep",
    "Decision",
    "Deputyship",
    "FormatRule",
    "Heartbeat",
    "Job",
    "LiveContent",
    "Notice",
    "Proof",
    "RequestStage",
    "RequestView",
    "RuleHit",
    "SecurityEvent",
    "Signature",
    "Snapshot",
    "StageRule",
    "TimeRule",
    "TrailDigest",
    "TrailEntry",
    "TrailSeal",
    "WorkCalendar",
]
