"""Background work of the catalogue: the dry run of a table, and packages of many drafts."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals import services as approvals
from approvals.models import Job
from approvals.registries import JobKind, job_kinds
from catalog.errors import ChangesRefused, TableUnreadable
from catalog.models import Listing, Package, Photo
from catalog.policies.tables import read_rows
from catalog.selectors.finding import categories_below
from catalog.selectors.grid import BATCH, Change, Weighed, weigh
from catalog.selectors.sheets import Sheet, read_sheet
from catalog.services.bulk_drafts import make_bulk_package
from catalog.services.bulk_jobs import CHECK, GRID, IMPORT, MEASURE
from catalog.services.following import refresh_completeness
from catalog.services.photos import recheck_photos
from catalog.states import RevisionOrigin
from config.kit.actor import Actor
from stores.models import Shop

SUMMARY, CHANGE, REFUSED, PACKAGE = "summary", "change", "refused", "package"
"""What a line of the result is about, as its `pk`."""
SHOWN_CHANGES = 200
SHOWN_REFUSALS = 500
_PERMISSION = "catalog.plan_listings"


def run_grid(job: Job, now: datetime) -> None:
    """Make the package of a large grid, all of it or nothing."""
    package = make_bulk_package(
        entries={int(pk): fields for pk, fields in job.params["entries"].items()},
        before={int(pk): texts for pk, texts in job.params["before"].items()},
        title=job.params["title"],
        origin=RevisionOrigin.BULK,
        actor=_actor(job),
        now=now,
    )
    _report_package(job, package, len(job.params["entries"]))


def run_check(job: Job, now: datetime) -> None:
    """The dry run: what of the table is recognised, what it would change, what is wrong. Saves nothing but its report."""
    sheet, weighed = _weigh_table(job, job, now)
    refused = [*sheet.refused, *weighed.refused]
    facts = {
        "rows": sheet.row_count,
        "recognised": sheet.recognised,
        "listings": len(weighed.entries),
        "changes": len(weighed.changes),
        "refused": len(refused),
        "unknown": sheet.unknown,
        "digest": weighed.digest,
    }
    text = _(
        "%(recognised)d of %(rows)d rows recognised, %(listings)d listings would change, %(refused)d cells refused"
    )
    head = {"pk": SUMMARY, "label": job.params["name"], "ok": not refused, "text": text % facts, "facts": facts}
    lines = [head, *(_refused_line(one) for one in refused[:SHOWN_REFUSALS])]
    lines += [_change_line(one) for one in weighed.changes[:SHOWN_CHANGES]]
    approvals.report_progress(job, done=sheet.row_count, failed=len(refused), total=sheet.row_count, results=lines)


def run_import(job: Job, now: datetime) -> None:
    """Make the package of a table, if it still has the effect that the dry run showed."""
    check = Job.objects.get(pk=job.params["check"], kind=CHECK, requested_by=job.requested_by_id)
    sheet, weighed = _weigh_table(job, check, now)
    if refused := [*sheet.refused, *weighed.refused]:
        first = "; ".join(f"{one.row} {one.column}: {one.text}" for one in refused[:3])
        raise ChangesRefused(count=len(refused), list=first)
    if weighed.digest != job.params["digest"]:
        raise ChangesRefused(count=len(weighed.changes), list=_("the listings changed since the dry run; try it again"))
    package = make_bulk_package(
        entries=weighed.entries,
        before=weighed.before,
        title=job.params["title"],
        origin=RevisionOrigin.IMPORT,
        note=f"{check.params['name']} · SHA-256 {check.params['sha256']}",
        actor=_actor(job),
        now=now,
    )
    _report_package(job, package, len(weighed.entries))


def run_measure(job: Job, now: datetime) -> None:
    """Reckon completeness and picture checks of a category, and those below it, anew: what is demanded of them changed."""
    categories = categories_below(job.params["category"])
    rows = Listing.objects.all() if categories is None else Listing.objects.filter(product__category__in=categories)
    listing_ids = list(rows.order_by("pk").values_list("pk", flat=True))
    photos = Photo.objects.all() if categories is None else Photo.objects.filter(product__category__in=categories)
    product_ids = list(photos.order_by("product").values_list("product_id", flat=True).distinct())
    total, done, changed = len(listing_ids) + len(product_ids), 0, 0
    for start in range(0, len(product_ids), BATCH):
        batch = product_ids[start : start + BATCH]
        changed += recheck_photos(product_ids=batch)
        done += len(batch)
        approvals.report_progress(job, done=done, total=total)
    for start in range(0, len(listing_ids), BATCH):
        batch = listing_ids[start : start + BATCH]
        changed += refresh_completeness(listing_ids=batch)
        done += len(batch)
        approvals.report_progress(job, done=done, total=total)
    text = _("%(count)d of them are measured differently now") % {"count": changed}
    line = {"pk": "", "label": job.title, "ok": True, "text": text}
    approvals.report_progress(job, done=done, total=total, results=[line])


def _weigh_table(job: Job, check: Job, now: datetime) -> tuple[Sheet, Weighed]:
    with check.file.open("rb") as handle:
        raw = handle.read()
    if hashlib.sha256(raw).hexdigest() != check.params["sha256"]:
        raise TableUnreadable(problem=_("it is not the file that was uploaded."))
    rows = read_rows(raw, check.params["kind"])
    approvals.report_progress(job, done=0, total=max(len(rows) - 1, 0))
    person = job.requested_by
    shops = Shop.objects.visible_to(person)
    shop_id = check.params["shop"]
    shop = shops.filter(pk=shop_id).first() if shop_id is not None else None
    visible = Listing.objects.visible_to(person)
    sheet = read_sheet(rows, listings=visible, shops=shops, shop=shop)
    return sheet, weigh(sheet.cells, rows=visible, now=now, ending=None)


def _report_package(job: Job, package: Package, count: int) -> None:
    line = {"pk": PACKAGE, "label": str(package), "ok": True, "text": _("%(count)d drafts") % {"count": count}}
    approvals.report_progress(job, done=count, total=count, results=[{**line, "package": package.pk}])


def _refused_line(one: Any) -> dict[str, Any]:
    return {"pk": REFUSED, "label": one.row, "ok": False, "text": f"{one.column}: {one.text}", "column": one.column,
            "why": one.text}  # fmt: skip


def _change_line(one: Change) -> dict[str, Any]:
    text = f"{one.label}: {one.before or '–'} → {one.after or '–'}"
    return {
        "pk": CHANGE,
        "label": str(one.listing),
        "ok": True,
        "text": text[:300],
        "listing": one.listing.pk,
        "field": one.label,
        "before": one.before[:300],
        "after": one.after[:300],
        "percent": None if one.percent is None else str(one.percent),
        "remarks": [[finding.severity, finding.text] for finding in one.remarks],
    }


def _actor(job: Job) -> Actor:
    person = job.requested_by
    return Actor.staff(user_id=person.pk, label=str(person), request_id=f"job-{job.pk}")


job_kinds.register(GRID, JobKind(run_grid, permission=_PERMISSION))
job_kinds.register(CHECK, JobKind(run_check, permission=_PERMISSION))
job_kinds.register(IMPORT, JobKind(run_import, permission=_PERMISSION))
job_kinds.register(MEASURE, JobKind(run_measure))
