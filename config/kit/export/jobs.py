"""XLSX in the background: the request that queues it and the work that a job runner does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext

from config.kit.actor import Actor
from config.kit.export.declarations import EXPORTS, ExportDeclaration, Params
from config.kit.export.signals import export_taken
from config.kit.export.stream import file_name
from config.kit.export.workbook import ProducedFile, Progress, write_xlsx
from config.kit.seams import seam

JOB_KIND = "kit.export"


def request_xlsx(declaration: ExportDeclaration, params: Params, *, user: Any, actor: Actor) -> Any:
    """Queue the export as a job and return it. Raises NotPermitted."""
    declaration.require(user)
    export_taken.send(ExportDeclaration, declaration=declaration, params=params, user=user, actor=actor, form="xlsx")
    return seam("JOB_REQUEST")(
        kind=JOB_KIND,
        title=gettext("Export: %(title)s") % {"title": declaration.title},
        params={
            "export": declaration.key,
            "params": dict(params),
            "language": translation.get_language() or "",
            "file_name": file_name(declaration, "xlsx"),
        },
        actor=actor,
        reason="",
        total=None,
    )


def produce(
    job_params: Mapping[str, Any], *, user: Any, target: str | Path | IO[bytes], progress: Progress = lambda rows: None
) -> ProducedFile:
    """Write the file that `request_xlsx` asked for, in the language of who asked. Running it again gives the same file.

    Raises NotPermitted when the right has gone meanwhile, KeyError when the export does not exist any more.
    """
    declaration = EXPORTS.get(job_params["export"])
    with translation.override(job_params.get("language") or None):
        return write_xlsx(declaration, job_params["params"], user, target, progress=progress)
