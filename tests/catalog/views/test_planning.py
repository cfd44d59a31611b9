"""Screens of intakes, notices, packages, plans and the board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.models import ChangeRequest
from approvals.states import Importance
from catalog.models import Listing, ListingPlan, Package, SourceFile, SourceItem
from catalog.services.mismatches import compare_notices
from catalog.services.packages import add_products, make_package
from catalog.services.plans import PlanFacts, make_plan
from catalog.services.sources import send_source
from catalog.states import PackageState, PlanState, SourceKind, SourceState
from tests.conftest import RoleClient
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.listings import ListingFactory, acting, complete_product, published_listing
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def sent(client: RoleClient, **facts) -> SourceItem:
    values = {"kind": SourceKind.INTAKE, "title": "New kettle", "actor": acting(client.employee), "now": timezone.now()}
    return send_source(**values | facts)


def test_sender_sends_with_attachments_and_sees_what_becomes_of_it(client_as: ClientAs) -> None:
    biz = client_as("BIZ")
    files = [SimpleUploadedFile("data.csv", b"a,b\n1,2\n"), SimpleUploadedFile("note.txt", b"words")]
    data = {"title": "New kettle", "text": "It whistles.", "attachments": files, "is_important": "on"}
    answer = biz.post(reverse("catalog:source_new"), data)
    item = SourceItem.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, item.get_absolute_url())
    assert (item.importance, item.files.count(), item.sent_by) == (Importance.IMPORTANT, 2, biz.employee)
    page = biz.get(item.get_absolute_url()).content.decode()
    assert "arrived" in page
    assert "note.txt" in page
    assert "catalog:source_refuse" not in page

    plan = client_as("PLAN")
    refused = plan.post(reverse("catalog:source_refuse", args=[item.pk]), {"reason": "We sell no kettles."})
    assert refused.status_code == 303
    assert "We sell no kettles." in biz.get(item.get_absolute_url()).content.decode()
    assert "We sell no kettles." in biz.get(reverse("catalog:source_list")).content.decode()


def test_stranger_sees_neither_item_nor_attachment(client_as: ClientAs) -> None:
    item = sent(client_as("BIZ"), files=[SimpleUploadedFile("note.txt", b"words")])
    file = SourceFile.objects.get()
    stranger = client_as("BIZ")
    assert stranger.get(item.get_absolute_url()).status_code == 404
    assert stranger.get(reverse("catalog:source_file", args=[file.pk])).status_code == 404
    assert item.title not in stranger.get(reverse("catalog:source_list")).content.decode()
    answer = client_as("PLAN").get(reverse("catalog:source_file", args=[file.pk]))
    assert b"".join(answer.streaming_content) == b"words"
    assert answer["Content-Disposition"] == 'attachment; filename="note.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_hostile_attachment_is_refused_at_its_form(client_as: ClientAs) -> None:
    data = {"title": "New kettle", "text": "x", "attachments": [SimpleUploadedFile("a.pdf", b"MZ\x90")]}
    answer = client_as("BIZ").post(reverse("catalog:source_new"), data)
    assert answer.status_code == 422
    assert "is not what its ending says" in answer.content.decode()
    assert not SourceItem.objects.exists()


def test_notice_reads_prices_line_by_line(client_as: ClientAs) -> None:
    product = ProductFactory(name="Tea")
    VariantFactory(product=product, sku="TEA 1")
    VariantFactory(product=product, sku="TEA-2")
    mktg = client_as("MKTG")
    address = reverse("catalog:notice_new")
    data = {"title": "Dearer", "product": "TEA-2", "effective_at": "2026-03-20T08:00"}
    bad = mktg.post(address, data | {"prices": "TEA-2"})
    assert bad.status_code == 422
    assert "Line 1" in bad.content.decode()
    foreign = mktg.post(address, data | {"prices": "NOPE 1.00"})
    assert "NOPE: not a SKU of “Tea”." in foreign.content.decode()
    assert not SourceItem.objects.exists()
    good = mktg.post(address, data | {"prices": "TEA 1\t12\nTEA-2, 39.50\n"})
    assert good.status_code == 303
    item = SourceItem.objects.get()
    assert item.facts == {"prices": {"TEA 1": "12.00", "TEA-2": "39.50"}}
    assert item.effective_at == datetime.fromisoformat("2026-03-20T08:00+08:00")
    assert mktg.get(item.get_absolute_url()).status_code == 200


def test_package_shows_its_items_and_the_clock_it_inherits(client_as: ClientAs) -> None:
    plan = client_as("PLAN")
    now = timezone.now()
    early = sent(client_as("BIZ"), title="Early one", now=now - timedelta(hours=4))
    late = sent(client_as("BIZ"), title="Late one", now=now)
    form = plan.get(f"{reverse('catalog:package_new')}?source={early.pk}").content.decode()
    assert "Early one" in form
    assert "Late one" in form
    answer = plan.post(reverse("catalog:package_new"), {"title": "Both", "sources": [late.pk, early.pk]})
    package = Package.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, package.get_absolute_url())
    assert package.clock_started_at == early.received_at
    page = plan.get(package.get_absolute_url()).content.decode()
    assert page.index("Early one") < page.index("the clock counts from here") < page.index("Late one")


def test_package_submission_shows_every_finding_at_its_listing(client_as: ClientAs) -> None:
    plan = client_as("PLAN")
    actor, now = acting(plan.employee), timezone.now()
    product = complete_product("Kettle", brief="")
    ListingFactory(product=product)
    package = make_package(title="Kettles", actor=actor, now=now)
    add_products(package_id=package.pk, product_ids=[product.pk], actor=actor, now=now)
    address = reverse("catalog:package_submit", args=[package.pk])
    answer = plan.post(address)
    assert answer.status_code == 422
    assert "Nothing was submitted" in answer.content.decode()
    assert "brief" in answer.content.decode()
    assert not ChangeRequest.objects.exists()
    product.brief = "Boils a litre of water in two minutes."
    product.save()
    again = plan.post(address)
    assert again.status_code == 303, [line for line in again.content.decode().splitlines() if "refusal" in line]
    package.refresh_from_db()
    assert package.state == PackageState.SUBMITTED
    assert plan.get(package.get_absolute_url()).status_code == 200


def test_listings_come_into_a_package_by_sku(client_as: ClientAs) -> None:
    plan = client_as("PLAN")
    shop = ShopFactory()
    complete_product("Kettle", skus=("K-1",))
    package = make_package(title="Kettles", shop_ids=[shop.pk], actor=acting(plan.employee), now=timezone.now())
    address = reverse("catalog:package_listings", args=[package.pk])
    unknown = plan.post(address, {"skus": "K-1 NOPE"})
    assert (unknown.status_code, package.revisions.count()) == (422, 0)
    assert "NOPE" in unknown.content.decode()
    assert plan.post(address, {"skus": "K-1", "new_too": "on"}).status_code == 303
    assert Listing.objects.get().shop == shop
    assert package.revisions.get().listing.shop == shop


def test_mismatch_list_says_what_is_shown_and_what_is_wanted(client_as: ClientAs) -> None:
    plan = client_as("PLAN")
    now = timezone.now()
    listing = published_listing(product=complete_product("Cup", skus=("CUP",)))
    item = sent(
        client_as("MKTG"),
        kind=SourceKind.NOTICE,
        title="Dearer cups",
        product_id=listing.product_id,
        effective_at=now - timedelta(hours=1),
        facts={"prices": {"CUP": "12.00"}},
    )
    assert "Dearer cups" not in plan.get(reverse("catalog:mismatch_list")).content.decode()
    compare_notices(now=now)
    page = plan.get(reverse("catalog:mismatch_list")).content.decode()
    assert "price CUP 10.00 → 12.00" in page
    assert "10.00" in plan.get(item.get_absolute_url()).content.decode()


def plan_of(client: RoleClient, **facts) -> ListingPlan:
    today = timezone.localdate()
    values = {"name": "Spring", "starts_on": today - timedelta(days=9), "ends_on": today + timedelta(days=9)}
    return make_plan(facts=PlanFacts(**values | facts), actor=acting(client.employee), now=timezone.now())


def test_plan_lines_are_looked_at_before_they_are_taken(client_as: ClientAs) -> None:
    client = client_as("PLAN")
    complete_product("Kettle", skus=("K-1",))
    ShopFactory(code="mall")
    plan = plan_of(client)
    address = reverse("catalog:plan_lines", args=[plan.pk])
    day = timezone.localdate() - timedelta(days=2)
    bad = client.post(address, {"lines": f"K-1 mall {day}\nNOPE mall {day}"}).content.decode()
    assert "No variant has the SKU “NOPE”." in bad
    assert 'name="take"' not in bad
    good = client.post(address, {"lines": f"K-1 mall {day}"}).content.decode()
    assert 'name="take"' in good
    assert plan.lines.count() == 0
    assert client.post(address, {"lines": f"K-1 mall {day}", "take": "1"}).status_code == 303
    line = plan.lines.get()
    assert (line.planned_on, line.owner) == (day, client.employee)
    page = client.get(plan.get_absolute_url()).content.decode()
    assert "chip-bad" in page
    assert str(client.employee) in page


def test_plan_without_survey_says_so_when_it_is_submitted(client_as: ClientAs) -> None:
    client = client_as("PLAN")
    plan = plan_of(client)
    answer = client.post(reverse("catalog:plan_submit", args=[plan.pk]), follow=True)
    assert "The plan names no survey that it rests on." in answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


def test_survey_leaves_as_a_download(client_as: ClientAs) -> None:
    client = client_as("PLAN")
    today = timezone.localdate().isoformat()
    data = {"name": "Spring", "starts_on": today, "ends_on": today, "survey_title": "Kitchens"}
    data["survey_file"] = SimpleUploadedFile("survey.txt", b"kettles")
    assert client.post(reverse("catalog:plan_new"), data).status_code == 303
    answer = client_as("MKTG").get(reverse("catalog:plan_survey", args=[ListingPlan.objects.get().pk]))
    assert b"".join(answer.streaming_content) == b"kettles"
    assert answer["Content-Disposition"] == 'attachment; filename="survey.txt"'


def test_board_shows_its_counts(client_as: ClientAs) -> None:
    client = client_as("PLAN")
    make_package(title="Spring", actor=acting(client.employee), now=timezone.now())
    page = client.get(reverse("catalog:board")).content.decode()
    assert '<span data-count="all">1</span>' in page
    assert '<span data-count="package">1</span>' in page
    assert "Spring" in page
    assert client.get(reverse("catalog:board"), {"work": "refresh", "mine": "on"}).status_code == 200


LISTS = ["source_list", "package_list", "plan_list", "plan_line_list", "mismatch_list", "board"]


@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_for_one_row_and_for_three(client_as: ClientAs, name: str) -> None:
    client = client_as("PLAN")
    actor, now = acting(client.employee), timezone.now()

    def fill(number: int) -> None:
        product = complete_product(f"Kettle {number}", skus=(f"K-{number}",))
        shop = ShopFactory(code=f"shop-{number}")
        item = sent(client_as("BIZ"), product_id=product.pk)
        package = make_package(title="P", source_ids=[item.pk], shop_ids=[shop.pk], actor=actor, now=now)
        add_products(package_id=package.pk, product_ids=[product.pk], new_too=True, actor=actor, now=now)
        plan = plan_of(client)
        plan.lines.create(product=product, shop=shop, planned_on=plan.starts_on, owner=EmployeeFactory())
        notice = sent(
            client_as("MKTG"),
            kind=SourceKind.NOTICE,
            product_id=product.pk,
            effective_at=now,
            facts={"name": "x"},
        )
        SourceItem.objects.filter(pk=notice.pk).update(
            mismatch_since=now,
            mismatch=[{"listing": 1, "label": "a · b", "field": "title", "wanted": "x", "found": "y"}],
        )

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(f"catalog:{name}")).status_code == 200
        return len(asked)

    def cost() -> int:
        # Now and then a request also renews what holds for half a minute (rules) or a minute (the session): never three in a row.
        return min(queries() for _again in range(3))

    fill(1)
    one = cost()
    fill(2)
    fill(3)
    assert cost() == one


def test_item_that_is_published_through_its_package_is_read_so_by_its_sender(client_as: ClientAs) -> None:
    biz = client_as("BIZ")
    item = sent(biz)
    make_package(title="P", source_ids=[item.pk], actor=acting(client_as("PLAN").employee), now=timezone.now())
    assert SourceItem.objects.get().state == SourceState.IN_DRAFT
    page = biz.get(item.get_absolute_url()).content.decode()
    assert "in draft" in page
    assert reverse("catalog:package", args=[Package.objects.get().pk]) not in page
