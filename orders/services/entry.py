"""Entering an order by hand: the same door as every other, kept raw first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.kit.actor import Actor
from config.kit.errors import DomainError
from orders.errors import ExternalIdTaken
from orders.formats import api
from orders.services.inputs import settle_input, store_input
from orders.services.intake import Taken, TakenResult, take_orders
from orders.states import InputState


def enter_order(*, shop_id: int, body: Mapping[str, Any], actor: Actor, now: datetime) -> Taken:
    """Keep what a person typed, as the body that our REST door would get, and take the order in.

    Not atomic: what was typed stays, also when the order is refused. The same `external_id` again gives the order that is
    there. Raises what `take_orders` raises, InvalidInput naming the field, and ExternalIdTaken when it is here with other
    content.
    """
    text = json.dumps(body, ensure_ascii=False).encode()
    stored = store_input(source="hand", shop_id=shop_id, body=text, topic="order", worked_off_by_caller=True, now=now)
    try:
        drafts = api.drafts(body, raw_input_id=stored.input_id)
        [taken] = take_orders(shop_id=shop_id, channel="hand", drafts=drafts, actor=actor, now=now)
        if taken.result == TakenResult.DIFFERS:
            raise ExternalIdTaken(external_id=drafts[0].external_number or drafts[0].external_id, number=taken.number)
    except DomainError as error:
        # The person mends it on the form; what was typed stays, with the reason.
        settle_input(input_id=stored.input_id, state=InputState.IGNORED, problem=error.describe(), now=now)
        raise
    if taken.result != TakenResult.CREATED:
        settle_input(input_id=stored.input_id, state=InputState.DONE, problem="", now=now)
    return taken
