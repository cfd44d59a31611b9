"""The first rows of an export as text, for a look before the file is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from config.kit.export.cells import as_text
from config.kit.export.declarations import ExportColumn, ExportDeclaration, Params


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows` hold one text per column; `has_more` says that the file will be longer."""

    columns: Sequence[ExportColumn]
    rows: list[list[str]]
    has_more: bool


def preview(declaration: ExportDeclaration, params: Params, user: Any, *, limit: int = 50) -> Preview:
    """The first `limit` rows as the file will hold them. Raises NotPermitted."""
    declaration.require(user)
    columns = declaration.columns_for(params, user)
    with declaration.reading():
        rows = [
            [as_text(column.of(row)) for column in columns] for row in islice(declaration.rows(params, user), limit + 1)
        ]
    return Preview(columns, rows[:limit], len(rows) > limit)
