"""The questions about people that the kernel asks an app which it does not know: dotted names, replaceable in the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from approvals.states import Rung

DEFAULTS = {
    # escalation_targets(rung, owner_id, owner_role, store_id) -> list of user ids
    "ESCALATION_TARGETS": "stores.selectors.escalation_targets",
    # visible_shop_ids(user) -> list of shop ids, or None for every shop
    "SHOP_SCOPE": "stores.selectors.visible_shop_ids",
    # role_label(code) -> the role's name in the active language
    "ROLE_LABEL": "stores.selectors.role_label",
    # shop_names() -> {shop id: name}, of every shop
    "SHOP_NAMES": "stores.selectors.shop_names",
    # department_names() -> the names of the departments
    "DEPARTMENT_NAMES": "stores.selectors.department_names",
}


def people_on_rung(rung: str, *, owner_id: int | None, owner_role: str, store_id: int | None) -> tuple[str, list[int]]:
    """Who stands on a rung of the ladder, and which rung that is: an empty one passes on to the next higher.

    Returns ("", []) when nobody is left above either.
    """
    targets = _hook("ESCALATION_TARGETS")
    rungs = list(Rung.values)
    for name in rungs[rungs.index(rung) :]:
        if people := list(targets(name, owner_id, owner_role, store_id)):
            return name, people
    return "", []


def people_in_role(role: str, *, store_id: int | None) -> list[int]:
    """Who holds a role for a shop, and where nobody of the role works for it, who holds it at all."""
    return list(_hook("ESCALATION_TARGETS")(Rung.OWNER, None, role, store_id))


def shop_scope(user: Any) -> list[int] | None:
    """The shops whose due work the person's roles may see; None means every shop."""
    return _hook("SHOP_SCOPE")(user)


def role_label(code: str) -> str:
    """The name of a role in the active language; the code itself where nobody knows it."""
    return _hook("ROLE_LABEL")(code)


def shop_names() -> dict[int, str]:
    """How the shops are called, by their ids."""
    return _hook("SHOP_NAMES")()


def department_names() -> list[str]:
    """The departments that may owe somebody an answer."""
    return _hook("DEPARTMENT_NAMES")()


def _hook(name: str) -> Callable[..., Any]:
    return import_string(getattr(settings, name, DEFAULTS[name]))
