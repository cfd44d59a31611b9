"""The way of what is published to the shops: planned, claimed, settled, confirmed (CAT-14).

Nothing here speaks with a shop. A sender (catalog/tasks.py) claims a push in one transaction, speaks outside of any, and settles in
another. Locks: what is live → listing → push.
"""

from catalog.services.pushes.by_hand import confirm_by_hand, give_to_hand, retry_push, set_remote_id
from catalog.services.pushes.planning import plan_pushes
from catalog.services.pushes.sending import claim_comparisons, claim_push, claim_readings, settle_push, settle_reading

__all__ = [
    "claim_comparisons",
    "claim_push",
    "claim_readings",
    "confirm_by_hand",
    "give_to_hand",
    "plan_pushes",
    "retry_push",
    "set_remote_id",
    "settle_push",
    "settle_reading",
]
