"""How a trail row and a seal are written down before they are hashed. Pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# A new column of the trail gets a new form; seals keep the number of the form that they were made with.
FORMS: dict[int, tuple[str, ...]] = {
    1: (
        "id",
        "at",
        "action",
        "subject_type",
        "subject_id",
        "store_id",
        "actor_kind",
        "actor_label",
        "actor_user_id",
        "request_id",
        "reason",
        "changes",
    )
}
CURRENT_FORM = 1
GENESIS = bytes(32)
"""What stands as `previous` in the first seal."""


@dataclass(frozen=True, slots=True)
class SealFacts:
    """What a seal says about itself."""

    form: int
    sealed_at: datetime
    entry_count: int
    last_entry_id: int
    previous: bytes


def entry_digest(row: Mapping[str, Any], *, form: int = CURRENT_FORM) -> bytes:
    """The fingerprint of one row: SHA-256 over the canonical JSON of every field of its form."""
    return _sha256({"form": form, **{name: _plain(row[name]) for name in FORMS[form]}})


def seal_digest(facts: SealFacts, digests: Iterable[bytes]) -> bytes:
    """The fingerprint of a seal: its own facts, the seal before it, then the entries' digests in id order."""
    head = {
        "form": facts.form,
        "sealed_at": _plain(facts.sealed_at),
        "entry_count": facts.entry_count,
        "last_entry_id": facts.last_entry_id,
        "previous": facts.previous.hex(),
    }
    total = hashlib.sha256(_canonical(head))
    for digest in digests:
        total.update(digest)
    return total.digest()


def _sha256(value: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(_canonical(value)).digest()


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
