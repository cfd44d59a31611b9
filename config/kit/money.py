"""Money is a Decimal with the currency on its document; nothing here knows a float."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def round_money(amount: Decimal) -> Decimal:
    """Round to two places, half up, as Chinese invoices do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def allocate(amount: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Split an amount by weights so that the parts add up exactly (largest remainder, Hamilton's method).

    Equal remainders go to the earlier part. All-zero weights split evenly. Raises ValueError without weights, with
    a negative one, or for an amount below whole cents.
    """
    if not weights:
        raise ValueError("allocate() needs at least one weight")
    shares = [Decimal(weight) for weight in weights]
    if any(share < 0 for share in shares):
        raise ValueError("allocate() takes no negative weight")
    if amount != round_money(amount):
        raise ValueError(f"allocate() splits whole cents, not {amount}")
    total = sum(shares, Decimal(0))
    if total == 0:
        shares, total = [Decimal(1)] * len(shares), Decimal(len(shares))
    cents = int((amount / CENT).to_integral_exact())
    sign, cents = (-1 if cents < 0 else 1), abs(cents)
    exact = [cents * share / total for share in shares]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[: cents - sum(parts)]:
        parts[index] += 1
    return [sign * part * CENT for part in parts]
