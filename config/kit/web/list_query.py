"""What a list's address asks for: filters, words, order and columns. The same for page, export and bulk action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet
from django.forms import BoundField, Form, NullBooleanSelect
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django_filters.fields import DateRangeField

from config.kit.web.keyset import Ordering

if TYPE_CHECKING:
    from config.kit.web.columns import Column
    from config.kit.web.lists import ListScreen

_BLANK_LABEL = "---------"


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter that is on: its label, its value in words, and the query string without it."""

    label: str
    text: str
    query_without: str


class ListQuery:
    """One reading of a query string for one screen and one person. Nothing in it can widen what `rows(user)` gives."""

    def __init__(self, screen: ListScreen, user: Any, data: QueryDict, *, stored_columns: Sequence[str] = ()) -> None:
        self.screen, self.user, self.data = screen, user, data
        self._stored_columns = stored_columns

    @cached_property
    def words(self) -> str:
        """The free-text search."""
        return self.data.get("q", "").strip().replace("\x00", "")

    @cached_property
    def sort(self) -> str:
        """The order asked for when some column offers it, else the screen's own."""
        asked = self.data.get("sort", "")
        offered = {column.order_by for column in self.screen.columns if column.order_by}
        return asked if asked.removeprefix("-") in offered else self.screen.ordering

    @cached_property
    def columns(self) -> list[Column]:
        """The columns to show: from the address, else from this person's choice, else the screen's own."""
        asked = [key for key in self.data.get("columns", "").split(",") if key] or list(self._stored_columns)
        chosen = [self.screen.by_key[key] for key in asked if key in self.screen.by_key]
        return chosen or [column for column in self.screen.columns if column.shown]

    @cached_property
    def form(self) -> Form | None:
        """The filter form, bound to the address."""
        if self._filterset is None:
            return None
        form: Form = self._filterset.form
        for field in form.fields.values():
            _dress(field)
        return form

    @cached_property
    def _filterset(self) -> Any:
        if self.screen.filters is None:
            return None
        return self.screen.filters(self.data, queryset=self.screen.rows(self.user))

    @property
    def is_readable(self) -> bool:
        """False when some filter holds a value that cannot be read; the list is then empty rather than unfiltered."""
        return self.form is None or not self.form.errors

    def filtered(self) -> QuerySet[Any]:
        """The rows in the person's scope that match filters and words, in no particular order."""
        if not self.is_readable:
            return self.screen.rows(self.user).none()
        rows = self._filterset.qs if self._filterset is not None else self.screen.rows(self.user)
        if not self.words:
            return rows
        if callable(self.screen.search):
            return self.screen.search(rows, self.words)
        condition = Q()
        for path in self.screen.search:
            condition |= Q(**{f"{path}__icontains": self.words})
        return rows.filter(condition)

    def ordered(self) -> QuerySet[Any]:
        """The same in the order of the list."""
        rows = self.filtered()
        return Ordering.of(rows, self.sort).apply(rows)

    def export_params(self) -> dict[str, Any]:
        """What an export needs to give exactly these rows and columns again."""
        return {"query": self.lasting().urlencode(), "columns": [column.key for column in self.columns]}

    def lasting(self) -> QueryDict:
        """The query string without places in the list: what is worth saving and sharing."""
        kept = self.data.copy()
        for name in ("after", "before", "export"):
            kept.pop(name, None)
        for name in [name for name, values in kept.lists() if not any(values)]:
            kept.pop(name)
        return kept

    @cached_property
    def active(self) -> list[ActiveFilter]:
        """The filters that are on, in the order of the form."""
        found = []
        if self.words:
            found.append(self._active(gettext("Search"), self.words, ["q"]))
        if self.form is None:
            return found
        values = self.form.cleaned_data if self.form.is_valid() else {}
        for bound in self.form:
            value = values.get(bound.name)
            if value is None or value == "" or (not isinstance(value, Model | bool) and not _has_content(value)):
                continue
            names = [name for name in self.data if name == bound.name or name.startswith(f"{bound.name}_")]
            found.append(self._active(str(bound.label), filter_words(bound, value), names))
        return found

    def _active(self, label: str, text: str, names: Sequence[str]) -> ActiveFilter:
        rest = self.lasting()
        for name in names:
            rest.pop(name, None)
        return ActiveFilter(label, text, f"?{rest.urlencode()}")


def _dress(field: Any) -> None:
    """Say "any" instead of dashes, and let the browser offer a calendar for spans of days."""
    if getattr(field, "empty_label", None) == _BLANK_LABEL:
        field.empty_label = gettext("any")
        if not hasattr(field, "queryset"):
            field.widget.choices = [("", field.empty_label), *(pair for pair in field.widget.choices if pair[0] != "")]
    if isinstance(field.widget, NullBooleanSelect):
        field.widget.choices = [("unknown", gettext("any")), ("true", gettext("yes")), ("false", gettext("no"))]
    if isinstance(field, DateRangeField):
        for part in field.widget.widgets:
            part.input_type = "date"


_OPEN_START, _OPEN_END = gettext_lazy("up to %(end)s"), gettext_lazy("from %(start)s")


def filter_words(bound: BoundField, value: Any) -> str:
    """A filter's value as people read it: choices by their names, spans with both ends."""
    if isinstance(value, slice):
        start, stop = _plain(value.start), _plain(value.stop)
        if start and stop:
            return f"{start} – {stop}"
        return str(_OPEN_END) % {"start": start} if start else str(_OPEN_START) % {"end": stop}
    names = dict(getattr(bound.field, "choices", ())) if not hasattr(bound.field, "queryset") else {}
    if isinstance(value, list | tuple | set | QuerySet):
        return ", ".join(str(names.get(item, item)) for item in value)
    return str(names.get(value, None) or names.get(str(value), None) or _plain(value))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        is_whole_day = local.time() in (time.min, time.max)  # the ends of a span of days
        return f"{local:%Y-%m-%d}" if is_whole_day else f"{local:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _has_content(value: Any) -> bool:
    if isinstance(value, slice):
        return value.start is not None or value.stop is not None
    return len(value) > 0 if hasattr(value, "__len__") else True
