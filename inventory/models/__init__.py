"""Rows of stock: locations, levels, the movement ledger and reservations."""

from inventory.models.ledger import Location, Reservation, StockLevel, StockMovement

__all__ = ["Location", "Reservation", "StockLevel", "StockMovement"]
