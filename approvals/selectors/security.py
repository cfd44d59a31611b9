"""Reads of refused attempts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import SecurityEvent

_WHAT = {
    "around_the_kernel": _("writing around the approval"),
    "record_protected": _("changing a record that is final"),
    "not_approved": _("publishing what nobody approved"),
    "own_work": _("deciding about one's own work"),
    "not_your_stage": _("deciding for a role that one does not have"),
    "emergency_needs_two": _("an emergency let through by one person"),
    "review_needs_a_third": _("an after-review by one of the two"),
}


@dataclass(slots=True)
class Attempts:
    """Attempts of one kind since a moment: how many, and by whom, the most frequent first."""

    code: str
    since: datetime
    was_told: bool
    first_at: datetime
    count: int = 0
    last_id: int = 0
    people: list[tuple[str, int]] = field(default_factory=list)


def what_words(code: str) -> str:
    """What was attempted, in words; a code that nobody worded is shown as it is."""
    return str(_WHAT[code]) if code in _WHAT else gettext("refused: %(code)s") % {"code": code}


def code_choices() -> list[tuple[str, str]]:
    """Kinds of attempts to filter by: those with words, and those that ever happened."""
    happened = SecurityEvent.objects.order_by("code").values_list("code", flat=True).distinct()
    return sorted(((code, what_words(code)) for code in {*_WHAT, *happened}), key=lambda choice: choice[1])


def attempts_between(last_told: Mapping[str, datetime], *, until: datetime, default: datetime) -> list[Attempts]:
    """Attempts by kind, each since it was last told (by its notice's kind "security.<code>"), else since `default`. One query."""
    # A flood of attempts is still small beside what a sweep may read: one row each, a day at most, four short columns.
    rows = SecurityEvent.objects.filter(at__gt=default, at__lte=until).order_by("pk")
    found: dict[str, Attempts] = {}
    counts: dict[str, dict[str, int]] = {}
    for code, who, at, pk in rows.values_list("code", "actor_label", "at", "pk").iterator():
        key = f"security.{code}"[:32]
        since = last_told.get(key, default)
        if at <= since:
            continue
        attempts = found.setdefault(code, Attempts(code, since, key in last_told, at))
        attempts.count += 1
        attempts.last_id, attempts.first_at = pk, min(attempts.first_at, at)
        people = counts.setdefault(code, {})
        people[who] = people.get(who, 0) + 1
    for code, people in counts.items():
        found[code].people = sorted(people.items(), key=lambda pair: (-pair[1], pair[0]))
    return sorted(found.values(), key=lambda attempts: attempts.code)
