"""The manager's round by keyboard: open, approve, the next opens by itself, refuse with a reason."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from approvals import services
from approvals.models import ChangeRequest, Decision
from tests.approvals.rich_notes import published, signed, submitted
from tests.conftest import RoleClient
from tests.factories.stores import EmployeeFactory
from tests.journeys.test_browser import DESK, browser

__all__ = ["browser"]
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lets_itself_be_emptied"),
]


def test_manager_opens_approves_and_refuses_by_keyboard(browser: Browser, live_server: LiveServer) -> None:
    services.sync_kinds()
    now = timezone.now()
    people = {role: EmployeeFactory(roles=[role]) for role in ("CS", "OPS", "FIN", "PLAN")}
    first = published(people, now - timedelta(hours=5))
    urgent = signed(submitted(people["CS"], now - timedelta(hours=4), subject_id=first.subject_id), people, now)
    later = signed(submitted(people["CS"], now - timedelta(hours=1), {"title": "Another tea"}), people, now)

    context = browser.new_context(viewport=DESK, locale="en-GB")  # type: ignore[arg-type]
    client = RoleClient()
    client.sign_in(people["PLAN"])
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key, settings.LANGUAGE_COOKIE_NAME: "en"}
    context.add_cookies(
        [{"name": name, "value": str(value), "url": live_server.url} for name, value in cookies.items()]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    # "o" opens the most urgent; in a text field "y" is a letter.
    page.goto(f"{live_server.url}/approvals/requests/")
    page.keyboard.press("o")
    page.wait_for_url(f"**{urgent.get_absolute_url()}")
    page.locator("textarea[name=text]").focus()
    page.keyboard.press("y")
    assert page.locator("textarea[name=text]").input_value() == "y"
    assert not Decision.objects.filter(request=urgent).exists()

    # "y" approves what is shown, and the next one opens with a word about it.
    page.locator("h1").click()
    page.keyboard.press("y")
    page.wait_for_url(f"**{later.get_absolute_url()}")
    expect(page.locator(".house-toast")).to_contain_text(f"{urgent.number} approved; next: {later.number}")

    # "r" opens the reasons beside the fields; a template writes itself.
    page.keyboard.press("r")
    beside = page.locator("textarea[name=field-title]")
    expect(beside).to_be_visible()
    beside.click()
    page.locator("[data-fill]").first.click()
    page.get_by_role("button", name="Refuse", exact=True).click()
    page.wait_for_url(re.compile(r"/approvals/requests/$"))
    context.close()

    assert ChangeRequest.objects.get(pk=urgent.pk).state == "published"
    refusal = Decision.objects.get(request=later)
    assert (refusal.outcome, refusal.field_reasons) == (
        "refuse", {"title": "It is not clear what this is for: write what it should achieve."}
    )  # fmt: skip
    assert complaints == []
