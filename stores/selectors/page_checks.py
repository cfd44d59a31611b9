"""What keeps a page from shoppers: asked while editing, at submission and again at publication."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.registries import Finding
from approvals.states import Severity
from stores.models import Page
from stores.policies.contents import ends_at_of
from stores.policies.modules import check_modules, name_of
from stores.selectors.page_choices import surroundings
from stores.selectors.pages import beside_main
from stores.states import PageKind


def page_findings(page: Page, content: Mapping[str, Any], now: datetime) -> list[Finding]:
    """Everything that keeps a page from shoppers, at once: modules, layout, its end, and a branch that is no different."""
    problems = check_modules(
        content["modules"],
        content["regions"],
        page_kind=page.kind,
        around=surroundings(page.shop_id),
    )
    found = [
        Finding(problem.code, Severity.BLOCK, problem.path, str(problem), _plain(problem.facts)) for problem in problems
    ]
    if not content["title"]:
        found.append(_stops("title_missing", "title", _("The page has no title.")))
    ends_at = ends_at_of(content)
    if page.kind == PageKind.PROMOTION and ends_at is None:
        found.append(
            _stops("end_missing", "ends_at", _("A promotion page needs an end: at that time it is taken down."))
        )
    if ends_at is not None and ends_at <= now:
        found.append(_stops("end_has_passed", "ends_at", _("The end has passed.")))
    return found + _branch_findings(page, dict(content))


def _branch_findings(page: Page, content: dict[str, Any]) -> list[Finding]:
    beside = beside_main(page, content)
    if beside is None or beside.main is None:
        return []
    main = str(beside.main_page)
    if beside.is_identical:
        words = _("The page is identical to the main shop's “%(main)s”. A branch's page must differ.") % {"main": main}
        return [_stops("identical_to_main", "modules", words, main=main)]
    return [
        _stops(
            "must_differ",
            f"modules.{pair.key}",
            _("%(module)s is the same as in the main shop's “%(main)s”. The rule says that it must differ.")
            % {"module": name_of(pair.kind, pair.key), "main": main},
            module=pair.key,
            main=main,
        )
        for pair in beside.broken
    ]


def _stops(code: str, field: str, text: str, **facts: Any) -> Finding:
    return Finding(code, Severity.BLOCK, field, text, facts)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in facts.items()}
