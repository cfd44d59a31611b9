"""XLSX with real numbers and dates, ids as text, a frozen heading and, where declared, totals and a cover sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from config.kit.export.cells import as_text, naive_local, plain_number
from config.kit.export.declarations import ExportColumn, ExportDeclaration, Params

Progress = Callable[[int], None]
SHEET_ROWS = 1_000_000
_PROGRESS_EVERY = 500
_CELL_CHARACTERS = 32_767
_WIDTHS = {"text": 18, "id": 22, "number": 12, "money": 14, "date": 12, "datetime": 19, "boolean": 8}
_FORMATS = {"number": "#,##0.###", "money": "#,##0.00", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}


@dataclass(frozen=True, slots=True)
class ProducedFile:
    """What was written: data rows and a SHA-256 over their text, which a second run over the same data repeats."""

    rows: int
    digest: str


def write_xlsx(
    declaration: ExportDeclaration,
    params: Params,
    user: Any,
    target: str | Path | IO[bytes],
    *,
    progress: Progress = lambda rows: None,
) -> ProducedFile:
    """Write the whole export into `target`. The same data gives the same bytes. Raises NotPermitted."""
    declaration.require(user)
    columns = declaration.columns_for(params, user)
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, {"constant_memory": True})
    created = datetime(2000, 1, 1)  # noqa: DTZ001 (workbooks hold naive times)
    book.set_properties({"created": created, "title": str(declaration.title)})
    cover = book.add_worksheet(gettext("Cover")) if declaration.cover else None
    writer = _DataWriter(book, columns, gettext("Data"))
    with declaration.reading():
        for row in declaration.rows(params, user):
            writer.add([column.of(row) for column in columns])
            if writer.rows % _PROGRESS_EVERY == 0:
                progress(writer.rows)
        lines = list(declaration.cover(params, user)) if declaration.cover else []
    writer.close()
    produced = ProducedFile(writer.rows, writer.digest.hexdigest())
    if cover is not None:
        _write_cover(cover, declaration, chain(lines, [(gettext("Rows"), produced.rows), ("SHA-256", produced.digest)]))
    book.close()
    progress(writer.rows)
    return produced


class _DataWriter:
    """Writes rows in order, opening the next sheet when one is full."""

    def __init__(self, book: xlsxwriter.Workbook, columns: Sequence[ExportColumn], name: str) -> None:
        self.book, self.columns, self.name = book, columns, name
        self.formats: dict[str, Format] = {
            kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()
        }
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.strong = {
            kind: book.add_format({"num_format": text, "bold": True, "top": 1}) for kind, text in _FORMATS.items()
        }
        self.totals = {index: Decimal(0) for index, column in enumerate(columns) if column.total}
        self.digest = hashlib.sha256()
        self.rows = 0
        self.line = 0
        self.sheet: Worksheet = self._open(1)

    def add(self, values: Sequence[Any]) -> None:
        """Write one row and count it into totals and digest."""
        if self.line >= SHEET_ROWS:
            self.sheet = self._open(self.rows // SHEET_ROWS + 1)
        self.line += 1
        self.rows += 1
        for index, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            write_cell(self.sheet, self.line, index, column.kind, value, self.formats)
            if index in self.totals:
                self.totals[index] += plain_number(value) or 0
        self.digest.update("\x1f".join(as_text(value) for value in values).encode() + b"\x1e")

    def close(self) -> None:
        """Write the totals below the last row."""
        if not self.totals:
            return
        for index, column in enumerate(self.columns):
            if index in self.totals:
                self.sheet.write_number(self.line + 1, index, float(self.totals[index]), self.strong.get(column.kind))
            elif index == 0:
                self.sheet.write_string(self.line + 1, 0, gettext("Total"), self.heading)

    def _open(self, number: int) -> Worksheet:
        sheet = self.book.add_worksheet(self.name if number == 1 else f"{self.name} {number}")
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(self.columns):
            sheet.set_column(index, index, column.width or _WIDTHS[column.kind])
            sheet.write_string(0, index, str(column.title), self.heading)
        self.line = 0
        return sheet


def write_cell(sheet: Worksheet, line: int, index: int, kind: str, value: Any, formats: dict[str, Format]) -> None:
    """One cell by its column's kind; a value that does not fit its kind is written as text, never lost."""
    if value is None or value == "":
        return
    number, moment = plain_number(value), naive_local(value)
    if kind in ("number", "money") and number is not None:
        sheet.write_number(line, index, float(number), formats.get(kind))
    elif kind in ("date", "datetime") and isinstance(moment, date):
        sheet.write_datetime(line, index, moment, formats["datetime" if isinstance(moment, datetime) else "date"])
    else:
        sheet.write_string(line, index, as_text(value)[:_CELL_CHARACTERS])


def _write_cover(sheet: Worksheet, declaration: ExportDeclaration, lines: Any) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.write_string(0, 0, str(declaration.title))
    for number, (label, value) in enumerate(lines, start=2):
        sheet.write_string(number, 0, str(label))
        amount = plain_number(value)
        if amount is not None:
            sheet.write_number(number, 1, float(amount))
        else:
            sheet.write_string(number, 1, as_text(value))
