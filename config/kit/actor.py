"""Who acts: one argument, never read from the air inside the core."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The three kinds of hands that can move something."""

    STAFF = "staff"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, in the words the trail keeps.

    `user_id` is set for staff only; `label` is the name to show (a person, an API key's name, a job's name);
    `request_id` groups everything that one request or one task wrote.
    """

    kind: ActorKind
    label: str
    user_id: int | None = None
    request_id: str = ""

    @classmethod
    def staff(cls, *, user_id: int, label: str, request_id: str = "") -> Actor:
        """A signed-in person."""
        return cls(kind=ActorKind.STAFF, label=label, user_id=user_id, request_id=request_id)

    @classmethod
    def client(cls, label: str, *, request_id: str = "") -> Actor:
        """A program that holds an API key or signs its callbacks."""
        return cls(kind=ActorKind.CLIENT, label=label, request_id=request_id)

    @classmethod
    def system(cls, label: str, *, request_id: str = "") -> Actor:
        """The software itself: a sweep, a schedule, a command."""
        return cls(kind=ActorKind.SYSTEM, label=label, request_id=request_id)
