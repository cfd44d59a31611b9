"""Content rules: their lists, house formats, whose texts hit them, and what is wrong with a text while it is typed."""

from approvals.views.content_rules.checking import check_texts
from approvals.views.content_rules.formats import FORMATS, format_rule_change, format_rule_new
from approvals.views.content_rules.hits import HITS
from approvals.views.content_rules.lists import (
    LISTS,
    content_rule_list,
    content_rule_list_new,
    content_rule_list_switch,
    content_rule_try,
)
from approvals.views.content_rules.rules import content_rule_change, content_rule_import, content_rule_new

__all__ = [
    "FORMATS",
    "HITS",
    "LISTS",
    "check_texts",
    "content_rule_change",
    "content_rule_import",
    "content_rule_list",
    "content_rule_list_new",
    "content_rule_list_switch",
    "content_rule_new",
    "content_rule_try",
    "format_rule_change",
    "format_rule_new",
]
