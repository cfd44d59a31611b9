"""Rows of customers: people, their identities, and the messages to them."""

from customers.models.messages import MailboxItem, Message
from customers.models.people import Customer, Identity

__all__ = ["Customer", "Identity", "MailboxItem", "Message"]
