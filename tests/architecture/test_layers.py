"""import-linter holds the floors (script/test runs it); here is what it cannot see of its own contracts."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from tests.architecture.source import ROOT


@pytest.fixture(scope="module")
def linter() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


def _packages() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/apps.py")}


def _names(layers: list[str]) -> list[str]:
    return [name.strip(" ()") for layer in layers for name in layer.replace("|", ":").split(":")]


def test_contracts_know_every_package(linter: dict[str, Any]) -> None:
    assert set(linter["root_packages"]) == _packages()


def test_floors_hold_every_package_once(linter: dict[str, Any]) -> None:
    floors = [
        name for contract in linter["contracts"] if "containers" not in contract for name in _names(contract["layers"])
    ]
    assert sorted(floors) == sorted(_packages())
    assert floors[-1] == "config"


def test_rooms_inside_every_app_are_held_and_none_is_left_out(linter: dict[str, Any]) -> None:
    inside = [contract for contract in linter["contracts"] if "containers" in contract]
    assert sorted(app for contract in inside for app in contract["containers"]) == sorted(_packages() - {"config"})
    assert [contract["name"] for contract in inside if contract.get("exhaustive") is not True] == []


def test_contracts_forgive_nothing(linter: dict[str, Any]) -> None:
    """No import is excused one by one; type checking alone may look upward."""
    excused = [contract["name"] for contract in linter["contracts"] if contract.get("ignore_imports")]
    assert (excused, linter.get("exclude_type_checking_imports")) == ([], True)


def test_every_contract_is_about_layers(linter: dict[str, Any]) -> None:
    assert {contract["type"] for contract in linter["contracts"]} == {"layers"}
