"""Forms of the stock screens: from scans, pasted lines and numbers to lines for the services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from catalog.selectors import variants_by_code
from inventory.models import Location
from inventory.services import StockLine

MAX_LINES = 500
MAX_PIECES = 1_000_000
# "SKU<tab>12", "SKU, 12", "SKU 12"; a line without a number is one piece, as a scanner types it.
_LINE = re.compile(r"(?P<code>.+?)[\s,;，；]+(?P<quantity>\d{1,12})")


@dataclass(slots=True)
class ReceiptRow:
    """One line of a receipt as it was typed, with what became of it."""

    code: str
    quantity: str
    variant: Variant | None = None
    error: str = ""

    @property
    def pieces(self) -> int:
        """The quantity as a number; 0 when it is none."""
        text = self.quantity.strip()
        return int(text) if text.isdecimal() and len(text) <= 12 else 0


def read_rows(data: QueryDict) -> list[ReceiptRow]:
    """Rows of the table (`sku`, `quantity`), then pasted lines; a code again adds up. Errors stand in the rows."""
    pairs = list(zip(data.getlist("sku"), data.getlist("quantity"), strict=False))
    rows: dict[str, ReceiptRow] = {}
    for code, quantity in [*pairs, *_pasted(data.get("paste", ""))]:
        _add(rows, code.strip(), quantity)
    known = variants_by_code(rows)
    for row in rows.values():
        _check(row, known.get(row.code))
    return list(rows.values())


def _pasted(text: str) -> Iterable[tuple[str, str]]:
    for line in text.replace("\x00", "").splitlines():
        if line := line.strip():
            match = _LINE.fullmatch(line)
            yield (match["code"], match["quantity"]) if match else (line, "1")


def _add(rows: dict[str, ReceiptRow], code: str, quantity: str) -> None:
    if not code:
        return
    row = rows.get(code)
    if row is None:
        rows[code] = ReceiptRow(code, quantity.strip())
    elif row.pieces:
        more = ReceiptRow(code, quantity).pieces
        row.quantity = str(row.pieces + more) if more else quantity


def _check(row: ReceiptRow, variant: Variant | None) -> None:
    row.variant = variant
    if variant is None:
        row.error = gettext("No SKU or barcode reads like this.")
    elif not variant.is_stocked:
        row.error = gettext("This is not kept in stock.")
    elif not 0 < row.pieces <= MAX_PIECES:
        row.error = gettext("The quantity must be a whole number from 1 to %(most)s.") % {"most": f"{MAX_PIECES:,}"}


class TicketForm(forms.Form):
    """A form that carries a ticket, so that it is booked once (views/once.py)."""

    ticket = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)


class ReceiveForm(TicketForm):
    """A receipt: where, on what paper, which pieces. `rows` hold the lines with their errors in place."""

    location = forms.ModelChoiceField(label=_("Location"), queryset=Location.objects.none(), empty_label=None)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=200,
        help_text=_("Delivery note or purchase order: the ledger keeps it with every line."),
    )
    paste = forms.CharField(
        label=_("Paste lines"),
        required=False,
        help_text=_("One line each: SKU or barcode, then the quantity. Straight from a spreadsheet."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def __init__(self, data: QueryDict | None = None, *, user: Any) -> None:
        super().__init__(data)
        self.fields["location"].queryset = Location.objects.bookable_by(user).order_by("priority", "name")  # type: ignore[attr-defined]
        self.rows = read_rows(data) if data is not None else []

    def clean(self) -> dict[str, Any]:
        """All lines or none."""
        wrong = sum(1 for row in self.rows if row.error)
        if not self.rows:
            raise forms.ValidationError(
                gettext("There is no line yet: scan, type or paste what arrived. Stock was not changed.")
            )
        if len(self.rows) > MAX_LINES:
            raise forms.ValidationError(
                gettext("At most %(most)d lines at a time. Stock was not changed.") % {"most": MAX_LINES}
            )
        if wrong:
            text = ngettext(
                "%(wrong)d line cannot be read; it is marked. Stock was not changed.",
                "%(wrong)d lines cannot be read; they are marked. Stock was not changed.",
                wrong,
            )
            raise forms.ValidationError(text % {"wrong": wrong})
        return super().clean() or {}

    def lines(self) -> list[StockLine]:
        """What to book, once the form is valid."""
        location_id = self.cleaned_data["location"].pk
        return [StockLine(row.variant.pk, location_id, row.pieces) for row in self.rows if row.variant is not None]


class BinForm(forms.Form):
    """The bin of a level."""

    bin_code = forms.CharField(
        label=_("Bin"), max_length=24, required=False, help_text=_("Pick lists are sorted by it.")
    )


class CorrectForm(TicketForm):
    """A difference that somebody found, with the reason."""

    quantity = forms.IntegerField(
        label=_("Difference (±)"),
        min_value=-MAX_PIECES,
        max_value=MAX_PIECES,
        help_text=_("−2: two pieces fewer than the screen says; 3: three more."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("What you found, for example: box damaged by water."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
