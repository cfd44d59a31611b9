"""The two shapes of an act: a page with one form and one service behind it, and a button without a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise

from config.kit.web import actor_of, domain_errors, page


def form_page(
    request: HttpRequest,
    template: str,
    form: BaseForm,
    call: Callable[[dict[str, Any], dict[str, Any]], Any],
    *,
    done: str | Promise,
    to: str = "",
    context: Mapping[str, Any],
) -> HttpResponse:
    """Show the form; once it is sent and right, `call(data, act)` the service and go on to `to`, or to what the service made.

    `data` is what was entered, `act` the `actor` and `now` that every service takes. A refusal stands at its field.
    """
    if request.method == "POST" and form.is_valid():
        made = None
        with domain_errors(request, form) as outcome:
            made = call(form.cleaned_data, _act(request))
        if not outcome.failed:
            messages.success(request, str(done))
            return outcome.redirect(to or made)
    return page(request, template, {"form": form, **context}, form=form)


def press(
    request: HttpRequest, call: Callable[[dict[str, Any]], Any], *, back: str, to: str = "", done: str = ""
) -> HttpResponse:
    """`call(act)` the service and go on to `to`, or to what the service made; a refusal is a message where one came from."""
    made = None
    with domain_errors(request) as outcome:
        made = call(_act(request))
    if outcome.failed:
        return outcome.redirect(back)
    if done:
        messages.success(request, done)
    return outcome.redirect(to or made)


def _act(request: HttpRequest) -> dict[str, Any]:
    return {"actor": actor_of(request), "now": timezone.now()}
