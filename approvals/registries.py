"""What apps declare to the kernel: trail actions, time rules and their consequences, job kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from config.kit.registry import Registry

if TYPE_CHECKING:
    from approvals.models import Deadline, Job


@dataclass(frozen=True, slots=True)
class TrailAction:
    """An act that the trail may hold.

    `sentence` is shown on timelines; `kind` filters them (people, system, customer, parcel, money).
    """

    sentence: str | Promise
    kind: str = "people"


@dataclass(frozen=True, slots=True)
class RuleDeclaration:
    """The shipped form of one time rule; the row that is made from it may be changed by managers (a new version)."""

    name: str
    length_minutes: int
    starts_when: str
    stops_when: str
    source: str = ""
    calendar: str = "round_the_clock"
    warn_at: tuple[float, ...] = (0.5, 0.8)
    ladder: tuple[tuple[int, str], ...] = ((0, "owner"), (60, "deputy"), (240, "head"), (1440, "management"))
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What happens at a breach by rule. Runs in the sweep's transaction and must be idempotent."""

    run: Callable[[Deadline, datetime], str]


@dataclass(frozen=True, slots=True)
class JobKind:
    """How a background job is done: `run(job, now)` works outside any transaction and may run again after a worker died.

    It reports through `approvals.services.report_progress(job, …)`, which also keeps its lease, and may attach one
    file with `approvals.services.attach_file(job, …)`. A DomainError ends the job as failed with its words.
    `permission` is asked again when it runs.
    """

    run: Callable[[Job, datetime], None]
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits for a sweep or a worker.

    `read(now)` gives how many wait and since when the oldest (None: nothing waits).

    `heartbeat` names the sweep that empties it; `soon_seconds` is how old the oldest may get before the system page
    shows it in red.
    """

    label: str | Promise
    read: Callable[[datetime], tuple[int, datetime | None]]
    heartbeat: str = ""
    soon_seconds: int = 300


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """How the kernel links back to a subject it does not know: `url_name` takes the subject's pk."""

    label: str | Promise
    url_name: str
    permission: str = field(default="")


trail_actions: Registry[TrailAction] = Registry("trail actions", module="audit")
time_rules: Registry[RuleDeclaration] = Registry("time rules", module="deadlines")
consequences: Registry[Consequence] = Registry("consequences", module="deadlines")
queues: Registry[Queue] = Registry("queues", module="queues")
job_kinds: Registry[JobKind] = Registry("job kinds", module="jobs")
subjects: Registry[SubjectKind] = Registry("subjects", module="audit")
