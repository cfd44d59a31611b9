"""`manage.py draw_states orders`: write the app's transition tables as diagrams into its README."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser

_PLACE = re.compile(r"(<!-- states -->\n).*?(<!-- /states -->)", re.DOTALL)


def diagrams_of(app: str) -> str:
    """Every `*_TRANSITIONS` table of the app's `states.py` as a Mermaid state diagram.

    The first state of a table is where rows begin.
    """
    states = import_module(f"{app}.states")
    tables = {name: table for name, table in vars(states).items() if name.endswith("_TRANSITIONS")}
    return "".join(f"{_diagram(name, table)}\n" for name, table in tables.items())


def with_diagrams(text: str, app: str) -> str:
    """A README's text with its diagrams drawn anew."""
    return _PLACE.sub(lambda place: f"{place[1]}{diagrams_of(app)}{place[2]}", text)


def readme_of(app: str) -> Path:
    """Where the app's README lies."""
    return Path(apps.get_app_config(app).path) / "README.md"


def _diagram(name: str, table: Mapping[Any, frozenset[Any]]) -> str:
    order = [str(state) for state in table]
    lines = [f"    [*] --> {order[0]}"]
    for source, targets in table.items():
        lines += [f"    {source!s} --> {target}" for target in sorted(map(str, targets), key=order.index)]
        if not targets:
            lines.append(f"    {source!s} --> [*]")
    title = name.removesuffix("_TRANSITIONS").replace("_", " ").capitalize()
    return "\n".join([f"**{title}**", "", "```mermaid", "stateDiagram-v2", *lines, "```", ""])


class Command(BaseCommand):
    """Draws between `<!-- states -->` and `<!-- /states -->`."""

    help = "Write the transition tables of apps as diagrams into their READMEs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which apps."""
        parser.add_argument("apps", nargs="+", metavar="app")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw."""
        for app in options["apps"]:
            path = readme_of(app)
            path.write_text(with_diagrams(path.read_text(encoding="utf-8"), app), encoding="utf-8")
            self.stdout.write(f"{app}: drawn")
