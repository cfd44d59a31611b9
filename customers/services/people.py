"""Finding buyers again, or making them: many at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import phonenumbers
from django.db import connection

from config.kit.search import tokens
from config.kit.sql import array_literal
from customers.states import IdentityKind

Key = tuple[str, str, str]

_CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_LOOK_UP = """
    SELECT i.kind, i.scope, i.value, i.customer_id
    FROM customers_identity i
    JOIN unnest(%s::text[], %s::text[], %s::text[]) AS k(kind, scope, value)
      ON i.kind = k.kind AND i.scope = k.scope AND i.value = k.value
"""

# New customers and all new identities in one statement. `slot` ties an identity to a customer that is made here.
_WRITE = """
    WITH made AS (
        SELECT nextval(pg_get_serial_sequence('customers_customer', 'id')) AS id, n.*
        FROM unnest(%(slots)s::int[], %(names)s::text[], %(languages)s::text[], %(countries)s::text[], %(tokens)s::text[])
             AS n(slot, name, language, country, tokens)
    ), people AS (
        INSERT INTO customers_customer (id, name, language, country, store_id, created_at, search_tokens)
        SELECT id, name, language, country, %(store)s, %(now)s, tokens::text[] FROM made
    ), known AS (
        INSERT INTO customers_identity (customer_id, kind, scope, value, source, created_at)
        SELECT coalesce(m.id, k.customer_id), k.kind, k.scope, k.value, %(source)s, %(now)s
        FROM unnest(%(key_slots)s::int[], %(key_customers)s::bigint[], %(kinds)s::text[], %(scopes)s::text[], %(values)s::text[])
             AS k(slot, customer_id, kind, scope, value)
        LEFT JOIN made m ON m.slot = k.slot
    )
    SELECT slot, id FROM made
"""


@dataclass(frozen=True, slots=True)
class Buyer:
    """What a channel says of who bought; empty strings where it does not say."""

    platform_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""


def find_or_make_customers(
    *, buyers: Sequence[Buyer], store_id: int, shop_code: str, language: str, source: str, now: datetime
) -> list[int | None]:
    """The customer key of each buyer, in order; None for a buyer without any identity. Call inside a transaction.

    A buyer is known again by platform account (within the shop), then phone, then e-mail; identities that are new are added. Two
    statements at most. A parallel call that makes the same identity first lets this one fail with IntegrityError: start over.
    """
    keys_of = [identity_keys(buyer, shop_code) for buyer in buyers]
    owner = _look_up({key for keys in keys_of for key in keys})
    new_people: dict[int, Buyer] = {}
    new_keys: list[tuple[Key, int | None, int | None]] = []  # key, slot of a new customer, key of a known one
    chosen: list[tuple[int | None, int | None]] = []  # slot, customer
    slot_of: dict[Key, int] = {}
    for index, (buyer, keys) in enumerate(zip(buyers, keys_of, strict=True)):
        if not keys:
            chosen.append((None, None))
            continue
        customer = next((owner[key] for key in keys if key in owner), None)
        slot = None if customer else next((slot_of[key] for key in keys if key in slot_of), index)
        if slot == index:
            new_people[index] = buyer
        for key in keys:
            if key not in owner and key not in slot_of:
                new_keys.append((key, slot, customer))
                if slot is None:
                    owner[key] = customer  # type: ignore[assignment]
                else:
                    slot_of[key] = slot
        chosen.append((slot, customer))
    made = _write(new_people, new_keys, store_id, language, source, now) if new_keys else {}
    return [made[slot] if slot is not None else customer for slot, customer in chosen]


def identity_keys(buyer: Buyer, shop_code: str) -> list[Key]:
    """(kind, scope, value) of each usable identity, strongest first; masked or unreadable values give none."""
    keys: list[Key] = []
    if buyer.platform_id:
        keys.append((str(IdentityKind.PLATFORM), shop_code, buyer.platform_id[:190]))
    if phone := normalise_phone(buyer.phone):
        keys.append((str(IdentityKind.PHONE), "", phone))
    email = buyer.email.strip().lower()
    if _EMAIL.fullmatch(email) and "*" not in email and len(email) <= 190:
        keys.append((str(IdentityKind.EMAIL), "", email))
    return keys


def normalise_phone(text: str, region: str = "CN") -> str:
    """E.164 of a phone number ("+8613800138000"), or "" when it is masked or no possible number."""
    if not text or "*" in text:
        return ""
    compact = re.sub(r"[\s\-().']", "", text)
    if match := _CHINESE_MOBILE.fullmatch(compact):
        return f"+86{match[1]}"
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _look_up(keys: set[Key]) -> dict[Key, int]:
    if not keys:
        return {}
    kinds, scopes, values = zip(*sorted(keys), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, [list(kinds), list(scopes), list(values)])
        return {(kind, scope, value): customer_id for kind, scope, value, customer_id in cursor.fetchall()}


def _write(
    people: dict[int, Buyer],
    keys: list[tuple[Key, int | None, int | None]],
    store_id: int,
    language: str,
    source: str,
    now: datetime,
) -> dict[int, int]:
    # Sorted, so that two calls that make the same identities wait for each other instead of deadlocking.
    keys = sorted(keys)
    params: dict[str, Any] = {
        "slots": list(people),
        "names": [buyer.name[:120] for buyer in people.values()],
        "languages": [buyer.language or language for buyer in people.values()],
        "countries": [buyer.country[:60] for buyer in people.values()],
        "tokens": [array_literal(_tokens(buyer)) for buyer in people.values()],
        "store": store_id,
        "source": source[:40],
        "now": now,
        "key_slots": [slot for _key, slot, _customer in keys],
        "key_customers": [customer for _key, _slot, customer in keys],
        "kinds": [key[0] for key, _slot, _customer in keys],
        "scopes": [key[1] for key, _slot, _customer in keys],
        "values": [key[2] for key, _slot, _customer in keys],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, params)
        return dict(cursor.fetchall())


def _tokens(buyer: Buyer) -> list[str]:
    return tokens(f"{buyer.name} {buyer.phone[-4:]}")
