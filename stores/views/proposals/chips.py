"""What became of a proposal as coloured words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.web import Chip, Tone
from stores.models import Proposal
from stores.states import ProposalState, Recommendation

_TONES = {
    ProposalState.FILED: Tone.INFO,
    ProposalState.DISCUSSED: Tone.INFO,
    ProposalState.AT_MANAGEMENT: Tone.WARN,
    ProposalState.APPROVED: Tone.GOOD,
    ProposalState.EXECUTED: Tone.GOOD,
    ProposalState.REFUSED: Tone.BAD,
}
_ADVICE_TONES = {Recommendation.ADOPT: Tone.GOOD, Recommendation.CHANGE: Tone.WARN, Recommendation.REJECT: Tone.BAD}


def state_chip(proposal: Proposal) -> Chip:
    """Where a proposal stands."""
    tone = _TONES.get(ProposalState(proposal.state), Tone.MUTED)
    return Chip(proposal.get_state_display(), tone)


def decision_chip(proposal: Proposal) -> Chip | None:
    """What the management said; None as long as it has said nothing."""
    if proposal.decided_at is None:
        return None
    if proposal.state == ProposalState.REFUSED:
        return Chip(ProposalState.REFUSED.label, Tone.BAD, "x")
    return Chip(_("approved"), Tone.GOOD, "check")


def advice_chip(recommendation: str) -> Chip:
    """What the planning group recommends."""
    advice = Recommendation(recommendation)
    return Chip(advice.label, _ADVICE_TONES[advice])
