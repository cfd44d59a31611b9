"""The grid by keyboard: a block from a spreadsheet is pasted, filled down, reckoned, looked at and made a package."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from approvals import services
from catalog.models import Package
from tests.conftest import RoleClient
from tests.factories.listings import complete_product, published_listing
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.journeys.test_browser import DESK, browser

__all__ = ["browser"]
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lets_itself_be_emptied"),
]
_PASTE = """([text]) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def test_planner_types_pastes_fills_and_makes_a_package(browser: Browser, live_server: LiveServer) -> None:
    services.sync_kinds()
    began = timezone.now() - timedelta(days=1)
    shop = ShopFactory(name="天猫旗舰店")
    listings = [
        published_listing(shop=shop, product=complete_product(skus=(f"CUP-{n}-A", f"CUP-{n}-B")), now=began)
        for n in (1, 2)
    ]
    client = RoleClient()
    client.sign_in(EmployeeFactory(roles=["PLAN"]))
    context = browser.new_context(viewport=DESK, locale="en-GB")  # type: ignore[arg-type]
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, settings.LANGUAGE_COOKIE_NAME: "en"}
    context.add_cookies(
        [{"name": name, "value": str(value), "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    # The button of the list takes the filter along.
    page.goto(f"{live_server.url}/catalog/listings/?shop={shop.pk}")
    page.get_by_role("link", name="Edit in a grid").click()
    page.wait_for_url(re.compile(rf"/catalog/listings/grid/\?shop={shop.pk}$"))
    page.get_by_role("main").get_by_role("link", name="Prices", exact=True).click()
    cells = page.locator("[data-grid] tbody input")
    expect(cells).to_have_count(8)

    # A block of two rows and two columns goes down and right; a calculation shows what it comes to.
    cells.nth(0).focus()
    page.evaluate(_PASTE, ["8.80\t10.00\r\n=x*0.9\t\r\n"])
    assert [cells.nth(place).input_value() for place in range(4)] == ["8.80", "10.00", "=x*0.9", ""]
    expect(page.locator("[data-percent]").nth(1)).to_have_text("-10.0 %")
    expect(page.locator("[data-grid-count]")).to_have_text("3 cells typed")

    # Down from the calculation, marked with Shift, filled with Ctrl+D; Enter and arrows move, Escape puts back.
    cells.nth(2).focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    assert [cells.nth(place).input_value() for place in (2, 4, 6)] == ["=x*0.9"] * 3
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert cells.nth(6).input_value() == "10.00"
    page.keyboard.press("ArrowUp")
    expect(cells.nth(4)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cells.nth(5)).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(cells.nth(3)).to_be_focused()

    page.get_by_role("button", name="What would change").click()
    expect(page.locator("h1")).to_have_text("What would change")
    expect(page.locator(".grid-after").first).to_have_text("8.80")
    page.get_by_role("button", name="Go on typing").click()
    assert cells.nth(4).input_value() == "=x*0.9"
    page.get_by_role("button", name="What would change").click()
    page.get_by_label("Name of the package").fill("Spring prices")
    page.get_by_role("button", name="Make the package").click()
    page.wait_for_url(re.compile(r"/catalog/packages/\d+/$"))
    context.close()

    package = Package.objects.get()
    drafts = {draft.listing_id: draft.overrides for draft in package.revisions.all()}
    assert package.title == "Spring prices"
    assert drafts == {  # the newest listing stands first
        listings[1].pk: {"prices": {"CUP-2-A": "8.80", "CUP-2-B": "9.00"}, "was_prices": {"CUP-2-A": "10.00"}},
        listings[0].pk: {"prices": {"CUP-1-A": "9.00"}},
    }
    assert complaints == []
