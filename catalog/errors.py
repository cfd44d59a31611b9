"""What the catalogue can refuse."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class ReasonMissing(DomainError):
    """A price or a state is changed without a reason."""

    code = "reason_missing"
    message = _("This needs a reason.")
    remedy = _("The trail keeps it; nothing was changed.")
    status = 422


class NothingToSell(DomainError):
    """A product without a variant cannot go on sale."""

    code = "nothing_to_sell"
    message = _("“%(product)s” has no variant yet.")
    remedy = _("Add what is stocked and sold of it first.")


class NegativePrice(DomainError):
    """Prices are zero or more."""

    code = "negative_price"
    message = _("A price cannot be below zero.")
    status = 422


class NoticeSaysNothing(DomainError):
    """A change notice without a fact that could be compared with what is live."""

    code = "notice_says_nothing"
    message = _("The notice gives no new name, price or service text.")
    remedy = _("Fill in at least one of them; text alone is an intake.")
    status = 422


class NoticeNeedsProduct(DomainError):
    """A change notice about no product."""

    code = "notice_needs_product"
    message = _("A change notice is about one product.")
    status = 422


class NotOfThisProduct(DomainError):
    """A notice gives a price for a SKU that its product does not have."""

    code = "not_of_this_product"
    message = _("%(skus)s: not a SKU of “%(product)s”.")
    remedy = _("The product has %(known)s.")
    status = 422


class PriceUnreadable(DomainError):
    """A price in a notice is not an amount."""

    code = "price_unreadable"
    message = _("%(sku)s: “%(value)s” is not a price.")
    remedy = _("Write it like 12.50, zero or more, with two decimals at most.")
    status = 422


class SourceHasMovedOn(DomainError):
    """What was sent in is in a state that does not allow the act."""

    code = "source_has_moved_on"
    message = _("“%(title)s” is %(state)s.")
    remedy = _("Reload the page: somebody may have worked on it meanwhile.")


class SourceIsInPackage(DomainError):
    """What was sent in is being published as part of a package."""

    code = "source_in_package"
    message = _("“%(title)s” is in package %(package)s already.")
    remedy = _("Ask its owner, %(owner)s.")


class NotYours(DomainError):
    """Only the sender takes back what they sent in."""

    code = "not_yours"
    message = _("Only %(sender)s can take this back.")
    remedy = _("The planning group can refuse it with a reason.")
    status = 403


class TooManyAttachments(DomainError):
    """More files than one item may carry."""

    code = "too_many_attachments"
    message = _("At most %(limit)d files can be attached.")
    status = 422


class PackageIsClosed(DomainError):
    """Nothing more happens to a closed package."""

    code = "package_closed"
    message = _("%(package)s is closed.")
    remedy = _("Make a new package.")


class PackageHasNothingToSubmit(DomainError):
    """A package without a draft."""

    code = "package_empty"
    message = _("%(package)s holds no draft that could be submitted.")
    remedy = _("Add the listings that change.")
    status = 422


class PackageNotReady(DomainError):
    """Drafts of a package have findings; none of them was submitted.

    `findings` maps each listing's label to what is wrong with its draft.
    """

    code = "package_not_ready"
    message = _("%(count)d drafts of %(package)s are not ready: %(list)s")
    remedy = _("None of its drafts was submitted. Correct these and submit the package again.")
    status = 422


class ListingOutsidePackage(DomainError):
    """A listing of a shop that the package is not for."""

    code = "listing_outside_package"
    message = _("%(listing)s is in a shop that %(package)s is not for.")
    remedy = _("Add the shop to the package first.")
    status = 422


class DraftIsInAnotherPackage(DomainError):
    """The open draft of a listing belongs to another package."""

    code = "draft_in_another_package"
    message = _("The open draft of %(listing)s is in package %(package)s.")
    remedy = _("Finish or close that package first.")


class PlanLinesRefused(DomainError):
    """Pasted lines with errors; none was taken."""

    code = "plan_lines_refused"
    message = _("%(count)d of the lines cannot be read; none was taken.")
    remedy = _("Correct the lines that are marked and check again.")
    status = 422


class PlanIsClosed(DomainError):
    """A plan that is closed."""

    code = "plan_closed"
    message = _("“%(plan)s” is closed.")
    remedy = _("Make a new plan.")


class UnknownContentField(DomainError):
    """A listing has no such field."""

    code = "unknown_content_field"
    message = _("A listing has no field “%(name)s”.")
    status = 422


class UnknownPart(DomainError):
    """A SKU, block, attribute, category, group or picture that does not exist, or not for this product."""

    code = "unknown_part"
    message = _("%(name)s: “%(part)s” is not known for this product.")
    remedy = _("Nothing was saved.")
    status = 422


class ValueRefused(DomainError):
    """A value of another kind than its field holds."""

    code = "value_refused"
    message = _("%(name)s: %(problem)s")
    status = 422


class HiddenCharacters(DomainError):
    """A title with characters that nobody sees or that turn the direction of reading."""

    code = "hidden_characters"
    message = _("%(name)s holds characters that nobody sees: %(characters)s.")
    remedy = _("Type it again instead of pasting it; nothing was saved.")
    status = 422


class EditedMeanwhile(DomainError):
    """Somebody else saved the draft since this form was opened. `both` maps a field's path to [yours, theirs]."""

    code = "edited_meanwhile"
    message = _("%(person)s saved this draft meanwhile. Yours and theirs differ in: %(list)s.")
    remedy = _("Your values were not saved: compare them and save again.")

    @property
    def both(self) -> dict[str, list[Any]]:
        """Path → [what you sent, what the draft says now]."""
        return dict(self.facts["both"])


class BeingEdited(DomainError):
    """Somebody else has the draft open."""

    code = "being_edited"
    message = _("%(person)s is editing this draft, at the latest until %(until)s.")
    remedy = _("Wait, ask them, or take it over: then what they have not saved is lost to them.")


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


class PricesOverlap(DomainError):
    """Two prices for one moment."""

    code = "prices_overlap"
    message = _(
        "%(sku)s has the price %(amount)s from %(from)s until %(until)s already; two prices cannot hold at once."
    )
    remedy = _("Choose another time, or give the new price an end. Nothing was changed.")


class PriceBeginsInThePast(DomainError):
    """What was asked is history; it is not written afterwards."""

    code = "price_in_the_past"
    message = _("The price of %(sku)s would begin at %(from)s, which is over.")
    remedy = _("A price begins now or later.")
    status = 422


class PriceEndsBeforeItBegins(DomainError):
    """An empty or negative time."""

    code = "price_ends_first"
    message = _("The price of %(sku)s would end before it begins.")
    status = 422


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


class TooManyPictures(DomainError):
    """More files than one upload takes."""

    code = "too_many_pictures"
    message = _("%(count)s files were sent; one upload takes %(limit)s.")
    remedy = _("Send them in several parts. Nothing was stored.")
    status = 422


class NoPictures(DomainError):
    """An upload without a file."""

    code = "no_pictures"
    message = _("No file was chosen.")
    status = 422


class PictureThereAlready(DomainError):
    """The same bytes are a picture of this product already."""

    code = "picture_there_already"
    message = _("“%(name)s” is a picture of this product already, as “%(role)s”.")
    remedy = _("Nothing was stored twice.")


class OwnPicture(DomainError):
    """Whoever uploaded a picture does not sign it off."""

    code = "own_picture"
    message = _("You uploaded “%(name)s” yourself: somebody else signs it off.")
    status = 403


class PictureNotSignedByPerson(DomainError):
    """A program cannot say that a picture is professional."""

    code = "picture_needs_a_person"
    message = _("A picture is signed off by a person.")
    status = 403


class PictureOfOtherProduct(DomainError):
    """An order of pictures names one that does not belong to the product."""

    code = "picture_of_other_product"
    message = _("These are not the pictures of this product any more.")
    remedy = _("Reload the page: somebody may have changed them meanwhile.")


class PictureHoldsSecrets(DomainError):
    """The file's name or its metadata hold what must not leave the house. It names the rule, not the words."""

    code = "picture_holds_secrets"
    message = _("“%(name)s” was refused: %(where)s holds what the rule “%(rule)s” does not allow.")
    remedy = _("Save the picture under another name and without its metadata, and upload that file.")
    status = 422


class PictureNotProcessed(DomainError):
    """The worker tried often enough."""

    code = "picture_not_processed"
    message = _("“%(name)s” could not be processed; %(attempts)s attempts failed.")
    remedy = _("Upload it again; if that fails too, tell the administrator.")


class ShotStepNotAllowed(DomainError):
    """A shot goes on by its pictures, or by hand to taken and edited only."""

    code = "shot_step"
    message = _("This shot is %(current)s; by hand it becomes taken, then edited.")
    remedy = _("It is approved when its picture is signed off.")


class BarcodeTaken(DomainError):
    """A barcode stands for one variant only."""

    code = "barcode_taken"
    message = _("One of these barcodes belongs to another variant already.")
    remedy = _("Look for it in the product list; nothing was changed.")


class RefreshClockStopped(DomainError):
    """A listing that is not shown has nothing to refresh."""

    code = "refresh_clock_stopped"
    message = _("%(listing)s is not shown at the moment, so there is nothing to refresh.")
    remedy = _("Its clocks run on when it is published again.")


class PushHasMovedOn(DomainError):
    """A push is in a state that does not allow the act."""

    code = "push_has_moved_on"
    message = _("This is %(state)s.")
    remedy = _("Reload the page: somebody or the sweep may have worked on it meanwhile.")


class EvidenceMissing(DomainError):
    """Done by hand needs an address or the platform's number."""

    code = "evidence_missing"
    message = _("Give the address where shoppers see it, or the platform's number.")
    remedy = _("Without evidence it stays approved, not confirmed live.")
    status = 422


class AddressUnreadable(DomainError):
    """What was given as address is none."""

    code = "address_unreadable"
    message = _("“%(url)s” is not an address of a web page.")
    remedy = _("Copy it from the browser: it begins with http:// or https://.")
    status = 422


class RemoteNumberTooLong(DomainError):
    """Platforms' numbers have at most 120 characters."""

    code = "remote_number_too_long"
    message = _("A platform's number has at most %(limit)d characters.")
    status = 422


class ChannelGone(DomainError):
    """A push cannot be sent because its channel is closed."""

    code = "channel_gone"
    message = _("The channel of %(shop)s is closed or has no address to publish to.")
    remedy = _("Do it by hand, or have the channel opened again.")


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


class NoteIsEmpty(DomainError):
    """A note without words."""

    code = "note_empty"
    message = _("Write what you saw.")
    status = 422


class FormulaRefused(DomainError):
    """A cell begins with a sign and holds no calculation that is understood."""

    code = "formula_refused"
    message = _("“%(formula)s” is no calculation that gives a price.")
    remedy = _("Write =x*0.9, or a share or an amount to add or to take off; x is the price of now.")
    status = 422


class TableUnreadable(DomainError):
    """A file that is no table which could be read."""

    code = "table_unreadable"
    message = _("The table cannot be read: %(problem)s")
    remedy = _("Nothing was stored. Save it as “CSV UTF-8” or .xlsx and upload it again.")
    status = 422


class NothingToChange(DomainError):
    """Cells that all say what is there already."""

    code = "nothing_to_change"
    message = _("Nothing of it differs from what is there.")
    status = 422


class ChangesRefused(DomainError):
    """Some of many changes cannot be made, so none is. `refused` lists them."""

    code = "changes_refused"
    message = _("%(count)s cells cannot be changed, so nothing was changed: %(list)s")
    remedy = _("Look at them again, and leave them out or correct them.")
    status = 422


class PackageCannotBeUndone(DomainError):
    """Some of a package's drafts are approved or public."""

    code = "package_cannot_be_undone"
    message = _("%(package)s is approved in part already; what is approved is not undone.")
    remedy = _("Restore the version before from the page of the listing; that goes through approval again.")
