"""The product master in the admin, the import of shops' codes, state and price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from approvals.models import Job, TrailEntry
from approvals.services import run_jobs
from catalog import selectors, services
from catalog.errors import NegativePrice, NothingToSell, ReasonMissing
from catalog.models import AttributeDefinition, DescriptionBlock, Listing, PhotoRule, Product, SellerCode, Variant
from catalog.services.bulk_jobs import MEASURE
from catalog.services.following import refresh_completeness
from catalog.states import PRODUCT_TRANSITIONS, ProductState
from config.kit.errors import TransitionNotAllowed
from tests.factories.catalog import CategoryFactory, ProductFactory, SellerCodeFactory, VariantFactory
from tests.factories.listings import ListingFactory, complete_product
from tests.factories.stores import ShopFactory


@pytest.mark.parametrize("name", ["category", "product", "variant", "sellercode"])
def test_operations_open_every_list_and_form_of_the_catalogue(client_as, name):
    client = client_as("OPS")
    SellerCodeFactory()
    assert client.get(reverse(f"admin:catalog_{name}_changelist"), {"q": "x"}).status_code == 200
    assert client.get(reverse(f"admin:catalog_{name}_add")).status_code == 200


def test_a_product_entered_with_a_variant_is_a_draft_and_can_be_found(client_as):
    data = {"name": "保温水杯", "category": CategoryFactory().pk, "change_reason": "new line"}
    data |= {"variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "0", "variants-0-sku": "CUP-1"}
    data |= {"variants-0-price": "29.90", "variants-0-weight_grams": "300", "variants-0-is_stocked": "on"}
    response = client_as("OPS").post(reverse("admin:catalog_product_add"), data)
    assert response.status_code == 302
    product = Product.objects.get()
    assert (product.state, product.variants.get().price) == (ProductState.DRAFT, Decimal("29.90"))
    assert list(selectors.products_matching(Product.objects.all(), "水杯")) == [product]
    assert list(selectors.products_matching(Product.objects.all(), "cup")) == [product]


def test_state_price_and_sku_are_no_fields_of_the_admin(client_as):
    variant = VariantFactory(price=Decimal("10.00"), sku="CUP")
    data = {"name": "red", "barcode": "", "price": "1.00", "sku": "OTHER", "weight_grams": "5", "is_stocked": "on"}
    client_as("OPS").post(reverse("admin:catalog_variant_change", args=[variant.pk]), {**data, "change_reason": "x"})
    variant.refresh_from_db()
    assert (variant.name, variant.sku, variant.price) == ("red", "CUP", Decimal("10.00"))


def test_changing_a_barcode_changes_what_is_found(client_as):
    variant = VariantFactory()
    data = {"name": "", "barcode": "69012345", "weight_grams": "5", "is_stocked": "on", "change_reason": "label"}
    client_as("OPS").post(reverse("admin:catalog_variant_change", args=[variant.pk]), data)
    assert list(selectors.products_matching(Product.objects.all(), "2345")) == [variant.product]


def import_codes(client, text):
    upload = SimpleUploadedFile("codes.csv", text.encode(), content_type="text/csv")
    preview = client.post(reverse("admin:catalog_sellercode_import"), {"import_file": upload, "format": "0"})
    return preview, preview.context.get("confirm_form")


def test_an_import_of_codes_is_tried_first_and_goes_through_the_service(client_as):
    shop, cup, mug = ShopFactory(code="tb"), VariantFactory(sku="CUP"), VariantFactory(sku="MUG")
    SellerCodeFactory(shop=shop, code="B", variant=cup)
    client = client_as("OPS")
    preview, confirm = import_codes(client, "shop,code,sku\ntb,A,CUP\ntb,B,MUG\n")
    assert not preview.context["result"].has_errors()
    assert SellerCode.objects.count() == 1
    assert TrailEntry.objects.count() == 0
    client.post(reverse("admin:catalog_sellercode_process_import"), confirm.initial)
    assert dict(SellerCode.objects.values_list("code", "variant_id")) == {"A": cup.pk, "B": mug.pk}
    assert list(TrailEntry.objects.order_by("pk").values_list("action", "changes")) == [
        ("catalog.code_mapped", {"variant": [None, "CUP"]}),
        ("catalog.code_mapped", {"variant": ["CUP", "MUG"]}),
    ]


def test_an_import_with_an_unknown_sku_offers_no_confirmation(client_as):
    ShopFactory(code="tb"), VariantFactory(sku="CUP")
    preview, confirm = import_codes(client_as("OPS"), "shop,code,sku\ntb,A,CUP\ntb,B,NOPE\n")
    assert preview.context["result"].has_errors() or preview.context["result"].has_validation_errors()
    assert confirm is None
    assert SellerCode.objects.count() == 0


def test_a_code_mapped_again_means_the_new_variant_and_moves_in_the_search(db, actor, now):
    shop, old, new = ShopFactory(), VariantFactory(), VariantFactory()
    facts = {"shop_id": shop.pk, "code": "THEIRS-9", "actor": actor, "now": now}
    services.map_seller_code(**facts, variant_id=old.pk)
    services.map_seller_code(**facts, variant_id=new.pk)
    services.map_seller_code(**facts, variant_id=new.pk)
    assert list(SellerCode.objects.values_list("variant_id", flat=True)) == [new.pk]
    assert TrailEntry.objects.count() == 2
    assert list(selectors.products_matching(Product.objects.all(), "theirs-9")) == [new.product]


@pytest.mark.parametrize("source", list(ProductState))
@pytest.mark.parametrize("target", list(ProductState))
def test_a_product_moves_along_the_table_only(db, actor, now, source, target):
    product = VariantFactory(product=ProductFactory(state=source)).product
    move = lambda: services.change_product_state(  # noqa: E731
        product_id=product.pk, state=target, actor=actor, reason="why", now=now
    )
    if target in PRODUCT_TRANSITIONS[source]:
        assert move().state == target
    else:
        with pytest.raises(TransitionNotAllowed):
            move()
    product.refresh_from_db()
    assert product.state == (target if target in PRODUCT_TRANSITIONS[source] else source)


def test_a_product_without_variants_does_not_go_on_sale(db, actor, now):
    product = ProductFactory(state=ProductState.DRAFT)
    with pytest.raises(NothingToSell):
        services.change_product_state(
            product_id=product.pk, state=ProductState.ACTIVE, actor=actor, reason="why", now=now
        )
    product.refresh_from_db()
    assert product.state == ProductState.DRAFT


@pytest.mark.parametrize(("price", "reason", "error"), [("-0.01", "x", NegativePrice), ("5", " ", ReasonMissing)])
def test_a_price_that_is_refused_changes_nothing(db, actor, now, price, reason, error):
    variant = VariantFactory(price=Decimal("10.00"))
    with pytest.raises(error):
        services.set_price(variant_id=variant.pk, amount=Decimal(price), actor=actor, reason=reason, now=now)
    assert Variant.objects.get().price == Decimal("10.00")
    assert TrailEntry.objects.count() == 0


def test_the_state_form_offers_the_ways_on(client_as):
    product = VariantFactory(product=ProductFactory(state=ProductState.DRAFT)).product
    address = reverse("catalog:product_state", args=[product.pk])
    response = client_as("OPS").get(address)
    assert [value for value, _label in response.context["form"].fields["state"].choices] == ["active", "archived"]
    assert client_as("OPS").post(address, {"state": "draft", "reason": "x"}).status_code == 422
    assert client_as("OPS").post(address, {"state": "active", "reason": "x"}).status_code == 303


def test_pictures_are_for_people_who_are_signed_in(client_as, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    variant = VariantFactory()
    variant.picture.save("cup.png", SimpleUploadedFile("cup.png", b"\x89PNG\r\n\x1a\n"))
    address = reverse("catalog:variant_picture", args=[variant.pk])
    response = client_as("WH").get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    assert client.get(address).status_code == 302
    assert client_as("WH").get(reverse("catalog:variant_picture", args=[VariantFactory().pk])).status_code == 404


def test_another_demand_measures_listings_and_pictures_anew(client_as):
    top, below, beside = CategoryFactory(code="cups"), CategoryFactory(code="mugs"), CategoryFactory(code="hats")
    below.parent = top
    below.save(update_fields=["parent"])
    ours, other = (
        ListingFactory(product=complete_product(category=category), title="") for category in (below, beside)
    )
    refresh_completeness(listing_ids=[ours.pk, other.pk])
    data = {"category": top.pk, "code": "volume", "name": "Volume", "kind": "number", "is_required": "on"}
    response = client_as("OPS").post(
        reverse("admin:catalog_attributedefinition_add"), {**data, "position": "1", "change_reason": "asked for"}
    )
    assert response.status_code == 302
    run_jobs()
    shown = dict(Listing.objects.values_list("pk", "completeness"))
    assert shown[ours.pk] < 100 and shown[other.pk] == 100


def test_a_rule_that_goes_is_told_with_its_reason_and_measured_anew(client_as):
    rule = PhotoRule.objects.create(role="main", min_count=9)
    client = client_as("OPS")
    address = reverse("admin:catalog_photorule_delete", args=[rule.pk])
    client.post(address, {"post": "yes"})
    assert PhotoRule.objects.exists()
    client.post(address, {"post": "yes", "change_reason": "nobody asks for it"})
    assert not PhotoRule.objects.exists()
    assert TrailEntry.objects.filter(action="backoffice.deleted", reason="nobody asks for it").count() == 1
    assert Job.objects.get().kind == MEASURE


@pytest.mark.parametrize("name", ["attributedefinition", "descriptionblock"])
def test_what_contents_are_stored_under_stays(client_as, name):
    response = client_as("OPS").get(reverse(f"admin:catalog_{name}_add"))
    assert 'name="code"' in response.text
    model = {"attributedefinition": AttributeDefinition, "descriptionblock": DescriptionBlock}[name]
    facts = {"category": CategoryFactory()} if name == "attributedefinition" else {}
    row = model.objects.create(code="colour", name="Colour", **facts)
    text = client_as("OPS").get(reverse(f"admin:catalog_{name}_change", args=[row.pk])).text
    assert 'name="code"' not in text and 'name="name"' in text


def test_a_branch_belongs_to_a_main_shop_and_to_no_branch(client_as):
    main, branch, third = ShopFactory(code="main"), ShopFactory(code="branch"), ShopFactory(code="third")
    client = client_as("OPS")

    def put(shop, under):
        page = client.get(reverse("admin:stores_shop_change", args=[shop.pk]))
        data = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
        data |= {"main_shop": under.pk, "change_reason": "as opened"}
        client.post(reverse("admin:stores_shop_change", args=[shop.pk]), data)
        shop.refresh_from_db()
        return shop.main_shop

    assert put(branch, main) == main
    assert put(third, branch) is None
    assert put(main, main) is None
    assert put(main, third) is None
