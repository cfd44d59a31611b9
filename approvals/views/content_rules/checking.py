"""What is wrong with a text while it is typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from approvals import services
from approvals.errors import TooMuchToCheck
from approvals.policies.texts import MAX_TEXT, half_width_units
from approvals.registries import Finding
from approvals.states import Severity
from config.kit.errors import DomainError
from config.kit.web import require

MAX_CHECKED = 100_000
"""Bytes that are checked at once while somebody types."""
_FIELD = "text."


@require(None)
@require_POST
def check_texts(request: HttpRequest) -> HttpResponse:
    """What is wrong with the texts of a form that is being filled in. Writes nothing.

    POST `kind`, `platform`, a `text.<field>` for each field, and as JSON in `proven` what the page knows to be proven (code
    of the rule → document): advice only, the proofs themselves are asked at submission. Answers JSON: field → `units`
    (half-width letters used), `min` and `max` (the house format; null: no limit), `findings` with `severity`, its `word`,
    `text` in the reader's language, and `start` and `end` in the text where it has a place. More than 100 kB is refused
    with 413.
    """
    try:
        sent = int(request.META.get("CONTENT_LENGTH") or 0)
        if sent > 4 * MAX_CHECKED:  # form encoding takes up to three bytes for one
            raise TooMuchToCheck(limit=MAX_CHECKED // 1000)
        texts = {key.removeprefix(_FIELD): str(value) for key, value in request.POST.items() if key.startswith(_FIELD)}
        if sum(len(text.encode()) for text in texts.values()) > MAX_CHECKED:
            raise TooMuchToCheck(limit=MAX_CHECKED // 1000)
        kind, platform = request.POST.get("kind", ""), request.POST.get("platform", "")
        proven = _proven(request.POST.get("proven", ""))
        findings = services.check_texts(kind, texts, platform_code=platform, proven=proven)
    except DomainError as refusal:
        return JsonResponse({"refusal": refusal.describe()}, status=refusal.status)
    answer = {name: _checked(kind, name, text, findings, platform) for name, text in texts.items()}
    return JsonResponse({"fields": answer})


def _proven(sent: str) -> Mapping[str, str]:
    """What the page says is proven; nothing where it says it in another form."""
    try:
        read = json.loads(sent or "{}")
    except (ValueError, RecursionError):
        return {}
    return {code: name for code, name in read.items() if isinstance(name, str)} if isinstance(read, dict) else {}


def _checked(kind: str, name: str, text: str, findings: list[Finding], platform: str) -> Mapping[str, Any]:
    shape = services.format_in_force(kind, name, platform)
    return {
        "units": half_width_units(text.strip()) if len(text) <= MAX_TEXT else None,
        "min": shape.min_units if shape else 0,
        "max": shape.max_units if shape else None,
        "findings": [
            {
                "code": finding.code,
                "severity": str(finding.severity),
                "word": str(Severity(finding.severity).label),
                "text": finding.text,
                "start": finding.facts.get("start"),
                "end": finding.facts.get("end"),
            }
            for finding in findings
            if finding.field == name
        ],
    }
