"""Which listings are proof-read, and in which order (CAT-6). Pure decisions over rows."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from catalog.policies.fields import top_field
from catalog.states import ProofreadPick

SAMPLE_SHARE: Final = 0.01
SAMPLE_AT_LEAST: Final = 5
TOP_SELLERS: Final = 20
"""Ranks that are read more often than others."""
TOP_SELLER_AGE: Final = timedelta(days=14)
OLD_SHARE: Final = 0.8
"""A listing is picked when so much of the rule's length has passed, so that it is read before the rest has."""
COMPLAINT_DAYS: Final = timedelta(days=14)

SPECIFICATION: Final = frozenset({"attributes", "variants", "weight", "barcodes", "feature"})

PRIORITY: Final[Mapping[ProofreadPick, int]] = {
    ProofreadPick.COMPLAINT: 10,
    ProofreadPick.SPEC_CHANGED: 20,
    ProofreadPick.TOP_SELLER: 30,
    ProofreadPick.OLD: 60,
    ProofreadPick.RANDOM: 80,
}
TIME_TO_READ: Final[Mapping[ProofreadPick, timedelta]] = {
    ProofreadPick.COMPLAINT: timedelta(days=1),
    ProofreadPick.SPEC_CHANGED: timedelta(days=3),
    ProofreadPick.TOP_SELLER: timedelta(days=3),
    ProofreadPick.RANDOM: timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shown listing without an open task. `changed_fields` are those of its live version, `number` that version's."""

    listing_id: int
    product_id: int
    sales_rank: int | None
    proofread_at: datetime | None
    first_listed_at: datetime
    live_since: datetime
    number: int
    changed_fields: Sequence[str]

    @property
    def read_at(self) -> datetime:
        """When it was last looked at by somebody: the approval of its first version counts as a reading."""
        return self.proofread_at or self.first_listed_at


@dataclass(frozen=True, slots=True)
class Picked:
    """A listing that is to be read, why, and by when."""

    listing_id: int
    pick: ProofreadPick
    due_at: datetime


def pick(
    candidates: Sequence[Candidate],
    *,
    complained: Collection[int],
    length: timedelta,
    today: date,
    now: datetime,
) -> list[Picked]:
    """What is to be read today, the most urgent first; of several reasons the most urgent counts.

    `complained` are products with recent complaints, `length` that of the rule of accuracy checks. The random sample depends on the
    date and the candidates only, so that an auditor can draw it again.
    """
    sampled = sample([one.listing_id for one in candidates], today)
    found = []
    for one in candidates:
        reason = _risk(one, complained, length, now) or (ProofreadPick.RANDOM if one.listing_id in sampled else None)
        if reason is None:
            continue
        left = TIME_TO_READ.get(reason)
        due_at = now + left if left is not None else max(one.read_at + length, now + timedelta(days=1))
        found.append(Picked(one.listing_id, reason, due_at))
    return sorted(found, key=lambda one: (PRIORITY[one.pick], one.due_at, one.listing_id))


def sample(listing_ids: Collection[int], today: date) -> set[int]:
    """One in a hundred, at least five, drawn by the date."""
    ids = sorted(listing_ids)
    size = min(len(ids), max(SAMPLE_AT_LEAST, -(-len(ids) // round(1 / SAMPLE_SHARE))))
    return set(random.Random(f"proofread {today.isoformat()}").sample(ids, size))  # noqa: S311 (a sample, no secret)


def read_fields(content: Mapping[str, Any], codes: Sequence[str]) -> list[str]:
    """The fields of a content that say something and so can be read, in the order of `codes`."""
    return [code for code in codes if content.get(code)]


def _risk(one: Candidate, complained: Collection[int], length: timedelta, now: datetime) -> ProofreadPick | None:
    if one.product_id in complained and (one.proofread_at is None or one.proofread_at < now - COMPLAINT_DAYS):
        return ProofreadPick.COMPLAINT
    specification = any(top_field(path) in SPECIFICATION for path in one.changed_fields)
    if one.number > 1 and specification and one.read_at < one.live_since:
        return ProofreadPick.SPEC_CHANGED
    is_top = one.sales_rank is not None and one.sales_rank <= TOP_SELLERS
    if is_top and one.read_at <= now - TOP_SELLER_AGE:
        return ProofreadPick.TOP_SELLER
    if one.read_at <= now - OLD_SHARE * length:
        return ProofreadPick.OLD
    return None
