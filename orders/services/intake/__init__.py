"""The only way in: `take_orders` for every door, single or many."""

from orders.services.intake.take import Taken, TakenResult, UnknownCodes, take_orders

__all__ = ["Taken", "TakenResult", "UnknownCodes", "take_orders"]
