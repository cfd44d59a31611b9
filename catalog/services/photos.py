"""Pictures of products: taken in as hostile, read by the worker, signed off by a person, put in order, taken out of use.

Locks: requests → product (`lock_masters`) → picture → shot. The worker holds a picture and its shot only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.models import ContentRuleList
from approvals.policies.wording import Wording
from approvals.services import record
from approvals.states import RuleKind, Severity
from catalog.errors import (
    NoPictures,
    OwnPicture,
    PictureHoldsSecrets,
    PictureNotProcessed,
    PictureNotSignedByPerson,
    PictureOfOtherProduct,
    PictureThereAlready,
    TooManyPictures,
)
from catalog.models import Photo, Product, Rendition
from catalog.policies.photo_rules import FIELD_NAMES, duplicate_check, failures, kept_facts, stored_refusal, words_check
from catalog.selectors.photos import look_alikes, photo_book
from catalog.services._locks import lock_masters, lock_products
from catalog.services._reasons import require_reason
from catalog.services.following import follow_master
from catalog.services.shots import follow_photos
from catalog.states import PHOTO_TRANSITIONS, PhotoRole, PhotoState
from config.kit.actor import Actor
from config.kit.errors import DomainError, TransitionNotAllowed
from config.kit.pictures import (
    DEFAULT,
    PictureBomb,
    PictureEmpty,
    PictureFormatRefused,
    PictureHidesData,
    PictureNameDisagrees,
    PictureRefused,
    PictureTooHeavy,
    PictureTooLarge,
    read_picture,
    renditions,
)
from config.kit.pictures.reading import ENDINGS, examine, megabytes
from config.kit.pictures.refusals import shown_name
from config.kit.sweep import SweepResult, backoff, sweep

UPLOAD_LIMIT = 20
"""Files in one upload."""

SIZES = {"thumb": 160, "list": 480, "page": 1200, "large": 2000}
"""Longest sides in pixels of the copies that leave the house."""

ATTEMPTS = 5
_GONE = (PhotoState.REFUSED, PhotoState.RETIRED)
_ATTACKS = (PictureBomb, PictureHidesData, PictureNameDisagrees, PictureTooLarge)


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """What became of one file: `photo`, or the refusal that names the file and the rule."""

    file_name: str
    photo: Photo | None = None
    error: DomainError | None = None


def upload_photos(
    *, product_id: int, role: PhotoRole, files: Sequence[File], actor: Actor, now: datetime
) -> list[UploadOutcome]:
    """Take in pictures of a product, each in a transaction of its own: one that is refused does not lose the others.

    Nothing is decoded here: container, size and riders are judged from the bytes, the pixels are the worker's. Hostile
    files leave a security event. Raises NoPictures, TooManyPictures before any file is read; Product.DoesNotExist.
    """
    if not files:
        raise NoPictures(field="files")
    if len(files) > UPLOAD_LIMIT:
        raise TooManyPictures(field="files", count=len(files), limit=UPLOAD_LIMIT)
    product = Product.objects.get(pk=product_id)
    outcomes = []
    for file in files:
        name = shown_name(file.name or "")
        try:
            raw = _read_hostile(file, name)
            photo = _store(raw, name, product_id=product_id, role=role, actor=actor, now=now)
        except DomainError as error:
            if _is_attack(error, name):
                _tell_attack(error, name, product, path="upload", actor=actor, now=now)
            outcomes.append(UploadOutcome(name, error=error))
        else:
            outcomes.append(UploadOutcome(name, photo=photo))
    return outcomes


def _read_hostile(file: File, name: str) -> bytes:
    """The bytes of an upload once nothing in them looks like an attack; at most one more than allowed are read."""
    if (file.size or 0) > DEFAULT.max_bytes:
        raise PictureTooHeavy(name=name, limit=megabytes(DEFAULT.max_bytes))
    file.seek(0)
    raw: bytes = file.read(DEFAULT.max_bytes + 1)
    if not raw:
        raise PictureEmpty(name=name)
    if len(raw) > DEFAULT.max_bytes:
        raise PictureTooHeavy(name=name, limit=megabytes(DEFAULT.max_bytes))
    anatomy = examine(raw, name=name, limits=DEFAULT)
    if PurePath(name).suffix.lower() not in ENDINGS[anatomy.format]:
        raise PictureNameDisagrees(name=name, format=anatomy.format, endings=", ".join(ENDINGS[anatomy.format]))
    return raw


def _is_attack(error: DomainError, name: str) -> bool:
    """A bomb, a rider, a lie about the format; a HEIC that says so, a damaged or a heavy file is none."""
    if isinstance(error, PictureFormatRefused):
        return PurePath(name).suffix.lower() in {ending for endings in ENDINGS.values() for ending in endings}
    return isinstance(error, _ATTACKS)


def _tell_attack(error: DomainError, name: str, product: Product, *, path: str, actor: Actor, now: datetime) -> None:
    approvals.refused_attempt(
        "hostile_upload",
        path=f"{path} of {name}"[:200],
        actor=actor,
        subject=product,
        detail={"file": name, **stored_refusal(error)},
        at=now,
    )


def _store(raw: bytes, name: str, *, product_id: int, role: PhotoRole, actor: Actor, now: datetime) -> Photo:
    """The file and its row, or neither."""
    sha256 = hashlib.sha256(raw).hexdigest()
    with ExitStack() as undo, transaction.atomic():
        # The product's lock makes the search for the same bytes and the next position true until the row stands.
        lock_products([product_id])
        photos = Photo.objects.filter(product=product_id)
        if there := photos.filter(sha256=sha256).exclude(state__in=_GONE).first():
            raise PictureThereAlready(field="files", name=name, role=there.get_role_display())
        last = photos.filter(role=role).aggregate(last=Max("position"))["last"]
        photo = Photo(
            product_id=product_id,
            role=role,
            position=0 if last is None else last + 1,
            file_name=name,
            sha256=sha256,
            uploaded_by_id=actor.user_id,
            uploaded_at=now,
            next_at=now,
        )
        photo.original.save(name, ContentFile(raw), save=False)
        undo.callback(photo.original.storage.delete, str(photo.original.name))
        photo.save()
        record(
            "catalog.photo_uploaded", photo, actor=actor, changes={"file": [None, name], "role": [None, role]}, at=now
        )
        follow_photos(product_id=product_id, role=role, may_fall=False, actor=actor, now=now)
        undo.pop_all()
    return photo


# --- the worker


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
    photo = _lock(photo_id)
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
        if _is_attack(error, photo.file_name):
            _tell_attack(error, photo.file_name, photo.product, path="worker", actor=actor, now=now)
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
    _tell_uploader(photo, Wording("%(words)s", {"words": error.describe}), actor=actor, now=now)


def _tell_uploader(photo: Photo, words: Wording, *, actor: Actor, now: datetime) -> None:
    if photo.uploaded_by_id is not None and photo.uploaded_by_id != actor.user_id:
        link = photo.get_absolute_url()
        approvals.notify([photo.uploaded_by_id], words, kind="catalog.photo_refused", now=now, link=link)


def _try_later(photo_id: int, *, actor: Actor, now: datetime) -> None:
    photo = _lock(photo_id)
    photo.attempts += 1
    if photo.attempts >= ATTEMPTS:
        photo.save(update_fields=["attempts"])
        _refuse_by_rule(photo, PictureNotProcessed(name=photo.file_name, attempts=photo.attempts), actor=actor, now=now)
        return
    photo.next_at = backoff(photo.attempts, now=now, first=timedelta(minutes=1), longest=timedelta(hours=1))
    photo.save(update_fields=["attempts", "next_at"])


@transaction.atomic
def recheck_photos(*, product_ids: Sequence[int]) -> int:
    """Compare the pictures of products with the rules as they stand now; returns how many checks changed. Five queries.

    For whoever changes picture rules or offers a product on another platform; the night does it for every product. Screens and
    submissions reckon afresh in any case: only the list's filter reads what is stored.
    """
    photos = (
        Photo.objects.filter(product__in=product_ids, state__in=(PhotoState.CHECKED, PhotoState.APPROVED))
        .select_related("product")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    book = photo_book(product_ids)
    changed = []
    for photo in photos:
        checks = book.checks(photo, photo.product)
        if checks and checks != photo.checks:
            photo.checks = checks
            changed.append(photo)
    Photo.objects.bulk_update(changed, ["checks"], batch_size=500)
    return len(changed)


def recheck_all_photos(*, batch: int = 500) -> int:
    """`recheck_photos` for every product with pictures, some at a time; returns how many changed."""
    changed, last = 0, 0
    while True:
        products = Photo.objects.filter(product__gt=last).order_by("product").values_list("product_id", flat=True)
        ids = list(products.distinct()[:batch])
        if not ids:
            return changed
        changed += recheck_photos(product_ids=ids)
        last = ids[-1]


# --- what people do


@transaction.atomic
def sign_off_photo(*, photo_id: int, actor: Actor, now: datetime) -> Photo:
    """Say that a picture is professional. Failed checks do not hinder it: they hinder the listing on that platform.

    Raises PictureNotSignedByPerson, OwnPicture, TransitionNotAllowed.
    """
    photo = _hold(photo_id)
    if actor.user_id is None:
        raise PictureNotSignedByPerson()
    if photo.uploaded_by_id == actor.user_id:
        raise OwnPicture(name=photo.file_name)
    photo.signed_off_by_id, photo.signed_off_at = actor.user_id, now
    _move(
        photo,
        PhotoState.APPROVED,
        "catalog.photo_signed_off",
        fields=["signed_off_by", "signed_off_at"],
        actor=actor,
        now=now,
    )
    return photo


@transaction.atomic
def refuse_photo(*, photo_id: int, reason: str, actor: Actor, now: datetime) -> Photo:
    """Send a picture back with the reason, which its uploader reads. Raises ReasonMissing, TransitionNotAllowed."""
    require_reason(reason)
    photo = _hold(photo_id)
    photo.problem = reason.strip()
    _move(
        photo,
        PhotoState.REFUSED,
        "catalog.photo_refused",
        fields=["problem", "next_at"],
        actor=actor,
        now=now,
        reason=reason,
    )
    reasoned = {"file": photo.file_name, "product": photo.product.name, "reason": photo.problem}
    _tell_uploader(
        photo, Wording(_("“%(file)s” of %(product)s was refused: %(reason)s"), reasoned), actor=actor, now=now
    )
    return photo


@transaction.atomic
def retire_photo(*, photo_id: int, reason: str, actor: Actor, now: datetime) -> Photo:
    """Take an approved picture out of use. Raises ReasonMissing, TransitionNotAllowed."""
    require_reason(reason)
    photo = _hold(photo_id)
    _move(photo, PhotoState.RETIRED, "catalog.photo_retired", actor=actor, now=now, reason=reason)
    return photo


@transaction.atomic
def bring_back_photo(*, photo_id: int, actor: Actor, now: datetime) -> Photo:
    """Use a retired picture again; its sign-off still holds. Raises PictureThereAlready, TransitionNotAllowed."""
    photo = _hold(photo_id)
    same = (
        Photo.objects.filter(product=photo.product_id, sha256=photo.sha256)
        .exclude(state__in=_GONE)
        .exclude(pk=photo.pk)
    )
    if there := same.first():
        raise PictureThereAlready(name=photo.file_name, role=there.get_role_display())
    _move(photo, PhotoState.APPROVED, "catalog.photo_brought_back", only_from=PhotoState.RETIRED, actor=actor, now=now)
    return photo


@transaction.atomic
def order_photos(*, product_id: int, photo_ids: Sequence[int], actor: Actor, now: datetime) -> list[Photo]:
    """Show the pictures of a product in this order within their roles; those that are not named follow as they stood.

    The same order again writes nothing. Raises PictureOfOtherProduct.
    """
    products = lock_masters([product_id])
    photos = list(
        Photo.objects.filter(product=product_id).exclude(state__in=_GONE).order_by("position", "pk").select_for_update()
    )
    by_key = {photo.pk: photo for photo in photos}
    wanted = list(dict.fromkeys(photo_ids))
    if not by_key.keys() >= set(wanted):
        raise PictureOfOtherProduct()
    before = [photo.pk for photo in photos]
    ordered = [by_key[pk] for pk in wanted] + [photo for photo in photos if photo.pk not in wanted]
    places: dict[str, int] = {}
    moved = []
    for photo in ordered:
        place = places.get(photo.role, 0)
        places[photo.role] = place + 1
        if photo.position != place:
            photo.position = place
            moved.append(photo)
    if moved:
        Photo.objects.bulk_update(moved, ["position"])
        changes = {"order": [before, [photo.pk for photo in ordered]]}
        record("catalog.photos_ordered", products[product_id], actor=actor, changes=changes, at=now)
        follow_master(product_ids=[product_id], actor=actor, now=now)
    return ordered


@transaction.atomic
def describe_photo(*, photo_id: int, alt: str, actor: Actor, now: datetime) -> Photo:
    """Write what a picture shows for those who cannot see it. The same words again write nothing."""
    photo = _hold(photo_id)
    alt = " ".join(alt.split())
    if alt != photo.alt:
        changes = {"alt": [photo.alt, alt]}
        photo.alt = alt
        photo.save(update_fields=["alt"])
        record("catalog.photo_described", photo, actor=actor, changes=changes, at=now)
        follow_master(product_ids=[photo.product_id], actor=actor, now=now)
    return photo


def _move(
    photo: Photo,
    state: PhotoState,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    fields: Sequence[str] = (),
    only_from: PhotoState | None = None,
) -> None:
    """One step of a locked picture; listings and the shot list hear of it."""
    if state not in PHOTO_TRANSITIONS[photo.state] or (only_from and photo.state != only_from):
        raise TransitionNotAllowed(subject=photo.file_name, current=photo.get_state_display(), target=state.label)
    before, photo.state, photo.next_at = photo.state, state, None
    photo.save(update_fields=["state", *fields])
    record(action, photo, actor=actor, reason=reason.strip(), changes={"state": [before, str(state)]}, at=now)
    follow_photos(product_id=photo.product_id, role=photo.role, may_fall=True, actor=actor, now=now)
    follow_master(product_ids=[photo.product_id], actor=actor, now=now)


def _lock(photo_id: int) -> Photo:
    return Photo.objects.select_for_update(of=("self",)).select_related("product").get(pk=photo_id)


def _hold(photo_id: int) -> Photo:
    """The picture, fresh and locked, after its product and the requests that its change may send back."""
    lock_masters([Photo.objects.values_list("product_id", flat=True).get(pk=photo_id)])
    return _lock(photo_id)
