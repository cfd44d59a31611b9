"""Proofs of claims: files that say why an absolute word may stand (SEC-4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from approvals.errors import ReasonIsMissing
from approvals.models import Proof
from approvals.registries import Draft, Finding, approval_kinds
from approvals.services.content_rules import check_draft
from approvals.services.trail import Act, record_many
from approvals.states import Severity
from config.kit.actor import Actor
from config.kit.uploads import read_document


@transaction.atomic
def add_proof(
    *,
    subject_type: str,
    subject_id: int,
    rule_code: str,
    title: str,
    file: Any,
    valid_until: date | None = None,
    actor: Actor,
    now: datetime,
) -> Proof:
    """Keep evidence for the claims of a subject; `rule_code` "" proves every one. The file is read as hostile.

    Raises ReasonIsMissing without a title, and what `config.kit.uploads.read_document` refuses.
    """
    if not title.strip() or actor.user_id is None:
        raise ReasonIsMissing(field="title")
    data = file.read()
    facts = read_document(data, name=file.name)
    proof = Proof(
        subject_type=subject_type,
        subject_id=subject_id,
        rule_code=rule_code,
        title=title.strip()[:160],
        file_name=str(file.name)[-160:],
        sha256=facts.sha256,
        valid_until=valid_until,
        added_by_id=actor.user_id,
        added_at=now,
    )
    proof.file.save(proof.file_name, ContentFile(data), save=False)
    proof.save()
    act = Act(
        "requests.proof_added",
        subject_type,
        subject_id,
        changes={"proof": [None, proof.title], "sha256": [None, facts.sha256]},
    )
    record_many([act], actor=actor, at=now)
    return proof


@transaction.atomic
def claims_of_draft(*, kind: str, draft_id: int, now: datetime) -> tuple[Draft, list[Finding]]:
    """A draft as it is stored, and each claim in it that needs a proof or has one: one finding per rule, unproven ones first."""
    declared = approval_kinds.get(kind)
    draft = declared.read(draft_id)
    claims: dict[str, Finding] = {}
    for finding in check_draft(kind, draft, declared.checked_texts(draft), now=now):
        if finding.facts.get("severity") == Severity.PROOF:
            claims.setdefault(finding.code, finding)
    return draft, sorted(claims.values(), key=lambda one: one.severity != Severity.PROOF)
