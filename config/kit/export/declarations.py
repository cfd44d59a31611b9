"""What an export is: its columns, who may take it, where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from django import forms
from django.conf import settings
from django.db import connection, transaction
from django.utils.functional import Promise

from config.kit.errors import NotPermitted
from config.kit.registry import Registry

Kind = Literal["text", "id", "number", "money", "date", "datetime", "boolean"]
Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column. `value` is a dotted path on the row or a function of it (default: the key itself).

    `kind` decides the cell: text and id stay text however long the digits, number and money become real numbers, date
    and datetime real dates in the shop's time zone. `total` adds the column up at the foot of the XLSX.
    """

    key: str
    title: str | Promise
    kind: Kind = "text"
    value: str | Callable[[Any], Any] = ""
    width: int = 0
    total: bool = False

    def of(self, row: Any) -> Any:
        """The raw value of this column for a row; None when a step of the path is empty."""
        return self.value(row) if callable(self.value) else follow(row, self.value or self.key)


@dataclass(frozen=True, slots=True)
class ExportDeclaration:
    """One export. `rows(params, user)` yields rows already cut to what `user` may see; params are plain JSON values.

    `columns` may be a function of (params, user) when they depend on rights or choices. `form` reads the params on
    the export page. `snapshot` reads everything as of one instant. `cover(params, user)` gives (label, value) lines
    for the XLSX's cover sheet.
    """

    key: str
    title: str | Promise
    columns: Sequence[ExportColumn] | Callable[[Params, Any], Sequence[ExportColumn]]
    permission: str | None
    rows: Callable[[Params, Any], Iterable[Any]]
    form: type[forms.Form] | None = None
    snapshot: bool = False
    cover: Callable[[Params, Any], Sequence[tuple[str, Any]]] | None = None

    def columns_for(self, params: Params, user: Any) -> Sequence[ExportColumn]:
        """The columns of this export for these params and this person."""
        return self.columns(params, user) if callable(self.columns) else self.columns

    def require(self, user: Any) -> None:
        """Raise NotPermitted unless `user` may take this export.

        Asked again when a job runs, for rights may have gone.
        """
        if self.permission is not None and not user.has_perm(self.permission):
            raise NotPermitted()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """The transaction that rows are read in."""
        if not self.snapshot or connection.in_atomic_block:
            yield
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


class _ExportRegistry(Registry[ExportDeclaration]):
    """List screens stand beside their views, so a worker knows them only once the URL map is loaded."""

    def _load(self) -> dict[str, ExportDeclaration]:
        if not self._closed:
            import_module(settings.ROOT_URLCONF)
        return super()._load()


EXPORTS: Registry[ExportDeclaration] = _ExportRegistry("exports", module="exports")


def follow(row: Any, path: str) -> Any:
    """Walk a dotted path over attributes, mapping keys and methods without arguments.

    None as soon as a step is empty.
    """
    value = row
    for step in path.split("."):
        if value is None:
            return None
        value = value[step] if isinstance(value, Mapping) else getattr(value, step)
        if callable(value):
            value = value()
    return value
