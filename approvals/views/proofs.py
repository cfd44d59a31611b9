"""Proofs of claims: attached from an editor, read on the decision page (SEC-4)."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext

from approvals import services
from approvals.forms import ProofForm
from approvals.registries import Finding
from approvals.selectors.proofs import proofs_of
from approvals.views.inbox import EVERYBODY
from approvals.views.requests.page import readable
from config.kit.web import actor_of, domain_errors, page, require
from config.kit.web.downloads import download


def attach_proof(request: HttpRequest, *, kind: str, draft_id: int, back: str) -> HttpResponse:
    """The form that attaches a document to a claim of a draft, for every editor; `?rule=` chooses the claim.

    The caller has checked that the person may edit the draft and sees its subject. `back` is the editor's address.
    """
    now = timezone.now()
    draft, claims = services.claims_of_draft(kind=kind, draft_id=draft_id, now=now)
    words = {finding.code: _claim(finding) for finding in claims}
    asked = request.GET.get("rule", "")
    initial = {"rule_code": asked if asked in words else next(iter(words), "")}
    # A draft that claims nothing has nothing to be filled in for; what is posted for it is refused by the field.
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProofForm(*sent, claims=words, today=timezone.localdate(), initial=initial)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            proof = services.add_proof(
                subject_type=draft.subject_type,
                subject_id=draft.subject_id,
                actor=actor_of(request),
                now=now,
                **form.cleaned_data,
            )
        if not outcome.failed:
            messages.success(request, gettext("“%(name)s” is attached.") % {"name": proof.file_name})
            return outcome.redirect(back)
    context = {
        "form": form,
        "draft": draft,
        "back": back,
        "claims": claims,
        "proofs": proofs_of(draft.subject_type, draft.subject_id),
        "today": timezone.localdate(),
    }
    return page(request, "approvals/proofs/attach.html", context, form=form)


@require(EVERYBODY)
def request_proof(request: HttpRequest, pk: int, proof: int) -> FileResponse:
    """A proof of what a request is about, as a download, for those who may open the request."""
    change = readable(request, pk)
    row = get_object_or_404(proofs_of(change.subject_type, change.subject_id), pk=proof)
    if not row.file.storage.exists(str(row.file.name)):
        raise Http404
    return download(row.file.open("rb"), row.file_name)


def _claim(finding: Finding) -> str:
    facts: Mapping[str, str] = finding.facts
    note = gettext(facts["note"]) if facts["note"] else ""
    return f"“{facts['text']}” {note}".strip()
