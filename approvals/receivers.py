"""News from the kit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.http import QueryDict

from approvals.services import record
from config.kit.actor import Actor
from config.kit.export import ExportDeclaration, export_taken
from config.kit.web.masks import mask_tail


@receiver(export_taken, dispatch_uid="approvals.note_export")
def note_export(
    sender: Any, *, declaration: ExportDeclaration, params: Mapping[str, Any], user: Any, actor: Actor, form: str,
    **kwargs: Any,
) -> None:  # fmt: skip
    """Every file that leaves stands in the trail of the person who took it. An export that cannot be noted does not leave.

    How many rows it has is not known before its first byte; the job of an XLSX knows it afterwards.
    """
    facts = {"export": declaration.key, "form": form, **_filters(params)}
    with transaction.atomic():
        record("kit.export_taken", user, actor=actor, changes={name: [None, value] for name, value in facts.items()})


def _filters(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the export was cut to. A searched phone number or name stays out: the trail is never erased."""
    facts = {name: value for name, value in params.items() if value not in (None, "", [])}
    if isinstance(query := facts.get("query"), str):
        words = QueryDict(query, mutable=True)
        if searched := words.get("q"):
            words["q"] = mask_tail(str(searched))
        facts["query"] = words.urlencode(safe="*/")
    return facts
