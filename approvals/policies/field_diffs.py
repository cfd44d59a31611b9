"""The difference between two contents of a kind, field by field, as a decision page shows it.

A text is compared word by word, pictures stand side by side, lists say what came and went, everything else is a table of values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from approvals.policies.diffs import ChangeKind, value_diff
from approvals.policies.runs import Run, runs_of
from approvals.policies.values import (
    change_in_percent,
    in_short,
    is_digest,
    is_long,
    is_nothing,
    is_plain_list,
    is_text,
)
from approvals.registries import ApprovalKind


@dataclass(frozen=True, slots=True)
class Picture:
    """One side of a pair of pictures. `facts` say what else the item holds: role, alternative text."""

    url: str
    alt: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One difference inside a field. `shape` is text, picture, list or value.

    `before` and `after` are None where there was, or will be, nothing. `percent` is the change of an amount.
    """

    label: str
    shape: str
    kind: str
    before: Any = None
    after: Any = None
    runs: tuple[Run, ...] = ()
    percent: str = ""
    is_up: bool = False
    items: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class FieldDiff:
    """A changed field: a text compared word by word, pictures side by side, or a table of values. `name` is its dotted path."""

    name: str
    label: str
    rows: list[Row] = field(default_factory=list)

    @property
    def shape(self) -> str:
        """What its rows are; a mixed field is a table of values with the texts in it."""
        shapes = {row.shape for row in self.rows}
        return shapes.pop() if len(shapes) == 1 else "mixed"


def compare(
    kind: ApprovalKind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[list[FieldDiff], list[tuple[str, str]]]:
    """Changed fields, and label and value in short of those that stay; both in the order of the kind's sections."""
    changed: list[FieldDiff] = []
    same: list[tuple[str, str]] = []
    for name in _order(kind, {*before, *after}):
        old, new = before.get(name), after.get(name)
        if is_nothing(old) and is_nothing(new):
            continue
        if old == new:
            same.append((str(kind.field_label(name)), _said(kind, name, new)))
        else:
            changed.extend(_field(kind, name, old, new))
    return changed, same


def _order(kind: ApprovalKind, names: Iterable[str]) -> list[str]:
    told = [name for section in kind.sections for name in section.fields]
    place = {name: at for at, name in enumerate(told)}
    return sorted(names, key=lambda name: (place.get(name, len(told)), name))


def _field(kind: ApprovalKind, name: str, old: Any, new: Any) -> list[FieldDiff]:
    """A field as one block; the long texts of a mapping stand as blocks of their own, so that each can be answered."""
    if isinstance(old, Mapping | None) and isinstance(new, Mapping | None) and (old or new):
        old, new = old or {}, new or {}
        keys = [*old, *(key for key in new if key not in old)]
        changed = [key for key in keys if old.get(key) != new.get(key)]
        if any(is_long(old.get(key)) or is_long(new.get(key)) for key in changed):
            return [block for key in changed for block in _field(kind, f"{name}.{key}", old.get(key), new.get(key))]
    block = FieldDiff(name, str(kind.field_label(name)))
    pictures = _pictures(kind, old, new)
    if pictures is not None:
        block.rows = pictures
    elif is_plain_list(old) and is_plain_list(new):
        block.rows = [_list_row(kind, name, old or [], new or [])]
    else:
        block.rows = [
            _leaf(kind, name, change.field, change.before, change.after, change.kind)
            for change in value_diff({name: old}, {name: new})
        ]
    return [block]


def _leaf(kind: ApprovalKind, name: str, path: str, old: Any, new: Any, became: ChangeKind) -> Row:
    label = "" if path == name else str(kind.field_label(path))
    if label and label.startswith(str(kind.field_label(name))):
        label = label.removeprefix(str(kind.field_label(name))).strip(" :：.") or label
    if label == path:
        label = path.removeprefix(f"{name}.")
    old_url, new_url = _picture_url(kind, old), _picture_url(kind, new)
    if old_url or new_url:
        was = Picture(old_url, label) if old_url else None
        becomes = Picture(new_url, label) if new_url else None
        return Row(label, "picture", became, was, becomes)
    before, is_worded = _side(kind, path, old)
    after, is_worded_now = _side(kind, path, new)
    if not (is_worded or is_worded_now) and is_text(old) and is_text(new) and not is_digest(old) and not is_digest(new):
        return Row(label, "text", became, old, new, runs=tuple(runs_of(old or "", new or "")))
    percent, is_up = ("", False) if is_worded or is_worded_now else change_in_percent(old, new)
    before = None if became == ChangeKind.ADDED else before
    after = None if became == ChangeKind.REMOVED else after
    return Row(label, "value", became, before, after, percent=percent, is_up=is_up)


def _side(kind: ApprovalKind, path: str, value: Any) -> tuple[str | None, bool]:
    """A side of a change as it is said, and whether its kind has words for it: asked once, for they may cost a query."""
    words = None if is_nothing(value) else kind.value_text(path, value)
    return (_said(kind, path, value), False) if words is None else (words, True)


def _pictures(kind: ApprovalKind, old: Any, new: Any) -> list[Row] | None:
    """Rows of a list of pictures, by their keys; None when it is none."""
    items = [*(old or []), *(new or [])] if isinstance(old, list | None) and isinstance(new, list | None) else []
    if not items or not all(isinstance(item, Mapping) and item.get("key") for item in items):
        return None
    if not any(kind.picture(item) for item in items):
        return None
    before, after = ({str(item["key"]): item for item in side or []} for side in (old, new))
    rows = []
    for key in [*before, *(key for key in after if key not in before)]:
        was, becomes = before.get(key), after.get(key)
        if was == becomes:
            continue
        became = ChangeKind.ADDED if was is None else ChangeKind.REMOVED if becomes is None else ChangeKind.CHANGED
        rows.append(
            Row(_picture_label(becomes or was), "picture", became, _picture(kind, was), _picture(kind, becomes))
        )
    common = [key for key in before if key in after]
    if common != [key for key in after if key in before]:
        rows.append(Row(_("order of the pictures"), "value", ChangeKind.CHANGED, _numbered(before), _numbered(after)))
    return rows


def _picture(kind: ApprovalKind, item: Mapping[str, Any] | None) -> Picture | None:
    if item is None:
        return None
    hidden = ("key", "sha256", "file")
    facts = tuple(in_short(part) for name, part in item.items() if name not in hidden and not is_nothing(part))
    return Picture(kind.picture(item), str(item.get("alt") or ""), facts)


def _picture_label(item: Mapping[str, Any] | None) -> str:
    return str((item or {}).get("role") or (item or {}).get("key") or "")


def _numbered(items: Mapping[str, Any]) -> str:
    return " → ".join(items)


def _picture_url(kind: ApprovalKind, value: Any) -> str:
    return kind.picture(value) if is_digest(value) else ""


def _said(kind: ApprovalKind, path: str, value: Any) -> str:
    """A value in short, in its kind's words where the kind has some."""
    if is_nothing(value):
        return in_short(value)
    words = kind.value_text(path, value)
    if words is None and is_plain_list(value):
        parts = [kind.value_text(path, item) for item in value]
        return in_short([item if part is None else part for item, part in zip(value, parts, strict=True)])
    return in_short(value) if words is None else words


def _list_row(kind: ApprovalKind, name: str, old: Sequence[Any], new: Sequence[Any]) -> Row:
    before, after = [_said(kind, name, item) for item in old], [_said(kind, name, item) for item in new]
    items = [(("same" if item in after else "removed"), item) for item in before]
    items += [("added", item) for item in after if item not in before]
    if sorted(before) == sorted(after):
        return Row(_("order"), "value", ChangeKind.CHANGED, ", ".join(before), ", ".join(after))
    return Row("", "list", ChangeKind.CHANGED, items=tuple(items))
