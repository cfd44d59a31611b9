"""What the company's floor can refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class NoDepartment(DomainError):
    """A view is to be shared with a department, and the person belongs to none."""

    code = "no_department"
    message = _("You belong to no department, so there is nobody to share the view with.")
    remedy = _("Save it for yourself, or ask an administrator to enter your department.")
    status = 422


class ViewOfAnother(DomainError):
    """A saved view is deleted by somebody who did not make it."""

    code = "view_of_another"
    message = _("The view “%(name)s” belongs to %(owner)s.")
    remedy = _("Ask them to delete it; nothing was changed.")
    status = 403


class KeyAlreadyRevoked(DomainError):
    """A revoked API key stays revoked."""

    code = "key_already_revoked"
    message = _("The key “%(name)s” is revoked already.")
    remedy = _("Make a new key for the shop.")


class ReasonMissing(DomainError):
    """An act on somebody's account or on a platform without a reason."""

    code = "reason_missing"
    message = _("This needs a reason.")
    remedy = _("Write it beside the action; nothing was changed.")
    status = 422


class EmployeeLeft(DomainError):
    """An account that is switched off gets no invitation."""

    code = "employee_left"
    message = _("%(employee)s's account is switched off.")
    remedy = _("Switch it on first; no link was made.")


class HiddenCharacters(DomainError):
    """A line with characters that nobody sees or that turn the direction of reading."""

    code = "hidden_characters"
    message = _("This holds characters that nobody sees: %(characters)s.")
    remedy = _("Type it again instead of pasting it; nothing was saved.")
    status = 422


class AddressTaken(DomainError):
    """Another page of the shop has this address."""

    code = "address_taken"
    message = _("The page “%(name)s” has the address “%(slug)s” already.")
    remedy = _("Choose another address; nothing was made.")


class OnePagePerKind(DomainError):
    """A shop has one home page and one sign."""

    code = "one_page_per_kind"
    message = _("%(shop)s has its %(kind)s already: “%(name)s”.")
    remedy = _("Begin a revision of that page.")


class MainPageDoesNotFit(DomainError):
    """A page inherits from a page of the main shop of the same kind."""

    code = "main_page_does_not_fit"
    message = _("“%(main)s” is no %(kind)s of the main shop of %(shop)s.")
    remedy = _("Choose a page of the main shop, or none.")
    status = 422


class RevisionIsClosed(DomainError):
    """What was published or discarded is not edited any more."""

    code = "revision_is_closed"
    message = _("%(revision)s is %(state)s: it cannot be edited any more.")
    remedy = _("Begin a new revision.")


class SavedMeanwhile(DomainError):
    """Somebody else saved the same draft while it was being edited."""

    code = "saved_meanwhile"
    message = _("%(person)s saved this draft meanwhile, at %(at)s.")
    remedy = _("Copy what you wrote, reload the page and put it in again; nothing of theirs was overwritten.")


class ContentIsWrong(DomainError):
    """A page or layout that cannot be stored: every problem at once, each with its place."""

    code = "content_is_wrong"
    message = _("This cannot be saved: %(problems)s")
    status = 422

    def __init__(self, problems: Sequence[Any], *, field: str | None = None) -> None:
        self.problems = list(problems)
        super().__init__(field=field, problems=" ".join(str(problem) for problem in self.problems))


class LayoutCodeTaken(DomainError):
    """Layouts have codes of their own."""

    code = "layout_code_taken"
    message = _("There is a layout “%(code)s” already.")
    remedy = _("Choose another code.")


class LayoutIsNotLive(DomainError):
    """A page is built on a layout that was approved and is for its kind."""

    code = "layout_is_not_live"
    message = _("The layout “%(layout)s” is not approved for this kind of page.")
    remedy = _("Choose another layout, or have this one approved first.")
    status = 422


class PageIsNotLive(DomainError):
    """There is nothing live to take down or to book."""

    code = "page_is_not_live"
    message = _("“%(page)s” has no live version.")
    remedy = _("Have it approved and published first.")


class NotAZonePage(DomainError):
    """A zone shows only pages of its own shop's library."""

    code = "not_a_zone_page"
    message = _("“%(page)s” does not belong to the promotion-zone library of %(shop)s.")
    remedy = _("Choose a promotion-zone page of this shop.")
    status = 422


class SlotIsWrong(DomainError):
    """A slot ends after it starts and does not begin in the past."""

    code = "slot_is_wrong"
    message = _("%(problem)s")
    status = 422


class SlotTaken(DomainError):
    """Two pages in one zone at one time."""

    code = "slot_taken"
    message = _("%(zone)s is booked from %(from)s to %(until)s for “%(page)s” (%(person)s).")
    remedy = _("Choose another time, or move the other booking first; nothing was booked.")


class BookingHasEnded(DomainError):
    """A slot that is over or cancelled does not move."""

    code = "booking_has_ended"
    message = _("The slot of “%(page)s” is %(state)s already.")
    remedy = _("Book a new one.")


class ZoneCodeTaken(DomainError):
    """A shop's zones have codes of their own."""

    code = "zone_code_taken"
    message = _("%(shop)s has a promotion zone “%(code)s” already.")
    remedy = _("Choose another code.")


class ProposalNotAtThisPoint(DomainError):
    """An act on a redesign proposal for which it is not far enough, or too far."""

    code = "proposal_not_at_this_point"
    message = _("“%(title)s” is %(state)s: this is not possible now.")
    remedy = _("Reload the page: it says what comes next.")


class ProposalOfAnother(DomainError):
    """Somebody else's proposal is to be revised or withdrawn."""

    code = "proposal_of_another"
    message = _("%(author)s filed this proposal; nobody else changes or withdraws it.")
    remedy = _("Say what should change in a discussion, or file a proposal of your own.")
    status = 403


class DiscussionMissing(DomainError):
    """A proposal goes to the management that nobody has discussed."""

    code = "discussion_missing"
    message = _("This proposal has not been discussed yet.")
    remedy = _("Keep the discussion first: day, those present, minutes, votes, recommendation.")


class EvidenceMissing(DomainError):
    """A design counts as carried out only when somebody can see that it was."""

    code = "evidence_missing"
    message = _("There is no evidence yet that the design was carried out.")
    remedy = _("Attach a picture or a file that shows it.")
    status = 422


class ProposalOrderDone(DomainError):
    """A work order is reported as done twice."""

    code = "proposal_order_done"
    message = _("“%(order)s” has been reported as done already.")
