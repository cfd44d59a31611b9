"""What the top search finds on the floor below, which knows no top search."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.registries import approval_kinds
from approvals.selectors.inbox import readable_by
from stores.registries import SEARCH, Hit, SearchProvider

_NUMBER = re.compile(r"[Aa]0*(\d{1,17})")


def find_requests(user: Any, words: str) -> list[Hit]:
    """A change request by its number (A000123): what it is about is found where that is."""
    number = _NUMBER.fullmatch(words)
    if number is None:
        return []
    rows = readable_by(user, timezone.now()).only("kind", "subject_label", "state").filter(pk=int(number[1]))
    return [
        Hit(
            row.number,
            " · ".join([row.subject_label, _kind(row.kind), str(row.get_state_display())]),
            row.get_absolute_url(),
            "gavel",
            is_exact=True,
        )
        for row in rows
    ]


def _kind(key: str) -> str:
    return str(approval_kinds.get(key).label) if key in approval_kinds else key


SEARCH.register(
    "approvals.requests",
    SearchProvider(_("Approvals"), find_requests, "approvals.view_own_due_work", order=30),
)
