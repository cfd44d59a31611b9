"""What several acts on a picture share: the locked row, the states in which it is out of use, the word to its uploader."""

from __future__ import annotations

from datetime import datetime

from approvals import services as approvals
from approvals.policies.wording import Wording
from catalog.models import Photo
from catalog.services._locks import lock_masters
from catalog.states import PhotoState
from config.kit.actor import Actor

GONE = (PhotoState.REFUSED, PhotoState.RETIRED)
"""Out of use: such a picture has no place among the others, and its bytes may come again."""


def lock_photo(photo_id: int) -> Photo:
    """The picture with its product, fresh and locked; for whoever changes nothing that a listing shows."""
    return Photo.objects.select_for_update(of=("self",)).select_related("product").get(pk=photo_id)


def hold_photo(photo_id: int) -> Photo:
    """The picture, fresh and locked, after its product and the requests that its change may send back."""
    lock_masters([Photo.objects.values_list("product_id", flat=True).get(pk=photo_id)])
    return lock_photo(photo_id)


def tell_uploader(photo: Photo, words: Wording, *, actor: Actor, now: datetime) -> None:
    """Tell whoever uploaded a picture why it was refused, unless they did it themselves."""
    if photo.uploaded_by_id is not None and photo.uploaded_by_id != actor.user_id:
        link = photo.get_absolute_url()
        approvals.notify([photo.uploaded_by_id], words, kind="catalog.photo_refused", now=now, link=link)
