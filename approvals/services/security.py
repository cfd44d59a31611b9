"""Attempts to go around the rules are kept, although what attempted them is rolled back.

Two ways lead here. A kernel verb that raises a `SecurityRefusal` is wrapped in `leaves_security_event`. Everything else
(the ORM in a shell, raw SQL, an import, an admin page that somebody adds) meets the database's own refusals, and
`watch_statements` sees those on every connection of every process. Either way the event is written on a connection of its own.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from psycopg.types.json import Jsonb

from approvals.errors import SecurityRefusal
from approvals.models import SecurityEvent
from approvals.models.requests import REFUSED_BY_KERNEL
from config.kit.actor import Actor

log = structlog.get_logger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

_GUARDED = re.compile(
    r"approvals_(snapshot|livecontent|decision|changerequest|requeststage|signature|trail\w+|securityevent)"
)
_GUARD_CONSTRAINTS = frozenset(
    {
        "nobody_decides_their_own_request",
        "nobody_decides_for_the_requester",
        "no_author_decides_their_own_work",
        "nobody_signs_their_own_request",
        "nobody_signs_off_their_own_picture",
    }
)
_SHOWN_SQL = 160


def refused_attempt(
    code: str,
    *,
    path: str,
    actor: Actor,
    subject: models.Model | None = None,
    subject_type: str = "",
    subject_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Keep an attempt that was refused, on a connection of its own: it stays whatever becomes of the caller's transaction.

    `path` says by which way it came ("approve", "import", "upload of x.png"). Never raises because of the event itself:
    the refusal that it tells of must reach the person; what could not be kept is in the log.
    """
    if subject is not None:
        subject_type, subject_id = subject._meta.label_lower, subject.pk
    _keep(
        code=code,
        path=path,
        subject_type=subject_type,
        subject_id=subject_id,
        actor_label=actor.label,
        actor_user_id=actor.user_id,
        request_id=actor.request_id,
        detail=dict(detail or {}),
        at=at or timezone.now(),
    )


def leaves_security_event(verb: Callable[P, R]) -> Callable[P, R]:
    """Wrap a kernel verb (keyword-only, with `actor` and `now`): a SecurityRefusal that it raises is kept before it rises."""

    @functools.wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return verb(*args, **kwargs)
        except SecurityRefusal as refusal:
            given: Mapping[str, Any] = kwargs
            subject_id = given.get("request_id") or given.get("subject_id") or given.get("draft_id")
            refused_attempt(
                refusal.code,
                path=verb.__name__,
                actor=given["actor"],
                subject_type=str(given.get("subject_type") or given.get("kind") or "approvals.changerequest"),
                subject_id=subject_id if isinstance(subject_id, int) else None,
                detail={name: str(value) for name, value in refusal.facts.items()},
                at=given.get("now"),
            )
            raise

    return wrapped


def watch_statements(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`: from now on this connection's statements are watched."""
    if _watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(_watch)


def _watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
    try:
        return execute(sql, params, many, context)
    except DatabaseError as error:
        if (code := _code_of(error)) is not None:
            _keep_statement(code, sql, error)
        raise


def _code_of(error: DatabaseError) -> str | None:
    cause: Any = error.__cause__
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return None
    if state == REFUSED_BY_KERNEL:
        return "around_the_kernel"
    if getattr(cause.diag, "constraint_name", None) in _GUARD_CONSTRAINTS:
        return "own_work"
    message = cause.diag.message_primary or ""
    if message.startswith("pgtrigger: ") and _GUARDED.search(message):
        return "record_protected"
    return None


def _keep_statement(code: str, sql: str, error: DatabaseError) -> None:
    known = structlog.contextvars.get_contextvars()
    user_id = known.get("user_id")
    cause: Any = error.__cause__
    _keep(
        code=code,
        path=f"{settings.PROCESS}: {' '.join(str(sql).split())[:_SHOWN_SQL]}"[:200],
        subject_type="",
        subject_id=None,
        actor_label=str(known.get("actor") or (f"user {user_id}" if user_id else "/".join(sys.argv[:2])))[-120:],
        actor_user_id=user_id if isinstance(user_id, int) else None,
        request_id=str(known.get("request_id", ""))[:64],
        detail={"refusal": cause.diag.message_primary, "constraint": cause.diag.constraint_name},
        at=timezone.now(),
    )


def _keep(**facts: Any) -> None:
    """One INSERT outside every transaction of this thread. A connection that is closed at once, because attempts are rare."""
    log.warning("security_event", **{name: value for name, value in facts.items() if name != "detail"})
    fields = [field for field in SecurityEvent._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    values: list[Any] = [
        Jsonb(facts[field.attname], dumps=DjangoJSONEncoder().encode)
        if isinstance(field, models.JSONField)
        else facts[field.attname]
        for field in fields
    ]
    aside = connections["default"].copy()
    try:
        with aside.cursor() as cursor:
            holes = ", ".join(["%s"] * len(values))
            cursor.execute(f"INSERT INTO {SecurityEvent._meta.db_table} ({columns}) VALUES ({holes})", values)
    except DatabaseError:
        log.exception("security_event_not_kept", code=facts["code"])
    finally:
        aside.close()
