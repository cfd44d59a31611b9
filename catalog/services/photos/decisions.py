"""What people decide about a picture: signed off, refused, retired, brought back.

Locks: requests → product (`lock_masters`) → picture → shot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from approvals.policies.wording import Wording
from approvals.services import record
from catalog.errors import OwnPicture, PictureNotSignedByPerson, PictureThereAlready
from catalog.models import Photo
from catalog.services._reasons import require_reason
from catalog.services.following import follow_master
from catalog.services.photos._rows import GONE, hold_photo, tell_uploader
from catalog.services.shots import follow_photos
from catalog.states import PHOTO_TRANSITIONS, PhotoState
from config.kit.actor import Actor
from config.kit.errors import TransitionNotAllowed


@transaction.atomic
def sign_off_photo(*, photo_id: int, actor: Actor, now: datetime) -> Photo:
    """Say that a picture is professional. Failed checks do not hinder it: they hinder the listing on that platform.

    Raises PictureNotSignedByPerson, OwnPicture, TransitionNotAllowed.
    """
    photo = hold_photo(photo_id)
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
    photo = hold_photo(photo_id)
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
    tell_uploader(
        photo, Wording(_("“%(file)s” of %(product)s was refused: %(reason)s"), reasoned), actor=actor, now=now
    )
    return photo


@transaction.atomic
def retire_photo(*, photo_id: int, reason: str, actor: Actor, now: datetime) -> Photo:
    """Take an approved picture out of use. Raises ReasonMissing, TransitionNotAllowed."""
    require_reason(reason)
    photo = hold_photo(photo_id)
    _move(photo, PhotoState.RETIRED, "catalog.photo_retired", actor=actor, now=now, reason=reason)
    return photo


@transaction.atomic
def bring_back_photo(*, photo_id: int, actor: Actor, now: datetime) -> Photo:
    """Use a retired picture again; its sign-off still holds. Raises PictureThereAlready, TransitionNotAllowed."""
    photo = hold_photo(photo_id)
    same = (
        Photo.objects.filter(product=photo.product_id, sha256=photo.sha256).exclude(state__in=GONE).exclude(pk=photo.pk)
    )
    if there := same.first():
        raise PictureThereAlready(name=photo.file_name, role=there.get_role_display())
    _move(photo, PhotoState.APPROVED, "catalog.photo_brought_back", only_from=PhotoState.RETIRED, actor=actor, now=now)
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
