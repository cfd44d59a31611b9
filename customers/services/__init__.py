"""The public verbs of customers."""

from customers.services.messages import MessageDraft, queue_messages

__all__ = ["MessageDraft", "queue_messages"]
