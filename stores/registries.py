"""What higher apps declare to this floor: panels of the home page, the top search, what pages show of them, what is scheduled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class Card:
    """Something that a module shows: a product with its price, a category. `currency` is empty where there is no price."""

    id: int
    title: str
    price: Decimal | None = None
    currency: str = ""
    picture_url: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an author may choose: the value that the module stores, and how it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class PageSource:
    """Where modules of shop pages get what they show; the pages know only its ids and codes.

    - `read(shop_id, ids=…, limit=…)` or `read(shop_id, category=…, limit=…)`: what shoppers of that shop may see *now*, in the
      order of `ids`, else the newest first; what is not live is left out. One query however many there are.
    - `choices(shop_id, words)`: at most 20 to choose from, best first; `named(shop_id, ids)`: what chosen ones are called.
    - `categories(shop_id)`: the categories of which something is live.
    """

    label: Text
    read: Callable[..., Sequence[Card]]
    choices: Callable[[int, str], Sequence[Choice]]
    named: Callable[[int, Sequence[int]], Sequence[Choice]]
    categories: Callable[[int], Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One thing that is scheduled. Without `ends_at` it is a moment. `kind` is its provider's key; tones are those of chips."""

    at: datetime
    title: str
    url: str
    kind: str
    ends_at: datetime | None = None
    tone: str = "neutral"
    note: str = ""


@dataclass(frozen=True, slots=True)
class CalendarProvider:
    """Tells what is scheduled. `read(user, start, end)` gives what touches the time, within the user's scope, in few queries."""

    label: Text
    icon: str
    read: Callable[[Any, datetime, datetime], Sequence[CalendarEntry]]
    permission: str | None = None
    order: int = 100


PAGE_SOURCES: Registry[PageSource] = Registry("sources of shop pages", module="page_sources")
CALENDAR: Registry[CalendarProvider] = Registry("calendar", module="calendar_entries")
