"""Keyset paging: the next page starts after a row, not at a count, so new rows neither repeat nor hide any."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.constants import LOOKUP_SEP


@dataclass(slots=True)
class Page:
    """Rows of one page and the cursors of its neighbours ("" where there is none)."""

    rows: list[Any]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """Order by one path, ties by primary key in the same direction; empty values come last either way."""

    path: str
    descending: bool
    field: models.Field[Any, Any]
    nullable: bool

    @classmethod
    def of(cls, queryset: models.QuerySet[Any], sort: str) -> Ordering:
        """Read "path" or "-path". Raises FieldDoesNotExist for a path that the queryset does not have."""
        path = sort.removeprefix("-")
        path = queryset.model._meta.pk.name if path == "pk" else path
        field, nullable = _resolve(queryset, path)
        return cls(path, sort.startswith("-"), field, nullable)

    def apply(self, queryset: models.QuerySet[Any], *, reverse: bool = False) -> models.QuerySet[Any]:
        """The queryset in this order, or in exactly the opposite one."""
        down = self.descending != reverse
        if self.nullable:
            empty_at = {"nulls_first": True} if reverse else {"nulls_last": True}
            column = F(self.path).desc(**empty_at) if down else F(self.path).asc(**empty_at)
            return queryset.order_by(column, "-pk" if down else "pk")
        if self.field.primary_key and LOOKUP_SEP not in self.path:
            return queryset.order_by("-pk" if down else "pk")
        sign = "-" if down else ""
        return queryset.order_by(f"{sign}{self.path}", f"{sign}pk")

    def beyond(self, value: Any, pk: Any, *, reverse: bool) -> Q:
        """The condition "after this row" in this order, or before it with `reverse`."""
        down = self.descending != reverse
        side, tie = ("lt" if down else "gt"), Q(**{"pk__lt" if down else "pk__gt": pk})
        if self.field.primary_key and LOOKUP_SEP not in self.path:
            return tie
        empty = Q(**{f"{self.path}__isnull": True})
        if value is None:
            return (Q(**{f"{self.path}__isnull": False}) | tie) if reverse else (empty & tie)
        # The outer bound lets the index start at the row; the inner one cuts the ties.
        condition = Q(**{f"{self.path}__{side}e": value}) & (Q(**{f"{self.path}__{side}": value}) | tie)
        return condition | empty if self.nullable and not reverse else condition


def page_of(queryset: models.QuerySet[Any], sort: str, size: int, *, after: str = "", before: str = "") -> Page:
    """One page in one query. A cursor that cannot be read, or belongs to another order, gives the first page."""
    ordering = Ordering.of(queryset, sort)
    backwards = bool(before) and not after
    place = _decode(before if backwards else after, sort, ordering, queryset.model)
    rows_in_order = ordering.apply(queryset, reverse=backwards and place is not None)
    if place is not None:
        rows_in_order = rows_in_order.filter(ordering.beyond(*place, reverse=backwards))
    found = list(rows_in_order[: size + 1])
    more, rows = len(found) > size, found[:size]
    if place is None:
        backwards = False
    if backwards:
        rows.reverse()
    has_next = bool(rows) and (backwards or more)
    has_previous = bool(rows) and (more if backwards else place is not None)
    return Page(
        rows,
        next=_encode(rows[-1], sort, ordering) if has_next else "",
        previous=_encode(rows[0], sort, ordering) if has_previous else "",
    )


def _encode(row: Any, sort: str, ordering: Ordering) -> str:
    value = row
    for step in ordering.path.split(LOOKUP_SEP):
        value = getattr(value, step) if value is not None else None
    text = json.dumps([sort, _exact(value), _exact(row.pk)], cls=DjangoJSONEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, sort: str, ordering: Ordering, model: type[models.Model]) -> tuple[Any, Any] | None:
    if not cursor:
        return None
    try:
        made_for, value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if made_for != sort:
            return None
        return ordering.field.to_python(value), model._meta.pk.to_python(pk)
    except (ValueError, TypeError, binascii.Error, ValidationError):
        return None


def _exact(value: Any) -> Any:
    """JSON would cut a time to milliseconds, and a row that shares the millisecond would be lost between two pages."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _resolve(queryset: models.QuerySet[Any], path: str) -> tuple[models.Field[Any, Any], bool]:
    if path in queryset.query.annotations:
        return queryset.query.annotations[path].output_field, True
    steps, model, nullable = path.split(LOOKUP_SEP), queryset.model, False
    for step in steps:
        field = model._meta.get_field(step)
        if not isinstance(field, models.Field) or field.many_to_many:
            raise FieldDoesNotExist(f"{path} goes to many rows")
        nullable = nullable or field.null
        if step != steps[-1] and field.related_model is None:
            raise FieldDoesNotExist(f"{path} does not end at a column")
        model = field.related_model or model
    if field.is_relation:
        raise FieldDoesNotExist(f"{path} is a relation; order by one of its columns")
    return field, nullable
