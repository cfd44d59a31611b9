"""Listing plans: made, filled by pasting, approved as a whole, tracked line by line (CAT-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import ChangeRequest, Deadline, TrailEntry
from approvals.registries import Draft, Finding
from approvals.selectors.requests import live_fields
from approvals.services import (
    Act,
    DeadlineStart,
    changed,
    meet_deadlines,
    record,
    record_many,
    start_deadlines,
    void_changed,
    withdraw_deadlines,
    withdraw_request,
)
from approvals.states import Severity
from catalog.errors import PlanIsClosed, PlanLinesRefused
from catalog.models import Listing, ListingPlan, ListingPlanLine
from catalog.policies.plans import PlanRow
from catalog.selectors.plans import check_rows, end_of_day
from catalog.services._reasons import require_reason
from catalog.services.attachments import keep_document
from catalog.services.sources import person_of
from catalog.states import PlanState
from config.kit.actor import Actor

KIND = "catalog.listing_plan"
PLAN = "catalog.listingplan"
LINE = "catalog.listingplanline"
RULE = "plan_line_due"
_OPEN_STATES = (PlanState.DRAFT, PlanState.IN_REVIEW, PlanState.APPROVED)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The head of a plan as a form gives it."""

    name: str
    starts_on: date
    ends_on: date
    customer_group_id: int | None = None
    survey_title: str = ""
    survey_conclusion: str = ""


@transaction.atomic
def make_plan(
    *, facts: PlanFacts, survey_file: File | None = None, owner_id: int | None = None, actor: Actor, now: datetime
) -> ListingPlan:
    """Begin a plan as a draft; whoever makes it owns it. Raises what `keep_document` raises."""
    plan = ListingPlan(**_columns(facts), owner_id=owner_id or person_of(actor), created_at=now)
    _attach(plan, survey_file)
    plan.save()
    record("catalog.plan_made", plan, actor=actor, at=now)
    return plan


@transaction.atomic
def change_plan(
    *, plan_id: int, facts: PlanFacts, survey_file: File | None = None, actor: Actor, now: datetime
) -> ListingPlan:
    """Change the head of a plan. One that was approved is a draft again; a request that is being decided is voided.

    Locks the plan. Raises PlanIsClosed, and what `keep_document` raises.
    """
    plan = _lock(plan_id)
    before = _columns_of(plan)
    for name, value in _columns(facts).items():
        setattr(plan, name, value)
    _attach(plan, survey_file)
    if difference := changed(before, _columns_of(plan)):
        was = plan.state
        plan.state = PlanState.DRAFT  # in the same statement: only a draft may be without a survey
        plan.save()
        record("catalog.plan_changed", plan, actor=actor, changes=_as_text(difference), at=now)
        if was == PlanState.IN_REVIEW:
            void_changed(kind=KIND, draft_ids=[plan_id], actor=actor, now=now)
    return ListingPlan.objects.get(pk=plan_id)


@transaction.atomic
def paste_lines(*, plan_id: int, rows: Sequence[PlanRow], actor: Actor, now: datetime) -> ListingPlan:
    """Take pasted lines: new ones are added, known ones get the new date and owner. All or none.

    Locks the plan. Raises PlanLinesRefused when any of them has an error (look at `check_rows` first), PlanIsClosed.
    """
    plan = _lock(plan_id)
    checked = check_rows(plan, rows)
    if bad := [line for line in checked if line.error]:
        raise PlanLinesRefused(field="lines", count=len(bad))
    known = {(line.product_id, line.shop_id): line for line in plan.lines.select_for_update()}
    listings = {
        (row.product_id, row.shop_id): row.pk
        for row in Listing.objects.filter(product__in={line.product_id for line in checked})
    }
    added: list[ListingPlanLine] = []
    moved: dict[str, list[str]] = {}
    for line in checked:
        if line.product_id is None or line.shop_id is None or line.planned_on is None:
            continue  # only lines with an error lack one of them, and there is none
        owner = line.owner_id or actor.user_id or plan.owner_id
        old = known.get((line.product_id, line.shop_id))
        if old is None:
            added.append(
                ListingPlanLine(
                    plan=plan,
                    product_id=line.product_id,
                    shop_id=line.shop_id,
                    planned_on=line.planned_on,
                    owner_id=owner,
                    listing_id=listings.get((line.product_id, line.shop_id)),
                )
            )
        elif (old.planned_on, old.owner_id) != (line.planned_on, line.owner_id or old.owner_id):
            moved[f"{line.sku} {line.shop_code}"] = [old.planned_on.isoformat(), line.planned_on.isoformat()]
            old.planned_on, old.owner_id = line.planned_on, line.owner_id or old.owner_id
            old.save(update_fields=["planned_on", "owner"])
    ListingPlanLine.objects.bulk_create(added)
    if added or moved:
        record("catalog.plan_changed", plan, actor=actor, changes={"lines": [0, len(added)], **moved}, at=now)
        _back_to_draft(plan, actor, now)
    return ListingPlan.objects.get(pk=plan_id)


@transaction.atomic
def remove_line(*, line_id: int, reason: str, actor: Actor, now: datetime) -> ListingPlan:
    """Take a line out of its plan; its clock falls away.

    Locks the plan. Raises ReasonMissing, PlanIsClosed.
    """
    require_reason(reason)
    line = ListingPlanLine.objects.select_related("product", "shop").get(pk=line_id)
    plan = _lock(line.plan_id)
    withdraw_deadlines(subject_type=LINE, subject_ids=[line_id], actor=actor, reason=reason, now=now)
    changes = {"line": [f"{line} {line.planned_on.isoformat()}", None]}
    ListingPlanLine.objects.filter(pk=line_id).delete()
    record("catalog.plan_changed", plan, actor=actor, reason=reason, changes=changes, at=now)
    _back_to_draft(plan, actor, now)
    return ListingPlan.objects.get(pk=plan.pk)


@transaction.atomic
def close_plan(*, plan_id: int, reason: str, actor: Actor, now: datetime) -> ListingPlan:
    """End a plan; clocks of lines that were not done fall away. Locks it. Raises ReasonMissing, PlanIsClosed."""
    require_reason(reason)
    plan = _lock(plan_id)
    if plan.state == PlanState.IN_REVIEW and plan.request_id is not None:
        withdraw_request(request_id=plan.request_id, reason=reason, actor=actor, now=now)
        plan.refresh_from_db()
    before = plan.state
    plan.state = PlanState.CLOSED
    plan.save(update_fields=["state"])
    lines = list(plan.lines.values_list("pk", flat=True))
    withdraw_deadlines(subject_type=LINE, subject_ids=lines, actor=actor, reason=reason, now=now)
    record("catalog.plan_closed", plan, actor=actor, reason=reason, changes={"state": [before, plan.state]}, at=now)
    return plan


def read_plan_draft(plan_id: int) -> Draft:
    """A plan as it is now, its row locked; what was approved before is what is live of it."""
    plan = ListingPlan.objects.select_for_update(of=("self",)).select_related("customer_group", "owner").get(pk=plan_id)
    lines = plan.lines.select_related("product", "shop", "owner").order_by("planned_on", "product", "shop")
    content = {
        "name": plan.name,
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat(),
        "customer_group": plan.customer_group.name if plan.customer_group else "",
        "survey_title": plan.survey_title,
        "survey_conclusion": plan.survey_conclusion,
        "survey_file": plan.survey_file_name,
        "survey_sha256": plan.survey_sha256,
        "lines": [
            {
                "key": f"{line.product_id}-{line.shop_id}",
                "product": line.product.name,
                "shop": line.shop.name,
                "planned_on": line.planned_on.isoformat(),
                "owner": str(line.owner),
            }
            for line in lines
        ],
    }
    return Draft(
        subject_type=PLAN,
        subject_id=plan.pk,
        subject_label=plan.name,
        content=content,
        live=live_fields(KIND, PLAN, plan.pk),
        authors=_authors(plan),
        owner_id=plan.owner_id,
        url=plan.get_absolute_url(),
    )


def plan_findings(draft: Draft) -> list[Finding]:
    """What keeps a plan from being submitted or put in force: no survey, no conclusion, no lines. All at once."""
    content = draft.content
    findings = []
    for name, text in (
        ("survey_title", _("The plan names no survey that it rests on.")),
        ("survey_conclusion", _("The plan does not say what the survey concluded.")),
    ):
        if not content[name].strip():
            findings.append(Finding("survey_missing", str(Severity.BLOCK), name, text))
    if not content["lines"]:
        findings.append(Finding("no_lines", str(Severity.BLOCK), "lines", _("The plan has no lines.")))
    return findings


def _authors(plan: ListingPlan) -> tuple[int, ...]:
    """Who wrote in it since it was made: none of them decides about it."""
    people = TrailEntry.objects.about(PLAN, plan.pk).filter(
        action__in=("catalog.plan_made", "catalog.plan_changed"), actor_user__isnull=False
    )
    return tuple(sorted({plan.owner_id, *people.values_list("actor_user_id", flat=True)}))


@transaction.atomic
def plan_submitted(request: ChangeRequest) -> None:
    """The plan is being decided."""
    ListingPlan.objects.filter(pk=request.draft_id, state=PlanState.DRAFT).update(
        state=PlanState.IN_REVIEW, request=request
    )


@transaction.atomic
def plan_returned(request: ChangeRequest) -> None:
    """Refused, withdrawn or edited: the plan is a draft again."""
    ListingPlan.objects.filter(pk=request.draft_id, state=PlanState.IN_REVIEW).update(state=PlanState.DRAFT)


@transaction.atomic
def put_plan_in_force(*, plan_id: int, actor: Actor, now: datetime) -> ListingPlan:
    """The approved plan binds: every line that is not done gets its clock, due at the end of its day in its shop.

    Clocks that ran for another day or owner are replaced; lines whose listing is live already are done.
    """
    plan = ListingPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    plan.state = PlanState.APPROVED
    plan.save(update_fields=["state"])
    lines = list(plan.lines.filter(done_at__isnull=True).select_related("product", "shop").order_by("pk"))
    live = {
        (row.product_id, row.shop_id): row
        for row in Listing.objects.filter(
            product__in={line.product_id for line in lines}, first_listed_at__isnull=False
        )
    }
    done = [line for line in lines if (line.product_id, line.shop_id) in live]
    for line in done:
        listing = live[line.product_id, line.shop_id]
        line.listing, line.done_at = listing, listing.first_listed_at
    ListingPlanLine.objects.bulk_update(done, ["listing", "done_at"])
    waiting = [line for line in lines if line.done_at is None]
    _restart_clocks(waiting, actor, now)
    record("catalog.plan_approved", plan, actor=actor, changes={"lines": [len(done), len(waiting)]}, at=now)
    return plan


@transaction.atomic
def lines_done(*, listing_id: int, now: datetime, actor: Actor | None = None) -> int:
    """A listing was seen live: the open lines that planned it are done and their clocks met. Returns how many."""
    by = actor or Actor.system("listing plans")
    listing = Listing.objects.get(pk=listing_id)
    lines = list(
        ListingPlanLine.objects.filter(
            product=listing.product_id, shop=listing.shop_id, done_at__isnull=True, plan__state__in=_OPEN_STATES
        )
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    ids = [line.pk for line in lines]
    if ids:
        ListingPlanLine.objects.filter(pk__in=ids).update(done_at=now, listing=listing)
        meet_deadlines(subject_type=LINE, subject_ids=ids, rules=[RULE], actor=by, now=now)
        record_many([Act("catalog.plan_line_done", LINE, line.pk, listing.shop_id) for line in lines], actor=by, at=now)
    return len(ids)


def _restart_clocks(lines: Iterable[ListingPlanLine], actor: Actor, now: datetime) -> None:
    rows = list(lines)
    running = {
        clock.subject_id: clock
        for clock in Deadline.objects.open().filter(
            subject_type=LINE, subject_id__in=[row.pk for row in rows], rule__code=RULE
        )
    }
    stale = [
        row.pk
        for row in rows
        if (clock := running.get(row.pk))
        and (
            clock.owner_id != row.owner_id
            or clock.due_at != max(end_of_day(row.planned_on, row.shop), clock.started_at)
        )
    ]
    if stale:
        withdraw_deadlines(
            subject_type=LINE, subject_ids=stale, rules=[RULE], actor=actor, reason=str(rows[0].plan), now=now
        )
    start_deadlines(
        [
            DeadlineStart(
                rule=RULE,
                subject_type=LINE,
                subject_id=row.pk,
                subject_label=str(row),
                starts_at=now,
                store_id=row.shop_id,
                owner_id=row.owner_id,
                due_at=end_of_day(row.planned_on, row.shop),
            )
            for row in rows
        ],
        now=now,
    )


def _back_to_draft(plan: ListingPlan, actor: Actor, now: datetime) -> None:
    """What was approved was another plan. Lines keep their clocks until the new one is approved."""
    if plan.state == PlanState.DRAFT:
        return
    ListingPlan.objects.filter(pk=plan.pk).update(state=PlanState.DRAFT)
    if plan.state == PlanState.IN_REVIEW:
        void_changed(kind=KIND, draft_ids=[plan.pk], actor=actor, now=now)


def _lock(plan_id: int) -> ListingPlan:
    plan = ListingPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    if plan.state == PlanState.CLOSED:
        raise PlanIsClosed(plan=plan.name)
    return plan


def _attach(plan: ListingPlan, file: File | None) -> None:
    if file is None:
        return
    kept = keep_document(file, folder="plans")
    plan.survey_file.name = kept.path
    plan.survey_file_name, plan.survey_sha256 = kept.name, kept.sha256


def _columns(facts: PlanFacts) -> dict[str, Any]:
    return {
        "name": facts.name.strip(),
        "starts_on": facts.starts_on,
        "ends_on": facts.ends_on,
        "customer_group_id": facts.customer_group_id,
        "survey_title": facts.survey_title.strip(),
        "survey_conclusion": facts.survey_conclusion.strip(),
    }


def _columns_of(plan: ListingPlan) -> dict[str, Any]:
    names = (*_columns(PlanFacts("", plan.starts_on, plan.ends_on)), "survey_sha256", "survey_file_name")
    return {name: getattr(plan, name) for name in names}


def _as_text(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {
        name: [value.isoformat() if isinstance(value, date) else value for value in pair]
        for name, pair in changes.items()
    }
