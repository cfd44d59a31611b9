"""The clock wall: breaches, near breaches, where, how long things take, and what nobody looks after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from approvals.registries import approval_kinds
from approvals.seams import role_label
from approvals.selectors.inbox import stage_names
from approvals.selectors.wall import Alarm, Bar, RedRows, Times, clock_wall
from approvals.states import Importance
from config.kit.web import page, require

_STEPS = 20  # a bar's length in steps of 5 %: the content policy allows no style of its own


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured part of a bar: how many, how long, and the list of exactly these."""

    alarm: str
    count: int
    width: int
    url: str


@dataclass(frozen=True, slots=True)
class ShownBar:
    """A bar with its name and its parts; `url` opens everything of its group that is open."""

    label: str
    note: str
    url: str
    open: int
    parts: list[Part]


@require("approvals.view_clock_wall")
def clock_wall_page(request: HttpRequest) -> HttpResponse:
    """Figures of all requests that the person oversees."""
    now = timezone.now()
    wall = clock_wall(request.user, now=now)
    stages = stage_names([bar.key["stage"] for bar in wall.stages] or ["-"])
    context = {
        "wall": wall,
        "figures": [
            (Alarm.TODAY.label, wall.today, _list(alarm=Alarm.TODAY), "bad"),
            (Alarm.WEEK.label, wall.week, _list(alarm=Alarm.WEEK), "bad"),
            (Alarm.LATE.label, wall.late, _list(alarm=Alarm.LATE), "bad"),
            (Alarm.NEAR.label, wall.near, _list(alarm=Alarm.NEAR), "warn"),
            (Alarm.NO_CAUSE.label, wall.no_cause, _list(alarm=Alarm.NO_CAUSE), "warn"),
        ],
        "groups": [
            ("kinds", _shown(wall.kinds, _kind_words)),
            ("departments", _shown(wall.departments, lambda key: (role_label(key["role"]), key["role"]))),
            ("stages", _shown(wall.stages, lambda key: (stages.get(key["stage"], key["stage"]), ""))),
        ],
        "times": [(_kind_words(_key(times)), times) for times in wall.times],
        "red": [(rows, _list(alarm=rows.alarm), _tone(rows, now)) for rows in wall.red],
        "now": now,
    }
    return page(request, "approvals/wall/wall.html", context)


def _list(**narrowed: str) -> str:
    return f"{reverse('approvals:request_list')}?{urlencode({'show': 'all', **narrowed})}"


def _kind_words(key: Mapping[str, str]) -> tuple[str, str]:
    kind = str(approval_kinds.get(key["kind"]).label) if key["kind"] in approval_kinds else key["kind"]
    return kind, str(Importance(key["importance"]).label) if key["importance"] in Importance.values else ""


def _key(times: Times) -> dict[str, str]:
    return {"kind": times.kind, "importance": times.importance}


def _shown(bars: list[Bar], words: Any) -> list[ShownBar]:
    longest = max((max(bar.open, bar.week) for bar in bars), default=0)
    shown = []
    for bar in bars:
        label, note = words(bar.key)
        counts = {Alarm.LATE: bar.late, Alarm.NEAR: bar.near, Alarm.WEEK: bar.week, Alarm.TODAY: bar.today}
        parts = [
            Part(str(alarm), count, _width(count, longest), _list(**bar.key, alarm=alarm))
            for alarm, count in counts.items()
        ]
        shown.append(ShownBar(label, note, _list(**{**bar.key, "show": "open"}), bar.open, parts))
    return shown


def _width(count: int, longest: int) -> int:
    """Steps of 5 %, so that one of very many is still seen."""
    return max(1, round(_STEPS * count / longest)) * 5 if count and longest else 0


def _tone(rows: RedRows, now: Any) -> str:
    """Red as soon as there is one; what was published a moment ago and is still in its time is only told."""
    if not rows.rows:
        return "good"
    if rows.alarm == Alarm.UNCONFIRMED and all(row.due_at > now for row in rows.rows):
        return "info"
    return "bad"
