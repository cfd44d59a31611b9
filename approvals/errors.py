"""What the kernel refuses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError, NotPermitted


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


class SecurityRefusal(DomainError):
    """A refusal of an act that the rules forbid to everybody: it leaves a security event (services/security.py)."""

    code = "security_refusal"
    status = 403


class NotApproved(SecurityRefusal):
    """Something is to be published that nobody approved."""

    code = "not_approved"
    message = _("%(subject)s was not approved; nothing was published.")
    remedy = _("Submit it: what is approved is published by itself.")


class OwnWork(SecurityRefusal):
    """Somebody decides about what they asked for or wrote themselves."""

    code = "own_work"
    message = _("Nobody decides about their own work, whatever rights they have.")
    remedy = _("Another person with the right decides.")


class NotYourStage(SecurityRefusal):
    """Somebody decides who is not asked at this stage."""

    code = "not_your_stage"
    message = _("“%(stage)s” is decided by %(role)s; your roles do not include it, and you are nobody's deputy for it.")
    remedy = _("Somebody of that role decides, or names you as deputy for an absence.")


class NotReady(DomainError):
    """A draft is submitted with something missing or wrong. `findings` hold everything at once."""

    code = "not_ready"
    message = _("%(count)s things keep this from being submitted: %(list)s")
    remedy = _("Nothing was submitted; the draft is saved.")
    status = 422

    @property
    def findings(self) -> list[Any]:
        """All findings that stop the submission."""
        return list(self.facts.get("findings", ()))


class NothingChanged(DomainError):
    """A draft says exactly what is live."""

    code = "nothing_changed"
    message = _("%(subject)s says exactly what is live already; there is nothing to approve.")
    status = 422


class AlreadySubmitted(DomainError):
    """A draft waits for a decision already."""

    code = "already_submitted"
    message = _("%(number)s is about this draft and waits for a decision.")
    remedy = _("Edit the draft, which takes the request back, or withdraw the request.")


class AlreadyDecided(DomainError):
    """Somebody else was faster."""

    code = "already_decided"
    message = _("%(who)s decided %(number)s meanwhile: %(state)s.")
    remedy = _("Your decision was not stored. Open the request to see what was decided.")


class ContentHasChanged(DomainError):
    """What the person saw is not what the draft says now."""

    code = "content_has_changed"
    message = _("The content of %(number)s was changed after it was shown to you.")
    remedy = _("It went back to its author. Nothing was decided.")


class SignatureIsThere(DomainError):
    """A department signs what it has signed."""

    code = "signature_is_there"
    message = _("“%(section)s” has been signed already.")


class NoSuchStage(DomainError):
    """A section is signed that is not open."""

    code = "no_such_stage"
    message = _("“%(section)s” is not waiting to be signed.")


class RefusalNeedsReasons(DomainError):
    """A refusal without a reason."""

    code = "refusal_needs_reasons"
    message = _("A refusal needs a reason, for the whole or for the fields concerned.")
    remedy = _("Say what must be different; nothing was decided.")
    status = 422


class NotYetTime(DomainError):
    """Something is to be published before its set time."""

    code = "not_yet_time"
    message = _("%(number)s is to be published at %(time)s, not before.")


class PublicationStopped(DomainError):
    """A check that passed at submission fails at publication."""

    code = "publication_stopped"
    message = _("%(number)s was approved but cannot be published: %(list)s")
    remedy = _("Correct the draft and submit it again, or have the rule looked at; nothing was published.")
    status = 422


class NothingPublished(DomainError):
    """Display is confirmed, or taken down, of something that is not published."""

    code = "nothing_published"
    message = _("%(subject)s has nothing that shoppers could see.")


class ImportanceCannotBeLowered(DomainError):
    """Anybody raises a class, only management lowers it, with a reason."""

    code = "importance_cannot_be_lowered"
    message = _("Only management lowers a class, and says why.")
    status = 422


class NoEmergencyForThis(DomainError):
    """A kind that shoppers do not see is not let through past its stages."""

    code = "no_emergency_for_this"
    message = _("“%(kind)s” is not published in an emergency.")
    remedy = _("Let it pass its stages; make it important if it is urgent.")


class EmergencyNeedsTwo(SecurityRefusal):
    """An emergency is let through by the person who asked for it."""

    code = "emergency_needs_two"
    message = _("An emergency needs two people: the one who asks, and another who lets it through.")


class ReviewNeedsAThird(SecurityRefusal):
    """The after-review is done by one of the two."""

    code = "review_needs_a_third"
    message = _("The after-review is done by somebody who neither asked for the publication nor let it through.")


class StagesAreNotSound(DomainError):
    """Stages of a kind that nobody could pass."""

    code = "stages_are_not_sound"
    message = _("%(problem)s")
    status = 422


class DeputyTaken(DomainError):
    """An absence overlaps with another one of the person."""

    code = "deputy_taken"
    message = _("%(person)s has a deputy from %(from)s to %(until)s already.")
    remedy = _("End that absence first, or choose other times.")


class DeputyNotPossible(DomainError):
    """An absence that cannot be: backwards, or with oneself as deputy."""

    code = "deputy_not_possible"
    message = _("%(problem)s")
    status = 422


class RuleListHasChanged(DomainError):
    """Somebody else changed the list of content rules meanwhile."""

    code = "rule_list_has_changed"
    message = _("Meanwhile “%(list)s” became version %(current)s; your form was made for version %(expected)s.")
    remedy = _("Reload the page and look at what changed. Nothing was stored.")


class NotYourList(NotPermitted):
    """A list of content rules is changed by somebody of another role than its owner's."""

    code = "not_your_list"
    message = _("“%(list)s” belongs to %(role)s: that role and management change it.")
    remedy = _("Tell one of them what should be different. Nothing was stored.")


class ContentRuleIsNotSound(DomainError):
    """A content rule that could not be searched with."""

    code = "content_rule_is_not_sound"
    message = _("%(problem)s")
    status = 422


class RuleCodeIsTaken(DomainError):
    """Two rules of one list would have the same code."""

    code = "rule_code_is_taken"
    message = _("“%(code)s” is there already.")
    remedy = _("Choose another code, or change the one that is there.")
    status = 422


class FormatRuleIsNotSound(DomainError):
    """A house format that no text could meet, or that is there already."""

    code = "format_rule_is_not_sound"
    message = _("%(problem)s")
    status = 422


class RuleFileRefused(DomainError):
    """A file of rules that cannot be read, or in which rows are wrong: none of it is taken."""

    code = "rule_file_refused"
    message = _("%(problem)s")
    remedy = _("Nothing was stored. Correct the file and look at the preview again.")
    status = 422


class TooMuchToCheck(DomainError):
    """More text at once than is checked while somebody types."""

    code = "too_much_to_check"
    message = _("At most %(limit)s kB are checked at once while you type.")
    remedy = _("Everything is checked when you submit.")
    status = 413


class NotForManyAtOnce(DomainError):
    """A request that needs a look of its own is among those that are approved together."""

    code = "not_for_many_at_once"
    message = _("%(problem)s")
    remedy = _("Open it and decide there; nothing was decided.")


class NotYours(DomainError):
    """A request is taken back by somebody who neither asked for it nor wrote in it."""

    code = "not_yours"
    message = _("Only %(who)s, who asked for it, takes %(number)s back.")
    remedy = _("Refuse it with a reason instead, if your role decides about it.")
    status = 403
