"""Pick lists and shipping notes: what is printed is read back with a scanner and as text."""

import io
import re
from contextlib import contextmanager

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from approvals.models import TrailEntry
from orders.models import Order, Parcel, Wave
from orders.services import print_note, print_wave, write_note
from orders.states import NoteKind
from tests.factories.bench import parcel_of, ready_order, stocked, wave_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea():
    return stocked("TEA-250", bin_code="A-02-1", name="西湖龙井 250 克 明前 特级")


@pytest.fixture
def cup():
    return stocked("CUP-1", bin_code="A-10-1", name="青花瓷杯 Porcelain cup")


@pytest.fixture
def order(tea, cup, now):
    return ready_order([(tea, 2), (cup, 1)], now=now)


@pytest.fixture
def wave(order, now):
    return wave_of([order], now=now)


@contextmanager
def pages_of(content):
    """The pages as a viewer shows them."""
    document = pypdfium2.PdfDocument(content)
    pages = list(document)
    try:
        yield pages
    finally:
        for page in pages:
            page.close()
        document.close()


def codes(content):
    """Everything that a scanner finds, page by page."""
    with pages_of(content) as pages:
        images = [page.render(scale=3).to_pil() for page in pages]
    return [sorted((code.format.name, code.text) for code in zxingcpp.read_barcodes(image)) for image in images]


def texts(content):
    """The text of each page without blanks: PDF readers guess where words end."""
    found = []
    with pages_of(content) as pages:
        for page in pages:
            text = page.get_textpage()
            found.append(re.sub(r"\s+", "", text.get_text_range()))
            text.close()
    return found


def test_print_wave_gives_list_and_notes_whose_codes_can_be_scanned(order, wave, staff, now):
    paper = print_wave(wave_id=wave.pk, actor=staff, now=now)

    note = parcel_of(order).note_number
    assert paper.file_name == f"{wave.number}.pdf"
    assert codes(paper.content) == [[("Code128", wave.number)], [("Code128", note), ("QRCode", note)]]


def test_print_wave_prints_the_walk_and_what_belongs_in_each_parcel(order, wave, staff, now):
    write_note(order_id=order.pk, kind=NoteKind.WAREHOUSE, text="礼品包装,不放价目单", actor=staff, now=now)
    write_note(order_id=order.pk, kind=NoteKind.INTERNAL, text="老客户", actor=staff, now=now)

    pick_list, note = texts(print_wave(wave_id=wave.pk, actor=staff, now=now).content)

    assert pick_list.index("A-02-1") < pick_list.index("A-10-1")
    assert all(part in pick_list for part in ("西湖龙井250克明前特级", "TEA-250", "×2", "CUP-1", "×1"))
    assert all(part in note for part in (order.number, "西湖龙井", "×2", "青花瓷杯", "礼品包装,不放价目单"))
    assert all(part in note for part in ("王小明", "138****8000", "浙江省", "文三路90号"))
    assert "13800138000" not in note
    assert "老客户" not in note
    assert "副本" not in pick_list + note


def test_a_second_print_is_marked_and_counted(order, wave, staff, now):
    print_wave(wave_id=wave.pk, actor=staff, now=now)
    again = texts(print_wave(wave_id=wave.pk, actor=staff, now=now).content)
    third = texts(print_note(parcel_id=parcel_of(order).pk, actor=staff, now=now).content)

    assert ["副本COPY1" in page for page in again] == [True, True]
    assert "副本COPY2" in third[0]
    assert (Wave.objects.get().print_count, Parcel.objects.get().print_count) == (2, 3)
    assert TrailEntry.objects.filter(action="orders.printed", subject_type="orders.order").count() == 3
    assert TrailEntry.objects.filter(action="orders.printed", subject_type="orders.wave").count() == 2


def test_each_order_begins_on_its_own_page_and_long_lists_break(tea, now, staff):
    goods = [stocked(f"BIG-{number:02}", bin_code=f"C-{number:02}", name="很长的名字" * 12) for number in range(25)]
    orders = [ready_order([(variant, 1) for variant in goods], now=now), ready_order([(tea, 1)], now=now)]
    wave = wave_of(orders, now=now)

    pages = texts(print_wave(wave_id=wave.pk, actor=staff, now=now).content)

    numbers = [[order.number in page for page in pages] for order in Order.objects.order_by("pk")]
    assert [sum(found) for found in numbers] == [3, 1]
    assert all(f"BIG-{number:02}" in "".join(pages) for number in range(25))
    assert all(f"·{number}" in page for number, page in enumerate(pages, start=1))


def test_the_font_is_embedded_as_a_subset(order, wave, staff, now):
    content = print_wave(wave_id=wave.pk, actor=staff, now=now).content

    assert len(content) < 200_000
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(io.BytesIO(content)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert all(re.search(r"[A-Z]{6}\+", name) for name in fonts)
