"""Redesign proposals: filed by anybody, discussed, decided by the management, carried out with evidence, measured."""

from stores.services.proposals.discussion import discuss_proposal, send_to_management
from stores.services.proposals.execution import (
    add_proposal_evidence,
    add_proposal_order,
    close_proposal,
    finish_proposal_order,
)
from stores.services.proposals.files import Upload
from stores.services.proposals.filing import file_proposal, revise_proposal, withdraw_proposal

__all__ = [
    "Upload",
    "add_proposal_evidence",
    "add_proposal_order",
    "close_proposal",
    "discuss_proposal",
    "file_proposal",
    "finish_proposal_order",
    "revise_proposal",
    "send_to_management",
    "withdraw_proposal",
]
