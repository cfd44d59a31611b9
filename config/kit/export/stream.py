"""CSV, row by row: nothing is held in memory, however long the list."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.utils import timezone

from config.kit.actor import Actor
from config.kit.export.cells import csv_cell
from config.kit.export.declarations import ExportDeclaration, Params
from config.kit.export.signals import export_taken

_BOM = "\ufeff"
_CHUNK = 200


class _Echo:
    """A file that hands back what is written into it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(declaration: ExportDeclaration, params: Params, user: Any) -> Iterator[str]:
    """The lines of the CSV file, heading first, with a byte order mark so that Excel reads it as UTF-8.

    Raises NotPermitted.
    """
    declaration.require(user)
    columns = declaration.columns_for(params, user)
    write = csv.writer(_Echo()).writerow
    yield _BOM + write([csv_cell(str(column.title)) for column in columns])
    with declaration.reading():
        for row in declaration.rows(params, user):
            yield write([csv_cell(column.of(row)) for column in columns])


def stream_csv(declaration: ExportDeclaration, params: Params, user: Any, *, actor: Actor) -> StreamingHttpResponse:
    """A download of the whole export as CSV. Raises NotPermitted before the first byte."""
    declaration.require(user)
    export_taken.send(ExportDeclaration, declaration=declaration, params=params, user=user, actor=actor, form="csv")
    response = StreamingHttpResponse(
        _chunks(csv_lines(declaration, params, user)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name(declaration, 'csv'))}"
    response["Cache-Control"] = "no-store"
    return response


def file_name(declaration: ExportDeclaration, suffix: str) -> str:
    """The download's name: title and local time."""
    return f"{declaration.title} {timezone.localtime():%Y-%m-%d %H%M}.{suffix}".replace("/", "-")


def _chunks(lines: Iterator[str]) -> Iterator[str]:
    """Many lines per write: a chunk a line would cost more in sending than in making."""
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _CHUNK:
            yield "".join(batch)
            batch.clear()
    yield "".join(batch)
