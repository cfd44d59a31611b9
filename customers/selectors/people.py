"""Reads of customers for lists, pages and the top search."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from config.kit.search import query_tokens
from customers.models import Customer, CustomerQuerySet, Identity
from customers.states import IdentityKind

_CHINESE_MOBILE = re.compile(r"(?:86)?(1[3-9]\d{9})")


def customer_list() -> CustomerQuerySet:
    """Customers with what a list shows of them; cut it with `visible_to`."""
    return Customer.objects.select_related("shop").prefetch_related("identities")


def customers_matching(rows: QuerySet[Customer], words: str) -> QuerySet[Customer]:
    """Customers whose name holds all the words (Chinese, pinyin, initials), or whose phone, account or mail they are.

    Both lookups use their own index; joined by OR in one condition they would read the whole table.
    """
    known = Identity.objects.filter(_identity(words.strip())).order_by().values("customer_id")
    wanted = query_tokens(words)
    if wanted:
        named = Customer.objects.filter(search_tokens__contains=wanted).order_by().values("pk")
        return rows.filter(pk__in=named.union(known))
    return rows.filter(pk__in=known)


def identities_of(customer: Customer) -> QuerySet[Identity]:
    """A customer's identities, phones and mail before accounts, oldest first."""
    return customer.identities.order_by("kind", "created_at", "pk")


def _identity(words: str) -> Q:
    whole = Q(kind=IdentityKind.PLATFORM, value=words)
    if "@" in words:
        whole |= Q(kind=IdentityKind.EMAIL, scope="", value=words.lower())
    digits = re.sub(r"\D", "", words)
    if len(digits) >= 7:
        mobile = _CHINESE_MOBILE.fullmatch(digits)
        whole |= Q(kind=IdentityKind.PHONE, scope="", value=f"+86{mobile[1]}" if mobile else f"+{digits}")
    return whole
