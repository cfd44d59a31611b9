"""The public verbs of orders."""

from orders.selectors.bench import WaveRule
from orders.services.allocation import allocate_waiting, map_lines
from orders.services.cancel import cancel_order
from orders.services.channel_updates import Applied, apply_channel_update, cancel_by_channel, take_cancellation
from orders.services.couriers import sync_couriers
from orders.services.entry import enter_order
from orders.services.flags import flag_order
from orders.services.handover import bag_parcel, hand_over, unbag_parcel
from orders.services.holds import hold_order, release_hold
from orders.services.inputs import correct_input, quarantine, replay_input, set_input_aside, store_input
from orders.services.intake import Taken, TakenResult, UnknownCodes, take_orders
from orders.services.notes import write_note
from orders.services.packing import ClosedParcel, Scan, acknowledge_notes, close_parcel, scan_unit, unpack_parcel
from orders.services.papers import Paper, print_note, print_wave
from orders.services.picking import ShortPick, pick, short_pick
from orders.services.reveal import Recipient, reveal_input, reveal_recipient
from orders.services.tracking import Tracked, apply_tracking_report
from orders.services.waves import PutBack, build_wave, leave_wave

__all__ = [
    "Applied",
    "ClosedParcel",
    "Paper",
    "PutBack",
    "Recipient",
    "Scan",
    "ShortPick",
    "Taken",
    "TakenResult",
    "Tracked",
    "UnknownCodes",
    "WaveRule",
    "acknowledge_notes",
    "allocate_waiting",
    "apply_channel_update",
    "apply_tracking_report",
    "bag_parcel",
    "build_wave",
    "cancel_by_channel",
    "cancel_order",
    "close_parcel",
    "correct_input",
    "enter_order",
    "flag_order",
    "hand_over",
    "hold_order",
    "leave_wave",
    "map_lines",
    "pick",
    "print_note",
    "print_wave",
    "quarantine",
    "release_hold",
    "replay_input",
    "reveal_input",
    "reveal_recipient",
    "scan_unit",
    "set_input_aside",
    "short_pick",
    "store_input",
    "sync_couriers",
    "take_cancellation",
    "take_orders",
    "unbag_parcel",
    "unpack_parcel",
    "write_note",
]
