"""The public verbs of customers."""

from customers.services.decisions import confirm_message, drop_message, retry_message
from customers.services.messages import MessageDraft, queue_messages
from customers.services.people import Buyer, find_or_make_customers
from customers.services.privacy import anonymise_customer, reveal_identity, reveal_name
from customers.services.sending import claim_message, expire_claims, settle_message

__all__ = [
    "Buyer",
    "MessageDraft",
    "anonymise_customer",
    "claim_message",
    "confirm_message",
    "drop_message",
    "expire_claims",
    "find_or_make_customers",
    "queue_messages",
    "retry_message",
    "reveal_identity",
    "reveal_name",
    "settle_message",
]
