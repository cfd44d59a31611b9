"""Out to a shop by hand, and a day's proof-reading, in a real browser by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from approvals import services as approvals
from catalog import services
from catalog.models import ChannelPush, Listing, ProofreadTask
from config.kit.actor import Actor
from tests.conftest import RoleClient
from tests.factories.listings import published_listing
from tests.factories.stores import EmployeeFactory
from tests.journeys.test_browser import DESK, browser
from tests.support.publishing import with_copies

__all__ = ["browser"]
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lets_itself_be_emptied"),
]


def test_a_text_is_copied_evidence_is_given_and_a_listing_is_read_by_keyboard(
    browser: Browser, live_server: LiveServer, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    approvals.sync_kinds()
    listing = published_listing(seen=False)
    with_copies(listing)
    push = ChannelPush.objects.get(listing=listing)
    services.pick_proofreads(now=timezone.now(), actor=Actor.system("tests"))
    task = ProofreadTask.objects.get(listing=listing)

    context = browser.new_context(viewport=DESK, locale="en-GB")  # type: ignore[arg-type]
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    client = RoleClient()
    client.sign_in(EmployeeFactory(roles=["OPS"]))
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, settings.LANGUAGE_COOKIE_NAME: "en"}
    context.add_cookies(
        [{"name": name, "value": str(value), "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{live_server.url}{push.get_absolute_url()}")
    button = page.locator("[data-copy=part-title]")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-copy-said]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == listing.title
    page.get_by_label("Address where shoppers see it").fill("https://shop.example/tea/1")
    page.keyboard.press("Enter")
    expect(page.locator(".house-toast")).to_contain_text("Kept as evidence")
    assert Listing.objects.get(pk=listing.pk).live.display_url == "https://shop.example/tea/1"  # type: ignore[union-attr]

    page.goto(f"{live_server.url}{task.get_absolute_url()}")
    page.keyboard.press("y")  # the first question has the focus
    page.keyboard.press("x")
    expect(page.locator(".question.is-right")).to_have_count(1)
    expect(page.locator(".question.is-wrong")).to_have_count(1)
    page.keyboard.type("It says Zhanggui; xy is right")  # x and y are letters in a note
    page.locator("h1").click()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/revisions/**")
    context.close()

    task.refresh_from_db()
    assert list(task.corrected.values()) == ["It says Zhanggui; xy is right"]
    assert complaints == []
