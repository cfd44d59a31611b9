"""What higher apps declare to the front pages: panels of the home page and providers of the top search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from config.kit.registry import Registry

Text = str | Promise


@dataclass(frozen=True, slots=True)
class HomePanel:
    """A card of the home page, fetched from `url_name` (a fragment without layout) by those who hold `permission`."""

    title: Text
    url_name: str
    icon: str
    permission: str | None = None
    order: int = 100
    more_url_name: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One find of the top search. `is_exact`: the words are its own number, so the search may go straight there."""

    title: str
    subtitle: str
    url: str
    icon: str
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """Finds one kind of thing. `find(user, words)` gives at most ten hits within the user's scope, best first."""

    label: Text
    find: Callable[[Any, str], Sequence[Hit]]
    permission: str | None = None
    order: int = 100


HOME_PANELS: Registry[HomePanel] = Registry("home panels", module="home")
SEARCH: Registry[SearchProvider] = Registry("search providers", module="search")
