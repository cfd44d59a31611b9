"""Proofs of claims: attached from the editor of a listing or a page, read by who decides (SEC-4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from approvals import services
from approvals.models import ChangeRequest, Proof, TrailEntry
from approvals.states import DraftState
from catalog.models import ListingRevision
from tests.conftest import RoleClient
from tests.factories.listings import submittable_listing
from tests.factories.pages import a_page, drafted, text
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]
CLAIM = "全网最低价"
FORBIDDEN = "国家级"


@pytest.fixture
def ops(client_as: ClientAs) -> RoleClient:
    services.sync_kinds()
    return client_as("OPS")


@pytest.fixture
def draft(ops: RoleClient) -> ListingRevision:
    """A draft that lacks nothing but the proof of its slogan."""
    return claiming(ops, CLAIM)


def claiming(client: RoleClient, words: str) -> ListingRevision:
    revision = submittable_listing(author=client.employee, now=timezone.now())
    data = {"version": revision.version, "slogan": f"Warm all day, {words}"}
    assert client.post(reverse("catalog:revision_save", args=[revision.pk]), data).status_code == 302
    revision.refresh_from_db()
    return revision


def address(revision: ListingRevision) -> str:
    return reverse("catalog:revision_proof", args=[revision.pk])


def submitted(client: RoleClient, revision: ListingRevision) -> Any:
    return client.post(reverse("catalog:revision_submit", args=[revision.pk]), {})


def sent(rule: str = "lowest", **more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("prices.txt", b"1 January: 99.00, 1 February: 95.00")
    return {"rule_code": rule, "title": "Price history", "file": file} | more


def attach(client: RoleClient, revision: ListingRevision) -> None:
    """Every claim that the draft makes."""
    for code in client.get(address(revision)).context["form"]["rule_code"].field.choices:
        assert client.post(address(revision), sent(code[0])).status_code == 303


def test_a_claim_is_proven_from_the_refusal_and_goes_through(ops: RoleClient, draft: ListingRevision) -> None:
    refused = submitted(ops, draft)
    assert refused.status_code == 422 and ChangeRequest.objects.count() == 0
    html = refused.content.decode()
    assert "needs proof" in html and f"{address(draft)}?rule=lowest" in html
    form = ops.get(f"{address(draft)}?rule=lowest").context["form"]
    assert form["rule_code"].value() == "lowest"
    answer = ops.post(address(draft), sent("lowest"))
    assert (answer.status_code, answer.url) == (303, draft.get_absolute_url())
    attach(ops, draft)
    editor = ops.get(draft.get_absolute_url())
    html = editor.content.decode()
    assert "Attach proof" not in html
    assert "is proven (Claims that need proof): Price history (prices.txt)" in html
    assert json.loads(editor.context["proven"])["lowest"] == "Price history (prices.txt)"
    assert submitted(ops, draft).status_code == 302
    draft.refresh_from_db()
    assert draft.state == DraftState.IN_REVIEW
    kept = Proof.objects.filter(rule_code="lowest").latest("pk")
    assert (kept.subject_type, kept.subject_id, kept.added_by) == ("catalog.listing", draft.listing_id, ops.employee)
    assert TrailEntry.objects.filter(action="requests.proof_added", subject_id=draft.listing_id).exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"file": SimpleUploadedFile("prices.pdf", b"MZ\x90\x00 a program")}, "file"),
        ({"file": SimpleUploadedFile("prices.html", b"<script>alert(1)</script>")}, "file"),
        ({"title": " "}, "title"),
        ({"rule_code": "national-level"}, "rule_code"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
    ],
)
def test_what_proves_nothing_is_not_kept(
    ops: RoleClient, draft: ListingRevision, data: dict[str, Any], field: str
) -> None:
    answer = ops.post(address(draft), sent(**data))
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert Proof.objects.count() == 0
    assert submitted(ops, draft).status_code == 422


def test_a_proof_that_ran_out_proves_nothing_any_more(ops: RoleClient, draft: ListingRevision) -> None:
    attach(ops, draft)
    Proof.objects.update(valid_until=timezone.now().date() - timedelta(days=1))
    answer = submitted(ops, draft)
    assert answer.status_code == 422 and "needs proof" in answer.content.decode()


def test_what_the_law_forbids_cannot_be_proven(ops: RoleClient) -> None:
    draft = claiming(ops, FORBIDDEN)
    refused = submitted(ops, draft)
    html = refused.content.decode()
    assert refused.status_code == 422 and "forbidden" in html
    assert "needs proof" not in html and "Attach proof" not in html
    assert "claims nothing that needs proof" in ops.get(address(draft)).content.decode()
    assert ops.post(address(draft), sent("national-level")).status_code == 422
    assert Proof.objects.count() == 0


def test_only_who_may_edit_the_draft_attaches(client_as: ClientAs, draft: ListingRevision) -> None:
    elsewhere = client_as("CS", shops=[ShopFactory()])
    here = client_as("CS", shops=[draft.listing.shop])
    for client in (elsewhere, here):
        assert client.get(address(draft)).status_code == 403
        assert client.post(address(draft), sent()).status_code == 403
    author = client_as("OPS")
    assert author.get(reverse("catalog:revision_proof", args=[draft.pk + 1000])).status_code == 404
    assert Proof.objects.count() == 0


def test_a_stranger_to_the_shop_finds_no_draft(client_as: ClientAs, draft: ListingRevision) -> None:
    stranger = client_as("CS", shops=[ShopFactory()])
    right = Permission.objects.get(content_type__app_label="catalog", codename="edit_listing")
    stranger.employee.user_permissions.add(right)
    assert stranger.get(address(draft)).status_code == 404
    assert stranger.post(address(draft), sent()).status_code == 404
    assert Proof.objects.count() == 0


def test_who_decides_downloads_the_proof(ops: RoleClient, client_as: ClientAs, draft: ListingRevision) -> None:
    attach(ops, draft)
    submitted(ops, draft)
    change = ChangeRequest.objects.get()
    proof = Proof.objects.earliest("pk")
    file = reverse("approvals:request_proof", args=[change.pk, proof.pk])
    decider = client_as("PLAN")
    assert file in decider.get(change.get_absolute_url()).content.decode()
    answer = decider.get(file)
    assert answer.getvalue() == b"1 January: 99.00, 1 February: 95.00"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    stranger = client_as("CS", shops=[ShopFactory()])
    assert stranger.get(file).status_code == 404
    other = Proof.objects.create(
        subject_type="catalog.listing",
        subject_id=draft.listing_id + 1,
        title="Another's",
        file=proof.file.name,
        file_name="a.txt",
        sha256="0",
        added_by=ops.employee,
        added_at=timezone.now(),
    )
    assert decider.get(reverse("approvals:request_proof", args=[change.pk, other.pk])).status_code == 404


def test_a_shop_page_proves_its_claims_the_same_way(client_as: ClientAs) -> None:
    client, now = client_as("PLAN"), timezone.now()
    page = drafted(a_page(ShopFactory(), now=now), [text(words=f"<p>{CLAIM}</p>")], now=now)
    editor = client.get(page.get_absolute_url()).content.decode()
    form = reverse("stores:page_revision_proof", args=[page.pk])
    assert f"{form}?rule=lowest" in editor
    assert client.post(form, sent("lowest")).status_code == 303
    kept = Proof.objects.get()
    assert (kept.subject_type, kept.subject_id) == ("stores.page", page.page_id)
    assert f'{form}?rule=lowest"' not in client.get(page.get_absolute_url()).content.decode()


def test_typing_knows_what_is_proven(ops: RoleClient) -> None:
    def severities(proven: str) -> set[str]:
        data = {"kind": "catalog.listing", "text.title": "销量冠军 warm cup", "proven": proven}
        found = ops.post(reverse("approvals:check_texts"), data).json()["fields"]["title"]["findings"]
        return {one["severity"] for one in found if one["code"] == "sales-champion"}

    assert severities("") == {"proof"}
    assert severities(json.dumps({"sales-champion": "report.pdf"})) == {"info"}
    assert severities("[") == severities('["sales-champion"]') == {"proof"}
