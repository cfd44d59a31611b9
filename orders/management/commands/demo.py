"""Fill an empty installation with the demo company."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from orders.demo.planning import plan_company
from orders.demo.story import tell_story
from stores.models import Shop
from stores.selectors import demo_sign_ins


class Command(BaseCommand):
    """`manage.py demo [--if-empty] [--sign-ins] [--orders N] [--seed S]`."""

    help = (
        "Make the demo company 掌柜优选 with two months of business, in an empty installation that has ZHANGGUI_DEMO=1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much, and whether at all."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a shop already")
        parser.add_argument("--sign-ins", action="store_true", help="only print who can be signed in as")
        parser.add_argument("--orders", type=int, default=2400, help="how many orders (default: 2400)")
        parser.add_argument("--seed", type=int, default=20, help="another seed makes another company (default: 20)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say why not. Raises CommandError."""
        if options["sign_ins"]:
            self._print_sign_ins()
            return
        if Shop.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There are shops already; the demo company only moves into an empty installation.")
        if not settings.DEMO:
            if options["if_empty"]:
                return
            raise CommandError("This is no demo installation: set ZHANGGUI_DEMO=1 if it is to be one.")
        started = time.monotonic()
        plan = plan_company(options["seed"], max(options["orders"], 100))
        world = tell_story(plan, now=timezone.now(), say=self.stdout.write)
        self.stdout.write(f"{len(plan.orders)} orders in {len(world.shops)} shops, {time.monotonic() - started:.0f} s")

    def _print_sign_ins(self) -> None:
        people = demo_sign_ins()
        if people:
            self.stdout.write("Sign in with one click on the sign-in page (the demo's accounts have no passwords):")
        for role, username in people:
            self.stdout.write(f"  {username:<6} {role}")
