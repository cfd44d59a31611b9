"""Whatever is sent to the REST door, it answers as its own schema says, and never with a server error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from orders.models import Order, RawInput
from stores.models import ShopApiKey
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 60


@pytest.fixture(autouse=True)
def _connection_stays_open() -> Iterator[None]:
    """As Django's own test client does it: the site's end of a request must not close the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def secret(db: None) -> str:
    stock(1000, variant=VariantFactory(sku="0"))
    _key, secret = ShopApiKey.objects.create_key(name="fuzz", shop=ShopFactory())
    return secret


@pytest.fixture
def api_schema(db: None) -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema/", application)


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/orders/batch"])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_body_is_answered_as_the_schema_says(
    api_schema: Any, secret: str, path: str, mode: GenerationMode
) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=api_schema[path]["POST"].as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        case.call_and_validate(headers={"X-Api-Key": secret}, checks=CHECKS)

    answers()
    # Whatever came of them, the bodies are kept and settled, and no order is half made.
    assert RawInput.objects.exists()
    assert not RawInput.objects.filter(state="pending").exists()
    assert not Order.objects.filter(lines__isnull=True).exists()


def test_schema_declares_every_refusal_of_the_door(api_schema: Any) -> None:
    declared = {
        operation.ok().path: sorted(operation.ok().definition.raw["responses"])
        for operation in api_schema.get_all_operations()
    }
    assert declared == {
        "/api/v1/orders": ["200", "201", "400", "401", "409", "422", "503"],
        "/api/v1/orders/batch": ["200", "400", "401", "422", "503"],
    }
