"""The page of one export: its parameters, the first rows, and the two files."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from config.kit.errors import DomainError
from config.kit.export import EXPORTS, ExportDeclaration, preview, request_xlsx, stream_csv
from config.kit.web.access import View, refuse, require
from config.kit.web.acting import actor_of
from config.kit.web.outcomes import page


def export_page(key: str) -> View:
    """The view of the export `key` for `urls.py`.

    GET with its form's fields previews, `export=csv` streams, POST queues the XLSX.

    The permission is asked of the declaration on every request, because it is known only once all apps have declared
    theirs.
    """

    def view(request: HttpRequest) -> HttpResponseBase:
        declaration = EXPORTS.get(key)
        if declaration.permission is not None and not request.user.has_perm(declaration.permission):
            return refuse(request, declaration.permission)
        return _serve(request, declaration)

    guarded = require(None)(view)
    guarded.export_key = key  # type: ignore[attr-defined]
    return guarded


def _serve(request: HttpRequest, declaration: ExportDeclaration) -> HttpResponseBase:
    asked = request.GET.copy()
    wants_file = asked.pop("export", [""])[-1] == "csv"
    form = declaration.form(asked or None) if declaration.form else None
    if form is not None and not form.is_valid():
        return page(request, "kit/export.html", {"export": declaration, "form": form}, form=form)
    params = _plain(form.cleaned_data if form is not None else {})
    try:
        if request.method == "POST":
            job = request_xlsx(declaration, params, user=request.user, actor=actor_of(request))
            response = HttpResponseRedirect(job.get_absolute_url())
            response.status_code = 303
            return response
        if wants_file:
            return stream_csv(declaration, params, request.user, actor=actor_of(request))
        context: dict[str, Any] = {
            "export": declaration,
            "form": form,
            "preview": preview(declaration, params, request.user),
        }
    except DomainError as error:
        context = {"export": declaration, "form": form, "refusal": error.describe()}
        return page(request, "kit/export.html", context, status=422)
    return page(request, "kit/export.html", {**context, "query": asked.urlencode()})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Form values as a job keeps them: chosen rows by key, dates as ISO text."""
    by_key = {name: getattr(value, "pk", value) for name, value in values.items()}
    return json.loads(json.dumps(by_key, cls=DjangoJSONEncoder))
