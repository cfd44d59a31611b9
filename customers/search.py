"""What the top search finds among customers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit.web import mask_name
from customers.models import Customer
from customers.selectors import customer_list, customers_matching
from stores.registries import SEARCH, Hit, SearchProvider

_LIMIT = 10


def find_customers(user: Any, words: str) -> list[Hit]:
    """Customers by name, pinyin, a phone's last four figures, mail or account; names as the person may see them."""
    plain = user.has_perm("customers.see_personal_data")
    found = customers_matching(customer_list().visible_to(user), words).order_by("-pk")[:_LIMIT]
    return [_hit(customer, plain) for customer in found]


def _hit(customer: Customer, plain: bool) -> Hit:
    name = customer.name if plain else mask_name(customer.name)
    return Hit(
        name or f"#{customer.pk}", str(customer.shop), reverse("customers:customer_detail", args=[customer.pk]), "user"
    )


SEARCH.register(
    "customers.customers", SearchProvider(_("Customers"), find_customers, "customers.view_customer", order=20)
)
