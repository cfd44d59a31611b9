"""What the management and the planning group read on a decision page: words, no keys and codes."""

from __future__ import annotations

import pytest

from approvals.policies.field_diffs import compare
from approvals.registries import approval_kinds
from catalog.policies.fields import LISTING_KIND
from stores.models import CustomerGroup

REGION = {"key": "top", "name": "Top", "width": 12, "kinds": ["text", "sign"], "max": 3}
SENTENCE = "Top: 12/12 of the width; at most 3 modules: text, sign"


def said(kind: str, before: dict[str, object], after: dict[str, object]) -> list[str]:
    """Everything that the rows of a difference say."""
    changed, same = compare(approval_kinds.get(kind), before, after)
    rows = [row for block in changed for row in block.rows]
    words = [str(side) for row in rows for side in (row.before, row.after) if side is not None]
    return [*words, *(text for row in rows for _became, text in row.items), *(text for _label, text in same)]


def test_regions_and_kinds_of_a_layout_are_words() -> None:
    content = {"name": "Wide", "kinds": ["home", "sub"], "regions": [REGION]}
    assert said("stores.layout", content, {**content, "name": "Wider"}) == [
        "Wide",
        "Wider",
        "home page, sub-page",
        SENTENCE,
    ]
    new = said("stores.layout", {}, content)
    assert SENTENCE in new and "home page" in new and "sub-page" in new
    other = {**content, "regions": [{**REGION, "kinds": ["text"], "width": 8}]}
    changed = " ".join(said("stores.layout", content, other))
    assert "12/12" in changed and "8/12" in changed


def test_the_recommendation_and_work_orders_of_a_proposal_are_words() -> None:
    order = {"key": "4", "text": "Draw it", "owner": "Lin", "due_at": "2026-11-20T02:00:00+00:00"}
    new = said("stores.proposal", {}, {"recommendation": "adopt", "orders": [order]})
    assert "adopt" in new and "do not adopt" in said(
        "stores.proposal", {"recommendation": "change"}, {"recommendation": "reject"}
    )
    assert not [text for text in new if "T02:00" in text or "due_at" in text]


@pytest.mark.django_db
def test_the_kind_of_a_page_and_its_modules_are_words() -> None:
    story = {"key": "story", "kind": "text", "region": "main", "data": {"heading": "About us", "text": "<p>Old</p>"}}
    shown = said("stores.page", {"modules": [story]}, {"kind": "home", "modules": [story]})
    assert "home page" in shown and "text “About us”" in shown
    label = approval_kinds.get("stores.page").field_label
    assert label("modules.story.data.heading") == "module “story”, Heading"


@pytest.mark.django_db
def test_a_listings_customer_group_is_named() -> None:
    CustomerGroup.objects.create(code="tea-lovers", name="Tea lovers", rank=90)
    assert said(LISTING_KIND, {"customer_group": "gone"}, {"customer_group": "tea-lovers"}) == ["gone", "Tea lovers"]
