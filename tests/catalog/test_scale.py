"""Twenty thousand listings with drafts and refresh clocks: list and board still read only what they show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from stores.models import Shop
from tests.conftest import RoleClient
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.support.scale import MANY, analyze, run, slow_steps, statements

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]
TABLES = ("catalog_product", "catalog_listing", "catalog_listingrevision", "catalog_refreshclock")
_STEPS = (
    """
    INSERT INTO catalog_product
        (name, brand, brief, slogan, blocks, attributes, service_text, feature, state, search_tokens, created_at)
    SELECT 'tea ' || n, '', '', '', '{}', '{}', '', '', 'draft', '{}', %(now)s
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
    """,
    """
    INSERT INTO catalog_listing
        (product_id, shop_id, state, remote_id, completeness, missing, title, proofread_at, created_at)
    SELECT id, %(shop)s, 'preparing', '', id %% 101, '[]', name, %(now)s::timestamptz - id * interval '1 minute', %(now)s
    FROM catalog_product p WHERE NOT EXISTS (SELECT 1 FROM catalog_listing l WHERE l.product_id = p.id)
    """,
    """
    INSERT INTO catalog_listingrevision (
        listing_id, number, state, origin, overrides, warned, author_id, authors, version, created_at, changed_at
    )
    SELECT id, 1, 'draft', 'hand', '{}', '{}', %(author)s, ARRAY[%(author)s], 0, %(now)s, %(now)s FROM catalog_listing l
    WHERE NOT EXISTS (SELECT 1 FROM catalog_listingrevision r WHERE r.listing_id = l.id)
    """,
    """
    INSERT INTO catalog_refreshclock
        (listing_id, store_id, "group", changed_at, due_at, change_count, late_count, is_running)
    SELECT l.id, l.shop_id, g.name, due - interval '15 days', due, (l.id %% 100 = 0)::int, 0, true
    FROM catalog_listing l, (VALUES ('name'), ('brief'), ('photos')) AS g (name),
         LATERAL (SELECT %(now)s::timestamptz + (l.id %% 20000 - 200) * interval '1 hour' AS due) AS at
    WHERE NOT EXISTS (SELECT 1 FROM catalog_refreshclock k WHERE k.listing_id = l.id)
    """,
)
LIST, BOARD = "/catalog/listings/", "/catalog/refresh/"


@pytest.fixture
def shop() -> Shop:
    return ShopFactory()


@pytest.fixture
def offer(shop: Shop) -> Callable[[int, int], None]:
    """`offer(1, 20_000)`: so many products have a listing, a draft and three running clocks."""
    facts = {"shop": shop.pk, "author": EmployeeFactory().pk, "now": timezone.now()}

    def make(first: int, last: int) -> None:
        for sql in _STEPS:
            run(sql, first=first, last=last, **facts)
            analyze(*TABLES)  # the next step reads what this one wrote

    return make


def test_list_and_board_of_twenty_thousand_read_what_they_show(
    client_as: ClientAs, shop: Shop, offer: Callable[[int, int], None]
) -> None:
    people = [client_as("OPS"), client_as("CS", shops=[shop])]
    views = (LIST, f"{LIST}?complete=no", f"{LIST}?draft=draft", BOARD, f"{BOARD}?show=overdue", f"{BOARD}?show=due")
    offer(1, 1)
    few = [[len(statements(person, view)) for view in views] for person in people]

    offer(2, MANY)
    for person, counts in zip(people, few, strict=True):
        for view, count in zip(views, counts, strict=True):
            asked = statements(person, view)
            slow = {sql: steps for sql in asked if (steps := slow_steps(sql, TABLES))}
            assert (view, len(asked), slow) == (view, count, {})
