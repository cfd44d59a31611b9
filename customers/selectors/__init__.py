"""The public reads of customers."""

from customers.selectors.messages import message_clock, message_history, message_list, messages_matching
from customers.selectors.people import customer_list, customers_matching, identities_of

__all__ = [
    "customer_list",
    "customers_matching",
    "identities_of",
    "message_clock",
    "message_history",
    "message_list",
    "messages_matching",
]
