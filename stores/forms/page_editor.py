"""The editor of a page as a form: its head, its modules as they are sent, and the rows that it shows of them.

`module` holds the keys of the modules in order, `m.<key>.kind`, `m.<key>.region` and `m.<key>.<field>` their values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.registries import Finding
from config.kit.web.fields import MomentField
from stores.forms.pages import moment
from stores.models import Layout, PageRevision
from stores.policies.modules import MODULES, FieldType, ModuleField, input_from_rich, new_key
from stores.registries import Choice
from stores.states import ModuleKind, PageKind


class PageHeadForm(forms.Form):
    """The head of the editor; modules are read by `modules_of`."""

    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    layout = forms.ChoiceField(label=_("Layout"))
    ends_at = MomentField(label=_("Ends"), required=False)
    publish_at = MomentField(label=_("Publish at"), required=False, help_text=_("Empty: as soon as it is approved."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, layouts: Sequence[Layout], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["layout"].choices = [(layout.code, layout.name) for layout in layouts]  # type: ignore[attr-defined]
        if kind == PageKind.PROMOTION:
            self.fields["ends_at"].help_text = _("Must be given: at that time the page is taken down.")
        elif kind == PageKind.SIGN:
            self.fields["ends_at"].label = _("Valid until")

    @staticmethod
    def initial_of(revision: PageRevision) -> dict[str, Any]:
        """What stands in it when a draft is opened."""
        return {
            "title": revision.title,
            "layout": revision.layout.code,
            "ends_at": moment(revision.ends_at),
            "publish_at": moment(revision.publish_at),
            "version": revision.version,
        }

    def end(self) -> Any:
        """The end that stands in the form, whether it was sent to be saved or only to be arranged."""
        value = self["ends_at"].value()
        if not value or not isinstance(value, str):
            return value or None
        try:
            return self.fields["ends_at"].clean(value)
        except ValidationError:
            return None


# --- what is sent


def modules_of(data: QueryDict) -> list[dict[str, Any]]:
    """The modules of a posted editor, as typed; the service cleans and refuses."""
    modules = []
    for key in data.getlist("module"):
        kind = data.get(f"m.{key}.kind", "")
        if kind not in MODULES:
            continue
        values = {one.name: _value(data, f"m.{key}.{one.name}", one) for one in MODULES[kind].fields}
        modules.append(
            {
                "key": key,
                "kind": kind,
                "region": data.get(f"m.{key}.region", ""),
                "data": {name: value for name, value in values.items() if value not in ("", [], None)},
            }
        )
    return modules


def warned_of(data: QueryDict) -> dict[str, str]:
    """Reasons for keeping warned words, by the rule's code."""
    return {name.removeprefix("warned."): str(data[name]) for name in data if name.startswith("warned.")}


def rearranged(modules: Sequence[Mapping[str, Any]], act: str, data: QueryDict) -> list[dict[str, Any]]:
    """The modules after one of the editor's buttons: up:KEY, down:KEY, remove:KEY, add, take:KEY:ID, drop:KEY:ID.

    An unknown act changes nothing.
    """
    rows = [{**module, "data": dict(module["data"])} for module in modules]
    verb, *words = act.split(":")
    if verb == "add":
        kind, region = data.get("new_kind", ""), data.get("new_region", "")
        if kind in MODULES:
            key = new_key(kind, [row["key"] for row in rows])
            rows.append({"key": key, "kind": kind, "region": region, "data": {}})
        return rows
    place = next((number for number, row in enumerate(rows) if words and row["key"] == words[0]), None)
    if place is None:
        return rows
    if verb == "remove":
        rows.pop(place)
    elif verb in ("up", "down"):
        to = place + (1 if verb == "down" else -1)
        if 0 <= to < len(rows):
            rows[place], rows[to] = rows[to], rows[place]
    elif verb in ("take", "drop") and len(words) == 2 and words[1].isdecimal():
        chosen = [one for one in rows[place]["data"].get("products", []) if one != int(words[1])]
        if verb == "take":
            chosen.append(int(words[1]))
        rows[place]["data"]["products"] = chosen
    return rows


def _value(data: QueryDict, name: str, one: ModuleField) -> Any:
    if one.type == FieldType.PRODUCTS:
        return [int(value) for value in data.getlist(name) if value.isdecimal() and len(value) < 19]
    value = data.get(name, "")
    if one.type == FieldType.NUMBER:
        return int(value) if value.isdecimal() and len(value) < 6 else None
    return value


# --- what is shown


@dataclass(slots=True)
class FieldRow:
    """One field of a module in the editor. `kind` is its type's word; `choices` where it names something."""

    field: ModuleField
    name: str
    value: Any
    choices: Sequence[Choice] = ()
    findings: Sequence[Finding] = ()

    @property
    def kind(self) -> str:
        """The word by which the template picks the widget."""
        return str(self.field.type)

    @property
    def id(self) -> str:
        """For labels and links from findings."""
        return f"f-{self.name.replace('.', '-')}"


@dataclass(slots=True)
class ModuleRow:
    """One module in the editor."""

    key: str
    kind: str
    region: str
    icon: str
    fields: list[FieldRow]
    findings: list[Finding] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(ModuleKind(self.kind).label)


def rows_of(
    modules: Sequence[Mapping[str, Any]], findings: Sequence[Finding], choices: Mapping[str, Sequence[Choice]]
) -> list[ModuleRow]:
    """Modules as the editor shows them, each finding at the field or module that it is about."""
    return [_row(module, findings, choices) for module in modules if module["kind"] in MODULES]


def is_about(finding: Finding, path: str) -> bool:
    """Whether a finding is about what stands at a dotted path, or about a part of it."""
    return finding.field == path or finding.field.startswith(f"{path}.")


def _row(module: Mapping[str, Any], findings: Sequence[Finding], choices: Mapping[str, Sequence[Choice]]) -> ModuleRow:
    key, kind = module["key"], module["kind"]
    mine = [one for one in findings if is_about(one, f"modules.{key}")]
    fields = []
    for one in MODULES[kind].fields:
        value = module["data"].get(one.name, "")
        if one.type == FieldType.RICH and isinstance(value, str):
            value = input_from_rich(value)
        offered: Sequence[Choice] = choices.get(str(one.type), ())
        if one.type == FieldType.PRODUCTS:
            value = value or []
            known = {choice.value: choice for choice in offered}
            offered = [known.get(str(pk), Choice(str(pk), gettext("unknown product"))) for pk in value]
        path = f"modules.{key}.data.{one.name}"
        fields.append(FieldRow(one, f"m.{key}.{one.name}", value, offered, [f for f in mine if f.field == path]))
    shown = {id(finding) for row in fields for finding in row.findings}
    return ModuleRow(
        key, kind, module["region"], MODULES[kind].icon, fields, [one for one in mine if id(one) not in shown]
    )
