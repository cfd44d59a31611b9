"""From a refusal of the core to words on the page, and from a form to its status code."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from config.kit.errors import DomainError


class domain_errors:  # noqa: N801 (reads as a statement: `with domain_errors(request, form) as outcome`)
    """Turn a DomainError raised in the block into a form error, or without a form into a message.

    After the block `failed` says whether it was refused and `error` holds the refusal. With a form the error lands on
    `error.field` when the form has such a field, else above the form; the view then renders the form again through
    `page(..., form=form)`, which answers 422. Without a form the view returns `outcome.redirect(to)`. Anything that
    is no DomainError rises.
    """

    def __init__(self, request: HttpRequest, form: BaseForm | None = None) -> None:
        self.request = request
        self.form = form
        self.failed = False
        self.error: DomainError | None = None

    def __enter__(self) -> domain_errors:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if not isinstance(error, DomainError):
            return False
        self.failed, self.error = True, error
        if self.form is None:
            messages.error(self.request, error.describe())
        else:
            self.form.add_error(error.field if error.field in self.form.fields else None, error.describe())
        return True

    def redirect(self, to: Any, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Go on to a URL name, a path or an object with an address, with 303: a reload does not post again."""
        response: HttpResponseRedirect = redirect(to, *args, **kwargs)
        response.status_code = 303
        return response


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    form: BaseForm | None = None,
    fragments: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page, or the one fragment of it that HTMX asked for.

    `fragments` maps the id of an HTML target to the name of a partial in the same template (`{"timeline":
    "timeline"}` renders `template#timeline` for `hx-target="#timeline"`; a name with "#" is taken as a whole). With a
    bound `form` that has errors the status is 422.
    """
    if form is not None and form.is_bound and form.errors:
        status = 422
    htmx = getattr(request, "htmx", None)
    if htmx and fragments and htmx.target in fragments and not htmx.history_restore_request:
        fragment = fragments[htmx.target]
        template = fragment if "#" in fragment else f"{template}#{fragment}"
    response = render(request, template, dict(context or {}), status=status)
    # One address gives a page or a fragment of it; without this the browser shows a bare fragment after "back".
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
