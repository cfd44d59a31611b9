"""What a request is compared with, and the difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import ChangeRequest
from approvals.policies.field_diffs import FieldDiff, compare
from approvals.registries import approval_kinds
from approvals.selectors.requests import live_fields, snapshots_of
from approvals.states import OPEN_REQUESTS


class Against:
    """What a request is compared with."""

    LIVE = "live"
    APPROVED = "approved"
    NOTHING = "nothing"
    ALL = (LIVE, APPROVED, NOTHING)


@dataclass(frozen=True, slots=True)
class Difference:
    """Changed fields, and those that stay with their value in short. `base` says what was compared with."""

    against: str
    base: str
    changed: list[FieldDiff]
    same: list[tuple[str, str]]


def difference(change: ChangeRequest, against: str) -> Difference:
    """Compare a request with what is live, with the version approved last, or with nothing.

    "Live" means what was live when it was submitted, once the request is decided: what is live then is the request itself.
    """
    before, words = _base(change, against)
    changed, same = compare(approval_kinds.get(change.kind), before, change.fields)
    return Difference(against, words, changed, same)


def has_moved(change: ChangeRequest) -> bool:
    """Whether something else is live now than when an open request was submitted."""
    if change.state not in OPEN_REQUESTS:
        return False
    return (live_fields(change.kind, change.subject_type, change.subject_id) or {}) != change.base_fields


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
