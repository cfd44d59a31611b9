"""Forms of orders: parsing, no rules."""
