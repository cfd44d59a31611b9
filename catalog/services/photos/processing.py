"""The worker: reads, checks and copies the pictures that wait. It holds a picture and its shot only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from approvals import services as approvals
from approvals.models import ContentRuleList
from approvals.policies.wording import Wording
from approvals.services import record
from approvals.states import RuleKind, Severity
from catalog.errors import PictureHoldsSecrets, PictureNotProcessed
from catalog.models import Photo, Rendition
from catalog.policies.photo_rules import FIELD_NAMES, duplicate_check, failures, kept_facts, stored_refusal, words_check
from catalog.selectors.photos import look_alikes, photo_book
from catalog.services.photos._attacks import is_attack, tell_attack
from catalog.services.photos._rows import lock_photo, tell_uploader
from catalog.services.shots import follow_photos
from catalog.states import PhotoState
from config.kit.actor import Actor
from config.kit.errors import DomainError
from config.kit.pictures import DEFAULT, PictureRefused, read_picture, renditions
from config.kit.sweep import SweepResult, backoff, sweep

SIZES = {"thumb": 160, "list": 480, "page": 1200, "large": 2000}
"""Longest sides in pixels of the copies that leave the house."""

ATTEMPTS = 5
"""So often a picture is tried before it is refused as one that cannot be processed."""


def process_photos(*, actor: Actor, now: datetime, limit: int = 30) -> SweepResult:
    """Read, check and copy the pictures that wait. Safe side by side; one that fails is tried again later, five times."""
    return sweep(
        lambda: (
            Photo.objects.filter(state=PhotoState.UPLOADED, next_at__lte=now)
            .select_related("product")
            .order_by("next_at", "id")
        ),
        lambda photo: _process(photo, actor=actor, now=now),
        postpone=lambda pk, error: _try_later(pk, actor=actor, now=now),
        limit=limit,
    )


@transaction.atomic
def process_photo(*, photo_id: int, actor: Actor, now: datetime) -> Photo:
    """Read, check and copy one picture at once. Nothing happens to one that was read before."""
    photo = lock_photo(photo_id)
    if photo.state == PhotoState.UPLOADED:
        _process(photo, actor=actor, now=now)
    return photo


def _process(photo: Photo, *, actor: Actor, now: datetime) -> None:
    with photo.original.open("rb") as file:
        raw = file.read(DEFAULT.max_bytes + 1)
    if hashlib.sha256(raw).hexdigest() != photo.sha256:
        raise OSError(f"picture {photo.pk}: the stored file is not what was uploaded")
    try:
        facts = read_picture(raw, name=photo.file_name)
        warned = _words_in(photo, facts.texts)
    except (PictureRefused, PictureHoldsSecrets) as error:
        if is_attack(error, photo.file_name):
            tell_attack(error, photo.file_name, photo.product, path="worker", actor=actor, now=now)
        _refuse_by_rule(photo, error, actor=actor, now=now)
        return
    photo.facts, photo.width, photo.height = kept_facts(facts), facts.width, facts.height
    photo.perceptual_hash = facts.perceptual_hash
    photo.checks = warned + [
        duplicate_check(photo_id=other, product_id=product_id, product_name=name)
        for other, product_id, name in look_alikes(facts.perceptual_hash, product_id=photo.product_id)
    ]
    photo.checks = photo_book([photo.product_id]).checks(photo, photo.product)
    photo.state, photo.next_at, photo.attempts = PhotoState.CHECKED, None, 0
    with ExitStack() as undo:
        _copy(photo, raw, undo)
        photo.save(
            update_fields=["facts", "width", "height", "perceptual_hash", "checks", "state", "next_at", "attempts"]
        )
        failed = sorted({f"{check['platform']}:{check['code']}".strip(":") for check in failures(photo.checks)})
        record("catalog.photo_checked", photo, actor=actor, changes={"failed": [None, ", ".join(failed)]}, at=now)
        follow_photos(product_id=photo.product_id, role=photo.role, may_fall=False, actor=actor, now=now)
        undo.pop_all()


def _copy(photo: Photo, raw: bytes, undo: ExitStack) -> None:
    """The cleaned sizes; `undo` takes their files away again when the row cannot be written."""
    rows = []
    for made in renditions(raw, SIZES).values():
        row = Rendition(
            photo=photo,
            name=made.name,
            width=made.width,
            height=made.height,
            sha256=hashlib.sha256(made.data).hexdigest(),
        )
        row.file.save(f"{made.name}.jpg", ContentFile(made.data), save=False)
        storage: Storage = row.file.storage
        undo.callback(storage.delete, str(row.file.name))
        rows.append(row)
    Rendition.objects.bulk_create(rows)


def _words_in(photo: Photo, texts: Sequence[str]) -> list[dict[str, object]]:
    """Secrets and personal data in the file's name and metadata: warnings. Raises PictureHoldsSecrets where a rule stops."""
    findings = approvals.check_texts("catalog.photo", {"file_name": photo.file_name, "metadata": "\n".join(texts)})
    if not findings:
        return []
    private = dict(
        ContentRuleList.objects.filter(kind__in=(RuleKind.SECRET, RuleKind.PERSONAL)).values_list("code", "name")
    )
    # What shoppers may not read (banned words, superlatives) may well be the name of a file.
    found = [finding for finding in findings if finding.facts.get("list_code") in private]
    for finding in found:
        if finding.severity == Severity.BLOCK:
            rule = private[finding.facts["list_code"]]
            raise PictureHoldsSecrets(name=photo.file_name, where=FIELD_NAMES[finding.field], rule=rule)
    return [words_check(rule=private[finding.facts["list_code"]], field=finding.field) for finding in found]


def _refuse_by_rule(photo: Photo, error: DomainError, *, actor: Actor, now: datetime) -> None:
    photo.facts = {**photo.facts, "refusal": stored_refusal(error)}
    before, photo.state = photo.state, PhotoState.REFUSED
    photo.problem, photo.next_at = error.describe(), None
    photo.save(update_fields=["state", "problem", "next_at", "facts"])
    changes = {"state": [before, str(photo.state)]}
    record("catalog.photo_refused", photo, actor=actor, reason=photo.problem, changes=changes, at=now)
    follow_photos(product_id=photo.product_id, role=photo.role, may_fall=True, actor=actor, now=now)
    tell_uploader(photo, Wording("%(words)s", {"words": error.describe}), actor=actor, now=now)


def _try_later(photo_id: int, *, actor: Actor, now: datetime) -> None:
    photo = lock_photo(photo_id)
    photo.attempts += 1
    if photo.attempts >= ATTEMPTS:
        photo.save(update_fields=["attempts"])
        _refuse_by_rule(photo, PictureNotProcessed(name=photo.file_name, attempts=photo.attempts), actor=actor, now=now)
        return
    photo.next_at = backoff(photo.attempts, now=now, first=timedelta(minutes=1), longest=timedelta(hours=1))
    photo.save(update_fields=["attempts", "next_at"])
