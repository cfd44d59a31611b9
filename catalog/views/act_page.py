"""The page that asks before an act: what will happen, to what, and why."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse

from config.kit.web import page


def act_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    subject: str,
    explain: str,
    back: str,
    is_destructive: bool = True,
) -> HttpResponse:
    """`title` is the act, also on its button; `subject` what it is done to; `back` the address of the way out."""
    context = {
        "title": title,
        "subject": subject,
        "back": back,
        "explain": explain,
        "danger": "yes" if is_destructive else "",
        "form": form,
    }
    return page(request, "catalog/sources/act.html", context, form=form)
