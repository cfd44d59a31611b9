"""Screens of shop pages, and the mall that everybody may open."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from approvals.models import ChangeRequest
from approvals.states import DraftState
from catalog.models import Listing, Photo, Rendition
from stores import services
from stores.models import Page, PagePicture, PageRevision
from stores.registries import PAGE_SOURCES
from stores.states import PageKind
from tests.factories.listings import complete_product, published_listing
from tests.factories.pages import (
    MAIN,
    a_page,
    a_picture,
    a_zone,
    drafted,
    live_layout,
    live_page,
    live_sign,
    promotion,
    staff,
    text,
    zone_page,
)
from tests.factories.stores import ShopFactory
from tests.support.pictures import photo, upload

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    """The mall reads the real clock."""
    return timezone.now()


def posted(draft: PageRevision, act: str, **more: object) -> dict[str, object]:
    """What the editor sends for a draft of text modules."""
    data: dict[str, object] = {
        "title": draft.title,
        "layout": draft.layout.code,
        "version": draft.version,
        "act": act,
        "module": [module["key"] for module in draft.modules],
    }
    for module in draft.modules:
        data[f"m.{module['key']}.kind"] = module["kind"]
        data[f"m.{module['key']}.region"] = module["region"]
        data.update({f"m.{module['key']}.{name}": value for name, value in module["data"].items()})
    return data | more


def status(client: object, url: str) -> int:
    """The answer's status; a file is read to its end, which closes it."""
    response = client.get(url)  # type: ignore[attr-defined]
    if response.streaming:
        assert b"".join(response.streaming_content)
    return int(response.status_code)


# --- the mall


def test_shoppers_see_the_live_page_with_sign_menu_and_hash(client, clock):
    shop = ShopFactory(language="en")
    live_sign(shop, now=clock)
    live_page(shop, now=clock, kind=PageKind.HOME, slug="home", title="Welcome")
    page = live_page(shop, now=clock, title="Our teas", modules=[text(words="<b>Green</b><script>x</script>")])
    response = client.get(reverse("stores:storefront_page", args=[shop.code, "tea"]))
    html = response.content.decode()
    assert response.status_code == 200
    assert f'content="{page.live.snapshot.content_hash}"' in html
    assert "<strong>Green</strong>" in html and "<script" not in html
    assert "Hill Tea" in html and ">Welcome</a>" in html and '<html lang="en">' in html
    assert client.get(reverse("stores:storefront", args=[shop.code])).status_code == 200
    assert "'none'" in response.headers["Content-Security-Policy"]


def test_nothing_but_live_pages_is_found(client, clock):
    shop = ShopFactory()
    drafted(a_page(shop, now=clock, slug="draft"), [text()], now=clock)
    down = live_page(shop, now=clock, slug="down")
    services.take_down_page(page_id=down.pk, reason="x", actor=staff("OPS"), now=clock)
    live_page(shop, now=clock, kind=PageKind.PROMOTION, slug="over", modules=[promotion()], ends_at=clock + HOUR)
    Page.objects.filter(slug="over").update(ends_at=None)  # the approved content decides, not the column
    library = zone_page(shop, "library", now=clock)
    closed = live_page(ShopFactory(is_active=False), now=clock)
    for code, slug in (
        (shop.code, "draft"), (shop.code, "down"), (shop.code, library.slug), (shop.code, "nothing"), (closed.shop.code, "tea"),
    ):  # fmt: skip
        assert client.get(reverse("stores:storefront_page", args=[code, slug])).status_code == 404, slug
    assert client.get(reverse("stores:storefront", args=[shop.code])).status_code == 404
    assert client.get(reverse("stores:storefront", args=["nowhere"])).status_code == 404


def test_a_draft_of_a_live_page_is_never_shown(client, clock):
    page = live_page(ShopFactory(), now=clock, title="Live")
    drafted(page, [text(words="Secret plan")], now=clock, title="Draft")
    html = client.get(reverse("stores:storefront_page", args=[page.shop.code, "tea"])).content.decode()
    assert "Live" in html and "Secret plan" not in html and "Draft" not in html


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_the_mall_costs_the_same_however_many_pages_and_slots(
    client, clock, count, django_assert_num_queries
):
    shop = ShopFactory()
    zone = a_zone(shop, now=clock, fallback=zone_page(shop, "always", now=clock))
    module = {"key": "zone", "kind": "zone", "region": "main", "data": {"zone": zone.code}}
    live_page(shop, now=clock, modules=[text(), module])
    for number in range(count):
        live_page(shop, now=clock, slug=f"other-{number}")
        page = zone_page(shop, f"sale-{number}", now=clock)
        start = clock + (number + 1) * HOUR
        services.book_zone(
            zone_id=zone.pk,
            page_id=page.pk,
            starts_at=start,
            ends_at=start + HOUR,
            reason="",
            actor=staff("MKTG"),
            now=clock,
        )
    with django_assert_num_queries(5):
        assert client.get(reverse("stores:storefront_page", args=[shop.code, "tea"])).status_code == 200


def test_pictures_are_public_only_while_something_live_shows_them(client, client_as, clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    shop = ShopFactory()
    shown, hidden = (
        services.add_page_picture(
            shop_id=shop.pk,
            file=io.BytesIO(photo(90, 60, seed=seed)),
            file_name="a.jpg",
            alt="",
            actor=staff("ART"),
            now=clock,
        )
        for seed in (1, 2)
    )
    module = {"key": "picture", "kind": "picture", "region": "main", "data": {"picture": shown.sha256, "alt": "Hill"}}
    page = live_page(shop, now=clock, modules=[module])
    public = [reverse("stores:storefront_picture", args=[shop.code, one.sha256]) for one in (shown, hidden)]
    inside = reverse("stores:page_picture", args=[hidden.sha256])
    assert [status(client, url) for url in public] == [200, 404]
    assert (status(client_as("ART"), inside), status(client_as("CS"), inside)) == (200, 404)
    services.take_down_page(page_id=page.pk, reason="x", actor=staff("OPS"), now=clock)
    assert status(client, public[0]) == 404


def test_products_are_those_live_in_this_shop_as_approved(client, clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    shop = ShopFactory()
    product = complete_product("Green tea")
    published_listing(shop=shop, product=product)
    elsewhere = complete_product("Elsewhere")
    published_listing(shop=ShopFactory(), product=elsewhere)
    source = PAGE_SOURCES.get("catalog.products")
    assert [choice.value for choice in source.choices(shop.pk, "")] == [str(product.pk)]
    picture = Photo.objects.get(product=product)
    copy = Rendition(photo=picture, name="list", width=9, height=9, sha256="c" * 64)
    copy.file.save("list.jpg", ContentFile(photo(9, 9)), save=False)
    copy.save()
    (card,) = source.read(shop.pk, ids=[elsewhere.pk, product.pk], limit=5)
    fields = Listing.objects.get(product=product).live.snapshot.fields
    assert (card.title, card.price) == (fields["title"], min(map(Decimal, fields["prices"].values())))
    assert (status(client, card.picture_url), status(client, card.url)) == (200, 200)
    assert [source.read(shop.pk, category=one.value, limit=5) for one in source.categories(shop.pk)] in ([], [[card]])
    module = {"key": "products", "kind": "products", "region": "main", "data": {"products": [elsewhere.pk, product.pk]}}
    live_page(shop, now=clock, modules=[module])
    html = client.get(reverse("stores:storefront_page", args=[shop.code, "tea"])).content.decode()
    assert html.count("card-title") == 1 and card.title in html


# --- previews


def test_a_draft_is_previewed_in_frames_of_our_own_only(client_as, clock):
    draft = drafted(a_page(ShopFactory(), now=clock), [text(words="Not yet")], now=clock)
    client = client_as("ART")
    page = client.get(reverse("stores:page_preview", args=[draft.pk]))
    assert page.content.decode().count("<iframe") == 2
    frame = client.get(reverse("stores:page_preview_frame", args=[draft.pk]))
    assert "Not yet" in frame.content.decode() and "preview-banner" in frame.content.decode()
    assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_the_request_is_previewed_as_submitted_and_zones_by_time(client_as, clock):
    shop = ShopFactory()
    zone = a_zone(shop, now=clock, fallback=zone_page(shop, "always", now=clock))
    services.book_zone(
        zone_id=zone.pk, page_id=zone_page(shop, "sale", now=clock).pk, starts_at=clock + HOUR, ends_at=clock + 2 * HOUR,
        reason="", actor=staff("MKTG"), now=clock,
    )  # fmt: skip
    author = staff("ART")
    module = {"key": "zone", "kind": "zone", "region": "main", "data": {"zone": zone.code}}
    draft = drafted(a_page(shop, now=clock), [text(words="Asked for"), module], now=clock, actor=author)
    request = services.submit_page(revision_id=draft.pk, actor=author, now=clock)
    client = client_as("PLAN")
    assert client.get(reverse("stores:page_preview_request", args=[request.pk])).status_code == 200
    frame = reverse("stores:page_preview_request_frame", args=[request.pk])
    at = timezone.localtime(clock + 1.5 * HOUR).strftime("%Y-%m-%dT%H:%M")
    now_html, then_html = (client.get(frame, query).content.decode() for query in ({}, {"at": at}))
    assert "Asked for" in now_html and "Always" in now_html and "Sale" in then_html
    assert client.get(frame, {"at": "2026-13-99T99:99"}).status_code == 200
    assert client_as("CS").get(frame).status_code == 404


# --- the editor


def test_buttons_arrange_and_save_nothing(client_as, clock):
    draft = drafted(a_page(ShopFactory(), now=clock), [text(), text("text-2", "Two")], now=clock)
    client, url = client_as("ART"), reverse("stores:page_revision", args=[draft.pk])
    down = client.post(url, posted(draft, "down:text"), headers={"HX-Request": "true", "HX-Target": "editor"})
    html = down.content.decode()
    assert "<html" not in html and html.index('id="module-text-2"') < html.index('id="module-text"')
    added = client.post(url, posted(draft, "add", new_kind="promotion", new_region="main")).content.decode()
    assert 'name="m.promotion.title"' in added
    assert 'id="module-text"' not in client.post(url, posted(draft, "remove:text")).content.decode()
    fresh = PageRevision.objects.get(pk=draft.pk)
    assert (fresh.version, fresh.modules) == (draft.version, draft.modules)


def test_saving_and_asking_for_approval(client_as, clock):
    draft = drafted(a_page(ShopFactory(), now=clock), [text()], now=clock)
    client, url = client_as("ART"), reverse("stores:page_revision", args=[draft.pk])
    changed = posted(draft, "save") | {"title": "New", "m.text.text": "<p>Better</p><script>x</script>"}
    assert client.post(url, changed).status_code == 303
    draft = PageRevision.objects.get(pk=draft.pk)
    assert (draft.title, draft.modules[0]["data"]) == ("New", {"text": "<p>Better</p>"})
    assert client.post(url, changed).status_code == 422  # the version of before
    assert client.post(url, posted(draft, "submit")).status_code == 303
    draft.refresh_from_db()
    assert draft.state == DraftState.IN_REVIEW
    assert ChangeRequest.objects.filter(kind="stores.page", draft_id=draft.pk).count() == 1


def test_what_is_missing_is_shown_before_and_at_submission_and_the_draft_is_kept(client_as, clock):
    page = a_page(ShopFactory(), now=clock, kind=PageKind.PROMOTION, slug="sale")
    draft = drafted(page, [text()], now=clock)
    client, url = client_as("ART"), reverse("stores:page_revision", args=[draft.pk])
    assert "needs an end" in client.get(url).content.decode()
    refused = client.post(url, posted(draft, "submit", title="Kept"))
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "needs an end" in html and "needs a module of kind" in html
    draft.refresh_from_db()
    assert (draft.title, draft.state) == ("Kept", DraftState.DRAFT)
    assert f'name="version" value="{draft.version}"' in html


def test_an_identical_branch_page_is_refused_with_the_difference_shown(client_as, clock):
    main = live_page(ShopFactory(), now=clock)
    page = a_page(ShopFactory(main_shop=main.shop), now=clock, main_page_id=main.pk)
    draft = services.begin_page_revision(page_id=page.pk, actor=staff("ART"), now=clock)
    client = client_as("ART")
    refused = client.post(reverse("stores:page_revision", args=[draft.pk]), posted(draft, "submit"))
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "identical to the main shop" in html and 'class="house-table pairs"' in html
    side = client.get(reverse("stores:page_side_by_side", args=[draft.pk])).content.decode()
    assert main.shop.name in side and "the same" in side


def test_the_unsaved_preview_shows_what_stands_in_the_editor(client_as, clock):
    draft = drafted(a_page(ShopFactory(), now=clock), [text()], now=clock)
    data = posted(draft, "save") | {"title": "Tried", "m.text.text": "Unsaved words"}
    response = client_as("ART").post(reverse("stores:page_revision_preview", args=[draft.pk]), data)
    assert "Unsaved words" in response.content.decode() and "Tried" in response.content.decode()
    assert PageRevision.objects.get(pk=draft.pk).title == draft.title


def test_a_picture_is_uploaded_and_a_strange_file_refused(client_as, clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    shop = ShopFactory()
    client, url = client_as("ART"), reverse("stores:page_pictures", args=[shop.pk])
    assert client.post(url, {"file": upload("hill.jpg", photo(90, 60)), "alt": "Hill"}).status_code == 303
    assert client.post(url, {"file": upload("x.jpg", b"<script>"), "alt": ""}).status_code == 422
    assert PagePicture.objects.get().alt == "Hill"


# --- the other screens


def test_every_screen_opens_and_a_stranger_to_the_shop_finds_nothing(client_as, clock):
    shop = ShopFactory()
    zone = a_zone(shop, now=clock, fallback=zone_page(shop, "always", now=clock))
    page = live_page(shop, now=clock)
    a_picture(shop, now=clock)
    draft = drafted(page, [text(words="Next")], now=clock)
    booking = services.book_zone(
        zone_id=zone.pk, page_id=zone_page(shop, "sale", now=clock).pk, starts_at=clock + HOUR, ends_at=clock + 2 * HOUR,
        reason="", actor=staff("MKTG"), now=clock,
    )  # fmt: skip
    layout = live_layout(now=clock)
    regions = services.begin_layout_revision(layout_id=layout.pk, actor=staff("ART"), now=clock)
    of_shop = {
        "shop_board": shop.pk, "page_pictures": shop.pk, "page": page.pk, "page_settings": page.pk, "page_take_down": page.pk,
        "page_revision": draft.pk, "page_side_by_side": draft.pk, "product_choices": draft.pk, "page_preview": draft.pk,
        "page_preview_frame": draft.pk, "zone": zone.pk, "zone_settings": zone.pk, "zone_book": zone.pk,
        "booking_move": booking.pk, "booking_cancel": booking.pk,
    }  # fmt: skip
    manager = client_as("MGR")
    for name, pk in {**of_shop, "layout": layout.pk, "layout_revision": regions.pk}.items():
        assert manager.get(reverse(f"stores:{name}", args=[pk])).status_code == 200, name
    for name in (
        "shop_boards",
        "page_list",
        "page_new",
        "layout_list",
        "layout_new",
        "zone_list",
        "zone_new",
        "calendar",
    ):
        assert manager.get(reverse(f"stores:{name}")).status_code == 200, name
    stranger = client_as("CS")
    for name in ("shop_board", "page", "page_preview", "page_preview_frame", "zone"):
        assert stranger.get(reverse(f"stores:{name}", args=[of_shop[name]])).status_code == 404, name


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three_rows(client_as, clock, count, django_assert_num_queries):
    shop = ShopFactory()
    for number in range(count):
        drafted(live_page(shop, now=clock, slug=f"tea-{number}"), [text(words="Next")], now=clock)
        a_zone(shop, now=clock, code=f"zone-{number}")
    client = client_as("PLAN")
    expected = {"page_list": 7, "layout_list": 5, "zone_list": 5}
    for name, queries in expected.items():
        client.get(reverse(f"stores:{name}"))
        with django_assert_num_queries(queries):
            client.get(reverse(f"stores:{name}"))


def test_a_conflict_in_the_booking_form_names_the_other(client_as, clock):
    shop = ShopFactory()
    zone, page = a_zone(shop, now=clock), zone_page(shop, "sale", now=clock)
    at = timezone.localtime(clock + HOUR).strftime("%Y-%m-%dT%H:%M")
    end = timezone.localtime(clock + 2 * HOUR).strftime("%Y-%m-%dT%H:%M")
    client, url = client_as("MKTG"), reverse("stores:zone_book", args=[zone.pk])
    data = {"page": page.pk, "starts_at": at, "ends_at": end, "reason": ""}
    assert client.post(url, data).status_code == 303
    refused = client.post(url, data)
    assert refused.status_code == 422 and str(client.employee) in refused.content.decode()
    assert zone.bookings.count() == 1


def test_the_calendar_shows_publications_slots_and_ends(client_as, clock, django_assert_max_num_queries):
    shop = ShopFactory()
    end = clock + timedelta(minutes=30)
    live_page(shop, now=clock, kind=PageKind.PROMOTION, slug="sale", modules=[promotion()], ends_at=end)
    zone, page = a_zone(shop, now=clock), zone_page(shop, "slot-page", now=clock)
    services.book_zone(
        zone_id=zone.pk,
        page_id=page.pk,
        starts_at=clock,
        ends_at=clock + HOUR,
        reason="",
        actor=staff("MKTG"),
        now=clock,
    )
    later = a_page(shop, now=clock, slug="planned")
    author = staff("ART")
    draft = drafted(later, [text()], now=clock, actor=author, publish_at=end)
    services.submit_page(revision_id=draft.pk, actor=author, now=clock)
    client = client_as("PLAN")
    for view in ("month", "week"):
        day = timezone.localdate(end).isoformat()
        html = client.get(reverse("stores:calendar"), {"view": view, "day": day}).content.decode()
        assert [words in html for words in ("Sale", "Slot-Page", "Planned")] == [True, True, True]
    only = client.get(reverse("stores:calendar"), {"kind": "stores.zone", "day": day}).content.decode()
    assert "Slot-Page" in only and "Planned" not in only
    assert client.get(reverse("stores:calendar"), {"day": "2026-99-99", "kind": "x"}).status_code == 200


def test_a_layout_is_edited_by_form_and_the_live_one_stays(client_as, clock):
    layout = live_layout(now=clock)
    client = client_as("ART")
    assert client.post(reverse("stores:layout_begin", args=[layout.pk])).status_code == 303
    draft = layout.revisions.get(number=2)
    url = reverse("stores:layout_revision", args=[draft.pk])
    data = {
        "version": 0, "region": ["0"], "r.0.key": "main", "r.0.name": "Wide", "r.0.width": "12",
        "r.0.kinds": ["text"], "r.0.max": "5",
    }  # fmt: skip
    assert "region-1" in client.post(url, data | {"act": "add"}).content.decode()
    assert client.post(url, data | {"act": "save", "r.0.max": "x"}).status_code == 422
    assert client.post(url, data | {"act": "submit"}).status_code == 303
    draft.refresh_from_db()
    layout.refresh_from_db()
    assert (draft.state, draft.regions[0]["width"]) == (DraftState.IN_REVIEW, 12)
    assert layout.live.snapshot.fields["regions"][0] == MAIN


def test_modules_that_must_differ_are_ticked_by_their_titles(client_as, clock):
    main_shop, other = ShopFactory(), ShopFactory()
    branch = ShopFactory(main_shop=main_shop)
    ShopFactory(main_shop=other)
    story = {**text("story"), "data": {"heading": "About us", "text": "Since 1911."}}
    main = live_page(main_shop, now=clock, modules=[story])
    strange = live_page(other, now=clock, slug="other")
    page = a_page(branch, now=clock, main_page_id=main.pk)
    artist = client_as("ART")
    settings = reverse("stores:page_settings", args=[page.pk])
    shown = artist.get(settings)
    assert shown.context["form"].fields["must_differ"].choices == [("story", "text “About us”")]
    sent = {"name": page.name, "main_page": main.pk, "reason": "Ours", "must_differ": ["story"]}
    assert artist.post(settings, {**sent, "must_differ": ["made-up"]}).status_code == 422
    assert artist.post(settings, sent).status_code == 303
    page.refresh_from_db()
    assert page.must_differ == ["story"]
    assert "must differ in text “About us”" in " ".join(artist.get(page.get_absolute_url()).content.decode().split())
    fresh = artist.get(reverse("stores:page_new"), {"shop": branch.pk, "kind": "sub", "main_page": main.pk})
    offered = fresh.context["form"].fields["main_page"].queryset
    assert main in offered and strange not in offered
    assert fresh.context["form"].fields["must_differ"].choices == [("story", "text “About us”")]
    assert artist.get(reverse("stores:page_new"), {"shop": "x", "main_page": "9" * 40}).status_code == 200


def test_side_by_side_names_modules_and_fields(client_as, clock):
    main_shop = ShopFactory()
    story = {**text("story"), "data": {"heading": "About us", "text": "Since 1911."}}
    main = live_page(main_shop, now=clock, modules=[story])
    draft = drafted(a_page(ShopFactory(main_shop=main_shop), now=clock, main_page_id=main.pk), [story], now=clock)
    shown = client_as("ART").get(reverse("stores:page_side_by_side", args=[draft.pk])).content.decode()
    assert "text “About us”" in shown and "<dt>Heading</dt>" in shown and "<dt>heading</dt>" not in shown


def test_who_owes_a_sign_is_named_by_the_role(client_as, clock):
    shop = ShopFactory()
    manager = client_as("MGR")
    for name, args in (("shop_boards", []), ("shop_board", [shop.pk])):
        shown = manager.get(reverse(f"stores:{name}", args=args))
        assert [line.debtors for line in shown.context["without_sign"]] == ["Design"]
        assert "Design" in shown.content.decode()
