"""Reads of the trail, and the proof that nobody touched it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from approvals.models import TrailDigest, TrailEntry, TrailSeal
from approvals.policies.trail import FORMS, GENESIS, SealFacts, entry_digest, seal_digest
from approvals.registries import trail_actions

_CHUNK = 1000
# No transaction lives that long, so no entry can still appear below what was sealed before.
_SETTLED_AFTER = timedelta(days=1)


class ProblemKind(StrEnum):
    """What can be wrong with a sealed trail."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    DIGEST_CHANGED = "digest_changed"
    DIGESTS_MISSING = "digests_missing"
    SEAL_ALTERED = "seal_altered"
    CHAIN_BROKEN = "chain_broken"
    NEVER_SEALED = "never_sealed"
    SEAL_UNKNOWN = "seal_unknown"


WORDS: dict[ProblemKind, str | Promise] = {
    ProblemKind.ENTRY_CHANGED: _("Entry %(entry)s was changed after seal %(seal)s."),
    ProblemKind.ENTRY_MISSING: _("Entry %(entry)s was sealed by seal %(seal)s and is not there any more."),
    ProblemKind.DIGEST_CHANGED: _(
        "The fingerprint of entry %(entry)s in seal %(seal)s was changed; the entry itself is as it was sealed."
    ),
    ProblemKind.DIGESTS_MISSING: _(
        "Seal %(seal)s was made over %(expected)s entries and holds %(found)s fingerprints."
    ),
    ProblemKind.SEAL_ALTERED: _("Seal %(seal)s does not fit its own contents: it or fingerprints in it were altered."),
    ProblemKind.CHAIN_BROKEN: _("Seal %(seal)s does not follow the seal before it: a seal was altered or taken out."),
    ProblemKind.NEVER_SEALED: _(
        "Entry %(entry)s lies below sealed entries and was never sealed: it was put in afterwards."
    ),
    ProblemKind.SEAL_UNKNOWN: _("No seal has the fingerprint %(digest)s: the chain was cut or made anew."),
}


@dataclass(frozen=True, slots=True)
class TrailProblem:
    """One finding, naming the row by `entry_id` or the seal by `seal_id`."""

    kind: ProblemKind
    seal_id: int | None = None
    entry_id: int | None = None
    facts: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(WORDS[self.kind]) % {"seal": self.seal_id, "entry": self.entry_id, **self.facts}


def verify_trail(*, holds: tuple[bytes, ...] = ()) -> Iterator[TrailProblem]:
    """Recompute every fingerprint and every seal; yields what does not fit, naming the row.

    Reads in the order of the chain, a thousand rows at a time. `holds` are digests of seals that were noted outside
    the database (the log, a printed export): the chain must contain each of them, which finds a chain whose end was
    cut off or that was made anew.
    """
    previous = GENESIS
    awaited = set(holds)
    for seal in TrailSeal.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        if bytes(seal.previous) != previous:
            yield TrailProblem(ProblemKind.CHAIN_BROKEN, seal.pk)
        yield from _problems_of(seal)
        previous = bytes(seal.digest)
        awaited.discard(previous)
    for digest in sorted(awaited):
        yield TrailProblem(ProblemKind.SEAL_UNKNOWN, facts={"digest": digest.hex()})
    yield from _never_sealed()


@dataclass(frozen=True, slots=True)
class TrailFigures:
    """How much of the trail is sealed; `head` is the newest seal's digest, to be noted outside the database."""

    entries: int
    sealed: int
    seals: int
    head: str


def trail_figures() -> TrailFigures:
    """Counts for the verification report."""
    head = TrailSeal.objects.order_by("-pk").first()
    return TrailFigures(
        entries=TrailEntry.objects.count(),
        sealed=TrailDigest.objects.count(),
        seals=TrailSeal.objects.count(),
        head=bytes(head.digest).hex() if head else "",
    )


def unsealed_entries() -> QuerySet[TrailEntry]:
    """Entries that no seal covers yet."""
    return TrailEntry.objects.filter(~Exists(TrailDigest.objects.filter(entry_id=OuterRef("pk"))))


def floor_of_unsealed() -> int:
    """The id up to which every entry is sealed: the highest one that was sealed more than a day before the newest seal.

    Measured from the newest seal, not from now: after a standstill the next seal must still find what appeared since the last one.
    """
    newest = TrailSeal.objects.order_by("-pk").values_list("sealed_at", flat=True).first()
    if newest is None:
        return 0
    settled = TrailSeal.objects.filter(sealed_at__lt=newest - _SETTLED_AFTER).aggregate(last=Max("last_entry_id"))
    return settled["last"] or 0


def trail_of(subject_type: str, subject_id: int) -> list[TrailEntry]:
    """Everything that the trail holds about one subject, oldest first, with the people."""
    return list(TrailEntry.objects.about(subject_type, subject_id).select_related("actor_user").order_by("pk"))


def sentence_of(action: str) -> str:
    """The words for an action; the bare code for one whose app is gone."""
    return str(trail_actions.get(action).sentence) if action in trail_actions else action


def _problems_of(seal: TrailSeal) -> Iterator[TrailProblem]:
    """Compare a seal's fingerprints with the rows, then the seal with the fingerprints.

    When rows and fingerprints differ, the seal tells which of both is genuine: it was computed over the fingerprints, and changing
    those to hide a changed row breaks it.
    """
    facts = SealFacts(seal.form, seal.sealed_at, seal.entry_count, seal.last_entry_id, bytes(seal.previous))
    found, differing, missing = 0, [], []
    kept: list[bytes] = []
    actual: list[bytes] = []
    for entry_id, kept_digest, actual_digest in _digests_of(seal):
        found += 1
        kept.append(kept_digest)
        actual.append(actual_digest or kept_digest)
        if actual_digest is None:
            missing.append(entry_id)
        elif actual_digest != kept_digest:
            differing.append(entry_id)
    fits = seal_digest(facts, kept) == bytes(seal.digest)
    rows_fit = bool(differing) and not fits and seal_digest(facts, actual) == bytes(seal.digest)
    for entry_id in missing:
        yield TrailProblem(ProblemKind.ENTRY_MISSING, seal.pk, entry_id)
    for entry_id in differing:
        yield TrailProblem(ProblemKind.DIGEST_CHANGED if rows_fit else ProblemKind.ENTRY_CHANGED, seal.pk, entry_id)
    if found != seal.entry_count:
        yield TrailProblem(ProblemKind.DIGESTS_MISSING, seal.pk, facts={"expected": seal.entry_count, "found": found})
    elif not fits and not rows_fit:
        yield TrailProblem(ProblemKind.SEAL_ALTERED, seal.pk)


def _digests_of(seal: TrailSeal) -> Iterator[tuple[int, bytes, bytes | None]]:
    """(entry id, fingerprint kept, fingerprint computed now or None) in id order, a chunk at a time."""
    after = 0
    while True:
        kept = list(
            TrailDigest.objects.filter(seal=seal, entry_id__gt=after)
            .order_by("entry_id")
            .values_list("entry_id", "digest")[:_CHUNK]
        )
        if not kept:
            return
        after = kept[-1][0]
        rows = TrailEntry.objects.filter(pk__in=[pk for pk, _digest in kept]).values(*FORMS[seal.form])
        computed = {row["id"]: entry_digest(row, form=seal.form) for row in rows}
        for pk, digest in kept:
            yield pk, bytes(digest), computed.get(pk)


def _never_sealed() -> Iterator[TrailProblem]:
    """Rows below the floor from which sealing searches: no seal covers them and none will."""
    rows = unsealed_entries().filter(pk__lte=floor_of_unsealed()).order_by("pk")
    for pk in rows.values_list("pk", flat=True).iterator(chunk_size=_CHUNK):
        yield TrailProblem(ProblemKind.NEVER_SEALED, entry_id=pk)
