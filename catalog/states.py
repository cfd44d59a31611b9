"""Enums of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductState(models.TextChoices):
    """A product is entered as a draft, sold while active, kept when archived."""

    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    ARCHIVED = "archived", _("archived")


PRODUCT_TRANSITIONS: dict[str, frozenset[str]] = {
    ProductState.DRAFT: frozenset({ProductState.ACTIVE, ProductState.ARCHIVED}),
    ProductState.ACTIVE: frozenset({ProductState.ARCHIVED}),
    ProductState.ARCHIVED: frozenset({ProductState.ACTIVE}),
}


class AttributeKind(models.TextChoices):
    """How an attribute's value is entered and shown."""

    TEXT = "text", _("text")
    NUMBER = "number", _("number")
    CHOICE = "choice", _("one of a list")
    BOOLEAN = "boolean", _("yes or no")


class ListingState(models.TextChoices):
    """What shoppers see of a product in one shop."""

    PREPARING = "preparing", _("not yet listed")
    LISTED = "listed", _("listed")
    TAKEN_DOWN = "taken_down", _("taken down")


LISTING_TRANSITIONS: dict[str, frozenset[str]] = {
    ListingState.PREPARING: frozenset({ListingState.LISTED}),
    ListingState.LISTED: frozenset({ListingState.TAKEN_DOWN}),
    ListingState.TAKEN_DOWN: frozenset({ListingState.LISTED}),
}


class RevisionOrigin(models.TextChoices):
    """Where a revision comes from."""

    HAND = "hand", _("edited by hand")
    BULK = "bulk", _("bulk grid")
    IMPORT = "import", _("file")
    MASTER = "master", _("change of the product")
    RESTORE = "restore", _("restored version")
    REFRESH = "refresh", _("content refresh")


class PhotoRole(models.TextChoices):
    """What a picture shows (CAT-9)."""

    MAIN = "main", _("main picture")
    DETAIL = "detail", _("detail")
    SCENE = "scene", _("scene of use")
    SIZE = "size", _("size")
    PACKAGE = "package", _("packaging")


class PhotoState(models.TextChoices):
    """An upload is read and checked by the worker, then a person signs it off as professional, or refuses it."""

    UPLOADED = "uploaded", _("being checked")
    CHECKED = "checked", _("waits for sign-off")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    RETIRED = "retired", _("retired")


PHOTO_TRANSITIONS: dict[str, frozenset[str]] = {
    PhotoState.UPLOADED: frozenset({PhotoState.CHECKED, PhotoState.REFUSED}),
    PhotoState.CHECKED: frozenset({PhotoState.APPROVED, PhotoState.REFUSED}),
    PhotoState.APPROVED: frozenset({PhotoState.RETIRED}),
    PhotoState.REFUSED: frozenset(),
    PhotoState.RETIRED: frozenset({PhotoState.APPROVED}),
}


class ShotState(models.TextChoices):
    """A line of the shot list."""

    PLANNED = "planned", _("planned")
    TAKEN = "taken", _("picture taken")
    EDITED = "edited", _("picture edited")
    APPROVED = "approved", _("approved")


SHOT_TRANSITIONS: dict[str, frozenset[str]] = {
    ShotState.PLANNED: frozenset({ShotState.TAKEN}),
    ShotState.TAKEN: frozenset({ShotState.EDITED, ShotState.PLANNED}),
    ShotState.EDITED: frozenset({ShotState.APPROVED, ShotState.PLANNED}),
    ShotState.APPROVED: frozenset({ShotState.PLANNED}),
}


class FieldGroup(models.TextChoices):
    """What is renewed at least every half month (CAT-15)."""

    NAME = "name", _("name and persuasive copy")
    BRIEF = "brief", _("brief")
    PHOTOS = "photos", _("pictures")


class SourceKind(models.TextChoices):
    """What other departments send in."""

    INTAKE = "intake", _("new product or technology")
    NOTICE = "notice", _("change notice")


class SourceState(models.TextChoices):
    """What became of it, as its sender sees it (CAT-4)."""

    RECEIVED = "received", _("arrived")
    IN_DRAFT = "in_draft", _("in draft")
    IN_APPROVAL = "in_approval", _("in approval")
    PUBLISHED = "published", _("published")
    REFUSED = "refused", _("refused")


SOURCE_TRANSITIONS: dict[str, frozenset[str]] = {
    SourceState.RECEIVED: frozenset({SourceState.IN_DRAFT, SourceState.REFUSED, SourceState.PUBLISHED}),
    SourceState.IN_DRAFT: frozenset({SourceState.IN_APPROVAL, SourceState.RECEIVED, SourceState.REFUSED}),
    SourceState.IN_APPROVAL: frozenset({SourceState.PUBLISHED, SourceState.IN_DRAFT, SourceState.REFUSED}),
    SourceState.PUBLISHED: frozenset(),
    SourceState.REFUSED: frozenset(),
}


class PackageState(models.TextChoices):
    """A publication package is gathered, complete (its clock runs), submitted, and closed when everything in it is decided."""

    GATHERING = "gathering", _("being gathered")
    SUBMITTED = "submitted", _("in approval")
    CLOSED = "closed", _("closed")


PACKAGE_TRANSITIONS: dict[str, frozenset[str]] = {
    PackageState.GATHERING: frozenset({PackageState.SUBMITTED, PackageState.CLOSED}),
    PackageState.SUBMITTED: frozenset({PackageState.CLOSED, PackageState.GATHERING}),
    PackageState.CLOSED: frozenset(),
}


class PlanState(models.TextChoices):
    """A listing plan binds after it was approved."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    CLOSED = "closed", _("closed")


PLAN_TRANSITIONS: dict[str, frozenset[str]] = {
    PlanState.DRAFT: frozenset({PlanState.IN_REVIEW, PlanState.CLOSED}),
    PlanState.IN_REVIEW: frozenset({PlanState.DRAFT, PlanState.APPROVED}),
    PlanState.APPROVED: frozenset({PlanState.DRAFT, PlanState.CLOSED}),
    PlanState.CLOSED: frozenset(),
}


class PushState(models.TextChoices):
    """The way of a snapshot to a shop. Without a connection a person does it and gives the address as evidence."""

    WAITING = "waiting", _("to be sent")
    BY_HAND = "by_hand", _("to be done by hand")
    SENT = "sent", _("sent, not confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused by the shop")
    SUPERSEDED = "superseded", _("overtaken by a newer one")


PUSH_TRANSITIONS: dict[str, frozenset[str]] = {
    PushState.WAITING: frozenset(
        {PushState.SENT, PushState.CONFIRMED, PushState.REFUSED, PushState.SUPERSEDED, PushState.BY_HAND}
    ),
    PushState.BY_HAND: frozenset({PushState.CONFIRMED, PushState.SUPERSEDED}),
    PushState.SENT: frozenset({PushState.CONFIRMED, PushState.SUPERSEDED, PushState.WAITING}),
    PushState.REFUSED: frozenset({PushState.WAITING, PushState.SUPERSEDED, PushState.BY_HAND}),
    PushState.CONFIRMED: frozenset({PushState.WAITING}),  # the shop shows something else now: sent again
    PushState.SUPERSEDED: frozenset(),
}


class PushAction(models.TextChoices):
    """What a shop is told."""

    PUBLISH = "publish", _("show")
    TAKE_DOWN = "take_down", _("take down")


class ProofreadPick(models.TextChoices):
    """Why a listing is in the proof-reading queue (CAT-6)."""

    RANDOM = "random", _("random sample")
    TOP_SELLER = "top_seller", _("top seller")
    COMPLAINT = "complaint", _("recent complaint")
    SPEC_CHANGED = "spec_changed", _("specification changed")
    OLD = "old", _("not read for long")


class PriceStage(models.TextChoices):
    """Where a price stands in its time. Nothing moves it but the clock."""

    PLANNED = "planned", _("planned")
    HOLDS = "holds", _("in force")
    OVER = "over", _("over")
