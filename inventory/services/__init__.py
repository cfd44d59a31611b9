"""Stock's public verbs."""

from inventory.policies import Need, OrderNeed, Shortage
from inventory.services.bins import set_bin
from inventory.services.bookings import StockLine, correct_stock, receive_stock
from inventory.services.checks import compare_levels_with_ledger
from inventory.services.reservations import release_reservations, reserve, ship_reservations

__all__ = [
    "Need",
    "OrderNeed",
    "Shortage",
    "StockLine",
    "compare_levels_with_ledger",
    "correct_stock",
    "receive_stock",
    "release_reservations",
    "reserve",
    "set_bin",
    "ship_reservations",
]
