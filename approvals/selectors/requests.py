"""Reads of change requests: who may decide, what is live, what else is under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.models import (
    ChangeRequest,
    ClassRule,
    Decision,
    Deputyship,
    LiveContent,
    RequestStage,
    Signature,
    Snapshot,
    StageRule,
)
from approvals.models.requests import WAITS
from approvals.policies.contents import section_hash
from approvals.policies.requests import ClassRuleFacts, is_own_work
from approvals.registries import Section, approval_kinds
from approvals.seams import people_in_role, shop_scope
from approvals.states import OPEN_REQUESTS, Outcome, StageMode, StageState

REVIEW = "approvals.review_emergency"
"""The right to look again at what was let through in an emergency."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Why somebody may decide at a stage: in their own right, or as deputy of the person `acts_for_id`."""

    acts_for_id: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another open request about the same subject, and the changed fields that both name."""

    request: ChangeRequest
    fields: list[str]


def live_fields(kind: str, subject_type: str, subject_id: int) -> dict[str, Any] | None:
    """What shoppers see of a subject, by field; None when nothing is live."""
    live = (
        LiveContent.objects.filter(kind=kind, subject_type=subject_type, subject_id=subject_id, snapshot__isnull=False)
        .select_related("snapshot")
        .first()
    )
    return live.snapshot.fields if live is not None and live.snapshot is not None else None


def snapshots_of(kind: str, subject_type: str, subject_id: int) -> QuerySet[Snapshot]:
    """All versions of a subject, the newest first, with their requests."""
    rows = Snapshot.objects.filter(kind=kind, subject_type=subject_type, subject_id=subject_id)
    return rows.select_related("request__requester").order_by("-number")


def class_rules(kind: str) -> list[ClassRuleFacts]:
    """Class rules in force for a kind, its own and those for every kind."""
    rows = ClassRule.objects.filter(Q(kind=kind) | Q(kind=""), is_active=True).order_by("kind", "code")
    return [ClassRuleFacts(row.code, row.name, row.fact, row.value) for row in rows]


def class_rule_titles(kind: str, codes: Iterable[str]) -> list[str]:
    """The names of rules that fired, in the active language; a code whose rule is gone shows itself."""
    wanted = list(codes)
    names = {rule.code: rule.title for rule in ClassRule.objects.filter(Q(kind=kind) | Q(kind=""), code__in=wanted)}
    return [names.get(code, code) for code in wanted]


def stage_rules(kind: str, importance: str) -> list[StageRule]:
    """The stages in force for a kind and class, in order."""
    return list(StageRule.objects.filter(kind=kind, importance=importance).order_by("position"))


def section_of(kind: str, code: str) -> Section | None:
    """A kind's section by its code."""
    return next((section for section in approval_kinds.get(kind).sections if section.code == code), None)


def held_signatures(kind: str, subject_type: str, subject_id: int, content: Mapping[str, Any]) -> dict[str, Signature]:
    """Section → newest signature that holds for this content. One query."""
    hashes = {section.code: section_hash(content, section.fields) for section in approval_kinds.get(kind).sections}
    if not hashes:
        return {}
    wanted = Q()
    for code, digest in hashes.items():
        wanted |= Q(section=code, section_hash=digest)
    rows = Signature.objects.filter(wanted, subject_type=subject_type, subject_id=subject_id)
    return {row.section: row for row in rows.select_related("signer", "acts_for").order_by("pk")}


def absent_people(user_ids: Iterable[int], at: datetime) -> dict[int, int]:
    """Person → deputy, of those who are away at a moment."""
    rows = Deputyship.objects.filter(person__in=list(user_ids), starts_at__lte=at, ends_at__gt=at)
    return dict(rows.values_list("person_id", "deputy_id"))


def standing_of(user_id: int, *, role: str, store_id: int | None, at: datetime) -> Standing | None:
    """Whether somebody may decide for a role in a shop.

    Holders of the role, and deputies of holders who are away. None: neither.
    """
    holders = people_in_role(role, store_id=store_id)
    if user_id in holders:
        return Standing()
    for person, deputy in sorted(absent_people(holders, at).items()):
        if deputy == user_id:
            return Standing(acts_for_id=person)
    return None


def available_deciders(request: ChangeRequest, role: str, at: datetime) -> list[int]:
    """Who could decide now: holders of the role who are here, deputies of those who are not; nobody whose own work it is."""
    holders = people_in_role(role, store_id=request.store_id)
    away = absent_people(holders, at)
    people = {away.get(person, person) for person in holders}
    active = set(get_user_model().objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    return sorted(
        person
        for person in active
        if not is_own_work(person, requester_id=request.requester_id, authors=request.authors)
    )


def second_people(request: ChangeRequest) -> set[int]:
    """Who let a request through in an emergency: they do not look at it again."""
    return set(request.decisions.filter(outcome=Outcome.EMERGENCY).values_list("decider_id", flat=True))


def available_reviewers(request: ChangeRequest, at: datetime) -> list[int]:
    """Who could close the after-review of an emergency now: has the right and the shop, is here, and is a third person."""
    holders = get_user_model().objects.with_perm(
        REVIEW, include_superusers=True, backend="django.contrib.auth.backends.ModelBackend"
    )
    people = {person.pk: person for person in holders.filter(is_active=True)}
    gone = set(absent_people(people, at)) | second_people(request)
    return sorted(
        pk
        for pk, person in people.items()
        if pk not in gone
        and not is_own_work(pk, requester_id=request.requester_id, authors=request.authors)
        and _is_in_shops(request, shop_scope(person))
    )


def roles_decided_by(user: Any, at: datetime) -> list[str]:
    """The roles for which somebody decides: their own, and those of the people whose deputy they are now."""
    own, stood_in_for = _roles_of(user, at)
    return sorted(own.union(*stood_in_for.values()))


def within_reach(user: Any, at: datetime) -> Q:
    """The condition "an open stage of a role for which this person acts", never their own work: what they may read of it."""
    stages = RequestStage.objects.filter(state=StageState.OPEN, role__in=roles_decided_by(user, at))
    return _waiting(user, stages)


def turn_of(user: Any, at: datetime) -> Q:
    """The condition "an open stage waits for this person", so that its page offers them a button.

    Theirs or their absent colleague's role, never their own work nor that of the person they stand in for; an after-review
    waits for whoever has its right and is a third person.
    """
    own, stood_in_for = _roles_of(user, at)
    mine = Q(role__in=sorted(own))
    for person, roles in stood_in_for.items():
        mine |= Q(role__in=sorted(roles - own)) & ~Q(request__requester_id=person)
    mine &= ~Q(mode=StageMode.REVIEW)
    if user.has_perm(REVIEW):
        let_through = Decision.objects.filter(
            request=OuterRef("request_id"), outcome=Outcome.EMERGENCY, decider_id=user.pk
        )
        mine |= Q(mode=StageMode.REVIEW) & ~Q(Exists(let_through))
    return _waiting(user, RequestStage.objects.filter(mine, state=StageState.OPEN))


def _waiting(user: Any, stages: QuerySet[RequestStage]) -> Q:
    shops = shop_scope(user)
    # The first part says nothing that the stages do not; it lets the database answer from the index of the inbox.
    turn = WAITS & Q(Exists(stages.filter(request=OuterRef("pk"))))
    turn &= ~Q(requester_id=user.pk) & ~Q(authors__contains=[user.pk])
    return turn if shops is None else turn & (Q(store_id__isnull=True) | Q(store_id__in=shops))


def _is_in_shops(request: ChangeRequest, shops: list[int] | None) -> bool:
    return shops is None or request.store_id is None or request.store_id in shops


def _roles_of(user: Any, at: datetime) -> tuple[set[str], dict[int, set[str]]]:
    """One's own roles, and those of each person whose deputy one is now."""
    own = set(user.groups.values_list("name", flat=True))
    away = Deputyship.objects.filter(deputy_id=user.pk, starts_at__lte=at, ends_at__gt=at).values("person")
    stood_in_for: dict[int, set[str]] = {}
    rows = get_user_model().objects.filter(pk__in=away, groups__isnull=False)
    for person, role in rows.values_list("pk", "groups__name"):
        stood_in_for.setdefault(person, set()).add(role)
    return own, stood_in_for


def conflicts_of(request: ChangeRequest) -> list[Conflict]:
    """Other open requests about the same subject, those with common fields first."""
    others = ChangeRequest.objects.filter(
        kind=request.kind,
        subject_type=request.subject_type,
        subject_id=request.subject_id,
        state__in=OPEN_REQUESTS,
    ).exclude(pk=request.pk)
    mine = set(request.changed_fields)
    found = [Conflict(other, sorted(mine & set(other.changed_fields))) for other in others.select_related("requester")]
    return sorted(found, key=lambda conflict: (not conflict.fields, conflict.request.pk))
