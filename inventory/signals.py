"""News that stock sends upward, after commit."""

from django.dispatch import Signal

# variant_ids: list[int], now: datetime. More pieces of these variants became free.
stock_replenished = Signal()
