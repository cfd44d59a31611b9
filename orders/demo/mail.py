"""The confirmations that went out in the meantime, and the few that did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from customers import services
from customers.models import Message
from customers.policies import Outcome, Verdict
from customers.states import MessageState
from customers.tasks import SENDER
from orders.demo.world import World

LEFT_WAITING = 6  # the worker sends these to the demo's mailbox, so that there is something to read
_REFUSED = Outcome(Verdict.REFUSED, "550 5.1.1 mailbox unavailable")
_IN_DOUBT = Outcome(Verdict.IN_DOUBT, "TimeoutError: the line broke while the text was on its way")


def send_mails(world: World) -> None:
    """Claim and settle what is queued, shortly after each was written; people have decided about older failures.

    Outside the demo's transaction, because the sender commits a claim before it sends. The worker sends what a killed run leaves.
    """
    queued = list(
        Message.objects.filter(state=MessageState.QUEUED).order_by("next_at", "pk").values_list("pk", "created_at")
    )
    due = queued[: -min(LEFT_WAITING, len(queued) // 4 + 1)]
    early, late = _troubles(len(due))
    troubled = {due[place][0]: outcome for place, outcome in (early | late).items()}
    for _pk, created_at in due:
        now = min(world.now, created_at + timedelta(seconds=40))
        message = services.claim_message(now=now)
        if message is None:
            continue
        proof = Outcome(Verdict.ACCEPTED, f"250 2.0.0 Ok: queued as DEMO{message.pk:06d}")
        services.settle_message(
            message_id=message.pk, claimed_until=message.next_at, outcome=troubled.get(message.pk) or proof, actor=SENDER,
            now=min(world.now, now + timedelta(seconds=2)),
        )  # fmt: skip
    _decide_older(world, [due[place][0] for place in early])


def _troubles(count: int) -> tuple[dict[int, Outcome], dict[int, Outcome]]:
    """Which of so many mails go wrong: early ones, which people have settled since, and some of the last ones."""
    early = {count // 5: _REFUSED, count // 3: _REFUSED, count // 2: _IN_DOUBT}
    return early, {count - 4: _REFUSED, count - 3: _IN_DOUBT, count - 2: _REFUSED}


def _decide_older(world: World, ids: Sequence[int]) -> None:
    cs = world.staff("cs")
    for message in Message.objects.filter(pk__in=ids).order_by("pk"):
        now = min(world.now, message.created_at + timedelta(hours=2))
        if message.state == MessageState.FAILED:
            reason = "邮箱不存在，已改用站内信通知买家。"
            services.drop_message(message_id=message.pk, reason=reason, actor=cs, now=now)
        else:
            services.confirm_message(message_id=message.pk, reason="买家说已收到。", actor=cs, now=now)
