"""A page of the mall as HTML: one function for shoppers, previews and the check that a page is seen."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from stores.selectors.storefront import ShownPage

_SHOWN_HASH = re.compile(r'<meta name="content-version" content="([0-9a-f]{64})">')


def storefront_html(shown: ShownPage) -> str:
    """The whole document, in the shop's language and time zone. Says in its head which content it shows."""
    with translation.override(shown.shop.language), timezone.override(ZoneInfo(shown.shop.time_zone)):
        return render_to_string("storefront/page.html", {"page": shown, "shop": shown.shop})


def content_hash_shown(html: str) -> str:
    """The hash of the content that a page of the mall says it shows; "" for any other page."""
    found = _SHOWN_HASH.search(html)
    return found[1] if found else ""
