"""The trail as a file that carries its own proof (APPR-17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.forms import PeriodForm
from approvals.models import ContentRule, RuleHit, TrailEntry
from approvals.policies.rule_files import exceptions_as_text
from approvals.policies.trail import FORMS, entry_digest
from approvals.rule_forms import HitPeriodForm, RuleChoiceForm
from approvals.selectors.content_rules import AuthorFigures, hits_by_author
from approvals.selectors.trail import sentence_of, trail_figures, verify_trail
from config.kit.export import EXPORTS, ExportColumn, ExportDeclaration

_SHOWN_PROBLEMS = 20


def _rows(params: Mapping[str, Any], user: Any) -> Iterator[TrailEntry]:
    """Entries in the order of the trail, each with its seal and whether it still is what was sealed."""
    entries = TrailEntry.objects.visible_to(user).select_related("digest__seal").order_by("pk")
    if start := params.get("start"):
        entries = entries.filter(at__gte=_midnight(date.fromisoformat(start)))
    if end := params.get("end"):
        entries = entries.filter(at__lt=_midnight(date.fromisoformat(end) + timedelta(days=1)))
    if subject_type := params.get("subject_type"):
        entries = entries.filter(subject_type=subject_type)
    return entries.iterator(chunk_size=1000)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _proof(entry: TrailEntry) -> str:
    kept = getattr(entry, "digest", None)
    if kept is None:
        return gettext("not sealed yet")
    row = {name: getattr(entry, name) for name in FORMS[kept.seal.form]}
    return gettext("as sealed") if entry_digest(row, form=kept.seal.form) == bytes(kept.digest) else gettext("CHANGED")


def _changes(entry: TrailEntry) -> str:
    return "; ".join(f"{name}: {pair}" for name, pair in entry.changes.items())


def _cover(params: Mapping[str, Any], user: Any) -> Sequence[tuple[str, Any]]:
    problems = [str(problem) for problem in verify_trail()]
    figures = trail_figures()
    verdict = (
        gettext("the trail is whole")
        if not problems
        else gettext("TOUCHED: %(count)d problems") % {"count": len(problems)}
    )
    return [
        (gettext("Verification"), verdict),
        (gettext("Verified at"), timezone.now()),
        (gettext("Entries"), figures.entries),
        (gettext("of them sealed"), figures.sealed),
        (gettext("Seals"), figures.seals),
        (gettext("Fingerprint of the newest seal"), figures.head),
        *((gettext("Problem"), problem) for problem in problems[:_SHOWN_PROBLEMS]),
    ]


EXPORTS.register(
    "approvals.trail",
    ExportDeclaration(
        key="approvals.trail",
        title=_("Trail with proof"),
        permission="approvals.view_trailentry",
        columns=(
            ExportColumn("id", _("Entry"), "id", value="pk"),
            ExportColumn("at", _("At"), "datetime"),
            ExportColumn("action", _("Action"), "id"),
            ExportColumn("sentence", _("What"), value=lambda entry: sentence_of(entry.action)),
            ExportColumn("subject_type", _("Subject type"), "id"),
            ExportColumn("subject_id", _("Subject"), "id"),
            ExportColumn("store_id", _("Shop"), "id"),
            ExportColumn("actor", _("Actor"), value="actor_label"),
            ExportColumn("actor_kind", _("Actor kind"), "id"),
            ExportColumn("request_id", _("Request"), "id"),
            ExportColumn("reason", _("Reason")),
            ExportColumn("changes", _("Changes"), value=_changes),
            ExportColumn("seal", _("Seal"), "id", value=lambda entry: _of_digest(entry, "seal_id")),
            ExportColumn("digest", _("Fingerprint"), "id", value=lambda entry: _of_digest(entry, "digest"), width=66),
            ExportColumn("proof", _("Proof"), value=_proof),
        ),
        rows=_rows,
        form=PeriodForm,
        snapshot=True,
        cover=_cover,
    ),
)


def _rules(params: Mapping[str, Any], user: Any) -> Iterator[ContentRule]:
    return ContentRule.objects.filter(list_id=params["list"]).order_by("code").iterator(chunk_size=1000)


# The columns are named as the import reads them, in every language: a list goes out, is edited, and comes back.
EXPORTS.register(
    "approvals.content_rules",
    ExportDeclaration(
        key="approvals.content_rules",
        title=_("Content rules of a list"),
        permission="approvals.view_contentrule",
        columns=(
            ExportColumn("code", "code", "id"),
            ExportColumn("phrase", "phrase"),
            ExportColumn("pattern", "pattern"),
            ExportColumn("exceptions", "exceptions", value=lambda rule: exceptions_as_text(rule.exceptions)),
            ExportColumn("severity", "severity", "id"),
            ExportColumn("note", "note"),
            ExportColumn("is_active", "is_active", "id", value=lambda rule: "yes" if rule.is_active else "no"),
        ),
        rows=_rules,
        form=RuleChoiceForm,
    ),
)


def _hit_figures(params: Mapping[str, Any], user: Any) -> list[AuthorFigures]:
    hits = RuleHit.objects.all()
    if start := params.get("start"):
        hits = hits.filter(at__gte=_midnight(date.fromisoformat(start)))
    if end := params.get("end"):
        hits = hits.filter(at__lt=_midnight(date.fromisoformat(end) + timedelta(days=1)))
    return hits_by_author(hits)


EXPORTS.register(
    "approvals.rule_hits",
    ExportDeclaration(
        key="approvals.rule_hits",
        title=_("Hits of content rules by author"),
        permission="approvals.view_rulehit",
        columns=(
            ExportColumn(
                "author", _("Author"), value=lambda row: str(row.author) if row.author else gettext("the system")
            ),
            ExportColumn("hits", _("Hits"), "number", total=True),
            ExportColumn("blocked", _("stopped"), "number", total=True),
            ExportColumn("proof", _("needed proof"), "number", total=True),
            ExportColumn("warned", _("needed a reason"), "number", total=True),
            ExportColumn("subjects", _("Subjects"), "number"),
            ExportColumn("newest", _("Newest"), "datetime"),
        ),
        rows=_hit_figures,
        form=HitPeriodForm,
    ),
)


def _of_digest(entry: TrailEntry, name: str) -> Any:
    kept = getattr(entry, "digest", None)
    value = getattr(kept, name, None)
    return value.hex() if isinstance(value, bytes | memoryview) else value
