"""Time rules as data: declared by the apps, changed by managers, one row per version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from approvals.errors import ReasonIsMissing, RuleHasChanged, RuleIsNotSound
from approvals.models import TimeRule, WorkCalendar
from approvals.policies.steps import rule_objection
from approvals.registries import consequences, time_rules
from approvals.selectors.rules import forget_rules
from approvals.services.trail import changed, record
from config.kit.actor import Actor

_OFFICE_DAYS = {str(day): [["09:00", "12:00"], ["13:30", "18:00"]] for day in range(1, 6)}
_SERVICE_DAYS = {str(day): [["09:00", "22:00"]] for day in range(1, 8)}
_OBJECTIONS = {
    "length": ("length_minutes", _("The length must be more than nothing.")),
    "warnings": ("warn_at", _("Warnings are different shares of the length, above 0 and below 1.")),
    "ladder": ("ladder", _("The ladder names owner, deputy, head or management, each some minutes after the breach.")),
    "consequence": ("consequence", _("No app knows this consequence.")),
}


@transaction.atomic
def sync_time_rules() -> None:
    """Add the calendars and rules that the apps declare and the database does not have. Runs after every migrate.

    Never touches a row that is there: what a manager changed stays changed. Raises KeyError for a declaration that names an unknown
    calendar, ValueError for one that is not sound.
    """
    for code, facts in _CALENDARS.items():
        WorkCalendar.objects.get_or_create(code=code, defaults=facts)
    calendars = {calendar.code: calendar for calendar in WorkCalendar.objects.all()}
    there = set(TimeRule.objects.values_list("code", flat=True))
    for code, rule in time_rules.items():
        if code in there:
            continue
        ladder = list(rule.ladder)
        if objection := _objection(rule.length_minutes, list(rule.warn_at), ladder, rule.consequence):
            raise ValueError(f"time rule {code!r}: {objection} is not sound")
        TimeRule.objects.create(
            code=code,
            name=str(rule.name),
            source=rule.source,
            starts_when=str(rule.starts_when),
            stops_when=str(rule.stops_when),
            length_minutes=rule.length_minutes,
            calendar=calendars[rule.calendar],
            warn_at=list(rule.warn_at),
            ladder=_stored_ladder(ladder),
            consequence=rule.consequence,
        )
    forget_rules()


@transaction.atomic
def change_time_rule(
    *,
    code: str,
    expected_version: int,
    length_minutes: int,
    calendar_id: int,
    warn_at: Sequence[float],
    ladder: Sequence[tuple[int, str]],
    consequence: str,
    name: str,
    actor: Actor,
    reason: str,
    now: datetime,
) -> TimeRule:
    """Put a new version of a rule in force. Deadlines that run keep the version that they started with.

    Locks the version in force. Raises RuleHasChanged when it is not `expected_version`, RuleIsNotSound, ReasonIsMissing.
    """
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    if objection := _objection(length_minutes, list(warn_at), list(ladder), consequence):
        field, problem = _OBJECTIONS[objection]
        raise RuleIsNotSound(field=field, problem=problem)
    old = TimeRule.objects.select_for_update().get(code=code, is_current=True)
    if old.version != expected_version:
        raise RuleHasChanged(current=old.version, expected=expected_version)
    calendar = WorkCalendar.objects.get(pk=calendar_id)
    before = _facts_for_trail(old)
    TimeRule.objects.filter(pk=old.pk).update(is_current=False)
    new = TimeRule.objects.create(
        code=code,
        version=old.version + 1,
        name=name,
        source=old.source,
        starts_when=old.starts_when,
        stops_when=old.stops_when,
        length_minutes=length_minutes,
        calendar=calendar,
        warn_at=sorted(warn_at),
        ladder=_stored_ladder(ladder),
        consequence=consequence,
    )
    record("time_rule.changed", new, actor=actor, reason=reason, changes=changed(before, _facts_for_trail(new)), at=now)
    transaction.on_commit(forget_rules)
    return new


def _objection(length_minutes: int, warn_at: list[float], ladder: list[tuple[int, str]], consequence: str) -> str:
    objection = rule_objection(length_minutes=length_minutes, warn_at=warn_at, ladder=ladder)
    return objection or ("consequence" if consequence and consequence not in consequences else "")


def _stored_ladder(ladder: Sequence[tuple[int, str]]) -> list[dict[str, Any]]:
    return [{"after_minutes": after, "to": to} for after, to in sorted(ladder, key=lambda rung: rung[0])]


def _facts_for_trail(rule: TimeRule) -> dict[str, Any]:
    return {
        "version": rule.version,
        "name": rule.name,
        "length_minutes": rule.length_minutes,
        "calendar": rule.calendar.code,
        "warn_at": rule.warn_at,
        "ladder": rule.ladder,
        "consequence": rule.consequence,
    }


_CALENDARS: dict[str, dict[str, Any]] = {
    "round_the_clock": {"name": "24 × 7", "is_round_the_clock": True, "holiday_country": ""},
    "office": {"name": gettext_noop("Office hours"), "periods": _OFFICE_DAYS},
    # Customer service is there on public holidays too; days on which it is not are special days.
    "service": {"name": gettext_noop("Service hours"), "periods": _SERVICE_DAYS, "holiday_country": ""},
}
