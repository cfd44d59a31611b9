"""The bench in a real browser: by keyboard and scanner, at a phone's width, in both languages, under the content policy."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from orders.models import Order, Parcel
from tests.conftest import RoleClient
from tests.factories.bench import ready_order, stocked
from tests.factories.stores import EmployeeFactory

WAYBILL = "73123456789012"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
# No updates, no crash reports, nothing that asks the network in a test.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
MISSING = "no Chromium here; on Debian or Ubuntu: apt-get install chromium fonts-noto-cjk (CI does it in .ci/run)"

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lets_itself_be_emptied"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright. Without it CI fails and a developer's run says what is missing."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    # Playwright runs an event loop in this thread; Django would take our own queries for careless ones.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass(slots=True)
class Bench:
    """Somebody of the warehouse at a browser, and everything that the browser complained about."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server}{path}")

    def scan(self, code: str) -> tuple[str, str]:
        """A scanner: a burst of keys with Enter at its end, wherever the focus is. Returns colour and words of the answer."""
        results = self.page.locator("[data-scan-result]")
        before = results.first.element_handle() if results.count() else None
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.page.keyboard.type(code, delay=4)
            self.page.keyboard.press("Enter")
        if before is not None:
            before.wait_for_element_state("hidden")  # the old answer has gone
        answer = self.page.locator("#bench [data-scan-result]").first
        expect(answer).to_be_visible()
        return str(answer.get_attribute("data-scan-result")), answer.inner_text().strip()

    def fits(self) -> bool:
        """Nothing sticks out to the right."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture
def bench(browser: Browser, live_server: LiveServer) -> Iterator[Bench]:
    context = browser.new_context(viewport=PHONE, locale="en-GB")  # type: ignore[arg-type]
    yield _at_the_bench(context, live_server, language="en")
    context.close()


def _at_the_bench(context: BrowserContext, live_server: LiveServer, *, language: str) -> Bench:
    client = RoleClient()
    client.sign_in(EmployeeFactory(roles=["WH"], language=language))
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, settings.LANGUAGE_COOKIE_NAME: language}
    context.add_cookies(
        [{"name": name, "value": str(value), "url": live_server.url} for name, value in cookies.items()]
    )
    bench = Bench(context.new_page(), live_server.url)
    bench.page.on("console", lambda said: said.type in ("error", "warning") and bench.complaints.append(said.text))
    bench.page.on("pageerror", lambda error: bench.complaints.append(str(error)))
    bench.page.on("requestfailed", lambda asked: _note_failure(bench, asked))
    return bench


def _note_failure(bench: Bench, asked: Request) -> None:
    # Going on to the next page aborts what the last one still fetched lazily; that is no complaint.
    if asked.failure != "net::ERR_ABORTED":
        bench.complaints.append(f"{asked.url}: {asked.failure}")


@pytest.fixture
def order(live_server: LiveServer) -> Order:
    tea = stocked("TEA-250", 10, bin_code="A-01", barcode="6901234567892", name="龙井茶")
    return ready_order([(tea, 2)], now=timezone.now())


def test_bench_by_keyboard_and_scanner_from_wave_to_courier(bench: Bench, order: Order) -> None:
    page = bench.page

    # At a desk: two keys open the waves, one builds the wave of what is ticked.
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    bench.open("/")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/orders/waves/")
    page.keyboard.press("b")
    page.wait_for_url(re.compile(r"/orders/waves/\d+/$"))
    wave = page.url.removeprefix(bench.server)

    # On a phone: walk, scan the bin, then each piece.
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    bench.open(f"{wave}pick/")
    assert bench.fits()
    assert bench.scan("A-01") == ("ok", "This is the bin. Take the goods.")
    assert bench.scan("6901234567892") == ("ok", "TEA-250: 1 more from this bin.")
    assert bench.scan("6901234567892") == ("ok", "TEA-250: done. Go on to the next bin.")

    # At the pack bench: a wrong piece stops, the right ones go in, the waybill closes.
    parcel = Parcel.objects.get(order=order)
    bench.open(f"/orders/pack/{parcel.pk}/")
    assert bench.fits()
    assert bench.scan("6900000000000")[0] == "bad"
    assert _scanned(parcel) == 0
    expect(page.get_by_text("2 pieces to scan")).to_be_visible()
    assert [bench.scan("6901234567892")[0], bench.scan("6901234567892")[0]] == ["ok", "ok"]
    assert _scanned(parcel) == 2
    page.locator("#bench select[name=courier]").select_option(label="中通快递")
    assert bench.scan(WAYBILL)[0] == "ok"

    # To the courier.
    bench.open("/orders/hand-over/")
    page.locator("a[href*='/orders/hand-over/']").first.click()
    assert bench.scan(WAYBILL) == ("ok", f"{WAYBILL} is in the bag.")
    page.locator("#bench input[name=taken_by]").fill("王师傅")
    page.get_by_role("button", name="The courier takes 1 parcel").click()
    page.wait_for_url("**/orders/hand-over/")

    parcel.refresh_from_db()
    assert (parcel.state, parcel.waybill, parcel.courier.code) == ("handed_over", WAYBILL, "zto")
    assert bench.complaints == []


def _scanned(parcel: Parcel) -> int:
    return parcel.scans.filter(result="matched").count()


PLACES = (
    "/",
    "/orders/waves/",
    "/orders/pack/",
    "/orders/hand-over/",
    "/inventory/levels/",
    "/approvals/notices/",
    "/profile/",
)


@pytest.mark.parametrize(("language", "heading"), [("en", "Pack"), ("zh-hans", "打包")])
def test_pages_open_clean_in_both_languages_at_both_widths(
    browser: Browser, live_server: LiveServer, order: Order, language: str, heading: str
) -> None:
    context = browser.new_context(viewport=PHONE, locale="en-GB" if language == "en" else "zh-CN")  # type: ignore[arg-type]
    bench = _at_the_bench(context, live_server, language=language)
    sticking_out = []
    for size in (PHONE, DESK):
        bench.page.set_viewport_size(size)  # type: ignore[arg-type]
        for place in PLACES:
            bench.open(place)
            bench.page.wait_for_load_state("networkidle")
            if not bench.fits():
                sticking_out.append((place, size["width"]))
    bench.open("/orders/pack/")
    title = bench.page.title()
    context.close()
    assert (sticking_out, bench.complaints) == ([], [])
    assert heading in title


def test_content_policy_blocks_what_no_page_of_ours_has(bench: Bench) -> None:
    """The control: a script that gets into a page all the same is not run, and the browser says so."""
    bench.open("/orders/pack/")
    bench.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=data: onerror=window.bad=1>')")
    bench.page.evaluate(
        "{ const s = document.createElement('script'); s.textContent = 'window.bad = 1'; document.body.append(s) }"
    )
    bench.page.wait_for_timeout(200)
    assert bench.page.evaluate("window.bad") is None
    assert any("Content Security Policy" in words for words in bench.complaints)
