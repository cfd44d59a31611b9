"""What apps declare about their kinds, as rows that managers may change: stages and class rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_noop

from approvals.errors import ReasonIsMissing, StagesAreNotSound
from approvals.models import ClassRule, StageRule
from approvals.registries import approval_kinds
from approvals.services.trail import Act, record, record_many
from approvals.states import StageMode
from config.kit.actor import Actor

# What makes information important for every kind (requirements, APPR-5); the facts come from the kinds.
_CLASS_RULES = (
    ("price", gettext_noop("the price changes"), "price_changed"),
    ("safety", gettext_noop("a safety fact changes"), "safety_changed"),
    ("specification", gettext_noop("a specification changes"), "spec_changed"),
    ("recall", gettext_noop("a recall"), "is_recall"),
    ("top-seller", gettext_noop("a top seller"), "is_top_seller"),
    ("campaign", gettext_noop("part of a campaign"), "is_campaign"),
)


@dataclass(frozen=True, slots=True)
class StageInput:
    """One stage as a manager enters it. `share` between 0 and 1."""

    code: str
    name: str
    mode: str
    role: str
    share: Decimal


@transaction.atomic
def sync_kinds() -> None:
    """Add stages and class rules that the apps declare and the database does not have. Runs after every migrate.

    Never touches a kind and class that has stages: what a manager changed stays changed.
    """
    there = set(StageRule.objects.values_list("kind", "importance"))
    for key, declared in approval_kinds.items():
        for importance, stages in declared.stages.items():
            if (key, importance) in there:
                continue
            StageRule.objects.bulk_create(
                StageRule(
                    kind=key,
                    importance=importance,
                    position=position,
                    code=stage.code,
                    name=str(stage.name),
                    mode=stage.mode,
                    role=stage.role,
                    share=stage.share,
                )
                for position, stage in enumerate(stages, 1)
            )
    if not ClassRule.objects.exists():
        ClassRule.objects.bulk_create(
            ClassRule(code=code, name=name, fact=fact, value="true") for code, name, fact in _CLASS_RULES
        )


@transaction.atomic
def change_stages(
    *, kind: str, importance: str, stages: Sequence[StageInput], reason: str, actor: Actor, now: datetime
) -> list[StageRule]:
    """Replace the stages of a kind and class; requests that run keep theirs. Locks the rows.

    Raises ReasonIsMissing, StagesAreNotSound: no deciding stage, shares beyond the whole, a stage without a role.
    """
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    if problem := _objection(stages):
        raise StagesAreNotSound(problem=problem)
    before = list(StageRule.objects.filter(kind=kind, importance=importance).select_for_update().order_by("position"))
    StageRule.objects.filter(pk__in=[row.pk for row in before]).delete()
    made = StageRule.objects.bulk_create(
        StageRule(
            kind=kind,
            importance=importance,
            position=position,
            code=stage.code,
            name=stage.name,
            mode=stage.mode,
            role=stage.role,
            share=stage.share,
        )
        for position, stage in enumerate(stages, 1)
    )
    changes = {"stages": [[_words(row) for row in before], [_words(row) for row in made]]}
    act = Act("requests.stages_changed", "approvals.stagerule", made[0].pk, reason=reason, changes=changes)
    record_many([act], actor=actor, at=now)
    return made


@transaction.atomic
def switch_class_rule(*, rule_id: int, is_active: bool, reason: str, actor: Actor, now: datetime) -> ClassRule:
    """Put a class rule in force or out of it. Locks it. Raises ReasonIsMissing."""
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    rule = ClassRule.objects.select_for_update().get(pk=rule_id)
    if rule.is_active != is_active:
        changes = {"is_active": [rule.is_active, is_active]}
        rule.is_active = is_active
        rule.save(update_fields=["is_active"])
        record("requests.class_rule_changed", rule, actor=actor, reason=reason, changes=changes, at=now)
    return rule


def _objection(stages: Sequence[StageInput]) -> str:
    if not any(stage.mode == StageMode.DECIDE for stage in stages):
        return _now("At least one stage must decide.")
    if stages[-1].mode != StageMode.DECIDE:
        return _now("The last stage must be one that decides.")
    if any(stage.mode == StageMode.DECIDE and not stage.role for stage in stages):
        return _now("A deciding stage names the role that decides.")
    if any(not 0 < stage.share <= 1 for stage in stages) or sum(stage.share for stage in stages) > 1:
        return _now("The shares of the time are above 0 and add up to at most 100 %.")
    if len({stage.code for stage in stages}) != len(stages):
        return _now("Two stages have the same code.")
    return ""


def _words(row: StageRule) -> str:
    return f"{row.position} {row.name} {row.role} {row.mode} {row.share}"
