"""Redesign proposals of employees.

Filed by anybody, discussed, decided, carried out with evidence, measured (APPR-7 to APPR-10).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit.guards import append_only, state_machine
from stores.states import PROPOSAL_TRANSITIONS, ProposalState, Recommendation

_SEE_ALL = ("stores.discuss_proposal", "stores.carry_out_proposal", "approvals.view_changerequest")


def proposal_path(file: ProposalFile, filename: str) -> str:
    """Where a mock-up or a piece of evidence lies; served to those who may see the proposal."""
    return f"proposals/{file.sha256[:2]}/{file.sha256}"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Reads of proposals."""

    def visible_to(self, user: Any) -> ProposalQuerySet:
        """One's own and those that one carries out; every one with a right that concerns them all."""
        if any(user.has_perm(right) for right in _SEE_ALL):
            return self
        ordered = ProposalOrder.objects.filter(proposal=OuterRef("pk"), owner=user.pk)
        return self.filter(Q(proposer=user.pk) | Exists(ordered))


class Proposal(models.Model):
    """An idea for the redesign of a page or shop, with the effect that its author expects."""

    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("what should change, and why"))
    expected_effect = models.TextField(_("expected effect"))
    cost = models.CharField(_("cost"), max_length=200, blank=True)
    shop = models.ForeignKey(
        "stores.Shop", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shop")
    )
    page = models.ForeignKey(
        "stores.Page", models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("page")
    )
    state = models.CharField(_("state"), max_length=14, choices=ProposalState.choices, default=ProposalState.FILED)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals", verbose_name=_("proposed by")
    )
    request = models.ForeignKey(
        "approvals.ChangeRequest", models.PROTECT, null=True, related_name="+", verbose_name=_("change request")
    )
    decision_note = models.TextField(_("decision and reason"), blank=True)
    effect_note = models.TextField(_("effect measured"), blank=True)
    filed_at = models.DateTimeField(_("filed"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    executed_at = models.DateTimeField(_("carried out"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("redesign proposal")
        verbose_name_plural = _("redesign proposals")
        indexes = [models.Index(fields=["state", "-id"], name="proposal_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(effect_note="") & Q(executed_at__isnull=False)),
                name="closed_proposal_was_carried_out_and_measured",
            )
        ]
        permissions = [
            ("file_proposal", _("Files redesign proposals")),
            ("discuss_proposal", _("Leads the discussion of redesign proposals")),
            ("carry_out_proposal", _("Carries out approved redesigns")),
        ]
        triggers = [state_machine("state", PROPOSAL_TRANSITIONS)]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The proposal with everything that became of it."""
        return reverse("stores:proposal", args=[self.pk])


class ProposalFile(models.Model):
    """A mock-up, or evidence that the design was carried out."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="files", verbose_name=_("proposal"))
    is_evidence = models.BooleanField(_("evidence of execution"), default=False)
    file = models.FileField(_("file"), upload_to=proposal_path, max_length=200)
    file_name = models.CharField(_("name of the file"), max_length=160)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("file of a proposal")
        verbose_name_plural = _("files of proposals")

    def __str__(self) -> str:
        return self.file_name


class ProposalDiscussion(models.Model):
    """A meeting of the planning group about a proposal: who was there, what was said, the votes and the recommendation."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="discussions", verbose_name=_("proposal"))
    held_on = models.DateField(_("held on"))
    present = ArrayField(models.BigIntegerField(), verbose_name=_("present"))
    minutes = models.TextField(_("minutes"))
    votes_for = models.PositiveSmallIntegerField(_("votes for"), default=0)
    votes_against = models.PositiveSmallIntegerField(_("votes against"), default=0)
    recommendation = models.CharField(_("recommendation"), max_length=8, choices=Recommendation.choices)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("discussion of a proposal")
        verbose_name_plural = _("discussions of proposals")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_recommendation_display()}"


class ProposalOrder(models.Model):
    """A work order from an approved proposal."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="orders", verbose_name=_("proposal"))
    text = models.CharField(_("what is to be done"), max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_note = models.TextField(_("how it compares with the approved design"), blank=True)

    class Meta:
        verbose_name = _("work order of a proposal")
        verbose_name_plural = _("work orders of proposals")

    def __str__(self) -> str:
        return self.text
