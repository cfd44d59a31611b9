"""The places where the kit calls an app it may not import: dotted names in the settings, with the house's defaults.

Each default can be replaced in the settings under the same name; tests of the kit point them at their own functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

DEFAULTS = {
    # record(action, subject, *, actor, reason, changes) -> trail entry
    "TRAIL_RECORD": "approvals.services.record",
    # request_job(*, kind, title, params, actor, reason, total) -> job with get_absolute_url()
    "JOB_REQUEST": "approvals.services.request_job",
    # saved_views(user, screen) -> sequence of rows with pk, name, query, owner_id, department_id
    "SAVED_VIEWS": "stores.selectors.saved_views",
    # save_view(*, screen, name, query, is_shared, actor) -> row
    "SAVE_VIEW": "stores.services.save_view",
    # delete_view(*, view_id, actor) -> None
    "DELETE_VIEW": "stores.services.delete_view",
    # demo_sign_ins() -> list of (role label, username); demo mode only
    "DEMO_SIGN_INS": "stores.selectors.demo_sign_ins",
}


def seam(name: str) -> Callable[..., Any]:
    """The function behind a seam. Raises KeyError for an unknown name, ImportError when its app does not offer it."""
    function: Callable[..., Any] = import_string(getattr(settings, name, DEFAULTS[name]))
    return function
