"""`manage.py seal_trail`: seal what the trail has gained, as the beat does every ten minutes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from approvals.services import seal_trail


class Command(BaseCommand):
    """Seals and says how many entries."""

    help = "Seal the entries of the trail that are not sealed yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal now."""
        self.stdout.write(f"{seal_trail(now=timezone.now())} entries sealed")
