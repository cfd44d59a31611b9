"""Tables out of hostile files."""

import gzip
import io
import zipfile
from itertools import islice

import pytest
import xlsxwriter

from orders.errors import FileUnreadable
from orders.formats import tables
from orders.formats.tables import clean, read_table


@pytest.fixture
def read(tmp_path):
    def write_and_read(data):
        path = tmp_path / "file"
        path.write_bytes(data)
        encoding, rows = read_table(path)
        return encoding, list(rows)

    return write_and_read


def refusal(read, data):
    with pytest.raises(FileUnreadable) as refused:
        read(data)
    return refused.value.describe()


TEXT = "订单编号,备注\nA-1,龙井“春”\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.replace("“春”", "").encode("gbk"), "gb18030"),
        (gzip.compress(TEXT.encode("gb18030"), mtime=0), "gb18030"),
    ],
)
def test_table_reads_alike_in_every_encoding(read, data, encoding):
    found, rows = read(data)

    assert (found, rows[0]) == (encoding, (1, ["订单编号", "备注"]))
    assert rows[1][1][0] == "A-1"
    assert rows[1][1][1].startswith("龙井")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_table_finds_the_delimiter_of_the_header(read, delimiter):
    text = delimiter.join(["a", "b", "c"]) + "\n" + delimiter.join(["1", "2", "3"]) + "\n"

    assert read(text.encode())[1] == [(1, ["a", "b", "c"]), (2, ["1", "2", "3"])]


def test_table_in_a_strange_charset_is_refused_with_the_place(read):
    words = refusal(read, "order\ncafé\n".encode("utf-16"))

    assert words.startswith("The file is neither UTF-8 nor GB18030 (byte 0)")


def test_table_counts_rows_as_people_see_them_and_leaves_empty_ones_out(read):
    assert read(b"a,b\n,\n1,2\n\n3,4\n")[1] == [(1, ["a", "b"]), (3, ["1", "2"]), (5, ["3", "4"])]


def test_table_keeps_a_line_break_inside_quotes_in_its_cell(read):
    assert read(b'a,b\n"1\nmore",2\n')[1][1] == (2, ["1\nmore", "2"])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("\t123456789012345678", "123456789012345678"),
        ("'00123", "00123"),
        ("`00123", "00123"),
        ('="00123"', "00123"),
        ("\u3000王小明 ", "王小明"),
        ("-", ""),
        ("-5", "-5"),
        ("a\x00b", "ab"),
        ("O'Neill", "O'Neill"),
        ("=CMD|'/C calc'!A0", "=CMD|'/C calc'!A0"),
        ("+8613800138000", "+8613800138000"),
    ],
)
def test_clean_takes_off_the_wrapping_and_nothing_else(cell, expected):
    assert clean(cell) == expected


def test_table_without_anything_has_no_rows(read):
    assert read(b"") == ("utf-8-sig", [])


def test_table_with_nul_bytes_reads_without_them(read):
    assert read(b"a,b\n1\x00,2\n")[1][1] == (2, ["1", "2"])


def test_table_with_a_million_columns_is_refused(read):
    assert refusal(read, b"," * 999_999 + b"\n") == "Row 1 has 1000000 columns; at most 300 are read."


def test_table_with_too_many_columns_further_down_is_refused_by_its_row(read):
    assert refusal(read, b"a,b\n" + b"x," * 301 + b"\n") == "Row 2 has 302 columns; at most 300 are read."


@pytest.mark.parametrize("line", [b"x" * 10_000_000, b'"' + b"x" * 10_000_000 + b'"', b"\xe8\x8c\xb6" * 3_000_000])
def test_table_with_a_line_of_ten_megabytes_is_refused(read, line):
    assert refusal(read, b"a,b\n" + line + b"\n").startswith("A line is longer than 1000000 characters")


def test_table_with_an_endless_quoted_cell_is_refused(read):
    words = refusal(read, b'a,b\n"' + b"line\n" * 100_000)

    assert words.startswith("Row 2 cannot be read as CSV")


def test_table_with_a_stray_quote_is_refused_by_its_row(read):
    assert refusal(read, b'a,b\n1,2\n"x"y,2\n').startswith("Row 3 cannot be read as CSV")


def test_table_packed_damaged_is_refused(read):
    assert refusal(read, gzip.compress(b"a,b\n1,2\n" * 1000)[:-20]).startswith("The packed file is damaged")


def test_gzip_bomb_is_refused_before_it_is_unpacked(read, monkeypatch):
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 1_000_000)

    assert refusal(read, gzip.compress(b"a,b\n" * 1_000_000)) == "Unpacked, the file is larger than is taken; split it."


def test_gzip_file_just_below_the_limit_is_read(read, monkeypatch):
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 2_000)

    assert len(read(gzip.compress(b"a,b\n" * 500))[1]) == 500


def workbook(rows, width=None):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if width:
            sheet.write(0, width - 1, "far")
    return buffer.getvalue()


def test_workbook_reads_like_the_csv(read):
    cells = [["order", "qty", "price"], ["A-1", "2", "9.9"], ["A-2", "1", "10"]]
    csv = "\n".join(",".join(row) for row in cells).encode()
    typed = workbook([cells[0], ["A-1", 2, 9.9], ["A-2", 1.0, 10]])

    assert read(typed) == ("xlsx", read(csv)[1])


def test_workbook_that_is_a_bomb_is_refused_by_what_it_declares(read, monkeypatch):
    monkeypatch.setattr(tables, "MAX_WORKBOOK_BYTES", 1_000_000)
    data = workbook([["a" * 1000 + str(number) for _column in range(5)] for number in range(2000)])

    assert len(data) < 200_000
    assert refusal(read, data).startswith("Unpacked, the workbook is larger than is taken")


def test_workbook_that_is_too_wide_is_refused(read):
    assert refusal(read, workbook([["a"]], width=5000)).endswith(" columns; at most 300 are read.")


def test_zip_archive_that_is_no_workbook_is_refused(read):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("orders.csv", "a,b")

    assert refusal(read, buffer.getvalue()).startswith("This is a ZIP archive, not a workbook")


@pytest.mark.parametrize("data", [b"PK\x03\x04 no archive", b"PK"])
def test_workbook_damaged_is_refused(read, data):
    assert refusal(read, data).startswith("The workbook is damaged")


def test_workbook_with_broken_sheet_is_refused(read):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")

    assert refusal(read, buffer.getvalue()).startswith("The workbook cannot be read")


def test_old_workbook_is_refused_with_the_way_out(read):
    assert "Save it as .xlsx or CSV" in refusal(read, b"\xd0\xcf\x11\xe0" + b"\x00" * 100)


def test_rows_come_one_by_one(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 100_000)
    _encoding, rows = read_table(path)

    assert list(islice(rows, 2)) == [(1, ["a", "b"]), (2, ["1", "2"])]
