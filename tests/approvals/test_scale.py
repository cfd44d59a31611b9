"""Twenty thousand requests with their stages and clocks: the inbox and the wall still read only what they show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from approvals import services
from approvals.models import TimeRule
from tests.conftest import RoleClient
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.support.scale import MANY, analyze, run, slow_steps, statements

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]
TABLES = ("approvals_changerequest", "approvals_requeststage", "approvals_deadline")

_REQUESTS = """
    INSERT INTO approvals_changerequest (
        kind, subject_type, subject_id, subject_label, store_id, draft_id, summary, state, importance, importance_reasons, risk,
        urgency, requester_id, authors, content, content_hash, base_content, base_hash, changed_fields, findings, effects,
        makes_snapshot, is_emergency, submitted_at, clock_started_at, due_at, closed_reason, problem
    )
    SELECT 'catalog.listing', 'catalog.listing', n, 'tea ' || n, %(shop)s, n, '', 'in_review', 'general', '[]', 'normal',
           100000000000 + extract(epoch FROM due)::bigint, %(author)s, ARRAY[%(author)s], text,
           encode(sha256(convert_to(text, 'UTF8')), 'hex'),
           '', '', ARRAY['title'], '[]', '[]', true, false, due - interval '1 day', due - interval '1 day', due, '', ''
    FROM generate_series(%(first)s, %(last)s) AS n,
         LATERAL (SELECT '{"title":"tea ' || n || '"}' AS text, %(now)s::timestamptz + n * interval '1 minute' AS due) AS made
"""
_STAGES = """
    INSERT INTO approvals_requeststage (request_id, position, code, name, mode, role, share, state, opened_at, due_at)
    SELECT r.id, p.position, p.code, p.code, p.mode, p.role, p.share, p.state, r.submitted_at, r.due_at
    FROM approvals_changerequest r,
         (VALUES (1, 'facts', 'sign', 'OPS', 0.5, 'open'), (2, 'decide', 'decide', 'PLAN', 0.4, 'waiting'))
         AS p (position, code, mode, role, share, state)
    WHERE r.draft_id BETWEEN %(first)s AND %(last)s
"""
_CLOCKS = """
    INSERT INTO approvals_deadline (
        rule_id, subject_type, subject_id, subject_label, store_id, owner_role, state, started_at, due_at, next_at, planned_at,
        step, paused_seconds, pause_debtor, attempts
    )
    SELECT %(rule)s, s.subject_type, s.id, 'tea', %(shop)s, s.role, 'running', s.started, s.due, s.due, s.due, 0, 0, '', 0
    FROM (
        SELECT 'approvals.changerequest' AS subject_type, id, '' AS role, submitted_at AS started, due_at AS due
        FROM approvals_changerequest WHERE draft_id BETWEEN %(first)s AND %(last)s
        UNION ALL
        SELECT 'approvals.requeststage', s.id, s.role, r.submitted_at, r.due_at
        FROM approvals_requeststage s JOIN approvals_changerequest r ON r.id = s.request_id
        WHERE s.state = 'open' AND r.draft_id BETWEEN %(first)s AND %(last)s
    ) AS s
"""


OPEN = 500
LIST, WALL = "/approvals/requests/", "/approvals/clock-wall/"
LIST_QUERIES, WALL_QUERIES = 12, 15


@pytest.fixture
def ask() -> Callable[[int, int], None]:
    """`ask(1, 20_000)`: drafts 1 to 20,000 are submitted and wait for operations; planning comes after."""
    services.sync_kinds()
    now = timezone.now()
    facts = {"shop": ShopFactory().pk, "author": EmployeeFactory().pk, "now": now}
    rule = TimeRule.objects.get(code="general_information", is_current=True).pk

    def submit(first: int, last: int) -> None:
        for sql in (_REQUESTS, _STAGES, _CLOCKS):
            run(sql, first=first, last=last, rule=rule, **facts)
            analyze(*TABLES)  # the next statement reads what this one wrote

    return submit


_SETTLED = (
    "UPDATE approvals_changerequest SET state = 'withdrawn', closed_at = due_at WHERE draft_id > %(open)s",
    """
    UPDATE approvals_requeststage s SET state = 'dropped', closed_at = r.due_at FROM approvals_changerequest r
    WHERE r.id = s.request_id AND r.draft_id > %(open)s
    """,
    """
    UPDATE approvals_deadline d SET state = 'withdrawn', ended_at = d.due_at, next_at = NULL FROM approvals_changerequest r
    WHERE d.subject_type = 'approvals.changerequest' AND r.id = d.subject_id AND r.draft_id > %(open)s
    """,
    """
    UPDATE approvals_deadline d SET state = 'withdrawn', ended_at = d.due_at, next_at = NULL
    FROM approvals_requeststage s JOIN approvals_changerequest r ON r.id = s.request_id
    WHERE d.subject_type = 'approvals.requeststage' AND s.id = d.subject_id AND r.draft_id > %(open)s
    """,
)


def settle() -> None:
    """All but the first `OPEN` are withdrawn, with their stages and clocks."""
    for sql in _SETTLED:
        run(sql, open=OPEN)
    analyze(*TABLES)


def reading(client: RoleClient, address: str) -> tuple[int, dict[str, list[str]]]:
    """How many statements an answer reads with, and the steps of each that would grow with the tables."""
    asked = statements(client, address)
    return len(asked), {sql: slow for sql in asked if (slow := slow_steps(sql, TABLES))}


def test_inbox_and_wall_of_twenty_thousand_read_what_they_show(
    client_as: ClientAs, ask: Callable[[int, int], None]
) -> None:
    people, manager = [client_as("OPS"), client_as("PLAN")], client_as("MGR")
    views = (LIST, f"{LIST}?show=open", f"{LIST}?show=all")
    ask(1, 1)
    assert [len(statements(people[0], view)) for view in views] == [LIST_QUERIES] * 3
    assert len(statements(manager, WALL)) == WALL_QUERIES

    ask(2, MANY)
    for view in views:
        assert reading(people[0], view) == (LIST_QUERIES, {}), view
        assert reading(people[1], view)[1] == {}, view

    settle()
    for person in people:
        for view in (*views, f"{LIST}?show=mine", f"{LIST}?show=closed", f"{LIST}?show=unconfirmed"):
            assert reading(person, view)[1] == {}, view
    assert reading(manager, WALL) == (WALL_QUERIES, {})
    assert manager.get(WALL).context["wall"].kinds[0].open == OPEN
