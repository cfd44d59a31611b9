"""What runs for whatever is sent in, and for the package that takes it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from approvals.states import Importance

CLOCK_OF: Final[Mapping[Importance, str]] = {
    Importance.GENERAL: "general_information",
    Importance.IMPORTANT: "important_information",
}
"""Class → the time rule until it must be live."""
