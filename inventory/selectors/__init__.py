"""Stock's public reads."""

from inventory.selectors.ledger import LedgerDifference, ledger_differences, ledger_page, stock_movements
from inventory.selectors.levels import VariantStock, held_reservations, levels_matching, stock_levels, variant_stock

__all__ = [
    "LedgerDifference",
    "VariantStock",
    "held_reservations",
    "ledger_differences",
    "ledger_page",
    "levels_matching",
    "stock_levels",
    "stock_movements",
    "variant_stock",
]
