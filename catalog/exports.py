"""What leaves the catalogue as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.forms.bulk import ContentExportForm
from catalog.models import Listing
from catalog.selectors.sheets import sheet_columns, sheet_rows
from config.kit.export import EXPORTS, ExportColumn, ExportDeclaration
from config.kit.web.list_query import ListQuery
from config.kit.web.lists import SCREENS

LIST = "catalog.listings"


def _rows(params: Mapping[str, Any], user: Any) -> Iterator[dict[str, Any]]:
    """Exactly what the list of listings shows this person under this filter, one row for each variant."""
    query = ListQuery(SCREENS.get(LIST), user, QueryDict((params.get("query") or "").lstrip("?")))
    found = Listing.objects.filter(pk__in=query.filtered().order_by().values("pk")).order_by("pk")
    return sheet_rows(found, now=timezone.now())


def _columns(params: Mapping[str, Any], user: Any) -> Sequence[ExportColumn]:
    """Headings as the import reads them."""

    def at(path: str) -> Any:
        return lambda row: row.get(path)

    return [ExportColumn(path, heading, "id", value=at(path)) for path, heading in sheet_columns()]


EXPORTS.register(
    "catalog.listings_content",
    ExportDeclaration(
        key="catalog.listings_content",
        title=_("Content of listings"),
        permission="catalog.view_listing",
        columns=_columns,
        rows=_rows,
        form=ContentExportForm,
        snapshot=True,
    ),
)
