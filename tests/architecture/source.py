"""The house's own source as the architecture tests read it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("approvals", "stores", "catalog", "customers", "inventory", "marketing", "orders")


def modules(*parts: str) -> Iterator[tuple[str, ast.Module]]:
    """(path, tree) of every module of the apps and the kit, but for migrations.

    With `parts` only of those layers: "services" is `<app>/services.py` and everything below `<app>/services/`.
    """
    for package in (*APPS, "config"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            layer = name.split("/")[1].removesuffix(".py")
            if "migrations" not in path.parts and (not parts or layer in parts):
                yield name, tree(path)


def modules_of(app: str, layer: str) -> Iterator[str]:
    """The modules of one layer of one app, but for its `__init__`."""
    names = (name for name, _module in modules(layer))
    return (name for name in names if name.startswith(f"{app}/") and not name.endswith("/__init__.py"))


@functools.cache
def tree(path: Path) -> ast.Module:
    """A module, read once."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(module: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(node: ast.Call) -> str:
    """The last word of what is called: `services.record(…)` → record."""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))
