"""A picture as its product's page shows it, with what the person may do, and the pictures of a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import Photo, Product
from catalog.policies.photo_rules import Fault, StoredCheck, faults_of, refusal_words
from catalog.selectors.photos import PhotoBook, photo_book, photos_of
from catalog.states import PhotoRole, PhotoState
from catalog.views.photos._photo import SIGN, UPLOAD, photo_chip
from config.kit.web import Chip

_SHOWN_GONE = 12  # refused and retired pictures of a role that its page shows


@dataclass(slots=True)
class Card:
    """A picture as the page shows it."""

    photo: Photo
    chip: Chip
    faults: list[Fault] = field(default_factory=list)
    passed: int = 0
    refusal: str = ""
    is_own: bool = False
    may_sign: bool = False
    may_refuse: bool = False
    may_retire: bool = False
    may_bring_back: bool = False
    may_edit: bool = False
    is_first: bool = False
    is_last: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has not seen it yet."""
        return self.photo.state == PhotoState.UPLOADED

    @property
    def stops(self) -> bool:
        """Whether some platform would not take it."""
        return any(fault.stops for fault in self.faults)


@dataclass(slots=True)
class Slot:
    """The pictures of one role: what is asked, what is there."""

    role: PhotoRole
    asks: list[tuple[str, str]]
    wanted: int
    approved: int
    waiting: int
    missing: int
    cards: list[Card]
    gone: list[Card]


def card_of(photo: Photo, checks: Sequence[StoredCheck], user: Any) -> Card:
    """What the page says and offers about a picture."""
    card = Card(photo, photo_chip(photo))
    card.faults = faults_of(checks)
    card.passed = sum(check["ok"] for check in checks)
    if photo.state == PhotoState.REFUSED:
        card.faults, card.passed, card.refusal = [], 0, refusal_words(photo.facts, photo.problem)
    card.is_own = photo.uploaded_by_id is not None and photo.uploaded_by_id == user.pk
    signs, uploads = user.has_perm(SIGN), user.has_perm(UPLOAD)
    card.may_sign = signs and photo.state == PhotoState.CHECKED and not card.is_own
    card.may_refuse = photo.state == PhotoState.CHECKED and (signs or (uploads and card.is_own))
    card.may_retire = signs and photo.state == PhotoState.APPROVED
    card.may_bring_back = signs and photo.state == PhotoState.RETIRED
    card.may_edit = uploads and photo.state not in (PhotoState.REFUSED, PhotoState.RETIRED)
    return card


def slots_of(product: Product, user: Any) -> tuple[list[Slot], PhotoBook]:
    """The pictures of a product role by role, and the rules and places by which they are judged."""
    book = photo_book([product.pk])
    photos = list(photos_of(product.pk))
    approved: dict[str, int] = {}
    for photo in photos:
        if photo.state == PhotoState.APPROVED:
            approved[photo.role] = approved.get(photo.role, 0) + 1
    missing, wanted = book.missing(product, approved), book.wanted(product)
    asks = book.asks(product)
    slots = []
    for role in PhotoRole:
        cards = [card_of(photo, book.checks(photo, product), user) for photo in photos if photo.role == role]
        shown = [card for card in cards if card.photo.state not in (PhotoState.REFUSED, PhotoState.RETIRED)]
        if shown:
            shown[0].is_first = shown[-1].is_last = True
        gone = [card for card in reversed(cards) if card not in shown]
        slots.append(
            Slot(
                role=role,
                asks=asks.get(role, []),
                wanted=wanted.get(role, 0),
                approved=approved.get(role, 0),
                waiting=sum(card.photo.state in (PhotoState.UPLOADED, PhotoState.CHECKED) for card in shown),
                missing=missing.get(role, 0),
                cards=shown,
                gone=gone[:_SHOWN_GONE],
            )
        )
    return slots, book
