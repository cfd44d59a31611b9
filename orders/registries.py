"""How raw inputs of each source are worked off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.kit.registry import Registry
from orders.models import RawInput


@dataclass(frozen=True, slots=True)
class InputProcessor:
    """Works off one raw input in the caller's transaction and settles it (`orders.services.inputs.settle`).

    A DomainError that it raises sends the input to quarantine with the error's words.
    """

    run: Callable[[RawInput, datetime], None]


input_processors: Registry[InputProcessor] = Registry("input processors", module="inputs")
