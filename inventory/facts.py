"""What the ledger knows about products: what lies there, what is free, how long it lasts (CAT-16)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from catalog.registries import FACTS, FactProvider
from inventory.selectors.product_facts import stock

FACTS.register("inventory.stock", FactProvider(_("Stock"), stock, order=30))
