"""The kind "catalog.listing" on its way through the kernel: checks, signatures, prices of the moment."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from approvals import services as approvals
from approvals.errors import NotReady
from approvals.models import ChangeRequest, RequestStage
from approvals.registries import approval_kinds
from approvals.states import DraftState
from catalog import services
from catalog.models import ListingRevision, PhotoRule, Price
from catalog.policies.fields import FIELDS, LISTING_KIND
from catalog.selectors.listings import field_name
from catalog.states import PhotoRole, PhotoState, RevisionOrigin
from tests.factories.listings import (
    WHEN,
    PhotoFactory,
    acting,
    complete_product,
    decide_everything,
    publish_revision,
    published_listing,
    submittable_listing,
)
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def _submit(revision, now):
    return services.submit_revision(revision_id=revision.pk, actor=acting(revision.author), now=now)


def _save(revision, now, **fields):
    return services.save_revision(
        revision_id=revision.pk, fields=fields, version=revision.version, actor=acting(revision.author), now=now
    )


def _warn(revision, now, **reasons):
    return services.save_revision(
        revision_id=revision.pk,
        fields={},
        version=revision.version,
        actor=acting(revision.author),
        now=now,
        warned=reasons,
    )


def _refused(revision, now) -> dict[str, str]:
    with pytest.raises(NotReady) as refusal:
        _submit(revision, now)
    assert ListingRevision.objects.get(pk=revision.pk).state == DraftState.DRAFT
    return {one.field: one.code for one in refusal.value.findings}


def test_every_field_belongs_to_exactly_one_department():
    sections = approval_kinds.get(LISTING_KIND).sections
    signed = [name for section in sections for name in section.fields]
    assert sorted(signed) == sorted(field.code for field in FIELDS)
    assert {section.code: section.role for section in sections} == {
        "facts": "OPS", "price": "FIN", "service": "CS", "pictures": "ART",
    }  # fmt: skip


def test_four_departments_sign_and_changing_the_service_text_drops_that_signature_only(now):
    draft = submittable_listing()
    request = _submit(draft, now)
    assert set(request.stages.filter(mode="sign").values_list("role", flat=True)) == {"OPS", "FIN", "CS", "ART"}
    for stage in RequestStage.objects.filter(request=request, mode="sign"):
        signer = acting(EmployeeFactory(roles=[stage.role], shops=[draft.listing.shop]))
        approvals.sign(
            request_id=request.pk, section=stage.code, content_hash=request.content_hash, actor=signer, now=now
        )
    draft.refresh_from_db()
    again = _submit(_save(draft, now, service_text="Ships within two days."), now)
    waiting = again.stages.filter(mode="sign").exclude(state="done").values_list("code", flat=True)
    assert list(waiting) == ["service"]


def test_missing_picture_roles_of_the_platform_stop_a_submission(now):
    draft = submittable_listing(product=complete_product("Cup", ("A",)))
    PhotoRule.objects.create(platform=draft.listing.shop.platform, role=PhotoRole.DETAIL, min_count=2)
    PhotoRule.objects.create(role=PhotoRole.MAIN, min_count=1)
    assert _refused(draft, now) == {"photos.detail": "missing"}


def test_a_picture_that_was_retired_meanwhile_stops_a_submission(now):
    draft = submittable_listing()
    product = draft.listing.product
    extra = PhotoFactory(product=product)
    first = product.photos.order_by("pk").first()
    draft = _save(draft, now, photos=[extra.pk, first.pk])
    extra.state = PhotoState.RETIRED
    extra.save()
    assert _refused(draft, now) == {f"photos.{extra.pk}": "picture_not_approved"}


def test_a_former_price_needs_its_history(now):
    draft = submittable_listing(product=complete_product("Cup", ("A",)))
    draft = _save(draft, now, was_prices={"A": "15.00"})
    assert _refused(draft, now) == {"was_prices.A": "was_price_unproven"}
    variant = draft.listing.product.variants.get()
    facts = {"variant": variant, "amount": Decimal(15), "created_at": WHEN}
    Price.objects.create(starts_at=now - 10 * DAY, ends_at=now - 2 * DAY, **facts)
    assert _submit(draft, now).state == "in_review"


def test_a_title_like_another_one_in_the_shop_needs_a_reason(now):
    shop = ShopFactory()
    published_listing(shop=shop, product=complete_product("Stainless steel cup 316 for tea"))
    draft = submittable_listing(shop=shop, product=complete_product("Stainless steel cup 316 for teas"))
    elsewhere = submittable_listing(product=complete_product("Stainless steel cup 316 for teas"))
    assert _refused(draft, now) == {"title": "title_like_another"}
    draft.refresh_from_db()
    request = _submit(_warn(draft, now, title_like_another="one is the set"), now)
    assert [(one["code"], one["severity"]) for one in request.findings] == [("title_like_another", "info")]
    assert _submit(elsewhere, now).findings == []


def test_a_refresh_that_renews_neither_title_nor_copy_needs_a_reason(now):
    listing = published_listing()
    person = EmployeeFactory(roles=["OPS"])
    draft = services.begin_revision(listing_id=listing.pk, actor=acting(person), now=now, origin=RevisionOrigin.REFRESH)
    draft = _save(draft, now, brief="Keeps tea warm for a whole day.")
    assert _refused(draft, now) == {"title": "title_like_last"}
    assert _submit(_save(draft, now, slogan="Warm all night, light in the bag"), now).findings == []
    by_hand = services.begin_revision(listing_id=listing.pk, actor=acting(person), now=now)
    assert _submit(_save(by_hand, now, brief="Keeps tea warm through the night."), now).findings == []


def test_a_price_that_begins_between_approval_and_publication_stops_it(now):
    draft = submittable_listing(product=complete_product("Cup", ("A",)))
    variant = draft.listing.product.variants.get()
    services.set_prices(
        changes=[services.PriceChange(variant.pk, None, Decimal(12), now + timedelta(hours=2), reason="spring")],
        actor=acting(EmployeeFactory()),
        now=now,
    )
    request = _submit(draft, now)
    assert request.fields["prices"] == {"A": "10.00"}
    request = decide_everything(request, now=now + timedelta(hours=3))
    assert request.state == "approved" and "12.00" in request.problem
    draft.listing.refresh_from_db()
    assert draft.listing.state == "preparing"


def test_a_publication_that_is_planned_shows_the_prices_of_its_time(now):
    draft = submittable_listing(product=complete_product("Cup", ("A",)))
    variant = draft.listing.product.variants.get()
    person = acting(draft.author)
    services.set_prices(
        changes=[services.PriceChange(variant.pk, None, Decimal(12), now + DAY, reason="spring")], actor=person, now=now
    )
    services.schedule_revision(revision_id=draft.pk, publish_at=now + DAY, actor=person, now=now)
    request = _submit(ListingRevision.objects.get(pk=draft.pk), now)
    assert request.fields["prices"] == {"A": "12.00"}
    decide_everything(request, now=now + timedelta(hours=1))
    approvals.publish_due(now=now + DAY)
    assert ChangeRequest.objects.get(pk=request.pk).state == "published"


def test_a_price_of_the_draft_becomes_the_shops_price_when_it_is_published(now):
    listing = published_listing(product=complete_product("Cup", ("A", "B")))
    person = EmployeeFactory(roles=["OPS"])
    draft = services.begin_revision(listing_id=listing.pk, actor=acting(person), now=now)
    publish_revision(_save(draft, now, prices={"A": "12.00"}), now=now)
    row = Price.objects.get()
    assert (row.variant.sku, row.shop_id, str(row.amount), row.ends_at) == ("A", listing.shop_id, "12.00", None)
    assert row.variant.price == Decimal("10.00")


def test_the_texts_of_pictures_are_looked_at_too(now):
    draft = submittable_listing()
    photo = draft.listing.product.photos.get()
    kind = approval_kinds.get(LISTING_KIND)
    texts = kind.checked_texts(kind.read(draft.pk))
    assert texts[f"photos.{photo.pk}.alt"] == photo.alt
    assert texts[f"photos.{photo.pk}.file_name"] == photo.file_name


@pytest.mark.parametrize(
    ("path", "name"),
    [("title", "title"), ("blocks.intro", "description: Product"), ("prices.A-1", "price A-1"), ("odd", "odd")],
)
def test_a_field_has_a_name(path, name):
    complete_product()
    assert field_name(path) == name
