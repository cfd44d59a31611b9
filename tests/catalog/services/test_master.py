"""One change of the master reaches every shop that has nothing of its own."""

from __future__ import annotations

import pytest

from approvals.models import TrailEntry
from approvals.states import DraftState
from catalog import services
from catalog.errors import BarcodeTaken, HiddenCharacters, UnknownContentField, UnknownPart, ValueRefused
from catalog.models import AttributeDefinition, Listing, ListingRevision, Product
from catalog.selectors.contents import content_of
from catalog.states import AttributeKind, RevisionOrigin
from tests.factories.catalog import CategoryFactory, VariantFactory
from tests.factories.listings import (
    acting,
    complete_product,
    publish_revision,
    published_listing,
    submittable_listing,
)
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cup(db):
    return complete_product("Cup", ("A", "B"))


@pytest.fixture
def editor(db):
    return acting(EmployeeFactory(roles=["OPS"]))


def _change(product, editor, now, **fields):
    return services.change_master(product_id=product.pk, fields=fields, actor=editor, now=now)


def _drafts(**facts):
    return ListingRevision.objects.filter(origin=RevisionOrigin.MASTER, **facts)


def test_changing_weight_once_changes_it_in_every_shop_without_an_override(cup, editor, now):
    plain, overriding = published_listing(product=cup), submittable_listing(product=cup)
    services.save_revision(
        revision_id=overriding.pk, fields={"weight": {"A": 9}}, version=0, actor=acting(overriding.author), now=now
    )
    publish_revision(ListingRevision.objects.get(pk=overriding.pk), now=now)
    preparing = submittable_listing(product=cup)
    _change(cup, editor, now, weight={"A": 400})
    assert content_of(_drafts().get(listing=plain), at=now)["weight"] == {"A": 400, "B": 350}
    assert not _drafts(listing=overriding.listing_id).exists()
    assert content_of(preparing, at=now)["weight"] == {"A": 400, "B": 350}
    assert Listing.objects.get(pk=plain.pk).live.snapshot.fields["weight"] == {"A": 350, "B": 350}


def test_a_second_change_goes_into_the_same_draft_and_taking_it_back_discards_it(cup, editor, now):
    listing = published_listing(product=cup)
    _change(cup, editor, now, weight={"A": 400})
    _change(cup, editor, now, name="Bowl")
    assert content_of(_drafts().get(listing=listing), at=now)["title"] == "Bowl"
    _change(cup, editor, now, weight={"A": 350}, name="Cup")
    assert _drafts().get(listing=listing).state == DraftState.DISCARDED


def test_a_submitted_draft_that_says_something_else_now_goes_back(cup, editor, now):
    draft = submittable_listing(product=cup)
    request = services.submit_revision(revision_id=draft.pk, actor=acting(draft.author), now=now)
    _change(cup, editor, now, brief="Keeps tea warm through the night.")
    request.refresh_from_db()
    draft.refresh_from_db()
    assert (request.state, draft.state) == ("voided", DraftState.DRAFT)


def test_the_master_draft_goes_through_approval_like_any_other(cup, editor, now):
    listing = published_listing(product=cup)
    _change(cup, editor, now, weight={"A": 400})
    publish_revision(_drafts().get(listing=listing), now=now)
    assert Listing.objects.get(pk=listing.pk).live.snapshot.fields["weight"]["A"] == 400


def test_the_trail_holds_before_and_after(cup, editor, now):
    _change(cup, editor, now, name="Bowl", weight={"A": 400}, blocks={"intro": ""}, category="", customer_group=None)
    entry = TrailEntry.objects.get(action="catalog.master_changed")
    assert entry.changes == {
        "name": ["Cup", "Bowl"],
        "weight.A": [350, 400],
        "blocks.intro": ["Words about product.", ""],
        "category": ["home", ""],
        "customer_group": ["families", ""],
    }
    fresh = Product.objects.get(pk=cup.pk)
    assert "intro" not in fresh.blocks and fresh.category is None and "bowl" in fresh.search_tokens


def test_nothing_new_writes_nothing(cup, editor, now):
    _change(cup, editor, now, name=" Cup ", weight={"A": "350"})
    assert not TrailEntry.objects.filter(action="catalog.master_changed").exists()


def test_attributes_are_those_of_the_category_and_the_ones_above(cup, editor, now):
    cups = CategoryFactory(code="cups", parent=CategoryFactory(code="home"))
    AttributeDefinition.objects.create(category=cups.parent, code="material", name="Material")
    AttributeDefinition.objects.create(category=cups, code="volume", name="Volume", kind=AttributeKind.NUMBER)
    with pytest.raises(UnknownPart):
        _change(cup, editor, now, attributes={"volume": "450"})
    _change(cup, editor, now, category="cups", attributes={"volume": "450", "material": "steel"})
    assert Product.objects.get(pk=cup.pk).attributes == {"volume": "450", "material": "steel"}


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"price": "1"}, UnknownContentField),
        ({"title": "x"}, UnknownContentField),
        ({"weight": {"X": 1}}, UnknownPart),
        ({"name": "C\u200bup"}, HiddenCharacters),
        ({"name": ""}, ValueRefused),
        ({"variants": {"A": False}}, ValueRefused),
        ({"barcodes": {"A": "taken"}}, BarcodeTaken),
    ],
)
def test_nothing_is_changed_where_one_field_is_refused(cup, editor, now, fields, refusal):
    VariantFactory(barcode="taken")
    with pytest.raises(refusal):
        _change(cup, editor, now, brand="Other", **fields)
    assert Product.objects.get(pk=cup.pk).brand == "Zhanggui"


def test_completeness_follows_the_master(cup, editor, now):
    draft = submittable_listing(product=cup)
    assert Listing.objects.get(pk=draft.listing_id).completeness == 100
    _change(cup, editor, now, slogan="")
    listing = Listing.objects.get(pk=draft.listing_id)
    assert listing.completeness < 100 and [one["field"] for one in listing.missing] == ["slogan"]


def test_many_shops_cost_as_many_queries_as_one(editor, now, django_assert_max_num_queries):
    def cost(shops: int) -> int:
        product = complete_product()
        for _n in range(shops):
            published_listing(product=product)
        with django_assert_max_num_queries(90) as queries:
            _change(product, editor, now, brand="Other")
        return len(queries)

    assert cost(1) == cost(3)
