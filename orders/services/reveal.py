"""Personal data shown once, to one person, for a reason. The trail keeps who looked and why, never what was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from orders.models import Order, RawInput
from orders.services._locks import lock_input, lock_order
from orders.services.inputs import body_of


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the goods, uncovered."""

    name: str
    phone: str
    email: str
    address: Mapping[str, str]


@transaction.atomic
def reveal_recipient(*, order_id: int, reason: str, actor: Actor, now: datetime) -> Recipient:
    """An order's recipient, for one look. Locks the order. Raises InvalidInput without a reason."""
    _require(reason)
    order = lock_order(order_id)
    _write_look(order, "recipient", actor=actor, reason=reason, now=now)
    return Recipient(order.recipient_name, order.recipient_phone, order.email, order.address)


@transaction.atomic
def reveal_input(*, input_id: int, reason: str, actor: Actor, now: datetime) -> str:
    """A raw input's body, the corrected one where there is one, for one look.

    Locks the input. Raises InvalidInput without a reason.
    """
    _require(reason)
    raw = lock_input(input_id)
    _write_look(raw, "body", actor=actor, reason=reason, now=now)
    return body_of(raw).decode("utf-8", errors="replace")


def _write_look(subject: Order | RawInput, what: str, *, actor: Actor, reason: str, now: datetime) -> None:
    approvals.record(
        "orders.personal_data_revealed", subject, actor=actor, reason=reason, changes={what: ["***", "shown"]}, at=now
    )


def _require(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(field="reason", problem=_("Write why you need to see it."))
