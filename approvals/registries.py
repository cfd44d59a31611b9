"""What apps declare to the kernel: trail actions, time rules and their consequences, job kinds, what can be approved."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.registry import Registry

if TYPE_CHECKING:
    from approvals.models import ChangeRequest, Deadline, Job, Snapshot
    from config.kit.actor import Actor


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
    permission: str = dataclasses.field(default="")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a kind says of one draft, read now.

    `content` and `live` map fields to JSON values (money as text, files by their SHA-256). A list whose items are dicts
    with a "key" is compared by these keys. `live` is what shoppers see now (None: nothing yet); `url` is where the draft
    is edited; `owner_id` owes the publication (else the requester does); `platform_code` chooses the house format.
    """

    subject_type: str
    subject_id: int
    subject_label: str
    content: Mapping[str, Any]
    live: Mapping[str, Any] | None = None
    store_id: int | None = None
    authors: tuple[int, ...] = ()
    owner_id: int | None = None
    package_id: int | None = None
    clock_started_at: datetime | None = None
    publish_at: datetime | None = None
    warned: Mapping[str, str] = dataclasses.field(default_factory=dict)
    url: str = ""
    platform_code: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check. `severity` as in `states.Severity`; `text` says the rule and what to do, in the reader's language.

    `code` and `facts` are what is stored; `describe` of the kind's check words them again for another reader.
    """

    code: str
    severity: str
    field: str
    text: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """What the change does beyond its fields: price, margin, stock, pages. `tone` is a chip tone."""

    label: str
    before: str = ""
    after: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Section:
    """The fields that one department signs (CAT-13).

    A field belongs to the section that names it, or its first part before a dot.
    """

    code: str
    label: str | Promise
    role: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageDefault:
    """A stage as shipped; the rows made from it may be changed by managers."""

    code: str
    name: str
    share: Decimal
    role: str = ""
    mode: str = "decide"


@dataclass(frozen=True, slots=True)
class FormatDefault:
    """The shipped house format of one field of a kind; the row that is made from it may be changed by managers.

    `field` is a name that `ApprovalKind.checked_texts` gives. Lengths are half-width units: a Chinese character counts two.
    """

    kind: str
    field: str
    min_units: int = 0
    max_units: int | None = None
    required_phrases: tuple[str, ...] = ()
    severity: str = "block"
    platform_code: str = ""


GENERAL_REFUSALS: tuple[str | Promise, ...] = (
    _("It is not clear what this is for: write what it should achieve."),
    _("Figures are missing: cost, effect, dates."),
    _("It contradicts something that is in force."),
    _("Not now: bring it again at a better time."),
)


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """A kind of change that needs approval. Every function is called inside the kernel's transaction.

    - `read(draft_id)`: the draft as it is now, its row and everything that its content comes from locked or final.
    - `check(draft, moment, now)`: everything that is wrong at once; `moment` is "submission" or "publication".
    - `facts(draft)`: yes-or-no facts for class rules; the kernel adds the changed fields.
    - `effects(draft)`, `money_effect(draft)`, `risk(draft)`: what the decision page shows beside the difference.
    - `submitted(request)`, `approved(request)`, `returned(request, actor, now, reason)`: the draft follows its request;
      `returned` after refusal, withdrawal or an edit, then it can be edited again.
    - `apply(request, snapshot, actor, now)`: the effect, in the transaction of the publication. `snapshot` is None where
      `makes_snapshot` is false.
    - `confirmed(request, actor, now)`: shoppers were seen to see it.
    - `rules` maps a class to the time rule of its clock. `needs_evidence`: live only when somebody or something has seen it.
    - `value_text(path, value)` words a value that people do not read as it is stored (a code, a part of a list, a moment);
      None leaves it to the page. Its queries must not grow with the content.
    - `refusal_reasons`: what a refusal of this kind says most often, to click. `may_skip_stages`: an emergency makes sense.
    - `field_label(field)` words a field; `text_fields` are compared word by word; `picture(value)` gives a picture's
      address for a file value.
    """

    label: str | Promise
    icon: str
    submit_permission: str
    read: Callable[[int], Draft]
    field_label: Callable[[str], str]
    apply: Callable[[ChangeRequest, Snapshot | None, Actor, datetime], None]
    submitted: Callable[[ChangeRequest], None]
    returned: Callable[[ChangeRequest, Actor, datetime, str], None]
    stages: Mapping[str, tuple[StageDefault, ...]]
    approved: Callable[[ChangeRequest], None] = lambda request: None
    confirmed: Callable[[ChangeRequest, Actor, datetime], None] = lambda request, actor, now: None
    check: Callable[[Draft, str, datetime], list[Finding]] = lambda draft, moment, now: []
    facts: Callable[[Draft], Mapping[str, Any]] = lambda draft: {}
    effects: Callable[[Draft], list[Effect]] = lambda draft: []
    money_effect: Callable[[Draft], Decimal | None] = lambda draft: None
    risk: Callable[[Draft], str] = lambda draft: "normal"
    picture: Callable[[Any], str] = lambda value: ""
    value_text: Callable[[str, Any], str | None] = lambda path, value: None
    sections: tuple[Section, ...] = ()
    rules: Mapping[str, str] = dataclasses.field(
        default_factory=lambda: {"general": "general_information", "important": "important_information"}
    )
    makes_snapshot: bool = True
    needs_evidence: bool = True
    checked_texts: Callable[[Draft], Mapping[str, str]] = lambda draft: {}
    preview_url: Callable[[ChangeRequest], str] = lambda request: ""
    refusal_reasons: tuple[str | Promise, ...] = GENERAL_REFUSALS
    may_skip_stages: bool = True

    @property
    def has_emergency(self) -> bool:
        """Whether a second person may let it through past its stages: what shoppers see may not be able to wait, a plan is."""
        return self.makes_snapshot and self.may_skip_stages


trail_actions: Registry[TrailAction] = Registry("trail actions", module="audit")
time_rules: Registry[RuleDeclaration] = Registry("time rules", module="deadlines")
consequences: Registry[Consequence] = Registry("consequences", module="deadlines")
queues: Registry[Queue] = Registry("queues", module="queues")
job_kinds: Registry[JobKind] = Registry("job kinds", module="jobs")
subjects: Registry[SubjectKind] = Registry("subjects", module="audit")
approval_kinds: Registry[ApprovalKind] = Registry("approval kinds", module="approval_kinds")
format_defaults: Registry[FormatDefault] = Registry("format defaults", module="approval_kinds")
