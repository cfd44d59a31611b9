"""Refusals that the core anticipates. Anything else that is raised is a bug and rises."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with its rule, who can allow it, and the next step.

    Subclasses name the *fact* (`InsufficientStock`), set `code`, `message` and, where it helps, `remedy`, and pass what
    happened as keyword facts; `message` and `remedy` are %-formatted with them when they are shown, in the reader's
    language. `field` names the form or payload field that the refusal belongs to; `status` is the HTTP status.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("This is not allowed.")
    remedy: ClassVar[str | Promise] = ""
    status: ClassVar[int] = 409

    def __init__(self, *, field: str | None = None, **facts: Any) -> None:
        self.field = field
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        return self.describe()

    def describe(self) -> str:
        """The rule and the next step as one text in the active language."""
        parts = [str(self.message) % self.facts if self.facts else str(self.message)]
        if self.remedy:
            parts.append(str(self.remedy) % self.facts if self.facts else str(self.remedy))
        return " ".join(parts)


class InvalidInput(DomainError):
    """What was sent cannot be read or breaks a rule of its own."""

    code = "invalid"
    message = _("%(problem)s")
    status = 422


class NotPermitted(DomainError):
    """The actor's roles do not include the act."""

    code = "not_permitted"
    message = _("Your roles do not allow this.")
    remedy = _("Ask a manager: they can do it or give you the right.")
    status = 403


class TransitionNotAllowed(DomainError):
    """The state machine has no such step."""

    code = "transition_not_allowed"
    message = _("%(subject)s is %(current)s; it cannot become %(target)s.")
    remedy = _("Reload the page: somebody may have moved it meanwhile.")


class Busy(DomainError):
    """A row that is needed is held by somebody else for longer than the lock timeout."""

    code = "busy"
    message = _("Somebody else is working on this at the moment.")
    remedy = _("Try again in a few seconds; nothing was changed.")
    status = 503
