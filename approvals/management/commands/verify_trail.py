"""`manage.py verify_trail`: prove that nobody touched the trail, or name the rows that somebody did."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from approvals.selectors import trail_figures, verify_trail

_SHOWN = 100


class Command(BaseCommand):
    """Prints each problem with its row; exit code 1 when there is one."""

    help = "Recompute every fingerprint and seal of the trail. Exit code 1 when a row does not fit; the row is named."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--holds` takes fingerprints of seals that were noted elsewhere."""
        parser.add_argument(
            "--holds",
            type=_digest,
            action="append",
            default=[],
            metavar="HEX",
            help="fingerprint of a seal that was noted outside the database; the chain must contain it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify the whole trail."""
        count = 0
        for count, problem in enumerate(verify_trail(holds=tuple(options["holds"])), start=1):
            if count <= _SHOWN:
                self.stderr.write(f"{problem.kind}: {problem}")
        figures = trail_figures()
        self.stdout.write(
            f"{figures.entries} entries, {figures.sealed} of them under {figures.seals} seals; head {figures.head or '-'}"
        )
        if count:
            raise CommandError(f"the trail was touched: {count} problems")
        self.stdout.write("the trail is whole")


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise argparse.ArgumentTypeError("a fingerprint has 64 hexadecimal digits")
    return digest
