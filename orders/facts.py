"""What orders know about products: what was sold, what was taken back and why (CAT-16)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from catalog.registries import FACTS, SALES_RANK, FactProvider, SalesProvider
from orders.selectors.product_facts import returns, sales, units_sold

FACTS.register("orders.sales", FactProvider(_("Sales"), sales, order=10))
FACTS.register("orders.returns", FactProvider(_("Returns and cancellations"), returns, order=20))
SALES_RANK.register("orders", SalesProvider(units_sold))
