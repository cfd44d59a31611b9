"""Declarations of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from config.kit.registry import Registry


@contextmanager
def reopened(*registries: Registry[Any]) -> Iterator[None]:
    """Let a test module register although another module has read the registries while pytest was collecting."""
    were_closed = [registry._closed for registry in registries]
    for registry in registries:
        registry._closed = False
    try:
        yield
    finally:
        for registry, was_closed in zip(registries, were_closed, strict=True):
            registry._closed = was_closed
