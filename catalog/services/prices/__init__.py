"""Prices: entered with their time, taken back before it, adopted by a publication, and turned by the clock."""

from catalog.services.prices._rows import PriceChange
from catalog.services.prices.entering import adopt_prices, set_price, set_prices, withdraw_price
from catalog.services.prices.turning import turn_prices

__all__ = ["PriceChange", "adopt_prices", "set_price", "set_prices", "turn_prices", "withdraw_price"]
