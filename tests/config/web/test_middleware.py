"""One id per request, and no copies of signed-in pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.conftest import RoleClient

pytestmark = pytest.mark.django_db


def test_request_id_of_the_caller_is_kept(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("ADMIN").get("/trial/guarded/", headers={"X-Request-ID": "edge-12345678"})
    assert (response["X-Request-ID"], response.content) == ("edge-12345678", b"edge-12345678")


@pytest.mark.parametrize("given", ["", "short", "with space in it", "line\nbreak-and-more", "x" * 65])
def test_request_id_that_is_malformed_is_replaced(client: Client, given: str) -> None:
    response = client.get("/trial/public/", headers={"X-Request-ID": given})
    assert len(response["X-Request-ID"]) == 32
    assert response["X-Request-ID"] != given


def test_request_id_stands_in_the_logs(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        response = client.get("/trial/public/")
    logged = {record.msg["request_id"] for record in caplog.records if isinstance(record.msg, dict)}
    assert logged == {response["X-Request-ID"]}


def test_request_ids_differ(client: Client) -> None:
    first, second = (client.get("/trial/public/")["X-Request-ID"] for _ in range(2))
    assert first != second


def test_pages_of_a_session_are_kept_by_nobody(client_as: Callable[..., RoleClient]) -> None:
    kept = client_as("CS").get("/trial/form/")["Cache-Control"]
    assert {"no-store", "private"} <= set(kept.split(", "))


def test_a_page_without_a_session_says_nothing_about_keeping(client: Client) -> None:
    assert "Cache-Control" not in client.get("/trial/public/")
