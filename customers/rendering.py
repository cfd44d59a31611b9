"""From a message's row to its words: templates/customers/mail/<template>.{subject,txt,html} in the buyer's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_supported_language_variant

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail's words, and the language they are in."""

    subject: str
    text: str
    html: str
    language: str


def render_mail(template: str, context: Mapping[str, Any], *, language: str, reply_to: str) -> RenderedMail:
    """Fill a mail template. Raises TemplateDoesNotExist for an unknown one."""
    spoken = mail_language(language)
    facts = {**context, "reply_to": reply_to or context.get("reply_to", "")}
    with translation.override(spoken):
        subject = render_to_string(f"customers/mail/{template}.subject", facts)
        text = render_to_string(f"customers/mail/{template}.txt", facts)
        html = render_to_string(f"customers/mail/{template}.html", facts)
    return RenderedMail(" ".join(subject.split()), _BLANK_LINES.sub("\n\n", text.strip()) + "\n", html, spoken)


def mail_language(code: str) -> str:
    """The supported language nearest to the buyer's: English for strangers, the house's when nothing is known."""
    if not code:
        return settings.LANGUAGE_CODE
    try:
        return get_supported_language_variant(code.lower().replace("_", "-"))
    except LookupError:
        return "en"
