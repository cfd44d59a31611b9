"""Redesign proposals: the list, one proposal with everything that became of it, and each act on it."""

from stores.views.proposals.acts import (
    proposal_close,
    proposal_discuss,
    proposal_evidence,
    proposal_new,
    proposal_order,
    proposal_order_new,
    proposal_revise,
    proposal_send,
    proposal_withdraw,
)
from stores.views.proposals.detail import proposal, proposal_file
from stores.views.proposals.lists import PROPOSALS, panel

__all__ = [
    "PROPOSALS",
    "panel",
    "proposal",
    "proposal_close",
    "proposal_discuss",
    "proposal_evidence",
    "proposal_file",
    "proposal_new",
    "proposal_order",
    "proposal_order_new",
    "proposal_revise",
    "proposal_send",
    "proposal_withdraw",
]
