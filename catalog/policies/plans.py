"""Pasted lines of a listing plan: text in, rows out. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

MAX_ROWS = 2000
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_HEADERS = {"sku", "商家编码", "货号", "编码"}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A pasted line. `number` counts from 1 as the person sees it; `planned_on` is None where the date cannot be read."""

    number: int
    sku: str
    shop_code: str
    date_text: str
    planned_on: date | None
    owner: str = ""


def read_rows(text: str) -> list[PlanRow]:
    """Rows of SKU, shop code, date and, if given, the owner's user name: from a sheet (tabs), a CSV, or with blanks between.

    Empty lines and a head line are left out. A SKU may hold blanks only where tabs or commas part the columns.
    """
    rows: list[PlanRow] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip().strip('"') for cell in _cells(line)]
        cells += [""] * (4 - len(cells))
        if cells[0].casefold() in _HEADERS:
            continue
        rows.append(PlanRow(number, cells[0], cells[1], cells[2], read_date(cells[2]), cells[3]))
    return rows


def read_date(text: str) -> date | None:
    """A day as people write it, year first; None for anything else."""
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    return None


def _cells(line: str) -> list[str]:
    for separator in ("\t", ";", ",", "，"):
        if separator in line:
            return line.split(separator)
    return re.split(r"\s+", line.strip())
