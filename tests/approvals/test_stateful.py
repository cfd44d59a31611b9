"""The kernel under every order of acts that Hypothesis thinks of: what must hold, holds after each of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.db.models import F, Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from approvals import services
from approvals.models import ChangeRequest, Deadline, Decision, LiveContent, RequestStage, Signature, Snapshot
from approvals.policies.contents import content_hash
from approvals.states import DeadlineState, RequestState, StageState
from config.kit.actor import Actor
from config.kit.errors import DomainError
from tests.approvals.kinds import KIND, NOTES, SUBJECT, write_note
from tests.factories.stores import EmployeeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("kernel machine")]
ROLES = ("OPS", "FIN", "PLAN", "MGR", "MGR-2")
AUTHORS = ("author", "author-2")
OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)
CLOCK_RUNS = (
    RequestState.IN_REVIEW, RequestState.APPROVED, RequestState.PUBLISHED, RequestState.REFUSED, RequestState.VOIDED,
)  # fmt: skip
which = st.integers(0, 2)
whose = st.sampled_from([*ROLES, *AUTHORS])
prices = st.sampled_from(["10.00", "11.00", "12.00"])


class Kernel(RuleBasedStateMachine):
    """Two subjects, their drafts, people of every role, and a time that only goes on."""

    people: ClassVar[dict[str, Actor]] = {}
    begins: ClassVar[datetime]

    @initialize()
    def begin(self) -> None:
        """Each example undoes what it wrote."""
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.now = self.begins
        self.drafts: list[int] = []
        self.numbers: dict[int, int] = {}
        self.subjects = [write_note(), write_note()]
        for subject, author in enumerate(AUTHORS):
            self.write(subject, author, "10.00")
            self.ask(subject, author)

    def teardown(self) -> None:
        if hasattr(self, "undone"):
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def act(self, verb: Callable[..., Any], **facts: Any) -> None:
        """One act that the kernel may refuse, a second later."""
        self.now += timedelta(seconds=1)
        try:
            with transaction.atomic():
                verb(now=self.now, **facts)
        except DomainError:
            pass

    def draft(self, number: int) -> int | None:
        return self.drafts[number % len(self.drafts)] if self.drafts else None

    def newest(self, number: int) -> ChangeRequest | None:
        pk = self.draft(number)
        return ChangeRequest.objects.filter(kind=KIND, draft_id=pk).order_by("-pk").first() if pk else None

    def about(self, number: int, verb: Callable[..., Any], who: str, *, seen: bool = False, **facts: Any) -> None:
        """An act about the newest request of a draft."""
        if (request := self.newest(number)) is None:
            return
        if seen:
            facts["content_hash"] = request.content_hash
        self.act(verb, request_id=request.pk, actor=self.people[who], **facts)

    def write(self, subject: int, author: str, price: str) -> None:
        if len(self.drafts) < 3:
            content = {"title": f"words {len(self.drafts)}", "price": price, "service": "7 days"}
            person = self.people[author].user_id
            self.drafts.append(write_note(subject_id=self.subjects[subject], content=content, authors=(person,)))

    @rule(subject=st.integers(0, 1), author=st.sampled_from(AUTHORS), price=prices)
    def write_another(self, subject: int, author: str, price: str) -> None:
        self.write(subject, author, price)

    @rule(number=which, price=prices, loudly=st.booleans())
    def edit(self, number: int, price: str, loudly: bool) -> None:
        """Through the services, or around them."""
        self.edit_words(number, price)
        if loudly and (pk := self.draft(number)):
            self.act(services.void_changed, kind=KIND, draft_ids=[pk], actor=self.people["author"])

    def edit_words(self, number: int, price: str) -> None:
        if pk := self.draft(number):
            NOTES[pk].content = {**NOTES[pk].content, "price": price, "title": f"words at {self.now:%d %H:%M:%S}"}

    @rule(
        number=which, author=st.sampled_from(AUTHORS), hours=st.sampled_from([None, None, 2, 30]), urgent=st.booleans()
    )
    def submit(self, number: int, author: str, hours: int | None, urgent: bool) -> None:
        self.ask(number, author, hours, urgent)

    def ask(self, number: int, author: str, hours: int | None = None, urgent: bool = False) -> None:
        if (pk := self.draft(number)) is None:
            return
        NOTES[pk].publish_at = self.now + timedelta(hours=hours) if hours else None
        self.act(services.submit, kind=KIND, draft_id=pk, actor=self.people[author], important=urgent)

    @rule(number=which, who=whose, section=st.sampled_from(["facts", "price"]))
    def sign(self, number: int, who: str, section: str) -> None:
        self.about(number, services.sign, who, seen=True, section=section)

    @rule(number=which, who=whose)
    def approve(self, number: int, who: str) -> None:
        self.about(number, services.approve, who, seen=True)

    @rule(number=which, price=prices)
    def pass_all(self, number: int, price: str) -> None:
        """What chance alone would seldom reach: everybody who is asked agrees, to something new if nothing waits."""
        request = self.newest(number)
        if request is not None and request.state not in (RequestState.IN_REVIEW, RequestState.APPROVED):
            self.edit_words(number, price)
            self.ask(number, "author")
        self.about(number, services.sign, "OPS", seen=True, section="facts")
        self.about(number, services.sign, "FIN", seen=True, section="price")
        self.about(number, services.approve, "PLAN", seen=True)
        self.about(number, services.approve, "MGR", seen=True)

    @rule(number=which, who=whose)
    def refuse(self, number: int, who: str) -> None:
        self.about(number, services.refuse, who, seen=True, reason="not yet")

    @rule(number=which)
    def withdraw(self, number: int) -> None:
        self.about(number, services.withdraw_request, "author", reason="changed my mind")

    @rule(number=which, hours=st.integers(1, 30))
    def pause(self, number: int, hours: int) -> None:
        self.about(number, services.pause_request, "PLAN", reason="report", debtor="laboratory")
        self.now += timedelta(hours=hours)

    @rule(number=which)
    def resume(self, number: int) -> None:
        self.about(number, services.resume_request, "PLAN")

    @rule(number=which, who=whose)
    def change_class(self, number: int, who: str) -> None:
        request = self.newest(number)
        verb = services.lower_importance if request and request.importance == "important" else services.raise_importance
        self.about(number, verb, who, reason="looked again")

    @rule(number=which, who=whose)
    def let_through(self, number: int, who: str) -> None:
        self.about(number, services.let_through, who, seen=True, reason="recall")

    @rule(number=which, who=whose, good=st.booleans())
    def look_again(self, number: int, who: str, good: bool) -> None:
        self.about(number, services.review_emergency, who, good=good, note="seen")

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        services.publish_due(now=self.now)
        services.sweep_deadlines(now=self.now)

    @rule(subject=st.integers(0, 1))
    def take_down(self, subject: int) -> None:
        self.act(
            services.take_down, kind=KIND, subject_type=SUBJECT, subject_id=self.subjects[subject], reason="recall",
            actor=self.people["OPS"],
        )  # fmt: skip

    @rule(subject=st.integers(0, 1), differs=st.booleans())
    def see(self, subject: int, differs: bool) -> None:
        self.act(
            services.confirm_live, kind=KIND, subject_type=SUBJECT, subject_id=self.subjects[subject],
            evidence="person", differences=["price"] if differs else [], actor=self.people["OPS"],
        )  # fmt: skip

    @invariant()
    def what_is_public_was_decided(self) -> None:
        for snapshot in Snapshot.objects.select_related("request"):
            request = snapshot.request
            outcome = "emergency" if request.is_emergency else "approve"
            decided = Decision.objects.filter(
                request=request, outcome=outcome, content_hash=snapshot.content_hash
            ).exists()
            assert decided
            assert snapshot.content_hash == content_hash(snapshot.content) == request.content_hash
            assert request.state in (RequestState.PUBLISHED, RequestState.LIVE)

    @invariant()
    def nobody_decides_about_their_own_work(self) -> None:
        own = Q(decider=F("request__requester")) | Q(request__authors__contains=[F("decider")])
        assert not Decision.objects.filter(own).exists()
        own = Q(signer=F("request__requester")) | Q(request__authors__contains=[F("signer")])
        assert not Signature.objects.filter(own).exists()

    @invariant()
    def versions_go_forward(self) -> None:
        for live in LiveContent.objects.select_related("snapshot"):
            assert live.last_number >= self.numbers.get(live.pk, 0)
            self.numbers[live.pk] = live.last_number
            assert live.snapshot is None or live.snapshot.number == live.last_number

    @invariant()
    def a_draft_has_one_clock_while_it_is_owed(self) -> None:
        requests = list(ChangeRequest.objects.filter(kind=KIND).order_by("pk"))
        clocks = Deadline.objects.filter(subject_type="approvals.changerequest", state__in=OPEN)
        running = {clock.subject_id: clock for clock in clocks}
        assert len(running) == len(clocks)
        newest = {request.draft_id: request for request in requests}
        for request in requests:
            is_done = request.state == RequestState.PUBLISHED and request.closed_at is not None
            is_newest = newest[request.draft_id] == request
            is_owed = request.state in CLOCK_RUNS and not is_done
            # A draft that is public and was submitted again owes both.
            expected = is_owed and (is_newest or request.state == RequestState.PUBLISHED)
            assert (request.pk in running) == expected, (request.state, is_newest)
            if request.state == RequestState.IN_REVIEW:
                assert running[request.pk].due_at == request.due_at
                assert running[request.pk].rule.code == f"{request.importance}_information"

    @invariant()
    def a_stage_has_a_clock_while_it_is_open(self) -> None:
        clocks = Deadline.objects.filter(subject_type="approvals.requeststage", state__in=OPEN)
        opened = RequestStage.objects.filter(state=StageState.OPEN)
        assert set(clocks.values_list("subject_id", flat=True)) == set(opened.values_list("pk", flat=True))
        for stage in opened.select_related("request"):
            assert stage.mode == "review" or stage.request.state == RequestState.IN_REVIEW

    @invariant()
    def approved_waits_for_its_time_or_says_why(self) -> None:
        for request in ChangeRequest.objects.filter(state=RequestState.APPROVED):
            assert request.problem or request.next_attempt_at is not None


def test_kernel_keeps_its_promises_in_any_order(now: datetime) -> None:
    services.sync_kinds()
    Kernel.people = {}
    for name in [*ROLES, *AUTHORS]:
        role = {"author": "PLAN", "author-2": "MGR"}.get(name, name.partition("-")[0])
        person = EmployeeFactory(roles=[role])
        Kernel.people[name] = Actor.staff(user_id=person.pk, label=str(person))
    Kernel.begins = now
    run_state_machine_as_test(
        Kernel,
        settings=settings(
            max_examples=int(os.environ.get("KERNEL_EXAMPLES", "30")),
            stateful_step_count=25,
            deadline=None,
            derandomize=bool(os.environ.get("CI")),
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
