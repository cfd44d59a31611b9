"""The import desk: upload, check, start, correct, run again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from config.kit.actor import Actor
from orders.models import ColumnMap, ImportRow, ImportRun, Order
from orders.selectors.imports import RUN_LOCK_SPACE, import_figures, is_being_worked_on
from orders.services.imports import run as run_module
from orders.services.imports import run_import
from stores.models import Shop
from tests.conftest import RoleClient

pytestmark = pytest.mark.django_db

HEADER = "order_number,sku,title,quantity,price,recipient_name,phone,address\n"
GOOD = "F-1,SKU-1,Tea,1,10.00,王小明,13800138000,文三路 1 号\n"
BAD = "F-2,SKU-1,Tea,many,10.00,李雷,13900139001,南京路 1 号\n"
NEW = reverse("orders:import_new")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(client: RoleClient, shop: Shop, text: str = HEADER + GOOD + BAD, **changes: str) -> ImportRun:
    response = client.post(NEW, form(shop, text, **changes))
    assert response.status_code == 303, response.context["form"].errors
    return ImportRun.objects.latest("pk")


def form(shop: Shop, text: str, **changes: str) -> dict[str, Any]:
    return {
        "shop": shop.pk,
        "column_map": ColumnMap.objects.get(code="generic").pk,
        "file": SimpleUploadedFile("orders.csv", text.encode()),
        "mode": "live",
        "unknown_codes": "hold",
        "is_dry_run": "on",
    } | changes


def work(run: ImportRun) -> ImportRun:
    return run_import(run_id=run.pk, actor=Actor.system("import"))


def page_of(run: ImportRun) -> str:
    return reverse("orders:import_detail", args=[run.pk])


def test_upload_keeps_the_file_and_checks_only_by_default(seller: RoleClient, shop: Shop, tea: Any) -> None:
    assert seller.get(NEW).context["form"].fields["is_dry_run"].initial is True
    run = upload(seller, shop)
    assert (run.state, run.is_dry_run, run.requested_by_id, run.file_name) == (
        "reading",
        True,
        seller.employee.pk,
        "orders.csv",
    )
    work(run)
    run.refresh_from_db()
    assert (run.state, Order.objects.count()) == ("checked", 0)
    text = seller.get(page_of(run)).text
    assert ("no order was made" in text, "Start: make the orders" in text) == (True, True)


def test_page_waits_for_a_worker_and_asks_again(seller: RoleClient, shop: Shop) -> None:
    run = upload(seller, shop)
    text = seller.get(page_of(run)).text
    assert ("Waiting for a worker." in text, 'hx-trigger="every 2s"' in text) == (True, True)
    headers = {"HX-Request": "true", "HX-Target": "import-progress"}
    part = seller.get(page_of(run), headers=headers)
    assert ("<html" in part.text, "HX-Refresh" in part.headers) == (False, False)
    work(run)
    assert seller.get(page_of(run), headers=headers)["HX-Refresh"] == "true"
    assert "every 2s" not in seller.get(page_of(run)).text


def test_figures_add_up(seller: RoleClient, shop: Shop, tea: Any) -> None:
    run = upload(seller, shop)
    work(run)
    seller.post(reverse("orders:import_begin", args=[run.pk]))
    work(run)
    figures = import_figures(run.pk)
    assert (figures.rows, figures.order_lines, figures.quarantined, figures.waiting) == (2, 1, 1, 0)
    again = upload(seller, shop, is_dry_run="")
    work(again)
    figures = import_figures(again.pk)
    assert (figures.already_here, figures.order_lines, figures.quarantined) == (1, 0, 1)
    response = seller.get(page_of(again))
    assert ([run.pk for run in response.context["same_file"]], "adds up" in response.text) == ([run.pk], True)


def test_starting_needs_the_right_and_a_checked_file(
    client_as: Callable[..., RoleClient], seller: RoleClient, shop: Shop
) -> None:
    run = upload(seller, shop)
    address = reverse("orders:import_begin", args=[run.pk])
    assert client_as("FIN").post(address).status_code == 403
    assert seller.post(address).status_code == 303
    run.refresh_from_db()
    assert run.state == "reading"


def test_row_is_corrected_in_place_and_run(seller: RoleClient, shop: Shop, tea: Any) -> None:
    run = upload(seller, shop, is_dry_run="")
    work(run)
    row = ImportRow.objects.get(state="quarantined")
    shown = seller.get(reverse("orders:import_row", args=[row.pk]))
    attrs = shown.context["form"].fields["quantity"].widget.attrs
    assert (row.problem_field, attrs["autofocus"]) == ("quantity", True)
    assert ("13900139001" in shown.text, "139****9001" in shown.text) == (False, True)
    data = {"order_number": "F-2", "seller_code": "SKU-1", "title": "Tea", "quantity": "2", "unit_price": "10.00"}
    seller.post(reverse("orders:import_row_correct", args=[row.pk]), data)
    row.refresh_from_db()
    assert (row.state, row.corrected["quantity"], row.corrected["recipient_phone"]) == ("pending", "2", "13900139001")
    seller.post(reverse("orders:import_rerun", args=[run.pk]))
    work(run)
    order = Order.objects.get(external_number="F-2")
    assert (order.recipient_name, order.lines.get().quantity) == ("李雷", 2)


def test_row_that_is_still_wrong_is_refused_on_its_field(seller: RoleClient, shop: Shop) -> None:
    run = upload(seller, shop)
    work(run)
    row = ImportRow.objects.get(state="quarantined")
    headers = {"HX-Request": "true", "HX-Target": f"row-{row.pk}"}
    data = {"order_number": "F-2", "seller_code": "SKU-1", "quantity": "some", "unit_price": "10.00"}
    response = seller.post(reverse("orders:import_row_correct", args=[row.pk]), data, headers=headers)
    row.refresh_from_db()
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["quantity"])
    assert (row.state, row.corrected, "<html" in response.text) == ("quarantined", None, False)


def test_row_is_set_aside_with_a_reason(seller: RoleClient, shop: Shop) -> None:
    run = upload(seller, shop)
    work(run)
    row = ImportRow.objects.get(state="quarantined")
    address = reverse("orders:import_row_aside", args=[row.pk])
    assert seller.post(address, {"reason": " "}).status_code == 422
    row.refresh_from_db()
    assert row.state == "quarantined"
    seller.post(address, {"reason": "stock adjustment"})
    row.refresh_from_db()
    run.refresh_from_db()
    assert (row.state, row.problem, run.quarantined_count) == ("ignored", "stock adjustment", 0)


def test_file_that_is_no_order_file_fails_with_words(seller: RoleClient, shop: Shop) -> None:
    run = upload(seller, shop, "a,b\n1,2\n")
    work(run)
    run.refresh_from_db()
    response = seller.get(page_of(run))
    assert (run.state, response.status_code) == ("failed", 200)
    assert "No header row was recognised" in response.text


def test_empty_file_is_refused_on_its_field(seller: RoleClient, shop: Shop) -> None:
    response = seller.post(NEW, form(shop, ""))
    assert (response.status_code, list(response.context["form"].errors), ImportRun.objects.count()) == (
        422,
        ["file"],
        0,
    )


def test_imports_of_other_shops_are_not_there(
    client_as: Callable[..., RoleClient], seller: RoleClient, shop: Shop
) -> None:
    run = upload(seller, shop)
    work(run)
    row = ImportRow.objects.first()
    stranger = client_as("SELL")
    places = [page_of(run), reverse("orders:import_row", args=[row.pk])]
    acts = [
        reverse("orders:import_begin", args=[run.pk]),
        reverse("orders:import_rerun", args=[run.pk]),
        reverse("orders:import_row_correct", args=[row.pk]),
        reverse("orders:import_row_aside", args=[row.pk]),
    ]
    assert [stranger.get(place).status_code for place in places] == [404, 404]
    assert [stranger.post(act).status_code for act in acts] == [404] * 4
    lists = [reverse("orders:import_list"), reverse("orders:import_row_list")]
    assert [len(stranger.get(one).context["rows"]) for one in lists] == [0, 0]
    assert stranger.post(NEW, form(shop, HEADER + GOOD)).status_code == 422


def test_upload_needs_the_right(agent: RoleClient, shop: Shop) -> None:
    assert (agent.post(NEW, form(shop, HEADER + GOOD)).status_code, ImportRun.objects.count()) == (403, 0)


# session, person, rights, rows with their shops and maps, saved views, shops of the filter
@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_row_and_three(
    client_as: Callable[..., RoleClient],
    shop: Shop,
    seller: RoleClient,
    django_assert_num_queries: Callable[[int], Any],
    count: int,
) -> None:
    for number in range(count):
        upload(seller, shop, HEADER + GOOD.replace("F-1", f"G-{number}"))
    client = client_as("MGR")
    address = reverse("orders:import_list")
    client.get(address)
    with django_assert_num_queries(6):
        assert len(client.get(address).context["rows"]) == count


def test_a_running_import_is_seen_at_its_lock() -> None:
    assert run_module._LOCK_SPACE == RUN_LOCK_SPACE
    seen = [is_being_worked_on(7)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 7)", [RUN_LOCK_SPACE])
        seen.append(is_being_worked_on(7))
        cursor.execute("SELECT pg_advisory_unlock(%s, 7)", [RUN_LOCK_SPACE])
    assert [*seen, is_being_worked_on(7)] == [False, True, False]
