"""The side navigation: items that apps declare in their `navigation.py`, shown to whom they concern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.registry import Registry


class Section(models.TextChoices):
    """The headings of the side navigation, in their order."""

    TODAY = "today", _("Today")
    SERVICE = "service", _("Customer service")
    WAREHOUSE = "warehouse", _("Warehouse")
    EDITOR = "editor", _("Products and shops")
    MARKETING = "marketing", _("Marketing")
    INBOX = "inbox", _("Approval and control")
    LEDGER = "ledger", _("Finance")
    COMPANY = "company", _("Company")
    SYSTEM = "system", _("System")


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the side navigation, shown to holders of `permission` (None means everybody).

    Sorted by `order` in its section.

    `icon` is a Tabler icon name without its prefix ("truck-delivery"). `shortcut` is a key sequence such as "g o".
    """

    section: Section
    label: str | Promise
    url_name: str
    icon: str
    permission: str | None = None
    order: int = 100
    shortcut: str = ""


NAVIGATION: Registry[NavItem] = Registry("navigation", module="navigation")


@dataclass(slots=True)
class ShownItem:
    """An item with its address, ready for the template."""

    label: str | Promise
    icon: str
    url: str
    shortcut: str
    is_active: bool = False


@dataclass(slots=True)
class ShownSection:
    """A heading with the items that this person may open."""

    key: str
    label: str | Promise
    items: list[ShownItem]

    @property
    def is_active(self) -> bool:
        """Whether the open page belongs here; the section then starts unfolded."""
        return any(item.is_active for item in self.items)


def navigation_for(request: HttpRequest) -> list[ShownSection]:
    """The sections this person sees; the item with the longest matching address is active. No query of its own."""
    visible: dict[str, list[tuple[int, ShownItem]]] = {section.value: [] for section in Section}
    candidates: list[ShownItem] = []
    for item in dict(NAVIGATION.items()).values():
        if item.permission is not None and not request.user.has_perm(item.permission):
            continue
        shown = ShownItem(item.label, item.icon, _address(item), item.shortcut)
        visible[item.section].append((item.order, shown))
        candidates.append(shown)
    _mark_active(candidates, request.path)
    sections = []
    for section in Section:
        entries = [shown for _order, shown in sorted(visible[section.value], key=lambda pair: pair[0])]
        if entries:
            sections.append(ShownSection(section.value, section.label, entries))
    return sections


def _address(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch as error:
        raise NoReverseMatch(f"navigation item {item.label!s}: {error}") from error


def _mark_active(items: list[ShownItem], path: str) -> None:
    def fits(item: ShownItem) -> bool:
        return path == item.url or (item.url != "/" and path.startswith(item.url))

    fitting = [item for item in items if fits(item)]
    if fitting:
        max(fitting, key=lambda item: len(item.url)).is_active = True


def nav(key: str, **facts: Any) -> NavItem:
    """Register a NavItem under `key` ("orders.orders"); the facts are the fields of NavItem."""
    return NAVIGATION.register(key, NavItem(**facts))
