"""Columns of a list screen: what a cell holds, how it looks, how it sorts, how it leaves in a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from config.kit.export.cells import as_text
from config.kit.export.declarations import ExportColumn, follow
from config.kit.export.declarations import Kind as ExportKind
from config.kit.web import tags
from config.kit.web.chips import Chip
from config.kit.web.masks import mask_tail

Kind = Literal["text", "code", "money", "number", "datetime", "date", "chip", "link", "clock", "boolean"]

_EXPORT_KINDS: dict[str, ExportKind] = {
    "code": "id",
    "money": "money",
    "number": "number",
    "datetime": "datetime",
    "clock": "datetime",
    "date": "date",
    "boolean": "boolean",
}
_NOTHING = mark_safe('<span class="text-secondary">–</span>')


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    - `value`: dotted path on the row ("customer.name") or a function of the row; default: the key.
    - `kind`: text, code (monospaced, never broken, text in files), money, number, datetime, date, chip (value is a
      Chip, a list of Chips or a word), link, clock (value is the due time or None), boolean.
    - `link`: function of the row giving the cell's address (kind "link" or any other kind).
    - `order_by`: field path or annotation to sort by; empty: not sortable.
    - `shown`: whether the column is there before anybody chooses; `export`: whether it goes into files.
    - `masked_for`: permission that lifts the mask; others see `mask(value)` on screen and in files.
    - `currency`: dotted path to the row's currency for money.
    """

    key: str
    label: str | Promise
    value: str | Callable[[Any], Any] = ""
    kind: Kind = "text"
    link: Callable[[Any], str] | None = None
    order_by: str = ""
    shown: bool = True
    export: bool = True
    masked_for: str = ""
    mask: Callable[[str | None], str] = mask_tail
    currency: str = ""
    help: str | Promise = ""

    def raw(self, row: Any, user: Any) -> Any:
        """The value as `user` may see it."""
        value = self.value(row) if callable(self.value) else follow(row, self.value or self.key)
        if self.masked_for and value not in (None, "") and not user.has_perm(self.masked_for):
            return self.mask(as_text(value))
        return value

    def cell(self, row: Any, user: Any, now: datetime) -> SafeString:
        """The cell's HTML."""
        content = self._content(row, self.raw(row, user), now)
        if self.link is not None and (address := self.link(row)):
            return format_html('<a href="{}">{}</a>', address, content)
        return content

    def for_export(self, user: Any) -> ExportColumn:
        """The same column for a file, with the same mask."""
        kind = (
            "text" if self.masked_for and not user.has_perm(self.masked_for) else _EXPORT_KINDS.get(self.kind, "text")
        )
        return ExportColumn(self.key, self.label, kind, value=lambda row: _words(self.raw(row, user)))

    @property
    def css(self) -> str:
        """Classes of the cell: figures stand right, codes do not break."""
        return {
            "money": "cell-number",
            "number": "cell-number",
            "code": "cell-code",
            "datetime": "cell-time",
            "date": "cell-time",
            "clock": "cell-time",
        }.get(self.kind, "")

    def _content(self, row: Any, value: Any, now: datetime) -> SafeString:
        if value is None or value == "" or value == []:
            return _NOTHING
        if isinstance(value, list | tuple):
            return format_html_join(" ", "{}", ((self._content(row, item, now),) for item in value))
        if isinstance(value, Chip):
            return value.__html__()
        if isinstance(value, str):
            return _text(value, self.kind)
        match self.kind:
            case "chip":
                return Chip(str(value)).__html__()
            case "money":
                return format_html("{}", tags.money(value, follow(row, self.currency) if self.currency else "CNY"))
            case "number":
                return format_html("{}", f"{value:,}")
            case "datetime" | "date":
                return format_html("{}", tags.moment(value, now))
            case "clock":
                return tags.time_left(value, now)
            case "boolean":
                return format_html("{}", gettext("yes") if value else gettext("no"))
        return _text(str(value), self.kind)


_SHORT = 5


def _text(value: str, kind: str) -> SafeString:
    if kind == "chip":
        return Chip(value).__html__()
    if kind == "code":
        return format_html('<code class="code">{}</code>', value)
    # A name of a few characters stays on one line: browsers break Chinese anywhere.
    return format_html('<span class="text-nowrap">{}</span>' if len(value) <= _SHORT else "{}", value)


def _words(value: Any) -> Any:
    """Chips leave as their words; numbers, dates and text as they are."""
    if isinstance(value, Chip):
        return str(value.text)
    if isinstance(value, list | tuple):
        return [_words(item) for item in value]
    return value
