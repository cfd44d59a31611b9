"""Tables out of files: CSV (plain or gzip) and XLSX, read as hostile input. Rows come as lists of clean texts."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from orders.errors import FileUnreadable

MAX_COLUMNS = 300
MAX_LINE_CHARACTERS = 1_000_000
MAX_UNPACKED_BYTES = 1_500_000_000
MAX_WORKBOOK_BYTES = 400_000_000
ENCODINGS = ("utf-8-sig", "gb18030")
_GZIP, _ZIP, _OLD_EXCEL = b"\x1f\x8b", b"PK", b"\xd0\xcf\x11\xe0"
# Marks that spreadsheets and platforms put around cells to keep Excel from reading them as numbers.
_BLANKS = "\ufeff\t\r\n \u00a0\u3000"
_MARKS = "'`"


def read_table(path: Path) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The encoding ("xlsx" for workbooks) and the rows as (row number from 1, cells). Empty rows are left out.

    Raises FileUnreadable, at once or while the rows are read, for what is no table, is packed suspiciously well, is wider than 300
    columns or is written in neither UTF-8 nor GB18030. Nothing is guessed.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    if magic[:2] == _ZIP:
        return "xlsx", _workbook_rows(path)
    if magic == _OLD_EXCEL:
        raise FileUnreadable(problem=_("This is an old .xls workbook. Save it as .xlsx or CSV and upload it again."))
    is_packed = magic[:2] == _GZIP
    encoding = _encoding_of(path, is_packed)
    return encoding, _csv_rows(path, encoding, is_packed)


def clean(cell: str) -> str:
    """A cell without the wrapping of spreadsheets: tabs, apostrophes, back-quotes and `="…"`; "-" means empty."""
    text = cell.strip(_BLANKS).lstrip(_MARKS).lstrip(_BLANKS)
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip(_BLANKS)
    return "" if text == "-" else text.replace("\x00", "")


class _Bounded(io.RawIOBase):
    """Gives out at most MAX_UNPACKED_BYTES of a packed file: a bomb ends as a refusal, not as a full disk."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._given = 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._source.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._source.read(len(buffer))
        except (OSError, EOFError) as error:
            raise FileUnreadable(problem=_("The packed file is damaged: %s") % error) from error
        self._given += len(chunk)
        if self._given > MAX_UNPACKED_BYTES:
            raise FileUnreadable(problem=_("Unpacked, the file is larger than is taken; split it."))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _open(path: Path, is_packed: bool) -> io.BufferedReader:
    source: Any = gzip.open(path, "rb") if is_packed else path.open("rb")  # noqa: SIM115 (closed by the reader around it)
    return io.BufferedReader(_Bounded(source), 1 << 20)


def _encoding_of(path: Path, is_packed: bool) -> str:
    """The first of ENCODINGS in which the whole file reads; a wrong guess would corrupt names silently."""
    for encoding in ENCODINGS:
        try:
            with io.TextIOWrapper(_open(path, is_packed), encoding=encoding, errors="strict") as text:
                while text.read(1 << 20):
                    pass
            return encoding
        except UnicodeDecodeError as error:
            problem = error
    raise FileUnreadable(
        problem=_("The file is neither UTF-8 nor GB18030 (byte %(at)s). Save it as “CSV UTF-8” and upload it again.")
        % {"at": problem.start}
    )


def _csv_rows(path: Path, encoding: str, is_packed: bool) -> Iterator[tuple[int, list[str]]]:
    with io.TextIOWrapper(_open(path, is_packed), encoding=encoding) as text:
        head = text.readline(MAX_LINE_CHARACTERS)
    delimiter = max(",;\t|", key=head.count) if head else ","
    with io.TextIOWrapper(_open(path, is_packed), encoding=encoding, newline="") as text:
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        number = 0
        try:
            for cells in reader:
                number += 1
                if len(cells) > MAX_COLUMNS:
                    raise FileUnreadable(
                        problem=_("Row %(row)s has %(count)s columns; at most %(limit)s are read.")
                        % {"row": number, "count": len(cells), "limit": MAX_COLUMNS}
                    )
                if any(cells):
                    yield number, [clean(cell) for cell in cells]
        except csv.Error as error:
            raise FileUnreadable(
                problem=_("Row %(row)s cannot be read as CSV: %(error)s") % {"row": number + 1, "error": error}
            ) from error


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_LINE_CHARACTERS + 1):
        if len(line) > MAX_LINE_CHARACTERS:
            raise FileUnreadable(
                problem=_("A line is longer than %d characters: this is no order file.") % MAX_LINE_CHARACTERS
            )
        yield line


def _workbook_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    _refuse_bomb(path)
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        if sheet.total_width > MAX_COLUMNS:
            raise FileUnreadable(
                problem=_("The sheet has %(count)s columns; at most %(limit)s are read.")
                % {"count": sheet.total_width, "limit": MAX_COLUMNS}
            )
        for number, cells in enumerate(sheet.iter_rows(), start=(sheet.start or (0, 0))[0] + 1):
            texts = [clean(_text(cell)) for cell in cells]
            if any(texts):
                yield number, texts
    except (CalamineError, IndexError, ValueError) as error:
        raise FileUnreadable(problem=_("The workbook cannot be read: %s") % error) from error


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise FileUnreadable(problem=_("The workbook is damaged: %s") % error) from error
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise FileUnreadable(problem=_("This is a ZIP archive, not a workbook. Unpack it and upload the table inside."))
    if sum(member.file_size for member in members) > MAX_WORKBOOK_BYTES:
        raise FileUnreadable(
            problem=_("Unpacked, the workbook is larger than is taken. Save it as CSV and upload it again.")
        )


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)
