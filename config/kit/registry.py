"""Key → frozen declaration. The way that news and abilities go upward without an import."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Generic, TypeVar

from django.apps import apps
from django.utils.module_loading import module_has_submodule

T = TypeVar("T")


class Registry(Generic[T]):
    """Declarations by key, gathered from one module name of every app (`exports.py`, `deadlines.py` …).

    A duplicate key raises ValueError, an unknown one KeyError naming those that exist. The first read closes the registry: whoever
    registers later gets RuntimeError instead of being silently ignored in half of the processes.
    """

    def __init__(self, name: str, *, module: str) -> None:
        self.name = name
        self.module = module
        self._items: dict[str, T] = {}
        self._closed = False

    def register(self, key: str, declaration: T) -> T:
        """Add a declaration and return it. Raises ValueError for a key that is taken, RuntimeError once closed."""
        if self._closed:
            raise RuntimeError(f"{self.name}: {key!r} registers after the registry was first read")
        if key in self._items:
            raise ValueError(f"{self.name}: {key!r} is registered twice")
        self._items[key] = declaration
        return declaration

    def get(self, key: str) -> T:
        """The declaration of a key. Raises KeyError naming the known keys."""
        items = self._load()
        try:
            return items[key]
        except KeyError:
            raise KeyError(f"{self.name}: unknown key {key!r}; known: {', '.join(sorted(items))}") from None

    def __contains__(self, key: str) -> bool:
        return key in self._load()

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def items(self) -> list[tuple[str, T]]:
        """All declarations, in the order of the house's floors."""
        return list(self._load().items())

    def _load(self) -> dict[str, T]:
        if not self._closed:
            for config in reversed(list(apps.get_app_configs())):
                if config.module and module_has_submodule(config.module, self.module):
                    import_module(f"{config.name}.{self.module}")
            self._closed = True
        return self._items
