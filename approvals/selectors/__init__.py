"""The kernel's public reads."""

from approvals.selectors.heartbeats import heartbeat_age
from approvals.selectors.rules import rule_in_force
from approvals.selectors.trail import sentence_of, trail_figures, trail_of, verify_trail

__all__ = ["heartbeat_age", "rule_in_force", "sentence_of", "trail_figures", "trail_of", "verify_trail"]
