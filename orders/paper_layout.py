"""Pick lists and shipping notes as PDF. Pure: facts in, bytes out; the words are in the active language.

One format for all papers, so that one tray prints a wave: A5 upright. Bars and QR modules are rectangles, sharp at any size.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import segno
import zxingcpp
from django.utils import timezone
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from pylopdf_fonts_zh_cn import sans_path

# It tells every step of making a subset.
logging.getLogger("fontTools").setLevel(logging.WARNING)

_A5 = (148.0, 210.0)
_MARGIN = 9.0
_WIDTH = _A5[0] - 2 * _MARGIN
_BIN_WIDTH = 40.0
_FONT = "noto"


@dataclass(frozen=True, slots=True)
class PickRow:
    """One bin of the walk."""

    bin_code: str
    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PickSheet:
    """A wave's pick list."""

    number: str
    location: str
    built_at: datetime
    order_count: int
    rows: tuple[PickRow, ...]
    copy_number: int = 0


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One article of a shipping note."""

    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ShippingNote:
    """The note of one parcel: what goes in, to whom, and what the packer must read. The phone is masked by whoever makes this."""

    number: str
    order_number: str
    external_number: str
    shop: str
    recipient: str
    phone: str
    address: str
    lines: tuple[NoteLine, ...]
    warehouse_notes: tuple[str, ...]
    printed_at: datetime
    copy_number: int = 0

    @property
    def pieces(self) -> int:
        """How many units belong in the parcel."""
        return sum(line.quantity for line in self.lines)


def render(sheets: Sequence[PickSheet], notes: Sequence[ShippingNote]) -> bytes:
    """One PDF: every pick list and every note begins on a new page."""
    pdf = _Paper()
    for sheet in sheets:
        _pick_pages(pdf, sheet)
    for note in notes:
        _note_pages(pdf, note)
    return bytes(pdf.output())


class _Paper(FPDF):
    """A5 pages with one embedded font that knows Chinese; each page says what it belongs to."""

    def __init__(self) -> None:
        super().__init__(format=_A5, unit="mm")
        self.foot = ""
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, margin=14)
        self.add_font(_FONT, fname=str(sans_path()))
        self.set_font(_FONT, size=10)

    def footer(self) -> None:
        self.set_y(-11)
        self.set_font(_FONT, size=8)
        self.cell(_WIDTH, 5, f"{self.foot} · {self.page_no()}", align="C")

    def words(self, text: str, size: float, *, height: float = 0, gap: float = 0) -> None:
        """A block of text over the full width."""
        self.set_font(_FONT, size=size)
        self.multi_cell(_WIDTH, height or size * 0.48, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(gap)

    def rule(self) -> None:
        """A thin line across the page."""
        self.set_line_width(0.2)
        self.line(_MARGIN, self.get_y(), _A5[0] - _MARGIN, self.get_y())
        self.ln(1.5)

    def code128(self, text: str, x: float, y: float, *, width: float, height: float) -> None:
        """Code 128 of the text with its quiet zones, as wide as `width`."""
        image = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_image(add_quiet_zones=True)
        bars = np.asarray(image)[image.shape[0] // 2] < 128
        module = width / len(bars)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], bars.astype(np.int8), [0]))))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            self.rect(x + float(start) * module, y, float(end - start) * module, height, style="F")

    def qr(self, text: str, x: float, y: float, *, size: float) -> None:
        """A QR code with its quiet zone, `size` wide."""
        rows = list(segno.make_qr(text, error="m").matrix_iter(border=2))
        module = size / len(rows)
        for row_number, row in enumerate(rows):
            for column, dark in enumerate(row):
                if dark:
                    # A hair wider than the module: no white seams between neighbours on screens.
                    self.rect(x + column * module, y + row_number * module, module * 1.02, module * 1.02, style="F")

    def copy_mark(self, copy_number: int) -> None:
        """A reprint says so, in both languages, whatever the reader's."""
        if copy_number:
            self.set_font(_FONT, size=16)
            self.cell(_WIDTH, 8, f"副本 COPY {copy_number}", border=1, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.ln(2)


def _pick_pages(pdf: _Paper, sheet: PickSheet) -> None:
    pdf.add_page()
    pdf.foot = sheet.number  # only now: adding a page writes the foot of the one before
    pdf.copy_mark(sheet.copy_number)
    top = pdf.get_y()
    pdf.code128(sheet.number, _MARGIN + 62, top, width=68, height=15)
    pdf.set_font(_FONT, size=11)
    pdf.cell(60, 6, _("Pick list"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font(_FONT, size=16)
    pdf.cell(60, 9, sheet.number, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_y(top + 17)
    pieces = sum(row.quantity for row in sheet.rows)
    facts = _("%(location)s · %(time)s · %(orders)s orders · %(pieces)s pieces") % {
        "location": sheet.location,
        "time": _clock(sheet.built_at),
        "orders": sheet.order_count,
        "pieces": pieces,
    }
    pdf.words(facts, 10, gap=1)
    pdf.rule()
    for row in sheet.rows:
        _pick_row(pdf, row)


def _pick_row(pdf: _Paper, row: PickRow) -> None:
    if pdf.will_page_break(19):
        pdf.add_page()
    top = pdf.get_y()
    text_left, text_width = _MARGIN + _BIN_WIDTH, _WIDTH - _BIN_WIDTH - 28
    pdf.set_font(_FONT, size=22)
    if (wide := pdf.get_string_width(row.bin_code)) > _BIN_WIDTH - 2:
        pdf.set_font(_FONT, size=22 * (_BIN_WIDTH - 2) / wide)
    pdf.cell(_BIN_WIDTH, 11, row.bin_code or "–")
    pdf.set_xy(text_left, top)
    pdf.set_font(_FONT, size=13)
    pdf.cell(text_width, 6.5, _fit(pdf, row.sku, text_width - 1))
    pdf.set_xy(text_left, top + 6.5)
    pdf.set_font(_FONT, size=9)
    pdf.cell(text_width, 5, _fit(pdf, row.name, text_width - 1))
    pdf.set_xy(_A5[0] - _MARGIN - 28, top)
    pdf.set_font(_FONT, size=22)
    pdf.cell(20, 11, f"× {row.quantity}", align="R")
    pdf.rect(_A5[0] - _MARGIN - 6, top + 2.5, 6, 6)
    pdf.set_xy(_MARGIN, top + 13.5)
    pdf.rule()


def _note_pages(pdf: _Paper, note: ShippingNote) -> None:
    pdf.add_page()
    pdf.foot = f"{note.number} · {note.order_number}"
    pdf.copy_mark(note.copy_number)
    top = pdf.get_y()
    pdf.set_font(_FONT, size=11)
    pdf.cell(60, 6, _("Shipping note"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font(_FONT, size=18)
    pdf.cell(70, 9, note.number, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.code128(note.number, _MARGIN, top + 17, width=78, height=16)
    pdf.qr(note.number, _A5[0] - _MARGIN - 34, top, size=34)
    pdf.set_y(top + 36)
    numbers = _("Order %(number)s · %(external)s · %(shop)s") % {
        "number": note.order_number,
        "external": note.external_number,
        "shop": note.shop,
    }
    pdf.words(numbers, 10, gap=1.5)
    pdf.words(f"{note.recipient}  {note.phone}", 14)
    pdf.words(note.address, 12, gap=2)
    for text in note.warehouse_notes:
        pdf.set_font(_FONT, size=13)
        pdf.multi_cell(_WIDTH, 7, f"! {text}", border=1, align="L", padding=2, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(1.5)
    pdf.rule()
    for line in note.lines:
        _note_line(pdf, line)
    pdf.words(_("%(pieces)s pieces · printed %(time)s") % {"pieces": note.pieces, "time": _clock(note.printed_at)}, 9)


def _note_line(pdf: _Paper, line: NoteLine) -> None:
    if pdf.will_page_break(13):
        pdf.add_page()
    top = pdf.get_y()
    pdf.set_font(_FONT, size=12)
    pdf.cell(_WIDTH - 24, 6, _fit(pdf, line.name, _WIDTH - 25))
    pdf.set_xy(_MARGIN, top + 6)
    pdf.set_font(_FONT, size=9)
    pdf.cell(_WIDTH - 24, 4.5, _fit(pdf, line.sku, _WIDTH - 25))
    pdf.set_xy(_A5[0] - _MARGIN - 24, top)
    pdf.set_font(_FONT, size=16)
    pdf.cell(24, 9, f"× {line.quantity}", align="R")
    pdf.set_xy(_MARGIN, top + 11)
    pdf.rule()


def _fit(pdf: FPDF, text: str, width: float) -> str:
    """The text as far as it fits on one line."""
    if pdf.get_string_width(text) <= width:
        return text
    while text and pdf.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
