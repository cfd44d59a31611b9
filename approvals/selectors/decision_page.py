"""What a decision page shows: the difference first, then everything that stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import ChangeRequest, Deadline, Decision, LiveContent, RequestStage, Signature, Snapshot
from approvals.policies.diffs import ChangeKind, SegmentKind, text_diff, value_diff
from approvals.policies.requests import is_own_work
from approvals.policies.texts import MAX_TEXT, hidden_characters
from approvals.registries import ApprovalKind, approval_kinds, trail_actions
from approvals.seams import role_label
from approvals.selectors.deadlines import ClockTimes, clock_times
from approvals.selectors.inbox import stage_title, titled_stages
from approvals.selectors.requests import (
    Standing,
    available_deciders,
    held_signatures,
    live_fields,
    section_of,
    snapshots_of,
    standing_of,
)
from approvals.selectors.trail import sentence_of, trail_of
from approvals.selectors.wall import REQUEST
from approvals.states import OPEN_REQUESTS, Importance, Outcome, StageMode, StageState, StepKind

_DIGEST = re.compile(r"[0-9a-f]{64}")
_AMOUNT = re.compile(r"-?\d{1,15}\.\d{1,6}")
_LONG_SAME, _KEPT = 260, 90
_SHORT_TEXT = 40
_SHOWN_VALUE = 300
_HISTORY = 12


class Against:
    """What a request is compared with."""

    LIVE = "live"
    APPROVED = "approved"
    NOTHING = "nothing"
    ALL = (LIVE, APPROVED, NOTHING)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text as it is shown. `hidden`: the piece is a character that nobody sees, told by this name.

    `folded`: so many characters that did not change were left out here.
    """

    kind: str
    text: str = ""
    hidden: str = ""
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """One side of a pair of pictures. `facts` say what else the item holds: role, alternative text."""

    url: str
    alt: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One difference inside a field. `shape` is text, picture, list or value.

    `before` and `after` are None where there was, or will be, nothing. `percent` is the change of an amount.
    """

    label: str
    shape: str
    kind: str
    before: Any = None
    after: Any = None
    runs: tuple[Run, ...] = ()
    percent: str = ""
    is_up: bool = False
    items: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class FieldDiff:
    """A changed field: a text compared word by word, pictures side by side, or a table of values. `name` is its dotted path."""

    name: str
    label: str
    rows: list[Row] = field(default_factory=list)

    @property
    def shape(self) -> str:
        """What its rows are; a mixed field is a table of values with the texts in it."""
        shapes = {row.shape for row in self.rows}
        return shapes.pop() if len(shapes) == 1 else "mixed"


@dataclass(frozen=True, slots=True)
class Difference:
    """Changed fields, and those that stay with their value in short. `base` says what was compared with."""

    against: str
    base: str
    changed: list[FieldDiff]
    same: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage as it stands: who passed it, or whose turn it is. `standing` is set where the reader may act."""

    stage: RequestStage
    title: str
    role: str
    who: str = ""
    acts_for: str = ""
    at: datetime | None = None
    reason: str = ""
    is_carried: bool = False
    people: tuple[str, ...] = ()
    standing: Standing | None = None
    acts_for_me: str = ""

    @property
    def is_empty(self) -> bool:
        """Open, and nobody is there."""
        return self.stage.state == StageState.OPEN and not self.people


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch for which the clock stood still, for whom, and why. `until` None: it still does."""

    start: datetime
    until: datetime | None
    debtor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The whole clock of a request: gross, paused, net, and who owed what in between."""

    deadline: Deadline
    times: ClockTimes
    pauses: list[Pause]
    is_paused: bool
    debtor: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the subject that was public; `is_live`: shoppers see it now."""

    snapshot: Snapshot
    is_live: bool
    is_this: bool


# --- the difference


def difference(change: ChangeRequest, against: str) -> Difference:
    """Compare a request with what is live, with the version approved last, or with nothing.

    "Live" means what was live when it was submitted, once the request is decided: what is live then is the request itself.
    """
    kind = approval_kinds.get(change.kind)
    before, words = _base(change, against)
    after = change.fields
    order = _order(kind, {*before, *after})
    diff = Difference(against, words, [], [])
    for name in order:
        old, new = before.get(name), after.get(name)
        if _is_nothing(old) and _is_nothing(new):
            continue
        if old == new:
            diff.same.append((str(kind.field_label(name)), in_short(new)))
        else:
            diff.changed.extend(_field(kind, name, old, new))
    return diff


def has_moved(change: ChangeRequest) -> bool:
    """Whether something else is live now than when an open request was submitted."""
    if change.state not in OPEN_REQUESTS:
        return False
    return (live_fields(change.kind, change.subject_type, change.subject_id) or {}) != change.base_fields


def in_short(value: Any) -> str:
    """A value in few words."""
    if _is_nothing(value):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        parts = [f"{name}: {in_short(part)}" for name, part in value.items() if name != "key" and not _is_nothing(part)]
        text = "; ".join(parts)
    elif isinstance(value, list | tuple):
        text = ", ".join(in_short(item) for item in value)
    else:
        text = str(value)
        if _DIGEST.fullmatch(text):
            return f"{text[:8]}…"
    return text if len(text) <= _SHOWN_VALUE else f"{text[:_SHOWN_VALUE]}…"


def _base(change: ChangeRequest, against: str) -> tuple[dict[str, Any], str]:
    if against == Against.NOTHING:
        return {}, _("nothing before it")
    if against == Against.APPROVED:
        last = (
            snapshots_of(change.kind, change.subject_type, change.subject_id)
            .exclude(request=change)
            .filter(request__lt=change.pk)
            .first()
        )
        if last is None:
            return {}, _("nothing: no version was approved before")
        return last.fields, _("version %(number)s, approved last") % {"number": last.number}
    if change.state in OPEN_REQUESTS:
        live = live_fields(change.kind, change.subject_type, change.subject_id)
        return live or {}, _("what is live now") if live is not None else _("nothing: it is not live yet")
    return change.base_fields, _("what was live at submission") if change.base_content else _(
        "nothing: it was not live before"
    )


def _order(kind: ApprovalKind, names: Iterable[str]) -> list[str]:
    told = [name for section in kind.sections for name in section.fields]
    place = {name: at for at, name in enumerate(told)}
    return sorted(names, key=lambda name: (place.get(name, len(told)), name))


def _field(kind: ApprovalKind, name: str, old: Any, new: Any) -> list[FieldDiff]:
    """A field as one block; the long texts of a mapping stand as blocks of their own, so that each can be answered."""
    if isinstance(old, Mapping | None) and isinstance(new, Mapping | None) and (old or new):
        old, new = old or {}, new or {}
        keys = [*old, *(key for key in new if key not in old)]
        changed = [key for key in keys if old.get(key) != new.get(key)]
        if any(_is_long(old.get(key)) or _is_long(new.get(key)) for key in changed):
            return [block for key in changed for block in _field(kind, f"{name}.{key}", old.get(key), new.get(key))]
    block = FieldDiff(name, str(kind.field_label(name)))
    pictures = _pictures(kind, name, old, new)
    if pictures is not None:
        block.rows = pictures
    elif _is_plain_list(old) and _is_plain_list(new):
        block.rows = [_list_row(old or [], new or [])]
    else:
        block.rows = [
            _leaf(kind, name, change.field, change.before, change.after, change.kind)
            for change in value_diff({name: old}, {name: new})
        ]
    return [block]


def _leaf(kind: ApprovalKind, name: str, path: str, old: Any, new: Any, became: ChangeKind) -> Row:
    label = "" if path == name else str(kind.field_label(path))
    if label and label.startswith(str(kind.field_label(name))):
        label = label.removeprefix(str(kind.field_label(name))).strip(" :：.") or label
    if label == path:
        label = path.removeprefix(f"{name}.")
    old_url, new_url = _picture_url(kind, old), _picture_url(kind, new)
    if old_url or new_url:
        was = Picture(old_url, label) if old_url else None
        becomes = Picture(new_url, label) if new_url else None
        return Row(label, "picture", became, was, becomes)
    if _is_text(old) and _is_text(new) and not _is_digest(old) and not _is_digest(new):
        return Row(label, "text", became, old, new, runs=tuple(runs_of(old or "", new or "")))
    percent, is_up = _percent(old, new)
    before = None if became == ChangeKind.ADDED else in_short(old)
    after = None if became == ChangeKind.REMOVED else in_short(new)
    return Row(label, "value", became, before, after, percent=percent, is_up=is_up)


def runs_of(before: str, after: str) -> list[Run]:
    """Two texts as pieces that a page can show: what did not change is folded where it is long, hidden characters are named."""
    found: list[Run] = []
    segments = text_diff(before, after)
    for at, segment in enumerate(segments):
        if segment.kind != SegmentKind.SAME or len(segment.text) <= _LONG_SAME or len(segments) == 1:
            found += _named(segment.kind, segment.text)
            continue
        head = segment.text[:_KEPT] if at else ""
        tail = segment.text[-_KEPT:] if at < len(segments) - 1 else ""
        found += _named(segment.kind, head)
        found.append(Run("folded", folded=len(segment.text) - len(head) - len(tail)))
        found += _named(segment.kind, tail)
    return found


def _named(kind: str, text: str) -> list[Run]:
    if not text:
        return []
    if len(text) > MAX_TEXT:
        return [Run(str(kind), text)]
    found, done = [], 0
    for hidden in hidden_characters(text, limit=200):
        if hidden.position > done:
            found.append(Run(str(kind), text[done : hidden.position]))
        found.append(Run(str(kind), hidden=hidden.label))
        done = hidden.position + len(hidden.character)
    if done < len(text):
        found.append(Run(str(kind), text[done:]))
    return found


def _pictures(kind: ApprovalKind, name: str, old: Any, new: Any) -> list[Row] | None:
    """Rows of a list of pictures, by their keys; None when it is none."""
    items = [*(old or []), *(new or [])] if isinstance(old, list | None) and isinstance(new, list | None) else []
    if not items or not all(isinstance(item, Mapping) and item.get("key") for item in items):
        return None
    if not any(kind.picture(item) for item in items):
        return None
    before, after = ({str(item["key"]): item for item in side or []} for side in (old, new))
    rows = []
    for key in [*before, *(key for key in after if key not in before)]:
        was, becomes = before.get(key), after.get(key)
        if was == becomes:
            continue
        became = ChangeKind.ADDED if was is None else ChangeKind.REMOVED if becomes is None else ChangeKind.CHANGED
        rows.append(
            Row(_picture_label(becomes or was), "picture", became, _picture(kind, was), _picture(kind, becomes))
        )
    common = [key for key in before if key in after]
    if common != [key for key in after if key in before]:
        rows.append(Row(_("order of the pictures"), "value", ChangeKind.CHANGED, _numbered(before), _numbered(after)))
    return rows


def _picture(kind: ApprovalKind, item: Mapping[str, Any] | None) -> Picture | None:
    if item is None:
        return None
    hidden = ("key", "sha256", "file")
    facts = tuple(in_short(part) for name, part in item.items() if name not in hidden and not _is_nothing(part))
    return Picture(kind.picture(item), str(item.get("alt") or ""), facts)


def _picture_label(item: Mapping[str, Any] | None) -> str:
    return str((item or {}).get("role") or (item or {}).get("key") or "")


def _numbered(items: Mapping[str, Any]) -> str:
    return " → ".join(items)


def _picture_url(kind: ApprovalKind, value: Any) -> str:
    return kind.picture(value) if _is_digest(value) else ""


def _list_row(old: Sequence[Any], new: Sequence[Any]) -> Row:
    before, after = [in_short(item) for item in old], [in_short(item) for item in new]
    items = [(("same" if item in after else "removed"), item) for item in before]
    items += [("added", item) for item in after if item not in before]
    if sorted(before) == sorted(after):
        return Row(_("order"), "value", ChangeKind.CHANGED, ", ".join(before), ", ".join(after))
    return Row("", "list", ChangeKind.CHANGED, items=tuple(items))


def _percent(old: Any, new: Any) -> tuple[str, bool]:
    if not (_is_amount(old) and _is_amount(new)) or not Decimal(old):
        return "", False
    share = (Decimal(new) - Decimal(old)) / abs(Decimal(old)) * 100
    return f"{share:+.1f} %".replace("-", "−"), share > 0


def _is_text(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not _is_amount(value))


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_amount(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, str) and _AMOUNT.fullmatch(value) is not None)


def _is_plain_list(value: Any) -> bool:
    return value is None or (isinstance(value, list) and not any(isinstance(item, Mapping | list) for item in value))


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and not _is_digest(value) and (len(value) > _SHORT_TEXT or "\n" in value)


def _is_nothing(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


# --- what stands around it


def stage_rows(change: ChangeRequest, user: Any, now: datetime) -> list[StageRow]:
    """Every stage with who passed it; an open one with whose turn it is and what the reader may do."""
    decided = {
        row.stage_id: row
        for row in change.decisions.select_related("decider", "acts_for").order_by("pk")
        if row.stage_id
    }
    signed = held_signatures(change.kind, change.subject_type, change.subject_id, change.fields)
    own = is_own_work(user.pk, requester_id=change.requester_id, authors=change.authors)
    stages = list(titled_stages().filter(request=change))
    names = _names_of(
        {stage.pk: available_deciders(change, stage.role, now) for stage in stages if stage.state == StageState.OPEN}
    )
    return [_stage_row(change, stage, decided, signed, names.get(stage.pk, ()), user, own, now) for stage in stages]


def _stage_row(
    change: ChangeRequest,
    stage: RequestStage,
    decided: Mapping[int, Decision],
    signed: Mapping[str, Signature],
    people: tuple[str, ...],
    user: Any,
    own: bool,
    now: datetime,
) -> StageRow:
    title, role = stage_title(stage, change.kind), role_label(stage.role) if stage.role else ""
    if (decision := decided.get(stage.pk)) is not None:
        return StageRow(
            stage, title, role, str(decision.decider), str(decision.acts_for or ""), decision.at, decision.reason
        )
    signature = signed.get(stage.code) if stage.mode == StageMode.SIGN and stage.state == StageState.DONE else None
    if signature is not None:
        carried = signature.request_id != change.pk
        return StageRow(
            stage, title, role, str(signature.signer), str(signature.acts_for or ""), signature.at, is_carried=carried
        )
    standing = None
    if stage.state == StageState.OPEN and not own:
        standing = standing_of(user.pk, role=stage.role, store_id=change.store_id, at=now)
        if standing is not None and standing.acts_for_id == change.requester_id:
            standing = None
    absent = ""
    if standing is not None and standing.acts_for_id is not None:
        absent = str(get_user_model().objects.get(pk=standing.acts_for_id))
    return StageRow(stage, title, role, people=people, standing=standing, acts_for_me=absent)


def _names_of(deciders: Mapping[int, Sequence[int]]) -> dict[int, tuple[str, ...]]:
    everyone = {pk for people in deciders.values() for pk in people}
    names = {person.pk: str(person) for person in get_user_model().objects.filter(pk__in=everyone)} if everyone else {}
    return {stage: tuple(names[pk] for pk in people if pk in names) for stage, people in deciders.items()}


def whole_clock(change: ChangeRequest, now: datetime) -> Clock | None:
    """The clock that counts for a request: the open one, else the last. None once another request of its draft took it over."""
    rows = Deadline.objects.filter(subject_type=REQUEST, subject_id=change.pk).select_related("rule__calendar")
    deadline = rows.order_by("-pk").first()
    if deadline is None:
        return None
    pauses: list[Pause] = []
    steps = deadline.steps.filter(kind__in=(StepKind.PAUSED, StepKind.RESUMED)).order_by("pk")
    for step in steps:
        if step.kind == StepKind.PAUSED:
            debtor, _colon, reason = step.note.partition(": ")
            pauses.append(Pause(step.at, None, debtor, reason))
        elif pauses:
            last = pauses[-1]
            pauses[-1] = Pause(last.start, step.at, last.debtor, last.reason)
    paused = deadline.paused_at is not None
    return Clock(deadline, clock_times(deadline, now=now), pauses, paused, deadline.pause_debtor)


def versions(change: ChangeRequest) -> list[Version]:
    """The newest versions of the subject that were public."""
    live = (
        LiveContent.objects.filter(kind=change.kind, subject_type=change.subject_type, subject_id=change.subject_id)
        .values_list("snapshot_id", flat=True)
        .first()
    )
    rows = snapshots_of(change.kind, change.subject_type, change.subject_id).defer("content")[:_HISTORY]
    return [Version(row, row.pk == live, row.request_id == change.pk) for row in rows]


def second_people(change: ChangeRequest) -> set[int]:
    """Who let a request through in an emergency: they do not look at it again."""
    return set(change.decisions.filter(outcome=Outcome.EMERGENCY).values_list("decider_id", flat=True))


def section_fields(change: ChangeRequest, code: str) -> list[str]:
    """The fields that a department signs, in words."""
    kind, section = approval_kinds.get(change.kind), section_of(change.kind, code)
    return [str(kind.field_label(name)) for name in section.fields] if section else []


@dataclass(frozen=True, slots=True)
class Line:
    """One act on the timeline, with before and after in the reader's words."""

    at: datetime
    who: str
    text: str
    reason: str
    changes: dict[str, tuple[str, str]]
    kind: str


def timeline(change: ChangeRequest) -> list[Line]:
    """What the trail holds about a request, oldest first; what was said stands in the discussion."""
    entries = [entry for entry in trail_of(REQUEST, change.pk) if entry.action not in _TOLD_ELSEWHERE]
    absent = {pk for entry in entries for pk in entry.changes.get("as_deputy_of", ()) if isinstance(pk, int)}
    names = {person.pk: str(person) for person in get_user_model().objects.filter(pk__in=absent)} if absent else {}
    return [
        Line(
            entry.at,
            entry.actor_label,
            sentence_of(entry.action),
            entry.reason,
            {
                str(_TOLD[name]): (_fact(name, pair[0], names), _fact(name, pair[1], names))
                for name, pair in entry.changes.items()
                if name in _TOLD
            },
            trail_actions.get(entry.action).kind if entry.action in trail_actions else "system",
        )
        for entry in entries
    ]


# The discussion, and the clock's own lines beside "waits for material".
_TOLD_ELSEWHERE = ("requests.commented", "deadlines.paused", "deadlines.resumed")
_TOLD = {
    "class": gettext_lazy("class"),
    "stage": gettext_lazy("stage"),
    "as_deputy_of": gettext_lazy("as deputy of"),
    "waiting_for": gettext_lazy("waits for"),
    "version": gettext_lazy("version"),
    "display": gettext_lazy("seen at"),
}


def _fact(name: str, value: Any, names: Mapping[int, str]) -> str:
    if value in (None, ""):
        return "–"
    if name == "class" and value in Importance.values:
        return str(Importance(value).label)
    return names.get(value, str(value)) if name == "as_deputy_of" else str(value)
