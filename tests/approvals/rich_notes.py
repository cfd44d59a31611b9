"""Notes with everything that a decision page compares: long texts, pictures, prices, lists. Their kind is the tests' own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from approvals import services
from approvals.models import ChangeRequest
from approvals.registries import Draft, Effect, Finding, Section, approval_kinds
from approvals.selectors.requests import live_fields
from stores.models import Employee
from tests.approvals.builders import acting
from tests.approvals.kinds import KIND, NOTES, write_note
from tests.support.registries import reopened

RICH = "tests.rich"
OLD_PICTURE, NEW_PICTURE = "a" * 64, "b" * 64

V1: dict[str, Any] = {
    "title": "龙井茶 250 克 明前特级",
    "blocks": {
        "intro": "产自西湖产区的绿茶，清明前采摘，手工炒制。" * 3 + "茶汤清亮，入口甘醇。",
        "story": "A tea of the hills around the lake.\nPicked by hand.",
    },
    "prices": {"TEA-100": "58.00", "TEA-250": "128.00"},
    "photos": [
        {"key": "1", "role": "main", "sha256": OLD_PICTURE, "alt": "茶罐"},
        {"key": "2", "role": "detail", "sha256": OLD_PICTURE, "alt": "茶叶"},
    ],
    "tags": ["green", "spring"],
    "service": "7 天无理由退货",
}
_LATER = "产自西湖产区的绿茶，谷雨前采摘，手工炒制。" + "产自西湖产区的绿茶，清明前采摘，手工炒制。" * 2
V2: dict[str, Any] = {
    **V1,
    "title": "龙井茶 250 克 雨前一等",
    "blocks": {"intro": f"{_LATER}茶汤清亮，入口甘醇。", "story": V1["blocks"]["story"]},
    "prices": {"TEA-100": "58.00", "TEA-250": "118.00", "TEA-500": "218.00"},
    "photos": [
        {"key": "1", "role": "main", "sha256": NEW_PICTURE, "alt": "新茶罐"},
        {"key": "3", "role": "scene", "sha256": NEW_PICTURE, "alt": "茶席"},
    ],
    "tags": ["green", "gift"],
}


def _read(pk: int) -> Draft:
    draft = approval_kinds.get(KIND).read(pk)
    return replace(
        draft,
        subject_label=NOTES[pk].content.get("title", ""),
        live=live_fields(RICH, draft.subject_type, draft.subject_id),
    )


def _picture(value: Any) -> str:
    """The house's own mark for every picture."""
    return "/static/img/logo.svg" if isinstance(value, dict) and len(str(value.get("sha256", ""))) == 64 else ""


_NOTE = approval_kinds.get(KIND)
with reopened(approval_kinds):
    approval_kinds.register(
        RICH,
        replace(
            _NOTE,
            label="rich note",
            read=_read,
            picture=_picture,
            field_label=lambda name: name.replace(".", " "),
            effects=lambda draft: [Effect("margin", "31 %", "26 %", "warn"), Effect("pages", "1", "1")],
            money_effect=lambda draft: Decimal("-10.00"),
            risk=lambda draft: "low" if len(draft.content) == 1 else "normal",
            checked_texts=lambda draft: {},
            sections=(
                Section("facts", "facts", "OPS", ("title", "blocks")),
                Section("price", "price", "FIN", ("prices",)),
            ),
        ),
    )


def submitted(
    author: Employee, now: datetime, content: dict[str, Any] | None = None, kind: str = RICH, **facts: Any
) -> ChangeRequest:
    """A request of one note."""
    pk = write_note(content=content or V2, **facts)
    return services.submit(kind=kind, draft_id=pk, actor=acting(author), now=now)


def simple(author: Employee, now: datetime, number: int, kind: str = RICH) -> ChangeRequest:
    """A request of low risk that only says its number."""
    return submitted(author, now, {"title": f"note {number}"}, kind=kind)


def signed(change: ChangeRequest, people: dict[str, Employee], now: datetime) -> ChangeRequest:
    """Both departments have signed."""
    for section, role in (("facts", "OPS"), ("price", "FIN")):
        services.sign(
            request_id=change.pk, section=section, content_hash=change.content_hash, actor=acting(people[role]), now=now
        )
    return ChangeRequest.objects.get(pk=change.pk)


def published(people: dict[str, Employee], now: datetime, content: dict[str, Any] | None = None) -> ChangeRequest:
    """A first version that is live since before."""
    change = signed(submitted(people["CS"], now, content or V1), people, now)
    services.approve(
        request_id=change.pk,
        content_hash=change.content_hash,
        actor=acting(people["PLAN"]),
        now=now + timedelta(minutes=1),
    )
    return ChangeRequest.objects.get(pk=change.pk)


def finding(code: str, severity: str, field: str, text: str) -> Finding:
    """One result of a check."""
    return Finding(code, severity, field, text)
