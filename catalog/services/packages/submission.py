"""A package is submitted in one go: every draft of it, or none."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from approvals.errors import NothingChanged, NotReady
from approvals.models import ChangeRequest
from approvals.registries import Finding
from approvals.services import record
from approvals.states import DraftState, Importance, Severity
from catalog.errors import PackageHasNothingToSubmit, PackageNotReady
from catalog.models import Package, SourceItem
from catalog.services.packages._rows import lock_package
from catalog.services.packages.progress import package_progress
from catalog.services.revisions import submit_revision
from catalog.states import SourceState
from config.kit.actor import Actor
from config.kit.errors import DomainError


def submit_package(*, package_id: int, actor: Actor, now: datetime) -> list[ChangeRequest]:
    """Submit every draft of a package, or none: whatever is wrong with any of them is named, listing by listing.

    The requests inherit the package's clock and at least its class. Locks package, then as `submit_revision`. Raises
    PackageIsClosed, PackageHasNothingToSubmit, PackageNotReady with `findings` (listing's label → findings).
    """
    with transaction.atomic():
        package = lock_package(package_id)
        drafts = list(package.revisions.filter(state=DraftState.DRAFT).select_related("listing__shop").order_by("pk"))
        if not drafts:
            raise PackageHasNothingToSubmit(package=package.number)
        findings: dict[str, list[Finding]] = {}
        for title in _left_out(package):
            findings[title] = [
                _finding(
                    "no_listing", gettext("Nothing of its product is in the package. Add its listings, or take it out.")
                )
            ]
        requests: list[ChangeRequest] = []
        for draft in drafts:
            label = str(draft.listing)
            try:
                requests.append(
                    submit_revision(
                        revision_id=draft.pk,
                        actor=actor,
                        now=now,
                        important=package.importance == Importance.IMPORTANT,
                        reason=str(package),
                    )
                )
            except NotReady as refusal:
                findings.setdefault(label, []).extend(refusal.findings)
            except NothingChanged as refusal:
                findings.setdefault(label, []).append(_finding("nothing_changed", refusal.describe()))
            except DomainError as refusal:
                findings.setdefault(label, []).append(_finding(refusal.code, refusal.describe()))
        if findings:
            raise PackageNotReady(
                package=package.number,
                count=len(findings),
                list="; ".join(f"{label}: {rows[0].text}" for label, rows in list(findings.items())[:5]),
                findings=findings,
            )
        package.submitted_at = now
        package.save(update_fields=["submitted_at"])
        record("catalog.package_submitted", package, actor=actor, changes={"listings": [0, len(requests)]}, at=now)
        package_progress(package_id=package_id, now=now, actor=actor)
    return requests


def _left_out(package: Package) -> list[str]:
    """Items about a product of which the package holds no draft: nothing of them would be published."""
    products = set(package.revisions.exclude(state=DraftState.DISCARDED).values_list("listing__product", flat=True))
    items = SourceItem.objects.filter(package=package, product__isnull=False).exclude(product__in=products)
    return list(items.exclude(state=SourceState.REFUSED).order_by("pk").values_list("title", flat=True))


def _finding(code: str, text: str) -> Finding:
    return Finding(code=code, severity=str(Severity.BLOCK), field="", text=text)
