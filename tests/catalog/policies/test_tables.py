"""Tables of strangers and headings: what is read, what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from catalog.errors import TableUnreadable
from catalog.policies.sheets import recognise
from catalog.policies.tables import MAX_CELL, MAX_ROWS, read_rows


def workbook(*rows: list[object]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_both_encodings_and_loses_the_guard_of_the_export(encoding: str) -> None:
    raw = "商家编码,标题\r\nA-1,'=杯\r\n\r\nA-2,'s Morgens\r\n".encode(encoding)
    assert read_rows(raw, "csv") == [(1, ["商家编码", "标题"]), (2, ["A-1", "=杯"]), (4, ["A-2", "'s Morgens"])]


def test_workbook_numbers_come_as_people_write_them() -> None:
    raw = workbook(["SKU", "price", "weight (g)"], ["A-1", 9.9, 350], [None, None, None], ["00012", "12.50", 3.0])
    assert read_rows(raw, "xlsx") == [
        (1, ["SKU", "price", "weight (g)"]),
        (2, ["A-1", "9.9", "350"]),
        (4, ["00012", "12.50", "3"]),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xff\xff",
        f"SKU,title\nA,{'x' * (MAX_CELL + 1)}\n".encode(),
        ("SKU\n" + "A\n" * (MAX_ROWS + 2)).encode(),
        (",".join("abc" for _n in range(300)) + "\n").encode(),
        b'SKU,title\nA,"open\n',
    ],
)
def test_what_is_no_table_of_ours_is_refused(raw: bytes) -> None:
    with pytest.raises(TableUnreadable):
        read_rows(raw, "csv")


def test_a_cell_in_the_last_corner_is_refused_before_the_sheet_is_unfolded() -> None:
    source, target = io.BytesIO(workbook(["SKU"], ["A"])), io.BytesIO()
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(target, "w") as write:
        for name in read.namelist():
            part = read.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b'r="A2"', b'r="XFD1048576"')
            write.writestr(name, part)
    with pytest.raises(TableUnreadable, match="XFD1048576"):
        read_rows(target.getvalue(), "xlsx")


def test_headings_are_known_in_both_languages_wherever_they_stand() -> None:
    found = recognise(
        ["划线价", " Price ", "颜色", "Surprise", "SKU", "重量（g）", "产品介绍", "店铺"],
        blocks={"intro": ("intro", "产品介绍", "Product")},
        attributes={"颜色": ("colour", "tone")},
    )
    assert found.keys == {"sku": 4, "shop": 7}
    assert found.fields == {0: "was_prices", 1: "prices", 5: "weight", 6: "blocks.intro"}
    assert (found.attributes, found.unknown) == ({2: ("colour", "tone")}, ["Surprise"])


def test_two_columns_of_one_field_are_named() -> None:
    assert recognise(["标题", "title", "SKU"], blocks={}, attributes={}).doubled == ["title"]
