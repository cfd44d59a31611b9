"""The public verbs of orders."""

from orders.services.allocation import allocate_waiting, map_lines
from orders.services.cancel import cancel_order
from orders.services.channel_updates import Applied, apply_channel_update, cancel_by_channel, take_cancellation
from orders.services.holds import hold_order, release_hold
from orders.services.inputs import correct_input, quarantine, replay_input, set_input_aside, store_input
from orders.services.intake import Taken, TakenResult, UnknownCodes, take_orders
from orders.services.notes import write_note

__all__ = [
    "Applied",
    "Taken",
    "TakenResult",
    "UnknownCodes",
    "allocate_waiting",
    "apply_channel_update",
    "cancel_by_channel",
    "cancel_order",
    "correct_input",
    "hold_order",
    "map_lines",
    "quarantine",
    "release_hold",
    "replay_input",
    "set_input_aside",
    "store_input",
    "take_cancellation",
    "take_orders",
    "write_note",
]
