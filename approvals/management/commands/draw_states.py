"""`manage.py draw_states orders`: write the app's transition tables as a diagram into its README."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser

_ENDS_ON_A_LINE = 5
_PLACE = re.compile(r"(<!-- states -->\n).*?(<!-- /states -->)", re.DOTALL)


def diagrams_of(app: str) -> str:
    """Every `*_TRANSITIONS` table of the app's `states.py` as one Mermaid flowchart: a line for each state that is left.

    One chart for all tables keeps a README at a page. The first state of a table, where rows begin, is drawn round.
    """
    states = import_module(f"{app}.states")
    tables = {name: table for name, table in vars(states).items() if name.endswith("_TRANSITIONS")}
    lines = [line for name, table in tables.items() for line in _arrows(name.removesuffix("_TRANSITIONS"), table)]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```", ""])


def with_diagrams(text: str, app: str) -> str:
    """A README's text with its diagram drawn anew."""
    return _PLACE.sub(lambda place: f"{place[1]}{diagrams_of(app)}{place[2]}", text)


def readme_of(app: str) -> Path:
    """Where the app's README lies."""
    return Path(apps.get_app_config(app).path) / "README.md"


def _arrows(name: str, table: Mapping[Any, frozenset[Any]]) -> Iterator[str]:
    """`request.approved --> request.published & request.voided`: the table's name keeps states of one word apart."""
    order = [str(state) for state in table]
    places = {state: f"{name.lower()}.{state}" for state in order}
    for source, targets in table.items():
        start = places[str(source)]
        shown = f"{start}([{start}])" if str(source) == order[0] else start
        ends = [places[target] for target in sorted(map(str, targets), key=order.index)]
        for first in range(0, len(ends), _ENDS_ON_A_LINE):
            yield f"    {start if first else shown} --> {' & '.join(ends[first : first + _ENDS_ON_A_LINE])}"


class Command(BaseCommand):
    """Draws between `<!-- states -->` and `<!-- /states -->`."""

    help = "Write the transition tables of apps as a diagram into their READMEs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which apps."""
        parser.add_argument("apps", nargs="+", metavar="app")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw."""
        for app in options["apps"]:
            path = readme_of(app)
            path.write_text(with_diagrams(path.read_text(encoding="utf-8"), app), encoding="utf-8")
            self.stdout.write(f"{app}: drawn")
