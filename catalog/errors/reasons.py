"""What refuses an act for want of words: it needs a reason, or a note that says something."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class ReasonMissing(DomainError):
    """A price or a state is changed without a reason."""

    code = "reason_missing"
    message = _("This needs a reason.")
    remedy = _("The trail keeps it; nothing was changed.")
    status = 422


class NoteIsEmpty(DomainError):
    """A note without words."""

    code = "note_empty"
    message = _("Write what you saw.")
    status = 422
