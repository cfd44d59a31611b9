"""The shot list: made from sales rank and missing roles every night, moved on by the pictures that come in (CAT-8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from approvals.services import (
    Act,
    DeadlineStart,
    meet_deadlines,
    record,
    record_many,
    start_deadlines,
    withdraw_deadlines,
)
from catalog.errors import ShotStepNotAllowed
from catalog.models import Photo, Product, Shot
from catalog.policies.photo_rules import failures
from catalog.selectors.photos import approved_counts, photo_book
from catalog.selectors.shots import BEST_SELLERS, products_to_photograph
from catalog.services._locks import lock_products
from catalog.states import PhotoRole, PhotoState, ShotState
from config.kit.actor import Actor

SHOT = "catalog.shot"
RULE = "shot_due"
BEST_SELLER, MISSING = "best_seller", "missing"
"""Why a shot is on the list, as stored in `Shot.reason`."""

_LOCK = 0x73686F74  # advisory: one planner at a time, so that nobody plans a shot twice
_PATH = (ShotState.PLANNED, ShotState.TAKEN, ShotState.EDITED, ShotState.APPROVED)
_BY_HAND = {ShotState.PLANNED: ShotState.TAKEN, ShotState.TAKEN: ShotState.EDITED}
_COMING = (PhotoState.UPLOADED, PhotoState.CHECKED)


@dataclass(frozen=True, slots=True)
class ShotPlan:
    """What one planning did to the list."""

    added: int = 0
    reopened: int = 0
    dropped: int = 0


@transaction.atomic
def plan_shots(*, actor: Actor, now: datetime) -> ShotPlan:
    """Put what is missing on the list, and take off what is not any more. Run again it changes nothing.

    Best sellers are due the next day, others in three. A product of which no rule asks anything still needs a main picture. The
    number of queries does not depend on the number of products.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    products = {
        product.pk: product
        for product in products_to_photograph().only("id", "name", "category_id", "sales_rank").order_by("pk")
    }
    missing = _missing(products)
    # A row that names a product asks for the product's lock: taken before the shots', as everywhere.
    open_shots = set(Shot.objects.exclude(state=ShotState.APPROVED).values_list("product_id", "role"))
    lock_products({product_id for product_id, role in missing if (product_id, role) not in open_shots})
    shots = {(shot.product_id, shot.role): shot for shot in Shot.objects.order_by("pk").select_for_update()}
    coming = _coming(products)
    today = timezone.localdate(now)
    added = [
        Shot(
            product_id=product_id,
            role=role,
            state=ShotState.TAKEN if (product_id, role) in coming else ShotState.PLANNED,
            rank=products[product_id].sales_rank,
            reason=_why(products[product_id]),
            due_on=_due_on(products[product_id].sales_rank, today),
            created_at=now,
            changed_at=now,
        )
        for product_id, role in missing
        if (product_id, role) not in shots
    ]
    Shot.objects.bulk_create(added, batch_size=1000)
    reopened = []
    for key in missing:
        shot = shots.get(key)
        if shot is not None and shot.state == ShotState.APPROVED:
            shot.state, shot.photo_id, shot.changed_at = ShotState.PLANNED, None, now
            shot.reason, shot.due_on = _why(products[key[0]]), _due_on(products[key[0]].sales_rank, today)
            reopened.append(shot)
    Shot.objects.bulk_update(reopened, ["state", "photo", "changed_at", "reason", "due_on"], batch_size=500)
    dropped = [shot for key, shot in shots.items() if shot.state != ShotState.APPROVED and key not in missing]
    _drop(dropped, actor=actor, now=now)
    _rank(shots.values(), dropped)
    _start_clocks([*added, *reopened], products, now=now)
    record_many(
        [
            Act(
                "catalog.shot_planned",
                SHOT,
                shot.pk,
                changes={"state": [None, shot.state], "due": [None, str(shot.due_on)]},
            )
            for shot in (*added, *reopened)
        ],
        actor=actor,
        at=now,
    )
    return ShotPlan(len(added), len(reopened), len(dropped))


def _missing(products: dict[int, Product]) -> dict[tuple[int, str], int]:
    """(product, role) → how many approved pictures are missing."""
    book, counts = photo_book(list(products)), approved_counts(list(products))
    missing: dict[tuple[int, str], int] = {}
    for product in products.values():
        there = counts.get(product.pk, {})
        gaps = book.missing(product, there)
        if not gaps and not there.get(PhotoRole.MAIN) and not book.wanted(product):
            gaps = {PhotoRole.MAIN.value: 1}
        missing.update({(product.pk, role): gap for role, gap in gaps.items()})
    return missing


def _coming(products: Iterable[int]) -> set[tuple[int, str]]:
    """(product, role) of which a picture is there that is not signed off yet."""
    rows = Photo.objects.filter(product__in=list(products), state__in=_COMING).order_by()
    return set(rows.values_list("product_id", "role").distinct())


def _why(product: Product) -> str:
    return BEST_SELLER if _is_best_seller(product.sales_rank) else MISSING


def _is_best_seller(rank: int | None) -> bool:
    return rank is not None and rank <= BEST_SELLERS


def _due_on(rank: int | None, today: date) -> date:
    return today + timedelta(days=1 if _is_best_seller(rank) else 3)


def _drop(shots: Sequence[Shot], *, actor: Actor, now: datetime) -> None:
    if not shots:
        return
    ids = [shot.pk for shot in shots]
    withdraw_deadlines(
        subject_type=SHOT,
        subject_ids=ids,
        rules=[RULE],
        actor=actor,
        reason="the picture is not missing any more",
        now=now,
    )
    record_many(
        [Act("catalog.shot_dropped", SHOT, shot.pk, changes={"state": [shot.state, None]}) for shot in shots],
        actor=actor,
        at=now,
    )
    Shot.objects.filter(pk__in=ids).delete()


def _rank(shots: Iterable[Shot], dropped: Sequence[Shot]) -> None:
    """Bring the ranks on the list up to date."""
    gone = {shot.pk for shot in dropped}
    ranks = dict(Product.objects.filter(shots__isnull=False).order_by().values_list("pk", "sales_rank").distinct())
    moved = []
    for shot in shots:
        if shot.pk not in gone and shot.rank != ranks.get(shot.product_id):
            shot.rank = ranks.get(shot.product_id)
            moved.append(shot)
    Shot.objects.bulk_update(moved, ["rank"], batch_size=500)


def _start_clocks(shots: Sequence[Shot], products: dict[int, Product], *, now: datetime) -> None:
    start_deadlines(
        [
            DeadlineStart(
                rule=RULE,
                subject_type=SHOT,
                subject_id=shot.pk,
                subject_label=f"{products[shot.product_id].name} · {shot.get_role_display()}"[:160],
                owner_id=shot.owner_id,
                owner_role="ART",
                starts_at=now,
                due_at=end_of_day(shot.due_on),
            )
            for shot in shots
        ],
        now=now,
    )


def end_of_day(day: date) -> datetime:
    """Midnight after a day, where the company is."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


@transaction.atomic
def move_shot(*, shot_id: int, state: ShotState, actor: Actor, now: datetime) -> Shot:
    """A photographer says that a shot is taken, or edited; the rest follows the pictures. Raises ShotStepNotAllowed."""
    shot = Shot.objects.select_for_update(of=("self",)).select_related("product").get(pk=shot_id)
    if _BY_HAND.get(ShotState(shot.state)) != state:
        raise ShotStepNotAllowed(current=shot.get_state_display())
    _walk(shot, state, actor=actor, now=now)
    return shot


def follow_photos(*, product_id: int, role: str, may_fall: bool, actor: Actor, now: datetime) -> Shot | None:
    """Bring the shot of a product's role to where its pictures are; None when none is on the list.

    Uploaded is taken, through the checks is edited, enough of them signed off is approved. `may_fall`: it goes back as
    well, because a picture was refused or retired.
    """
    shot = (
        Shot.objects.select_for_update(of=("self",))
        .select_related("product")
        .filter(product=product_id, role=role)
        .first()
    )
    if shot is None:
        return None
    photos = list(
        Photo.objects.filter(product=product_id, role=role, state__in=(*_COMING, PhotoState.APPROVED)).order_by("-pk")
    )
    newest = photos[0].pk if photos else None
    if shot.photo_id != newest:
        shot.photo_id = newest
        shot.save(update_fields=["photo"])
    target = _state_of(photos, shot.product)
    if may_fall or _PATH.index(target) > _PATH.index(ShotState(shot.state)):
        _walk(shot, target, actor=actor, now=now)
    return shot


def _state_of(photos: Sequence[Photo], product: Product) -> ShotState:
    approved = sum(photo.state == PhotoState.APPROVED for photo in photos)
    if approved:
        wanted = photo_book([product.pk]).wanted(product).get(photos[0].role, 1)
        if approved >= wanted:
            return ShotState.APPROVED
    coming = [photo for photo in photos if photo.state in _COMING]
    if any(photo.state == PhotoState.CHECKED and not failures(photo.checks) for photo in coming):
        return ShotState.EDITED
    return ShotState.TAKEN if coming else ShotState.PLANNED


def _walk(shot: Shot, target: ShotState, *, actor: Actor, now: datetime) -> None:
    """Step by step along the list's path, as the database demands; back is always back to the beginning."""
    before = ShotState(shot.state)
    if before == target:
        return
    steps = list(_PATH[_PATH.index(before) + 1 : _PATH.index(target) + 1])
    if not steps:
        steps = list(_PATH[: _PATH.index(target) + 1])
    shot.changed_at = now
    falls_from_approval = before == ShotState.APPROVED
    if falls_from_approval:
        shot.due_on = _due_on(shot.rank, timezone.localdate(now))
    for step in steps:
        shot.state = step
        shot.save(update_fields=["state", "changed_at", "due_on"])
    record("catalog.shot_moved", shot, actor=actor, changes={"state": [str(before), str(target)]}, at=now)
    if target == ShotState.APPROVED:
        meet_deadlines(subject_type=SHOT, subject_ids=[shot.pk], rules=[RULE], actor=actor, now=now)
    elif falls_from_approval:
        _start_clocks([shot], {shot.product_id: shot.product}, now=now)
