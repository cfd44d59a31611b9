"""Rows of the kernel: the trail, the clock, jobs and notices."""

from approvals.models.calendars import CalendarDay, WorkCalendar
from approvals.models.deadlines import Deadline, DeadlineStep, Heartbeat, Notice, TimeRule
from approvals.models.jobs import Job
from approvals.models.trail import TrailDigest, TrailEntry, TrailSeal

__all__ = [
    "CalendarDay",
    "Deadline",
    "DeadlineStep",
    "Heartbeat",
    "Job",
    "Notice",
    "TimeRule",
    "TrailDigest",
    "TrailEntry",
    "TrailSeal",
    "WorkCalendar",
]
