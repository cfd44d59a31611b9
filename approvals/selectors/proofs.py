"""Proofs that are kept for a subject: which claims they prove today, and what a decider looks through."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from approvals.models import Proof


def proofs_of(subject_type: str, subject_id: int) -> QuerySet[Proof]:
    """Everything that was ever attached to a subject, the newest first, with who added it."""
    rows = Proof.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return rows.select_related("added_by").order_by("-pk")


def proven_by(subject_type: str, subject_id: int, *, now: datetime) -> dict[str, str]:
    """The claims that are proven today: code of the rule ("" for every one) → what proves it, with the document's name.

    Of several proofs of one claim the newest is named.
    """
    in_force = Q(valid_until__isnull=True) | Q(valid_until__gte=now.date())
    rows = Proof.objects.filter(in_force, subject_type=subject_type, subject_id=subject_id).order_by("pk")
    return {
        code: f"{title} ({file_name})" for code, title, file_name in rows.values_list("rule_code", "title", "file_name")
    }
