"""How each kind of identity is covered, and the right that uncovers it."""

from __future__ import annotations

from collections.abc import Callable

from config.kit.web import mask_email, mask_phone, mask_tail
from customers.states import IdentityKind

SEE = "customers.see_personal_data"
MASKS: dict[str, Callable[[str | None], str]] = {
    IdentityKind.PHONE: mask_phone,
    IdentityKind.EMAIL: mask_email,
    IdentityKind.PLATFORM: mask_tail,
}


def mask_several(kind: str) -> Callable[[str | None], str]:
    """The same for a cell with several values."""

    def mask(values: str | None) -> str:
        return ", ".join(MASKS[kind](value) for value in (values or "").split(", "))

    return mask
