"""What the content policy demands of every template, and that each one can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client

from tests.conftest import RoleClient

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path
    for folder in (ROOT / "templates", *(ROOT / app / "templates" for app in settings.HOUSE_APPS))
    for path in folder.rglob("*.html")
)
NAMES = [str(path.relative_to(next(p for p in path.parents if p.name == "templates"))) for path in TEMPLATES]
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)", re.IGNORECASE),
    "inline style": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "htmx handler": re.compile(r"hx-on|hx-vals\s*=\s*[\"']js:|hx-headers\s*=\s*[\"']js:", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "foreign address": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE),
    "filter in a trigger": re.compile(r"hx-trigger\s*=\s*[\"'][^\"']*\[", re.IGNORECASE),
}
SAMPLES = {
    "inline script": "<script>alert(1)</script>",
    "inline style": '<p style="color: red">',
    "inline handler": '<a onclick="x()">',
    "htmx handler": '<a hx-on:click="x()">',
    "script address": '<a href="javascript:x()">',
    "foreign address": '<script src="https://cdn.example.com/x.js">',
    "filter in a trigger": '<input hx-trigger="keyup[ctrlKey]">',
}


def test_templates_are_found() -> None:
    assert len(TEMPLATES) > 30


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_no_template_has(fault: str) -> None:
    assert FORBIDDEN[fault].search(SAMPLES[fault])
    assert [str(path.relative_to(ROOT)) for path in TEMPLATES if FORBIDDEN[fault].search(path.read_text())] == []


@pytest.mark.parametrize("name", NAMES)
def test_template_can_be_read(name: str) -> None:
    assert get_template(name)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/trial/form/", "/accounts/login/", "/no-such-page/"])
def test_every_page_has_the_policy(client_as: Callable[..., RoleClient], path: str) -> None:
    policy = client_as("CS").get(path)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_refused_pages_have_the_frame_of_strangers(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "side-link" not in response.content.decode()


@pytest.mark.django_db
def test_page_that_breaks_says_so_without_help_of_the_context(client: Client) -> None:
    html = get_template("500.html").render()
    assert 'data-bs-theme="light"' in html


def test_old_page_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/preferences/", {"name": "theme", "value": "dark"})
    assert response.status_code == 403
    assert "error-page" in response.content.decode()
