"""What the kernel refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class CalendarHasNoWorkingTime(DomainError):
    """No working period lies in the years ahead, so no due time can be computed."""

    code = "calendar_has_no_working_time"
    message = _("The calendar has no working time to count with.")
    remedy = _("Give it working periods in the reference data.")


class DeadlineHasEnded(DomainError):
    """The deadline was met or withdrawn meanwhile."""

    code = "deadline_has_ended"
    message = _("“%(subject)s” is %(state)s already: its clock does not run any more.")
    remedy = _("Nothing was changed.")


class PauseNeedsReasonAndDebtor(DomainError):
    """A clock stops only when it is written down why and for whom."""

    code = "pause_needs_reason_and_debtor"
    message = _("A clock is paused only with a reason and with the name of who owes the answer.")
    status = 422


class DeadlineIsPaused(DomainError):
    """It waits for somebody already."""

    code = "deadline_is_paused"
    message = _("This clock is paused already: it waits for %(debtor)s.")
    remedy = _("Resume it first.")


class DeadlineIsNotPaused(DomainError):
    """There is no pause to end."""

    code = "deadline_is_not_paused"
    message = _("This clock is not paused.")


class OwnerIsMissing(DomainError):
    """Nobody would owe the work."""

    code = "owner_is_missing"
    message = _("A deadline belongs to a person or to a role.")
    status = 422


class ReasonIsMissing(DomainError):
    """The trail keeps a reason for this act."""

    code = "reason_is_missing"
    message = _("Please write the reason.")
    status = 422


class NothingWasBreached(DomainError):
    """A cause explains a breach; there is none."""

    code = "nothing_was_breached"
    message = _("This deadline was not breached, so there is no cause to give.")


class RuleHasChanged(DomainError):
    """Somebody else made a version meanwhile."""

    code = "rule_has_changed"
    message = _(
        "Meanwhile version %(current)s of this rule came into force; your form was made for version %(expected)s."
    )
    remedy = _("Reload the page and look at what changed.")


class RuleIsNotSound(DomainError):
    """The proposed rule contradicts itself."""

    code = "rule_is_not_sound"
    message = _("%(problem)s")
    status = 422


class JobFileIsGone(DomainError):
    """The job has made no file, or it was cleared away."""

    code = "job_file_is_gone"
    message = _("There is no file here.")
    remedy = _("Ask for it again.")
    status = 404


class TextIsTooLong(DomainError):
    """More than anybody writes by hand: refused before any work is done with it."""

    code = "text_is_too_long"
    message = _("This text has %(length)s characters; at most %(limit)s can be taken.")
    remedy = _("Shorten it, or attach it as a file.")
    status = 422
