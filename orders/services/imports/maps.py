"""The shipped column maps as rows."""

from __future__ import annotations

from orders.column_maps import COLUMN_MAPS
from orders.models import ColumnMap


def sync_column_maps() -> None:
    """Make the shipped maps that are missing; what operations staff changed stays."""
    ColumnMap.objects.bulk_create(
        [ColumnMap(code=code, **declaration) for code, declaration in COLUMN_MAPS.items()], ignore_conflicts=True
    )
