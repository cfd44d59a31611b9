"""The content of a page or layout as it is approved, and whether it may be shown at a time. Pure functions on rows and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stores.policies.modules import texts_of

if TYPE_CHECKING:
    from stores.models import Page


def page_content(
    *,
    kind: str,
    title: str,
    layout: str,
    regions: Sequence[Mapping[str, Any]],
    modules: Sequence[Mapping[str, Any]],
    ends_at: datetime | None,
) -> dict[str, Any]:
    """What is approved: everything that shoppers see, with the regions of the layout as they were at that moment.

    So a later layout changes no live page. Times are UTC.
    """
    return {
        "kind": kind,
        "title": title,
        "layout": layout,
        "regions": [dict(region) for region in regions],
        "modules": [dict(module) for module in modules],
        "ends_at": ends_at.astimezone(UTC).isoformat() if ends_at else None,
    }


def layout_content(*, name: str, kinds: Sequence[str], regions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is approved of a layout."""
    return {"name": name, "kinds": sorted(kinds), "regions": [dict(region) for region in regions]}


def page_texts(content: Mapping[str, Any]) -> dict[str, str]:
    """Every text of a page's content that shoppers read, by its dotted path: what content rules look at."""
    return {"title": content["title"], **texts_of(content["modules"])}


def ends_at_of(content: Mapping[str, Any]) -> datetime | None:
    """The end that a page's content names."""
    return datetime.fromisoformat(content["ends_at"]) if content.get("ends_at") else None


def live_fields(subject: Any) -> dict[str, Any] | None:
    """What is live of a page or layout whose `live__snapshot` is loaded; None when nothing is or it was taken down."""
    if subject.live is None or subject.live.snapshot is None:
        return None
    return dict(subject.live.snapshot.fields)


def is_shown(page: Page, at: datetime) -> bool:
    """Whether shoppers see the page at that time: it is live and its approved end has not come."""
    content = live_fields(page)
    if content is None:
        return False
    ends_at = ends_at_of(content)
    return ends_at is None or ends_at > at
