"""Reads of messages for lists and their page."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from approvals.models import Deadline, TrailEntry
from customers.models import Message, MessageQuerySet
from stores.models import Shop


def message_list() -> MessageQuerySet:
    """Messages with the name of their shop; cut them with `visible_to`."""
    shop = Shop.objects.filter(pk=OuterRef("store_id")).values("name")
    return Message.objects.annotate(shop_name=Subquery(shop))


def messages_matching(rows: QuerySet[Message], words: str) -> QuerySet[Message]:
    """Messages about the order with exactly this number, or with this key; both have an index."""
    numbered = rows.annotate(number=KeyTextTransform("number", "context"))
    return numbered.filter(Q(number=words.upper()) | Q(key=words))


def message_history(message: Message) -> QuerySet[TrailEntry]:
    """What the trail says about this message; the entries stand on the timeline of the message's subject."""
    about = TrailEntry.objects.about(message.subject_type, message.subject_id)
    return about.filter(changes__has_key=message.key).select_related("actor_user").order_by("pk")


def message_clock(message: Message) -> Deadline | None:
    """The running clock of a failed message."""
    return Deadline.objects.open().filter(subject_type="customers.message", subject_id=message.pk).first()
