"""One declaration, three forms: preview, CSV, XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from django.utils import translation

from approvals.models import Job
from config.kit.actor import Actor
from config.kit.errors import NotPermitted
from config.kit.export import (
    EXPORTS,
    ExportColumn,
    ExportDeclaration,
    export_taken,
    preview,
    produce,
    request_xlsx,
    stream_csv,
    workbook,
    write_xlsx,
)
from config.kit.export.cells import csv_cell, harmless
from config.kit.export.declarations import follow
from stores.models import Employee
from tests.factories.stores import EmployeeFactory
from tests.support.registries import reopened

pytestmark = pytest.mark.django_db
AT = datetime(2026, 8, 2, 16, 30, tzinfo=UTC)  # the third of August in Shanghai
ACTOR = Actor.system("tests")

COLUMNS = (
    ExportColumn("number", "Number", "id"),
    ExportColumn("name", "Name"),
    ExportColumn("amount", "Amount", "money", total=True),
    ExportColumn("pieces", "Pieces", "number"),
    ExportColumn("placed_at", "Placed", "datetime"),
    ExportColumn("paid_on", "Paid on", "date"),
    ExportColumn("is_gift", "Gift", "boolean"),
    ExportColumn("shop", "Shop", value="shop.name"),
)
ROWS: Sequence[Mapping[str, Any]] = (
    {
        "number": "400123000000000000012345678",
        "name": '=HYPERLINK("http://x")',
        "amount": Decimal("-1234.50"),
        "pieces": 3,
        "placed_at": AT,
        "paid_on": date(2026, 8, 1),
        "is_gift": True,
        "shop": {"name": "旗舰店"},
    },
    {
        "number": "007",
        "name": None,
        "amount": Decimal("0.10"),
        "pieces": Decimal("2.5"),
        "placed_at": None,
        "paid_on": "soon",
        "is_gift": False,
        "shop": None,
    },
)


def rows_of(params: Mapping[str, Any], user: Any) -> Sequence[Mapping[str, Any]]:
    return ROWS[: params.get("limit", 99)]


def declaration(**changes: Any) -> ExportDeclaration:
    facts = {
        "key": "tests.orders",
        "title": "Orders",
        "columns": COLUMNS,
        "permission": None,
        "rows": rows_of,
        **changes,
    }
    return ExportDeclaration(**facts)


with reopened(EXPORTS):
    EXPORTS.register("tests.orders", declaration(permission="stores.view_employee"))


@pytest.fixture
def user() -> Employee:
    return EmployeeFactory(roles=["MGR"])


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_harmless_takes_the_edge_off_a_formula(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "1+1", "'=1", "王=小", "a@b"])
def test_harmless_leaves_plain_text_alone(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("-5.10"), "-5.10"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        ("-5", "'-5"),
        (Decimal("1E+3"), "1000"),
        (None, ""),
        (True, "yes"),
        (AT, "2026-08-03 00:30:00"),
        (date(2026, 8, 1), "2026-08-01"),
        (["=a", "b"], "'=a; b"),
    ],
)
def test_csv_cell_keeps_numbers_and_dates_and_tames_text(value: Any, expected: str) -> None:
    assert csv_cell(value) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("shop.name", "旗舰店"), ("number.upper", "400123000000000000012345678"), ("missing.x", None)],
)
def test_follow_walks_keys_attributes_and_methods(path: str, expected: str | None) -> None:
    assert follow({**ROWS[0], "missing": None}, path) == expected


def test_csv_is_utf8_with_mark_and_the_same_rows(user: Employee) -> None:
    response = stream_csv(declaration(), {"limit": 1}, user, actor=ACTOR)
    text = b"".join(response.streaming_content).decode()
    assert text[0] == "\ufeff"
    heading, row = list(csv.reader(io.StringIO(text[1:])))
    assert heading == ["Number", "Name", "Amount", "Pieces", "Placed", "Paid on", "Gift", "Shop"]
    assert row == [
        "400123000000000000012345678",
        '\'=HYPERLINK("http://x")',
        "-1234.50",
        "3",
        "2026-08-03 00:30:00",
        "2026-08-01",
        "yes",
        "旗舰店",
    ]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store"


def test_csv_reads_rows_only_while_it_sends_them(user: Employee) -> None:
    read: list[int] = []

    def many(params: Any, user: Any) -> Any:
        for number in range(1000):
            read.append(number)
            yield {**ROWS[1], "number": number}

    stream = iter(stream_csv(declaration(rows=many), {}, user, actor=ACTOR).streaming_content)
    next(stream)
    assert 0 < len(read) < 1000


def test_xlsx_holds_real_numbers_real_dates_and_ids_as_text(user: Employee, tmp_path: Path) -> None:
    target = tmp_path / "orders.xlsx"
    produced = write_xlsx(declaration(), {}, user, target)
    sheet = openpyxl.load_workbook(target).active
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert values == [
        [
            "400123000000000000012345678",
            '=HYPERLINK("http://x")',
            -1234.5,
            3,
            datetime(2026, 8, 3, 0, 30),
            datetime(2026, 8, 1),
            "yes",
            "旗舰店",
        ],
        ["007", None, 0.1, 2.5, None, "soon", "no", None],
        ["Total", None, -1234.4, None, None, None, None, None],
    ]
    assert sheet["B2"].data_type == "s"
    assert sheet.freeze_panes == "A2"
    assert produced.rows == 2


def test_xlsx_of_the_same_data_is_the_same_file(user: Employee, tmp_path: Path) -> None:
    targets = [tmp_path / "1.xlsx", tmp_path / "2.xlsx"]
    produced = [write_xlsx(declaration(), {}, user, target) for target in targets]
    assert targets[0].read_bytes() == targets[1].read_bytes()
    assert produced[0] == produced[1]
    assert write_xlsx(declaration(), {"limit": 1}, user, tmp_path / "3.xlsx").digest != produced[0].digest


def test_xlsx_cover_names_rows_and_digest(user: Employee, tmp_path: Path) -> None:
    target = tmp_path / "orders.xlsx"
    produced = write_xlsx(declaration(cover=lambda params, user: [("Signed by", str(user))]), {}, user, target)
    book = openpyxl.load_workbook(target)
    lines = [[cell.value for cell in row] for row in book["Cover"].iter_rows(min_row=3)]
    assert lines == [["Signed by", str(user)], ["Rows", 2], ["SHA-256", produced.digest]]
    assert book.sheetnames == ["Cover", "Data"]


def test_xlsx_goes_on_in_another_sheet_when_one_is_full(
    user: Employee, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 1)
    write_xlsx(declaration(), {}, user, tmp_path / "orders.xlsx")
    book = openpyxl.load_workbook(tmp_path / "orders.xlsx")
    assert [[sheet.title, sheet["A2"].value] for sheet in book] == [
        ["Data", "400123000000000000012345678"],
        ["Data 2", "007"],
    ]


def test_xlsx_has_no_formula_in_its_xml(user: Employee, tmp_path: Path) -> None:
    write_xlsx(declaration(), {}, user, tmp_path / "orders.xlsx")
    with ZipFile(tmp_path / "orders.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_xlsx_reports_progress(user: Employee, tmp_path: Path) -> None:
    told: list[int] = []

    def many(params: Any, user: Any) -> Any:
        return (ROWS[1] for _ in range(1100))

    write_xlsx(declaration(rows=many), {}, user, tmp_path / "orders.xlsx", progress=told.append)
    assert told == [500, 1000, 1100]


def test_preview_shows_the_first_rows_as_text(user: Employee) -> None:
    found = preview(declaration(), {}, user, limit=1)
    assert found.rows[0][2:5] == ["-1234.50", "3", "2026-08-03 00:30:00"]
    assert (len(found.rows), found.has_more) == (1, True)


@pytest.mark.parametrize(
    "take",
    [
        lambda guarded, person, target: preview(guarded, {}, person),
        lambda guarded, person, target: stream_csv(guarded, {}, person, actor=ACTOR),
        lambda guarded, person, target: write_xlsx(guarded, {}, person, target),
        lambda guarded, person, target: request_xlsx(guarded, {}, user=person, actor=ACTOR),
    ],
    ids=["preview", "csv", "xlsx", "request"],
)
def test_export_is_refused_without_its_right(take: Callable[..., Any], tmp_path: Path) -> None:
    guarded, stranger = declaration(permission="stores.view_employee"), EmployeeFactory(roles=["WH"])
    with pytest.raises(NotPermitted):
        take(guarded, stranger, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()
    assert not Job.objects.exists()


def test_columns_may_depend_on_the_person(user: Employee) -> None:
    by_person = declaration(columns=lambda params, user: COLUMNS[: 1 if user.is_superuser else 2])
    assert [column.key for column in preview(by_person, {}, user).columns] == ["number", "name"]


def test_requested_file_is_produced_in_the_language_of_who_asked(user: Employee, tmp_path: Path) -> None:
    actor = Actor.staff(user_id=user.pk, label=str(user))
    with translation.override("zh-hans"):
        job = request_xlsx(EXPORTS.get("tests.orders"), {"limit": 1}, user=user, actor=actor)
    target = tmp_path / "orders.xlsx"
    produced = produce(job.params, user=user, target=target)
    assert produced.rows == 1
    assert job.params["language"] == "zh-hans"
    assert job.params["file_name"].startswith("Orders 20")
    assert openpyxl.load_workbook(target).active.max_row == 3


def test_produce_is_refused_when_the_right_has_gone(user: Employee, tmp_path: Path) -> None:
    actor = Actor.staff(user_id=user.pk, label=str(user))
    job = request_xlsx(EXPORTS.get("tests.orders"), {}, user=user, actor=actor)
    with pytest.raises(NotPermitted):
        produce(job.params, user=EmployeeFactory(), target=tmp_path / "orders.xlsx")


@pytest.fixture
def taken() -> Iterator[list[tuple[Any, ...]]]:
    """What the listeners of exports hear."""
    heard: list[tuple[Any, ...]] = []

    def listen(declaration: ExportDeclaration, form: str, user: Employee, actor: Actor, **rest: Any) -> None:
        heard.append((declaration.key, form, user, actor))

    export_taken.connect(listen)
    yield heard
    export_taken.disconnect(listen)


def test_every_file_is_told_to_the_listeners_before_it_leaves(user: Employee, taken: list[tuple[Any, ...]]) -> None:
    actor = Actor.staff(user_id=user.pk, label=str(user))
    stream_csv(declaration(), {}, user, actor=actor)
    request_xlsx(declaration(), {}, user=user, actor=actor)
    assert taken == [("tests.orders", "csv", user, actor), ("tests.orders", "xlsx", user, actor)]


def test_a_refused_export_is_told_to_nobody(taken: list[tuple[Any, ...]]) -> None:
    with pytest.raises(NotPermitted):
        stream_csv(declaration(permission="stores.view_employee"), {}, EmployeeFactory(), actor=ACTOR)
    assert taken == []


def test_a_listener_that_fails_stops_the_export(user: Employee) -> None:
    def fail(**facts: Any) -> None:
        raise RuntimeError("no log, no file")

    export_taken.connect(fail)
    try:
        with pytest.raises(RuntimeError, match="no log"):
            stream_csv(declaration(), {}, user, actor=ACTOR)
    finally:
        export_taken.disconnect(fail)
