"""What can be wrong with pictures, their sign-off and their order, and with the shots that bring them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class NoPictures(DomainError):
    """An upload without a file."""

    code = "no_pictures"
    message = _("No file was chosen.")
    status = 422


class TooManyPictures(DomainError):
    """More files than one upload takes."""

    code = "too_many_pictures"
    message = _("%(count)s files were sent; one upload takes %(limit)s.")
    remedy = _("Send them in several parts. Nothing was stored.")
    status = 422


class PictureThereAlready(DomainError):
    """The same bytes are a picture of this product already."""

    code = "picture_there_already"
    message = _("“%(name)s” is a picture of this product already, as “%(role)s”.")
    remedy = _("Nothing was stored twice.")


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


class PictureNotSignedByPerson(DomainError):
    """A program cannot say that a picture is professional."""

    code = "picture_needs_a_person"
    message = _("A picture is signed off by a person.")
    status = 403


class OwnPicture(DomainError):
    """Whoever uploaded a picture does not sign it off."""

    code = "own_picture"
    message = _("You uploaded “%(name)s” yourself: somebody else signs it off.")
    status = 403


class PictureOfOtherProduct(DomainError):
    """An order of pictures names one that does not belong to the product."""

    code = "picture_of_other_product"
    message = _("These are not the pictures of this product any more.")
    remedy = _("Reload the page: somebody may have changed them meanwhile.")


class ShotStepNotAllowed(DomainError):
    """A shot goes on by its pictures, or by hand to taken and edited only."""

    code = "shot_step"
    message = _("This shot is %(current)s; by hand it becomes taken, then edited.")
    remedy = _("It is approved when its picture is signed off.")
