"""Every path around the kernel: refused, without effect, and kept with the way and the person (APPR-1, APPR-12, APPR-17)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from approvals import services
from approvals.errors import EmergencyNeedsTwo, NotApproved, NotYourStage, OwnWork
from approvals.models import (
    ChangeRequest,
    Decision,
    LiveContent,
    RequestStage,
    SecurityEvent,
    Signature,
    Snapshot,
    TrailEntry,
)
from approvals.policies.contents import canonical, content_hash
from approvals.selectors.trail import verify_trail
from approvals.states import StageState
from approvals.tasks import publish_due
from catalog.models import Listing, ListingRevision
from catalog.policies.fields import LISTING_KIND
from catalog.services import DraftProduct, make_draft_products, submit_revision
from config.kit.actor import Actor
from stores.models import Employee
from tests.approvals.builders import acting
from tests.approvals.kinds import KIND, write_note
from tests.factories.listings import complete_product, published_listing, submittable_listing
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db
GUARDED = (Snapshot, LiveContent, Decision, ChangeRequest, RequestStage, Signature)
TABLES = [model._meta.db_table for model in GUARDED]


@dataclass
class World:
    """A request that departments have signed and nobody has approved, beside a subject with two published versions."""

    now: datetime
    requester: Actor
    request: ChangeRequest
    old: Snapshot
    newest: Snapshot

    @property
    def fields(self) -> dict[str, Any]:
        """What a snapshot of the unapproved request would hold."""
        request = self.request
        return {
            "request_id": request.pk,
            "kind": request.kind,
            "subject_type": request.subject_type,
            "subject_id": request.subject_id,
            "number": 1,
            "content": request.content,
            "content_hash": request.content_hash,
            "published_at": self.now,
            "published_by": "nobody",
        }

    @property
    def decision(self) -> dict[str, Any]:
        """A decision of the requester about their own request."""
        request = self.request
        return {
            "request_id": request.pk,
            "outcome": "approve",
            "decider_id": request.requester_id,
            "requester_id": request.requester_id,
            "authors": request.authors,
            "content_hash": request.content_hash,
            "at": self.now,
        }

    def live(self) -> Any:
        """Which row says what is live of the published subject."""
        return LiveContent.objects.filter(
            kind=self.newest.kind, subject_type=self.newest.subject_type, subject_id=self.newest.subject_id
        )

    def this(self) -> Any:
        """The unapproved request, as a queryset."""
        return ChangeRequest.objects.filter(pk=self.request.pk)


def pass_everything(request: ChangeRequest, now: datetime, *, decide: bool = True) -> ChangeRequest:
    """Sign, and with `decide` decide, as fresh people of the roles that are asked."""
    while stage := RequestStage.objects.filter(request=request, state=StageState.OPEN).order_by("pk").first():
        if stage.mode != "sign" and not decide:
            break
        who = acting(EmployeeFactory(roles=[stage.role]))
        facts: dict[str, Any] = {
            "request_id": request.pk, "content_hash": request.content_hash, "actor": who, "now": now,
        }  # fmt: skip
        if stage.mode == "sign":
            services.sign(section=stage.code, **facts)
        else:
            services.approve(**facts)
    return ChangeRequest.objects.get(pk=request.pk)


def _notes(now: datetime) -> World:
    services.sync_kinds()
    author = acting(EmployeeFactory(roles=["CS"]))
    published = None
    for _version in range(2):
        pk = write_note(subject_id=published.subject_id if published else None)
        published = pass_everything(services.submit(kind=KIND, draft_id=pk, actor=author, now=now), now)
    assert published is not None
    waiting = services.submit(kind=KIND, draft_id=write_note(), actor=author, now=now)
    old, newest = Snapshot.objects.filter(subject_id=published.subject_id, kind=KIND).order_by("number")
    return World(now, author, pass_everything(waiting, now, decide=False), old, newest)


def _listings(now: datetime) -> World:
    services.sync_kinds()
    listing = published_listing(product=complete_product("Stainless steel cup"), now=now, seen=True)
    old = Snapshot.objects.get(kind=LISTING_KIND, subject_id=listing.pk)
    services.take_down(
        kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id=listing.pk, reason="new photo",
        actor=Actor.system("tests"), now=now + timedelta(hours=1),
    )  # fmt: skip
    draft = submittable_listing(product=complete_product("Travel mug of glass"), now=now)
    author = acting(Employee.objects.get(pk=draft.author_id))
    waiting = submit_revision(revision_id=draft.pk, actor=author, now=now + timedelta(hours=2))
    return World(now, author, pass_everything(waiting, now + timedelta(hours=2), decide=False), old, old)


@pytest.fixture(params=[_notes, _listings], ids=["tests.note", "catalog.listing"])
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    made: World = request.param(now)
    assert made.request.state == "in_review"
    return made


def image() -> list[list[tuple[object, ...]]]:
    return [list(model.objects.order_by("pk").values_list()) for model in GUARDED]


@contextmanager
def kept(code: str, *, user_id: int | None, path: str = "") -> Iterator[None]:
    """The block leaves exactly one security event of this code, by this person, by this way."""
    before = SecurityEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    [event] = SecurityEvent.objects.filter(pk__gt=before)
    assert (event.code, event.actor_user_id) == (code, user_id)
    assert path in event.path


def raw(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending checks refuses TRUNCATE for that reason
        cursor.execute("SET LOCAL zhanggui.allow_truncate = ''")
        cursor.execute(statement, values)


def insert(table: str, values: dict[str, Any]) -> None:
    columns = ", ".join(values)
    holes = ", ".join(f"%({name})s" for name in values)
    raw(f"INSERT INTO {table} ({columns}) VALUES ({holes})", **values)


Attempt = Callable[[World], object]
BY_STATEMENT: dict[str, tuple[str, Attempt]] = {
    "snapshot made in a shell": ("around_the_kernel", lambda w: Snapshot.objects.create(**w.fields)),
    "snapshots made in bulk": ("around_the_kernel", lambda w: Snapshot.objects.bulk_create([Snapshot(**w.fields)])),
    "snapshot in SQL": (
        "around_the_kernel",
        lambda w: insert("approvals_snapshot", {**w.fields, "changed_fields": "[]"}),
    ),
    "snapshot of another content than was approved": (
        "around_the_kernel",
        lambda w: Snapshot.objects.create(
            **{**w.fields, "request_id": w.newest.request_id, "content": "{}", "content_hash": content_hash("{}")}
        ),
    ),
    "snapshot changed": (
        "record_protected",
        lambda w: Snapshot.objects.filter(pk=w.newest.pk).update(content="{}", content_hash=content_hash("{}")),
    ),
    "snapshot changed in SQL": (
        "record_protected",
        lambda w: raw("UPDATE approvals_snapshot SET number = 9 WHERE id = %(pk)s", pk=w.newest.pk),
    ),
    "live content made by hand": (
        "around_the_kernel",
        lambda w: LiveContent.objects.create(
            kind=w.request.kind, subject_type=w.request.subject_type, subject_id=w.request.subject_id, snapshot=w.newest
        ),
    ),
    "live content points to an older version": ("around_the_kernel", lambda w: w.live().update(snapshot=w.old)),
    "live content points back in SQL": (
        "around_the_kernel",
        lambda w: raw(
            "UPDATE approvals_livecontent SET snapshot_id = %(old)s, taken_down_at = NULL WHERE id = %(pk)s",
            old=w.old.pk, pk=w.live().get().pk,
        ),
    ),
    "live content moved to another subject": (
        "around_the_kernel",
        lambda w: w.live().update(subject_id=w.request.subject_id + 1_000_000),
    ),
    "approved by update": (
        "around_the_kernel",
        lambda w: w.this().update(state="approved", approved_at=w.now, next_attempt_at=w.now),
    ),
    "approved as an emergency by update": (
        "around_the_kernel",
        lambda w: w.this().update(state="approved", approved_at=w.now, is_emergency=True),
    ),
    "approved in SQL": (
        "around_the_kernel",
        lambda w: raw(
            "UPDATE approvals_changerequest SET state = 'approved', approved_at = now() WHERE id = %(pk)s", pk=w.request.pk
        ),
    ),
    "published by update": (
        "around_the_kernel",
        lambda w: w.this().update(state="published", published_at=w.now),
    ),
    "live by update": (
        "record_protected",
        lambda w: w.this().update(state="live", published_at=w.now, live_at=w.now, closed_at=w.now),
    ),
    "content of a request changed": (
        "record_protected",
        lambda w: w.this().update(content="{}", content_hash=content_hash("{}")),
    ),
    "requester of a request changed": (
        "record_protected",
        lambda w: w.this().update(requester_id=EmployeeFactory().pk),
    ),
    "authors of a request changed": ("record_protected", lambda w: w.this().update(authors=[1])),
    "request that begins approved": (
        "around_the_kernel",
        lambda w: ChangeRequest.objects.create(**_request(w, state="approved", approved_at=w.now)),
    ),
    "request whose hash is not that of its content": (
        "around_the_kernel",
        lambda w: ChangeRequest.objects.create(**_request(w, content_hash=content_hash("{}"))),
    ),
    "decision by the requester": ("own_work", lambda w: Decision.objects.create(**w.decision)),
    "decision by the requester in SQL": (
        "own_work",
        lambda w: insert("approvals_decision", {**w.decision, "reason": "", "field_reasons": "{}", "is_bulk": False}),
    ),
    "decision with a forged copy of the requester": (
        "around_the_kernel",
        lambda w: Decision.objects.create(**{**w.decision, "requester_id": EmployeeFactory().pk}),
    ),
    "decision about another content": (
        "around_the_kernel",
        lambda w: Decision.objects.create(
            **{**w.decision, "decider_id": EmployeeFactory().pk, "content_hash": content_hash("{}")}
        ),
    ),
    "decision for the requester by a deputy": (
        "own_work",
        lambda w: Decision.objects.create(
            **{**w.decision, "decider_id": EmployeeFactory().pk, "acts_for_id": w.request.requester_id}
        ),
    ),
    "decision changed afterwards": (
        "record_protected",
        lambda w: Decision.objects.filter(request=w.newest.request_id).update(reason="was right"),
    ),
    "signature by the requester": (
        "own_work",
        lambda w: Signature.objects.create(
            subject_type=w.request.subject_type, subject_id=w.request.subject_id, section="facts", section_hash="x",
            request=w.request, requester_id=w.request.requester_id, signer_id=w.request.requester_id, at=w.now,
        ),
    ),
    "stage that goes backwards": (
        "record_protected",
        lambda w: RequestStage.objects.filter(request=w.newest.request_id, state="done").update(state="open"),
    ),
}  # fmt: skip


def _request(world: World, **facts: Any) -> dict[str, Any]:
    content = canonical({"title": "around the kernel"})
    return {
        "kind": world.request.kind, "subject_type": world.request.subject_type, "subject_id": 1, "subject_label": "x",
        "draft_id": 9_999_999, "urgency": 1, "requester_id": world.request.requester_id, "content": content,
        "content_hash": content_hash(content), "submitted_at": world.now, "clock_started_at": world.now,
        "due_at": world.now, **facts,
    }  # fmt: skip


@pytest.mark.parametrize("attempt", BY_STATEMENT)
def test_the_database_refuses_and_the_attempt_stays(attempt: str, world: World) -> None:
    code, act = BY_STATEMENT[attempt]
    person = EmployeeFactory()
    before = image()
    with (
        structlog.contextvars.bound_contextvars(user_id=person.pk, actor=str(person), request_id="r-1"),
        kept(code, user_id=person.pk, path="test: "),
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        act(world)
    assert image() == before
    assert SecurityEvent.objects.latest("pk").actor_label == str(person)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_of_it_is_deleted(table: str, statement: str, now: datetime) -> None:
    _notes(now)
    before = image()
    with kept("record_protected", user_id=None), pytest.raises(DatabaseError), transaction.atomic():
        raw(statement.format(table))
    assert image() == before


def test_services_publish_nothing_that_nobody_approved(world: World) -> None:
    before = image()
    with kept("not_approved", user_id=world.requester.user_id, path="publish"), pytest.raises(NotApproved):
        services.publish(request_id=world.request.pk, actor=world.requester, now=world.now)
    with (
        kept("emergency_needs_two", user_id=world.requester.user_id, path="let_through"),
        pytest.raises(EmergencyNeedsTwo),
    ):
        services.let_through(
            request_id=world.request.pk, content_hash=world.request.content_hash, reason="now", actor=world.requester,
            now=world.now,
        )  # fmt: skip
    stranger = acting(EmployeeFactory(roles=["AFTS"]))
    facts: dict[str, Any] = {
        "request_id": world.request.pk,
        "content_hash": world.request.content_hash,
        "now": world.now,
    }
    with kept("not_your_stage", user_id=stranger.user_id, path="approve"), pytest.raises(NotYourStage):
        services.approve(actor=stranger, **facts)
    with kept("own_work", user_id=world.requester.user_id, path="approve"), pytest.raises(OwnWork):
        services.approve(actor=world.requester, **facts)
    assert image() == before


def test_the_scheduled_publication_takes_only_what_was_approved(world: World) -> None:
    world.this().update(next_attempt_at=world.now - timedelta(days=1), publish_at=world.now - timedelta(days=1))
    before = image()
    publish_due()
    services.publish_due(now=world.now + timedelta(days=400))
    assert image() == before


def test_an_import_makes_drafts_only(world: World) -> None:
    before = image()
    revisions = ListingRevision.objects.exclude(state="draft").count()
    shop = ShopFactory()
    draft = DraftProduct(sku="IMPORTED-1", title="Imported cup of steel")
    assert make_draft_products(drafts=[draft], now=world.now) == 1
    assert image() == before
    assert ListingRevision.objects.exclude(state="draft").count() == revisions
    assert not Listing.objects.filter(shop=shop).exists()


def test_the_admin_neither_adds_nor_changes_them() -> None:
    assert [model for model in GUARDED if admin.site.is_registered(model)] == []
    assert not admin.site.is_registered(SecurityEvent)


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


def _model_of(pattern: URLPattern) -> type[Model] | None:
    view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
    queryset = getattr(view, "queryset", None)
    serializer = getattr(view, "serializer_class", None)
    return getattr(queryset, "model", None) or getattr(getattr(serializer, "Meta", None), "model", None)


def test_no_endpoint_writes_them() -> None:
    exposed = [str(p.pattern) for p in _patterns(get_resolver()) if _model_of(p) in GUARDED]
    assert exposed == []


@pytest.mark.usefixtures("lets_itself_be_emptied")
@pytest.mark.django_db(transaction=True)
def test_an_event_stays_although_everything_around_it_is_rolled_back(now: datetime) -> None:
    person = EmployeeFactory()
    before = SecurityEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        world = _notes(now)
        with pytest.raises(NotApproved):
            services.publish(request_id=world.request.pk, actor=acting(person), now=now)
        with pytest.raises(DatabaseError), transaction.atomic():
            Snapshot.objects.create(**world.fields)
        transaction.set_rollback(True)
    assert ChangeRequest.objects.count() == 0
    events = list(SecurityEvent.objects.filter(pk__gt=before).order_by("pk").values_list("code", "actor_user_id"))
    assert events == [("not_approved", person.pk), ("around_the_kernel", None)]


def test_a_changed_trail_row_of_a_request_is_named(now: datetime) -> None:
    world = _notes(now)
    services.seal_trail(now=now)
    assert list(verify_trail()) == []
    row = TrailEntry.objects.filter(
        action="requests.approved", subject_id=world.newest.request_id, subject_type="approvals.changerequest"
    ).get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE approvals_trailentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE approvals_trailentry SET actor_label = 'somebody else' WHERE id = %s", [row.pk])
        cursor.execute("ALTER TABLE approvals_trailentry ENABLE TRIGGER USER")
    [problem] = list(verify_trail())
    assert (problem.kind, problem.entry_id) == ("entry_changed", row.pk)
