"""Rows of customers: people, their identities, and the messages to them."""

from customers.models.messages import MailboxItem, Message, MessageQuerySet
from customers.models.people import Customer, CustomerQuerySet, Identity

__all__ = ["Customer", "CustomerQuerySet", "Identity", "MailboxItem", "Message", "MessageQuerySet"]
