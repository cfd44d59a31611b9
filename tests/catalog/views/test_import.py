"""Tables of listings: out, changed, tried, back in as one package; nothing of it is ever published."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from approvals.models import Job, Snapshot
from approvals.services import run_jobs
from approvals.states import DraftState, JobState
from catalog import jobs
from catalog.models import AttributeDefinition, Listing, Package
from catalog.states import AttributeKind, RevisionOrigin
from tests.conftest import RoleClient
from tests.factories.catalog import CategoryFactory
from tests.factories.listings import complete_product, published_listing
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]


@pytest.fixture
def plan(client_as: ClientAs) -> RoleClient:
    return client_as("PLAN")


def exported(client: RoleClient, query: str = "") -> list[dict[str, str]]:
    response = client.get(reverse("catalog:listing_export"), {"query": query, "export": "csv"})
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def tried(client: RoleClient, rows: list[dict[str, str]], encoding: str = "utf-8", **facts: object) -> Job:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return tried_bytes(client, text.getvalue().encode(encoding), "table.csv", **facts)


def tried_bytes(client: RoleClient, raw: bytes, name: str, **facts: object) -> Job:
    response = client.post(reverse("catalog:listing_import"), {"file": SimpleUploadedFile(name, raw), **facts})
    assert response.status_code == 303, response.context["form"].errors
    run_jobs()
    return Job.objects.latest("pk")


def head(job: Job) -> dict[str, object]:
    assert job.state == JobState.DONE, job.error
    facts: dict[str, object] = job.results[0]["facts"]
    return facts


def rich_listing(**facts: object) -> Listing:
    category = CategoryFactory(code="cups")
    AttributeDefinition.objects.create(category=category, code="lid", name="有盖", kind=AttributeKind.BOOLEAN)
    AttributeDefinition.objects.create(category=category, code="volume", name="容量", kind=AttributeKind.NUMBER)
    product = complete_product(
        category=category,
        attributes={"lid": True, "volume": "350"},
        brief="- keeps warm\n- one hand\n\n=SUM is no formula here",
    )
    return published_listing(product=product, **facts)


def test_what_goes_out_comes_back_without_a_change(plan: RoleClient) -> None:
    rich_listing()
    rows = exported(plan)
    assert len(rows) == 2 and rows[0]["有盖"] == "yes" and rows[0]["Product"].startswith("Words about")
    facts = head(tried(plan, rows))
    expected = {"rows": 2, "recognised": 2, "changes": 0, "refused": 0, "unknown": []}
    assert {name: facts[name] for name in expected} == expected


def test_exactly_what_is_filtered_goes_out(plan: RoleClient) -> None:
    ours = published_listing()
    published_listing(shop=ShopFactory(code="elsewhere"))
    assert {row["shop"] for row in exported(plan, f"shop={ours.shop_id}")} == {ours.shop.code}
    assert len(exported(plan)) == 4


def test_a_chinese_table_becomes_one_package_and_publishes_nothing(plan: RoleClient) -> None:
    listing = rich_listing()
    first, second = sorted(listing.product.variants.values_list("sku", flat=True))
    snapshots = Snapshot.objects.count()
    rows = [
        {
            "标题": "保温杯 大容量",
            "商家编码": first,
            "店铺": listing.shop.name,
            "价格": "12.5",
            "容量": "500",
            "备注": "?",
        },
        {"标题": "", "商家编码": second, "店铺": listing.shop.code, "价格": "", "容量": "", "备注": ""},
    ]
    job = tried(plan, rows, "gb18030")
    assert (head(job)["changes"], head(job)["unknown"]) == (3, ["备注"])
    address = reverse("catalog:bulk_job", args=[job.pk])
    assert "备注" in plan.get(address).content.decode()
    assert not Package.objects.exists()
    response = plan.post(reverse("catalog:bulk_job_apply", args=[job.pk]), {"title": "From the table"})
    run_jobs()
    package = Package.objects.get()
    assert package.get_absolute_url() in plan.get(response.url).content.decode()
    draft = package.revisions.get()
    assert (draft.state, draft.origin) == (DraftState.DRAFT, RevisionOrigin.IMPORT)
    assert draft.overrides == {"title": "保温杯 大容量", "prices": {first: "12.50"}, "attributes": {"volume": "500"}}
    assert Snapshot.objects.count() == snapshots
    assert job.params["sha256"] in package.note


def test_errors_are_told_by_row_and_column_and_stop_the_whole_table(plan: RoleClient) -> None:
    listing = rich_listing()
    sku, other = sorted(listing.product.variants.values_list("sku", flat=True))
    rows = [
        {"SKU": sku, "shop": listing.shop.code, "price": "cheap", "title": "one"},
        {"SKU": other, "shop": listing.shop.code, "price": "11", "title": "two"},
        {"SKU": "NOPE", "shop": listing.shop.code, "price": "11", "title": ""},
        {"SKU": sku, "shop": "nowhere", "price": "11", "title": ""},
    ]
    job = tried(plan, rows)
    told = {(line["label"], line["column"]) for line in job.results if line["pk"] == jobs.REFUSED}
    assert told == {("row 2", "price"), ("row 3", "title"), ("row 4", "SKU"), ("row 5", "shop")}
    plan.post(reverse("catalog:bulk_job_apply", args=[job.pk]), {"title": "Anyway"})
    run_jobs()
    assert not Package.objects.exists()


def test_a_file_holds_amounts_and_no_formulas(plan: RoleClient) -> None:
    listing = rich_listing()
    sku = min(listing.product.variants.values_list("sku", flat=True))
    for typed in ("-5", "=x*0.9", "+10%"):
        job = tried(plan, [{"SKU": sku, "shop": listing.shop.code, "price": typed}])
        told = [(line["label"], line["column"]) for line in job.results if line["pk"] == jobs.REFUSED]
        assert told == [("row 2", "price")], typed


def test_listings_that_changed_since_the_dry_run_stop_the_package(plan: RoleClient) -> None:
    listing = published_listing()
    sku = sorted(listing.product.variants.values_list("sku", flat=True))[0]
    job = tried(plan, [{"SKU": sku, "shop": listing.shop.code, "slogan": "Warm"}])
    listing.product.slogan = "Something else"
    listing.product.save(update_fields=["slogan"])
    plan.post(reverse("catalog:bulk_job_apply", args=[job.pk]), {"title": "Late"})
    run_jobs()
    assert Job.objects.latest("pk").state == JobState.FAILED
    assert not Package.objects.exists()


def test_a_shop_that_is_not_yours_is_unknown_to_you(client_as: ClientAs) -> None:
    mine, listing = ShopFactory(code="mine"), published_listing(shop=ShopFactory(code="theirs"))
    someone = client_as("PLAN", shops=[mine])
    assert someone.employee.has_perm("stores.see_all_shops")  # PLAN sees every shop; the rows stand on visible_to
    sku = listing.product.variants.first().sku
    job = tried(someone, [{"SKU": sku, "slogan": "Warm"}], shop=mine.pk)
    assert [line["column"] for line in job.results if line["pk"] == jobs.REFUSED] == ["SKU"]


def test_a_file_that_is_no_table_is_refused_at_once(plan: RoleClient) -> None:
    for name, raw in (("a.pdf", b"%PDF-1.7\n%%EOF"), ("a.xlsx", b"PK\x03\x04nothing"), ("a.csv", b"PK\x03\x04")):
        response = plan.post(reverse("catalog:listing_import"), {"file": SimpleUploadedFile(name, raw)})
        assert response.status_code == 422
    assert not Job.objects.exists()


def test_a_table_without_sku_fails_in_words(plan: RoleClient) -> None:
    job = tried_bytes(plan, "标题,店铺\nx,y\n".encode(), "table.csv")
    assert job.state == JobState.FAILED and "SKU" in job.error


def test_a_dry_run_is_shown_to_its_owner_only(plan: RoleClient, client_as: ClientAs) -> None:
    listing = published_listing()
    job = tried(plan, [{"SKU": listing.product.variants.first().sku, "shop": listing.shop.code, "slogan": "Warm"}])
    assert client_as("OPS").get(reverse("catalog:bulk_job", args=[job.pk])).status_code == 404
