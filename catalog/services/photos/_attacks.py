"""Hostile files: which refusals mean an attack, and the security event that each leaves."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from approvals import services as approvals
from catalog.models import Product
from catalog.policies.photo_rules import stored_refusal
from config.kit.actor import Actor
from config.kit.errors import DomainError
from config.kit.pictures import (
    PictureBomb,
    PictureFormatRefused,
    PictureHidesData,
    PictureNameDisagrees,
    PictureTooLarge,
)
from config.kit.pictures.reading import ENDINGS

_ATTACKS = (PictureBomb, PictureHidesData, PictureNameDisagrees, PictureTooLarge)


def is_attack(error: DomainError, name: str) -> bool:
    """A bomb, a rider, a lie about the format; a HEIC that says so, a damaged or a heavy file is none."""
    if isinstance(error, PictureFormatRefused):
        return PurePath(name).suffix.lower() in {ending for endings in ENDINGS.values() for ending in endings}
    return isinstance(error, _ATTACKS)


def tell_attack(error: DomainError, name: str, product: Product, *, path: str, actor: Actor, now: datetime) -> None:
    """Leave a security event that names the file and the rule; `path` says where it was found."""
    approvals.refused_attempt(
        "hostile_upload",
        path=f"{path} of {name}"[:200],
        actor=actor,
        subject=product,
        detail={"file": name, **stored_refusal(error)},
        at=now,
    )
