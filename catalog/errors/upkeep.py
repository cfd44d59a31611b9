"""What can be wrong with keeping right and fresh what is live: proof-reading and the refresh clocks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class ProofreadIsDone(DomainError):
    """A proof-reading that has ended."""

    code = "proofread_done"
    message = _("%(listing)s was read already.")
    remedy = _("Take the next one from the queue.")


class ProofreadOutdated(DomainError):
    """Another version is live than the one that was read."""

    code = "proofread_outdated"
    message = _("%(listing)s shows another version now than the one that you read.")
    remedy = _("Reload the page and read what shoppers see now. Nothing was recorded.")


class ProofreadIncomplete(DomainError):
    """Fields that are neither confirmed nor corrected, or both, or that are not shown."""

    code = "proofread_incomplete"
    message = _("Say of every field whether it is right or to be corrected: %(fields)s.")
    remedy = _("Nothing was recorded.")
    status = 422


class CorrectionNeedsNote(DomainError):
    """A field marked wrong without saying what is wrong."""

    code = "correction_needs_note"
    message = _("%(name)s: write what is wrong and what would be right.")
    status = 422


class RefreshClockStopped(DomainError):
    """A listing that is not shown has nothing to refresh."""

    code = "refresh_clock_stopped"
    message = _("%(listing)s is not shown at the moment, so there is nothing to refresh.")
    remedy = _("Its clocks run on when it is published again.")
