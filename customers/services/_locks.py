"""Locks of customers: functions that return fresh rows. Order: customer before message."""

from __future__ import annotations

from customers.models import Customer, Message


def lock_message(message_id: int) -> Message:
    """Lock one message and return it fresh. Raises Message.DoesNotExist."""
    return Message.objects.select_for_update().get(pk=message_id)


def lock_customer(customer_id: int) -> Customer:
    """Lock one customer and return it fresh. Raises Customer.DoesNotExist."""
    return Customer.objects.select_for_update().get(pk=customer_id)


def lock_messages_of(customer_id: int) -> list[Message]:
    """Lock all messages to a customer in key order and return them fresh. Lock the customer first."""
    return list(Message.objects.filter(customer_id=customer_id).order_by("pk").select_for_update())
