"""A listing on its whole way in a real browser: written, signed, approved by keyboard, seen in the shop, due again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from approvals import services as approvals
from approvals.errors import NothingChanged
from approvals.models import ChangeRequest, Deadline
from approvals.states import RequestState
from catalog import services
from catalog.models import ChannelPush, Listing, Photo, Product, RefreshClock
from catalog.selectors.refresh import in_stage, running_clocks
from catalog.services.blocks import SHIPPED, sync_blocks
from catalog.states import PhotoState, PushState
from config.kit.actor import Actor
from stores.models import Employee, Shop
from tests.conftest import RoleClient
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.listings import CustomerGroupFactory, acting, publish_revision
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.journeys.test_browser import DESK, browser
from tests.support.pictures import product_photo

__all__ = ["browser"]
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lets_itself_be_emptied"),
]
SYSTEM = Actor.system("tests")
TITLE = "保温杯 316 不锈钢 500 毫升"
LIVELIER = "早上泡的茶，下班还烫口：单手开盖随行杯"


@dataclass
class People:
    """Everybody at a browser of their own, and everything that the browsers complained about."""

    browser: Browser
    server: str
    shop: Shop
    complaints: list[str] = field(default_factory=list)
    employees: dict[str, Employee] = field(default_factory=dict)

    def arrives(self, name: str, role: str, *, language: str = "en") -> Page:
        """Somebody signs in and reads in their own language."""
        client = RoleClient()
        client.sign_in(EmployeeFactory(roles=[role], username=name, language=language, shops=[self.shop]))
        self.employees[name] = client.employee
        context = self.browser.new_context(viewport=DESK, locale="en-GB" if language == "en" else "zh-CN")  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        cookies = {
            django_settings.SESSION_COOKIE_NAME: client.session.session_key,
            django_settings.LANGUAGE_COOKIE_NAME: language,
        }
        context.add_cookies([{"name": key, "value": str(value), "url": self.server} for key, value in cookies.items()])
        page = context.new_page()
        page.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", lambda got: got.status >= 400 and self.complaints.append(f"{got.status} {got.url}"))
        return page

    def __getitem__(self, name: str) -> Actor:
        return acting(self.employees[name])


@pytest.fixture
def people(browser: Browser, live_server: LiveServer, settings: Any, tmp_path: Path) -> Iterator[People]:
    settings.MEDIA_ROOT = tmp_path
    approvals.sync_kinds()
    expect.set_options(timeout=20_000)
    yield People(browser, live_server.url, ShopFactory(name="天猫旗舰店"))
    for context in browser.contexts:
        context.close()


@pytest.fixture
def cup(live_server: LiveServer) -> Product:
    """A product that knows its name, its price and its weight, and nothing else."""
    sync_blocks()
    CustomerGroupFactory()
    product = ProductFactory(name="保温杯")
    VariantFactory(product=product, sku="CUP-500", name="500 ml", price="99.00", weight_grams=350)
    return product


def saved(page: Page) -> None:
    """Until what was typed is kept."""
    expect(page.locator(".editor-saved .ti-device-floppy")).to_be_visible()


def write(page: Page, texts: dict[str, str]) -> None:
    """Fill inputs of the editor, and wait for the one save after the last letter."""
    with page.expect_response(lambda got: got.url.endswith("/save/") and got.request.method == "POST"):
        for name, text in texts.items():
            page.locator(f"#editor-form [name='{name}']").fill(text)
    saved(page)


def missing(page: Page) -> list[str]:
    """Where the links of the list of what is missing lead; each must lead somewhere."""
    anchors = [str(link.get_attribute("href")) for link in page.locator(".missing-list a").all()]
    assert [anchor for anchor in anchors if page.locator(anchor).count() != 1] == []
    return [anchor.removeprefix("#field-") for anchor in anchors]


def test_listing_is_written_signed_approved_shown_and_due_again(people: People, cup: Product) -> None:
    # An author, in Chinese: a listing of a product in a shop, and what it lacks.
    page = people.arrives("author", "OPS", language="zh-hans")
    page.goto(f"{people.server}/catalog/listings/new/?sku=CUP-500")
    page.get_by_label(people.shop.name).check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalog/listings/*/")
    listing = Listing.objects.get(product=cup, shop=people.shop)
    page.keyboard.press("e")
    page.wait_for_url("**/revisions/*/")
    editor = page.url
    lacks = missing(page)
    assert {"brief", "slogan", "feature", "customer_group", "service_text"} <= set(lacks)
    assert {f"blocks-{code}" for code, *_rest in SHIPPED} <= set(lacks)
    page.locator(".missing-list a[href='#field-slogan']").press("Enter")
    expect(page.locator("#in-field-slogan")).to_be_focused()

    # Pictures: uploaded by the author, read by the worker, signed off by the art editor with one key.
    page.goto(f"{people.server}/catalog/products/{cup.pk}/photos/")
    with page.expect_navigation():
        page.locator("#files-main").set_input_files(
            {"name": "杯.jpg", "mimeType": "image/jpeg", "buffer": product_photo()}
        )
    services.process_photos(actor=SYSTEM, now=timezone.now())
    art = people.arrives("painter", "ART")
    art.goto(f"{people.server}/catalog/photos/?state=checked")
    with art.expect_navigation():
        art.keyboard.press("y")
    assert Photo.objects.get(product=cup).state == PhotoState.APPROVED

    # The fields are saved while they are typed; the list of what is missing empties.
    page.goto(editor)
    assert "photos-main" not in missing(page)
    write(page, {"title": TITLE, "slogan": "一整天都温热"})
    assert not {"title", "slogan"} & set(missing(page))
    page.locator("#editor-form [name=customer_group]").select_option("families")
    texts = {
        f"blocks.{code}": f"{name}：单手开盖，保温十二小时，装得下一整天的热水。" for code, name, *_rest in SHIPPED
    }
    page.locator("#editor-form [name=brief]").fill("单手开盖，保温十二小时，车里包里都不漏。")
    word = page.get_by_label("给审批人的话")
    word.fill("新品，请先看")
    write(page, {"feature": "单手开盖", "service_text": "七天无理由退货。", **texts})
    expect(page.locator(".missing-list, .editor-lack p")).to_have_count(0)
    with page.expect_response(
        lambda got: got.url.endswith("/save/") and got.request.headers.get("hx-request") == "true"
    ):
        page.locator("#in-field-title").press("Enter")  # saves, and does nothing else
    expect(page.locator("#in-field-title")).to_have_value(TITLE)
    expect(word).to_have_value("新品，请先看")
    page.locator("h1").click()
    page.keyboard.press("s")
    page.wait_for_url("**/catalog/listings/*/")
    change = ChangeRequest.objects.get()
    expect(page.locator(".house-toast")).to_contain_text(change.number)
    assert (change.state, change.fields["title"]) == (RequestState.IN_REVIEW, TITLE)

    # Each department signs its own fields; the author cannot.
    address = f"{people.server}{change.get_absolute_url()}"
    page.goto(address)
    expect(page.locator(".own-note")).to_be_visible()
    expect(page.locator("[data-shortcut=y], [data-shortcut=s]")).to_have_count(0)
    for name, role in (("colleague", "OPS"), ("agent", "CS"), ("painter", "ART"), ("cashier", "FIN")):
        desk = art if name == "painter" else people.arrives(name, role)
        desk.goto(address)
        with desk.expect_navigation():
            desk.keyboard.press("s")
        expect(desk.locator(".house-toast")).to_contain_text(change.number)

    # A planner compares word by word and approves with one key.
    planner = people.arrives("planner", "PLAN")
    planner.goto(address)
    expect(planner.locator(".decision-side")).to_contain_text("新品，请先看")
    expect(planner.locator(".diff-text ins").filter(has_text=TITLE)).to_be_visible()
    with planner.expect_navigation():
        planner.keyboard.press("y")
    listing.refresh_from_db()
    change.refresh_from_db()
    assert listing.live is not None
    assert listing.live.snapshot is not None
    assert (change.state, listing.live.snapshot.fields["title"]) == (RequestState.PUBLISHED, TITLE)

    # By hand to the shop: evidence makes it live.
    push = ChannelPush.objects.get(listing=listing)
    assert push.state == PushState.BY_HAND
    page.goto(f"{people.server}{push.get_absolute_url()}")
    page.locator("#evidence input[type=url], #evidence input[name=display_url]").first.fill("https://shop.example/cup")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    change.refresh_from_db()
    assert change.state == RequestState.LIVE
    assert people.complaints == []

    due_again(people, listing)


def due_again(people: People, listing: Listing) -> None:
    """Half a month on: overdue; the same text again changes nothing, a new title that is published does."""
    author, later = people["author"], timezone.now() + timedelta(days=16)
    planner = people.employees["planner"]
    before = {clock.group: clock.due_at for clock in RefreshClock.objects.filter(listing=listing)}
    assert set(before) == {"name", "brief", "photos"}
    for _step in range(8):
        approvals.sweep_deadlines(now=later)
    breached = Deadline.objects.filter(rule__code="content_refresh", breached_at__isnull=False)
    assert breached.count() == 3
    overdue = in_stage(running_clocks(planner), "overdue", later)
    assert {clock.group for clock in overdue} == set(before)

    revision = services.begin_revision(listing_id=listing.pk, actor=author, now=later)
    revision = services.save_revision(
        revision_id=revision.pk, fields={"title": TITLE}, version=revision.version, actor=author, now=later
    )
    with pytest.raises(NothingChanged):
        services.submit_revision(revision_id=revision.pk, actor=author, now=later)
    assert {clock.group: clock.due_at for clock in RefreshClock.objects.filter(listing=listing)} == before

    services.save_revision(
        revision_id=revision.pk, fields={"title": LIVELIER}, version=revision.version, actor=author, now=later
    )
    published = publish_revision(revision, now=later)
    assert published.state == RequestState.PUBLISHED
    after = {clock.group: clock.due_at for clock in RefreshClock.objects.filter(listing=listing)}
    assert {group for group in after if after[group] != before[group]} == {"name"}
    assert {clock.group for clock in in_stage(running_clocks(planner), "overdue", later)} == {"brief", "photos"}
