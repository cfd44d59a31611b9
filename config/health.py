"""What watches Zhanggui from outside: is it alive, is it ready, and how much does it do."""

import ipaddress
import logging
import math
import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from config.kit.web import public

logger = logging.getLogger(__name__)
BROKER_SECONDS = 2.0
MIGRATIONS_SECONDS = 60.0  # for how long one look at the migrations holds
# Where the age of the last sweep comes from. A dotted name, because the ground floor imports no app.
HEARTBEAT = "approvals.selectors.heartbeat_age"


class NotReady(Exception):
    """A part that the system needs does not work; the message says how, in words fit for an open page."""


@never_cache
@require_safe
@public
def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all. It asks nobody else: restarting the web does not mend a database."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
@public
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part works, else 503; the answer names each part with "ok" or what is wrong with it."""
    parts: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            check()
            parts[name] = "ok"
        except NotReady as error:
            parts[name] = str(error)
        except DatabaseError:
            # Every later part that reads the database falls under this as well.
            logger.warning("readyz: %s failed", name, exc_info=True)
            parts[name] = "the database does not answer"
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


@never_cache
@require_safe
@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for the bearer of METRICS_TOKEN; without a token only for this machine itself."""
    if settings.METRICS_TOKEN:
        allowed = constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
    else:
        allowed = _asked_from_here(request)
    return ExportToDjangoView(request) if allowed else HttpResponseForbidden("metrics need a token", "text/plain")


def _asked_from_here(request: HttpRequest) -> bool:
    # Behind a proxy on the same machine every request comes from here; a forwarded one does not count.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_broker() -> None:
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError as error:
        logger.warning("readyz: broker failed", exc_info=True)
        raise NotReady("the broker does not answer") from error
    finally:
        client.close()


_migrated_at = -math.inf


def _check_migrations() -> None:
    # Reading every migration takes most of a second; what is applied stays so, but for a restored database.
    global _migrated_at
    if time.monotonic() - _migrated_at < MIGRATIONS_SECONDS:
        return
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotReady(f"{len(missing)} migrations are not applied")
    _migrated_at = time.monotonic()


def _check_heartbeat() -> None:
    heartbeat_age: Callable[[], float | None] = import_string(getattr(settings, "HEALTH_HEARTBEAT", HEARTBEAT))
    age = heartbeat_age()
    if age is None:
        raise NotReady("the sweep has never run")
    if age > settings.HEARTBEAT_LIMIT_SECONDS:
        raise NotReady(f"the sweep ran {age:.0f} s ago, more than {settings.HEARTBEAT_LIMIT_SECONDS} s")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _check_database,
    "broker": _check_broker,
    "migrations": _check_migrations,
    "heartbeat": _check_heartbeat,
}
