"""The grid on the screen: shown, previewed, gone back to, made a package."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals.models import Job
from approvals.services import run_jobs
from approvals.states import DraftState
from catalog.models import Listing, ListingRevision, Package
from catalog.services.bulk_drafts import make_bulk_package
from catalog.states import PackageState, RevisionOrigin
from catalog.views import grid
from tests.conftest import RoleClient
from tests.factories.listings import acting, published_listing
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]


@pytest.fixture
def plan(client_as: ClientAs) -> RoleClient:
    return client_as("PLAN")


def sku_of(listing: Listing) -> str:
    return str(listing.product.variants.order_by("sku").first().sku)


def posted(listing: Listing, new: str, was: str = "10.00") -> dict[str, str]:
    name = f"c.{listing.pk}.prices.{sku_of(listing)}"
    return {"mode": "prices", "ids": str(listing.pk), "shown": json.dumps({name: was}), name: new}


def test_grid_shows_the_listings_of_the_filter_as_inputs(plan: RoleClient) -> None:
    ours, other = published_listing(), published_listing(shop=ShopFactory(code="elsewhere"))
    text = plan.get(reverse("catalog:grid"), {"shop": ours.shop_id, "mode": "prices"}).content.decode()
    assert f'name="c.{ours.pk}.prices.{sku_of(ours)}" value="10.00"' in text
    assert f"c.{other.pk}." not in text
    by_id = plan.get(reverse("catalog:grid"), {"ids": other.pk}).content.decode()
    assert f'name="c.{other.pk}.title"' in by_id and f"c.{ours.pk}." not in by_id


def test_preview_saves_nothing_and_the_package_does(plan: RoleClient) -> None:
    listing = published_listing()
    response = plan.post(reverse("catalog:grid_preview"), posted(listing, "-10%"))
    assert response.status_code == 200
    assert "-10.0" in response.content.decode() and "9.00" in response.content.decode()
    assert not ListingRevision.objects.filter(state=DraftState.DRAFT).exists()
    made = plan.post(reverse("catalog:grid_apply"), {"token": response.context["token"], "title": "Cheaper"})
    package = Package.objects.get()
    assert (made.status_code, made.url, package.title) == (303, package.get_absolute_url(), "Cheaper")
    draft = package.revisions.get()
    assert (draft.state, draft.overrides) == (DraftState.DRAFT, {"prices": {sku_of(listing): "9.00"}})


def test_refused_cells_are_named_and_give_no_way_on(plan: RoleClient) -> None:
    listing = published_listing()
    response = plan.post(reverse("catalog:grid_preview"), posted(listing, "=x*"))
    assert (response.status_code, response.context["token"]) == (422, "")
    assert "=x*" in response.content.decode() and sku_of(listing) in response.content.decode()


def test_the_formula_of_the_column_leaves_typed_cells_alone(plan: RoleClient) -> None:
    listing = published_listing()
    first, second = sorted(listing.product.variants.values_list("sku", flat=True))
    data = posted(listing, "7.00")
    data["shown"] = json.dumps({f"c.{listing.pk}.prices.{sku}": "10.00" for sku in (first, second)})
    response = plan.post(reverse("catalog:grid_preview"), {**data, "formula": "=x*0.85", "ending": ".90"})
    told = {one.path: one.after for one in response.context["weighed"].changes}
    assert told == {f"prices.{first}": "7.00", f"prices.{second}": "8.90"}


def test_going_on_keeps_what_was_typed(plan: RoleClient) -> None:
    listing = published_listing()
    text = plan.post(reverse("catalog:grid_preview"), {**posted(listing, "=x*0.5"), "step": "edit"}).content.decode()
    assert f'name="c.{listing.pk}.prices.{sku_of(listing)}" value="=x*0.5"' in text
    assert 'data-was="10.00"' in text


def test_a_preview_belongs_to_the_person_who_saw_it(plan: RoleClient, client_as: ClientAs) -> None:
    listing = published_listing()
    token = plan.post(reverse("catalog:grid_preview"), posted(listing, "9")).context["token"]
    for stranger, given in ((client_as("OPS"), token), (plan, token[:-2] + "xx"), (plan, "")):
        response = stranger.post(reverse("catalog:grid_apply"), {"token": given, "title": "Mine"})
        assert response.url == reverse("catalog:grid")
    assert not Package.objects.exists()


def test_the_grid_is_for_those_who_make_packages(client_as: ClientAs) -> None:
    assert client_as("CS").get(reverse("catalog:grid")).status_code == 403


def test_many_listings_are_done_by_a_worker(plan: RoleClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "AT_ONCE", 0)
    listing = published_listing()
    token = plan.post(reverse("catalog:grid_preview"), posted(listing, "9")).context["token"]
    response = plan.post(reverse("catalog:grid_apply"), {"token": token, "title": "Large"})
    job = Job.objects.get()
    assert response.url == reverse("catalog:bulk_job", args=[job.pk])
    assert "every 2s" in plan.get(response.url).content.decode()
    assert not Package.objects.exists()
    run_jobs()
    package = Package.objects.get()
    assert package.get_absolute_url() in plan.get(response.url).content.decode()
    assert package.revisions.get().origin == RevisionOrigin.BULK


def test_a_package_of_the_grid_is_undone_with_a_reason(plan: RoleClient) -> None:
    listing = published_listing()
    package = make_bulk_package(
        entries={listing.pk: {"slogan": "Warm"}}, before={}, title="Spring", origin=RevisionOrigin.BULK,
        actor=acting(plan.employee), now=timezone.now(),
    )  # fmt: skip
    address = reverse("catalog:package_undo", args=[package.pk])
    assert address in plan.get(package.get_absolute_url()).content.decode()
    assert plan.post(address, {"reason": ""}).status_code == 422
    assert plan.post(address, {"reason": "wrong column"}).status_code == 303
    package.refresh_from_db()
    assert (package.state, package.revisions.get().state) == (PackageState.CLOSED, DraftState.DISCARDED)
