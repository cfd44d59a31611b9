"""Key → declaration: duplicates, strangers and latecomers are refused."""

from __future__ import annotations

import pytest

from config.kit.registry import Registry


@pytest.fixture
def registry():
    return Registry("things", module="no_app_has_such_a_module")


def test_what_is_registered_is_found_in_order(registry):
    for key in ("b", "a"):
        registry.register(key, key.upper())
    assert registry.get("a") == "A"
    assert list(registry) == ["b", "a"]
    assert registry.items() == [("b", "B"), ("a", "A")]
    assert "a" in registry
    assert "c" not in registry


def test_a_key_is_taken_once(registry):
    registry.register("a", 1)
    with pytest.raises(ValueError, match="'a' is registered twice"):
        registry.register("a", 2)
    assert registry.get("a") == 1


def test_an_unknown_key_is_answered_with_those_that_exist(registry):
    registry.register("a", 1)
    with pytest.raises(KeyError, match="unknown key 'b'; known: a"):
        registry.get("b")


def test_after_the_first_read_nobody_joins(registry):
    list(registry)
    with pytest.raises(RuntimeError, match="after the registry was first read"):
        registry.register("late", 1)


def test_the_first_read_loads_the_module_of_every_app_from_the_ground_up(registry, monkeypatch):
    loaded = []

    has = {"orders", "stores"}
    monkeypatch.setattr("config.kit.registry.module_has_submodule", lambda package, name: package.__name__ in has)
    monkeypatch.setattr("config.kit.registry.import_module", loaded.append)
    list(registry)
    assert loaded == ["stores.no_app_has_such_a_module", "orders.no_app_has_such_a_module"]
