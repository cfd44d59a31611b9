"""What watchers see at /livez, /readyz and /metrics, also while a part is broken."""

import pytest
from django.db import ConnectionHandler
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings

from config import health

pytestmark = pytest.mark.django_db
FINE = {"database": "ok", "broker": "ok", "migrations": "ok", "heartbeat": "ok"}


def young() -> float:
    """A heartbeat of a moment ago."""
    return 1.0


def old() -> float:
    """A heartbeat past its limit."""
    return 200.0


def never() -> None:
    """No heartbeat yet."""


@pytest.fixture(autouse=True)
def settled(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HEALTH_HEARTBEAT", f"{__name__}.young", raising=False)
    monkeypatch.setattr(health, "_migrated_at", float("-inf"))


def test_livez_answers_without_any_query(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        response = client.get("/livez")

    assert (response.status_code, response.content) == (200, b"ok")


def test_readyz_is_200_when_every_part_works(client: Client) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True, "parts": FINE})


@pytest.mark.parametrize(
    ("heartbeat", "said"),
    [("old", "the sweep ran 200 s ago, more than 180 s"), ("never", "the sweep has never run")],
)
@override_settings(HEARTBEAT_LIMIT_SECONDS=180)
def test_readyz_names_a_sweep_that_stopped(client: Client, settings, heartbeat: str, said: str) -> None:
    settings.HEALTH_HEARTBEAT = f"{__name__}.{heartbeat}"

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"ready": False, "parts": FINE | {"heartbeat": said}})


def test_readyz_names_a_broker_that_does_not_answer(client: Client, settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"] == FINE | {"broker": "the broker does not answer"}


def test_readyz_counts_migrations_that_are_missing(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"] == FINE | {"migrations": "1 migrations are not applied"}


def test_readyz_says_that_the_database_is_away(client: Client, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {**settings.DATABASES["default"], "HOST": "127.0.0.1", "PORT": "9"}
    monkeypatch.setattr(health, "connection", ConnectionHandler({"default": nowhere})["default"])

    response = client.get("/readyz")

    away = "the database does not answer"
    assert response.status_code == 503
    assert response.json()["parts"] == FINE | {"database": away, "migrations": away}


@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("secret", {"Authorization": "Bearer secret"}, 200),
        ("secret", {"Authorization": "Bearer wrong"}, 403),
        ("secret", {}, 403),
        ("", {}, 200),
        ("", {"X-Forwarded-For": "203.0.113.5"}, 403),
    ],
)
def test_metrics_are_for_the_bearer_or_for_this_machine(
    client: Client, settings, token: str, given: dict[str, str], status: int
) -> None:
    settings.METRICS_TOKEN = token

    response = client.get("/metrics", headers=given)

    assert response.status_code == status
    assert (b"django_http_requests" in response.content) == (status == 200)


def test_metrics_without_token_refuse_another_machine(client: Client, settings) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", REMOTE_ADDR="203.0.113.5").status_code == 403


def test_only_reading_is_allowed(client: Client) -> None:
    assert [client.post(path).status_code for path in ("/livez", "/readyz", "/metrics")] == [405, 405, 405]
