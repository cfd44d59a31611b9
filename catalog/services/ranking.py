"""The sales rank of products: what shot list, class rules and proof-reading look at."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from catalog.models import Product

_RANK = """
    WITH ranked AS (
        SELECT product, rank() OVER (ORDER BY units DESC) AS place
        FROM unnest(%s::bigint[], %s::bigint[]) AS sold (product, units) WHERE units > 0
    )
    UPDATE {table} p SET sales_rank = r.place
    FROM {table} q LEFT JOIN ranked r ON r.product = q.id
    WHERE q.id = p.id AND p.sales_rank IS DISTINCT FROM r.place
"""


def rank_products(*, sold: Mapping[int, int]) -> int:
    """Write the rank of every product by the pieces it sold (1 is the best, equal sales share a rank); what sold nothing has none.

    One statement. Returns how many ranks changed. A figure that is reckoned anew every day: the trail does not hold it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RANK.format(table=Product._meta.db_table), [list(sold), list(sold.values())])
        return cursor.rowcount
