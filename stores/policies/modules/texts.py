"""The texts of modules on their way: typed or pasted, stored as a few safe tags, read as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import escape

from approvals.policies import texts
from stores.policies.modules.kinds import MODULES, FieldType

MARKUP = re.compile(r"</?[a-zA-Z!]")
_TAG = re.compile(r"</?([a-z0-9]+)")


def rich_from_input(value: str) -> str:
    """Typed or pasted text as the few safe tags that pages use. Text without tags becomes paragraphs."""
    if MARKUP.search(value):
        return texts.safe_html(value).strip()
    blocks = texts.clean_text(value).split("\n\n")
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)


def input_from_rich(value: str) -> str:
    """The same for editing: plain text where it is only paragraphs, else the tags themselves."""
    return texts.plain_text(value) if set(_TAG.findall(value)) <= {"p", "br"} else value


def texts_of(modules: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Every text that shoppers read, by its dotted path; what is written rich as plain text."""
    found: dict[str, str] = {}
    for module in modules:
        for one in MODULES[module["kind"]].fields:
            value = module["data"].get(one.name)
            if not value or one.type not in (FieldType.LINE, FieldType.RICH):
                continue
            found[f"modules.{module['key']}.data.{one.name}"] = (
                texts.plain_text(value) if one.type == FieldType.RICH else value
            )
    return found
