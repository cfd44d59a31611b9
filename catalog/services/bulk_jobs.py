"""Grids and files that are too much for one page view: asked for here, done by `catalog.jobs`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.core.files.base import ContentFile
from django.db import transaction

from approvals import services as approvals
from approvals.models import Job
from catalog.errors import ReasonMissing, TableUnreadable
from catalog.policies.tables import MAX_BYTES
from config.kit.actor import Actor
from config.kit.uploads import read_document

GRID: Final = "catalog.grid_apply"
CHECK: Final = "catalog.listing_check"
IMPORT: Final = "catalog.listing_import"
MEASURE: Final = "catalog.measure"
KINDS: Final = (GRID, CHECK, IMPORT)
_TABLES: Final = ("csv", "txt", "xlsx")


@transaction.atomic
def request_check(*, data: bytes, name: str, shop_id: int | None, actor: Actor, now: datetime) -> Job:
    """Keep a table by its hash and queue its dry run. `shop_id`: the shop of rows that name none.

    Raises what `config.kit.uploads.read_document` refuses, TableUnreadable for a document that is no table.
    """
    facts = read_document(data, name, max_bytes=MAX_BYTES)
    if facts.kind not in _TABLES:
        raise TableUnreadable(field="file", problem=facts.name)
    job = approvals.request_job(
        kind=CHECK,
        title=facts.name,
        params={"sha256": facts.sha256, "kind": facts.kind, "name": facts.name, "shop": shop_id},
        actor=actor,
        now=now,
    )
    job.file.save(f"table.{facts.kind}", ContentFile(data), save=False)
    job.save(update_fields=["file"])
    return job


def request_import(*, check_id: int, title: str, digest: str, actor: Actor, now: datetime) -> Job:
    """Queue the package of a table whose dry run the person saw; `digest` says which effect that was. Raises ReasonMissing."""
    check = Job.objects.get(pk=check_id, kind=CHECK, requested_by=actor.user_id)
    if not title.strip():
        raise ReasonMissing(field="title")
    return approvals.request_job(
        kind=IMPORT,
        title=title.strip(),
        params={"check": check.pk, "title": title.strip(), "digest": digest},
        actor=actor,
        now=now,
    )


def request_grid(
    *,
    entries: Mapping[int, Mapping[str, Any]],
    before: Mapping[int, Mapping[str, str]],
    title: str,
    actor: Actor,
    now: datetime,
) -> Job:
    """Queue the package of a large grid, as `make_bulk_package` takes it."""
    return approvals.request_job(
        kind=GRID,
        title=title,
        params={"entries": {str(pk): one for pk, one in entries.items()}, "before": dict(before), "title": title},
        actor=actor,
        total=len(entries),
        now=now,
    )
