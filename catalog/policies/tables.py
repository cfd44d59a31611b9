"""Tables out of uploaded bytes: CSV and XLSX, read as hostile. `config.kit.uploads.read_document` has looked at the file before."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from catalog.errors import TableUnreadable

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 20_000
"""Characters of one cell: more than the longest description."""
_ENCODINGS = ("utf-8-sig", "gb18030")
# A cell that holds something: its place decides how much memory the sheet takes as a table.
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3})(\d{1,8})\"[^>]*[^/]>")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Row = tuple[int, list[str]]


def read_rows(raw: bytes, kind: str) -> list[Row]:
    """The rows as (number from 1, cells as text); empty rows are left out. `kind` is csv, txt or xlsx.

    Texts come as they were written, but for the apostrophe that keeps a spreadsheet from running them. Raises TableUnreadable for
    what is written in neither UTF-8 nor GB18030, is no CSV, is too long, too wide, or holds a cell beyond MAX_CELL.
    """
    rows: list[Row] = []
    for number, cells in _workbook(raw) if kind == "xlsx" else _csv(raw):
        if len(cells) > MAX_COLUMNS:
            raise _refused(_("row %(row)s has more than %(limit)s columns."), row=number, limit=MAX_COLUMNS)
        for place, cell in enumerate(cells, 1):
            if len(cell) > MAX_CELL:
                text = _("row %(row)s, column %(column)s has %(length)s characters; at most %(limit)s are read.")
                raise _refused(text, row=number, column=place, length=len(cell), limit=MAX_CELL)
        if any(cell.strip() for cell in cells):
            rows.append((number, [_unguarded(cell) for cell in cells]))
        if len(rows) > MAX_ROWS + 1:
            raise _refused(_("it has more than %(limit)s rows; split it."), limit=MAX_ROWS)
    return rows


def _refused(text: str, **facts: Any) -> TableUnreadable:
    return TableUnreadable(field="file", problem=text % facts if facts else text)


def _unguarded(cell: str) -> str:
    """Without the apostrophe of `config.kit.export.cells.harmless`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell


def _csv(raw: bytes) -> Iterator[Row]:
    text = _decoded(raw)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield number, cells
    except csv.Error as error:
        raise _refused(_("row %(row)s: %(error)s"), row=number + 1, error=error) from error


def _decoded(raw: bytes) -> str:
    """Strictly the first encoding in which all of it reads: a guess would corrupt names silently."""
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(_("it is neither UTF-8 nor GB18030."))


def _workbook(raw: bytes) -> Iterator[Row]:
    _refuse_far_cells(raw)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        first = (sheet.start or (0, 0))[0] + 1
        for number, cells in enumerate(sheet.iter_rows(), start=first):
            yield number, [_text(cell) for cell in cells]
    except (CalamineError, IndexError, ValueError) as error:
        raise _refused(_("the workbook is damaged (%(error)s)."), error=error) from error


def _refuse_far_cells(raw: bytes) -> None:
    """One cell in the last corner makes a table of seventeen thousand million: refused before the sheet is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _refuse_far_cells_of(parts.read(name))
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError) as error:
        raise _refused(_("the workbook is damaged (%(error)s)."), error=error) from error


def _refuse_far_cells_of(sheet: bytes) -> None:
    for letters, digits in _CELL.findall(sheet):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        if column > MAX_COLUMNS or int(digits) > MAX_ROWS * 5:
            place = f"{letters.decode()}{digits.decode()}"
            raise _refused(_("cell %(place)s lies too far out; delete what stands there."), place=place)


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
