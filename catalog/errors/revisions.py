"""What refuses work on a draft, a return to an old version, or a rating of a title."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class BeingEdited(DomainError):
    """Somebody else has the draft open."""

    code = "being_edited"
    message = _("%(person)s is editing this draft, at the latest until %(until)s.")
    remedy = _("Wait, ask them, or take it over: then what they have not saved is lost to them.")


class EditedMeanwhile(DomainError):
    """Somebody else saved the draft since this form was opened. `both` maps a field's path to [yours, theirs]."""

    code = "edited_meanwhile"
    message = _("%(person)s saved this draft meanwhile. Yours and theirs differ in: %(list)s.")
    remedy = _("Your values were not saved: compare them and save again.")

    @property
    def both(self) -> dict[str, list[Any]]:
        """Path → [what you sent, what the draft says now]."""
        return dict(self.facts["both"])


class RevisionIsClosed(DomainError):
    """A revision that was published or discarded is history."""

    code = "revision_closed"
    message = _("Revision %(number)s is %(state)s and stays as it is.")
    remedy = _("Begin a new one.")


class RevisionNotInDraft(DomainError):
    """An act for drafts only, on one that is in review or approved."""

    code = "revision_not_in_draft"
    message = _("Revision %(number)s is %(state)s.")
    remedy = _("Withdraw its request first.")


class VersionUnknown(DomainError):
    """A listing never had this version."""

    code = "version_unknown"
    message = _("%(listing)s never had a version %(number)s.")
    status = 404


class VersionCannotBeRestored(DomainError):
    """A version shows pictures that do not exist any more."""

    code = "version_not_restorable"
    message = _("Version %(number)s cannot be restored exactly: %(fields)s.")
    remedy = _("Begin a new draft instead.")


class OwnTitle(DomainError):
    """An author rates their own title."""

    code = "own_title"
    message = _("Titles are rated by somebody who did not write them.")
    status = 403


class RatingOutOfRange(DomainError):
    """Ratings go from 1 to 5."""

    code = "rating_out_of_range"
    message = _("A rating is a whole number from 1 to 5.")
    status = 422
