"""Sealing the trail, touching it with the triggers off, and finding what was touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from approvals import services
from approvals.models import TrailDigest, TrailEntry, TrailSeal
from approvals.policies.trail import CURRENT_FORM, FORMS, GENESIS, entry_digest
from approvals.selectors.trail import ProblemKind, floor_of_unsealed, verify_trail
from approvals.services import seals
from config.kit.actor import Actor
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(now: datetime, actor: Actor) -> Callable[..., TrailEntry]:
    """`act("why")` writes one entry."""
    shop = ShopFactory()

    def record(reason: str = "", **facts: Any) -> TrailEntry:
        return services.record("backoffice.changed", shop, actor=actor, reason=reason, at=now, **facts)

    return record


@pytest.fixture
def chain(act: Callable[..., TrailEntry], now: datetime) -> list[TrailEntry]:
    """Three seals over two entries each."""
    entries = []
    for number in range(3):
        entries += [act(f"first {number}", changes={"price": ["1.00", "2.00"]}), act(f"second {number}")]
        services.seal_trail(now=now + timedelta(minutes=10 * number))
    return entries


def touch(table: str, statement: str, *params: object) -> None:
    """What only the owner of the tables can do: switch the triggers off, change, switch them on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, params)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def problems() -> list[tuple[str, int | None, int | None]]:
    return [(str(problem.kind), problem.seal_id, problem.entry_id) for problem in verify_trail()]


def seal_ids() -> list[int]:
    return list(TrailSeal.objects.order_by("pk").values_list("pk", flat=True))


def test_seal_covers_every_field_of_the_trail() -> None:
    assert set(FORMS[CURRENT_FORM]) == {field.attname for field in TrailEntry._meta.concrete_fields}


def test_seal_trail_chains_batches(chain: list[TrailEntry]) -> None:
    seals_made = list(TrailSeal.objects.order_by("pk"))
    assert [seal.entry_count for seal in seals_made] == [2, 2, 2]
    assert [bytes(seal.previous) for seal in seals_made] == [GENESIS, *(bytes(seal.digest) for seal in seals_made[:2])]
    assert [seal.last_entry_id for seal in seals_made] == [chain[1].pk, chain[3].pk, chain[5].pk]
    assert problems() == []


def test_seal_trail_without_news_makes_no_seal(chain: list[TrailEntry], now: datetime) -> None:
    assert services.seal_trail(now=now) == 0
    assert TrailSeal.objects.count() == 3


def test_seal_trail_makes_several_seals_of_a_long_backlog(
    act: Callable[..., TrailEntry], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(5):
        act()
    monkeypatch.setattr(seals, "SEAL_SIZE", 2)
    assert services.seal_trail(now=now) == 5
    assert list(TrailSeal.objects.order_by("pk").values_list("entry_count", flat=True)) == [2, 2, 1]
    assert problems() == []


def test_latecomer_with_smaller_id_is_sealed_later(act: Callable[..., TrailEntry], now: datetime) -> None:
    late = act("commits late")
    values = TrailEntry.objects.filter(pk=late.pk).values().get()
    touch("approvals_trailentry", "DELETE FROM approvals_trailentry WHERE id = %s", late.pk)
    act("commits first")
    services.seal_trail(now=now)
    TrailEntry.objects.create(**values)
    # The sealing stood still for days: the next run must still find the latecomer.
    assert services.seal_trail(now=now + timedelta(days=5)) == 1
    assert problems() == []


def test_floor_follows_a_day_behind_the_newest_seal(act: Callable[..., TrailEntry], now: datetime) -> None:
    old = act()
    services.seal_trail(now=now)
    assert floor_of_unsealed() == 0
    act()
    services.seal_trail(now=now + timedelta(hours=25))
    assert floor_of_unsealed() == old.pk


def test_entry_put_in_far_below_the_sealed_end_is_found(act: Callable[..., TrailEntry], now: datetime) -> None:
    gap = act()
    values = TrailEntry.objects.filter(pk=gap.pk).values().get()
    touch("approvals_trailentry", "DELETE FROM approvals_trailentry WHERE id = %s", gap.pk)
    for days in (0, 2, 4):
        act()
        services.seal_trail(now=now + timedelta(days=days))
    TrailEntry.objects.create(**values)
    assert services.seal_trail(now=now + timedelta(days=5)) == 0
    assert problems() == [("never_sealed", None, gap.pk)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "nothing happened"),
        ("actor_label", "somebody else"),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("changes", "{}"),
        ("subject_id", 4711),
        ("store_id", 4711),
        ("request_id", "other"),
        ("action", "backoffice.added"),
    ],
)
def test_changed_entry_is_named(column: str, value: object, chain: list[TrailEntry]) -> None:
    touch("approvals_trailentry", f"UPDATE approvals_trailentry SET {column} = %s WHERE id = %s", value, chain[2].pk)
    assert problems() == [("entry_changed", seal_ids()[1], chain[2].pk)]


def test_deleted_entry_is_named(chain: list[TrailEntry]) -> None:
    touch("approvals_trailentry", "DELETE FROM approvals_trailentry WHERE id = %s", chain[2].pk)
    assert problems() == [("entry_missing", seal_ids()[1], chain[2].pk)]


def test_entry_deleted_with_its_fingerprint_breaks_the_count(chain: list[TrailEntry]) -> None:
    touch("approvals_traildigest", "DELETE FROM approvals_traildigest WHERE entry_id = %s", chain[2].pk)
    touch("approvals_trailentry", "DELETE FROM approvals_trailentry WHERE id = %s", chain[2].pk)
    assert problems() == [("digests_missing", seal_ids()[1], None)]


def test_changed_fingerprint_is_told_from_a_changed_entry(chain: list[TrailEntry]) -> None:
    touch(
        "approvals_traildigest",
        "UPDATE approvals_traildigest SET digest = %s WHERE entry_id = %s",
        b"x" * 32,
        chain[2].pk,
    )
    assert problems() == [("digest_changed", seal_ids()[1], chain[2].pk)]


def test_entry_changed_together_with_its_fingerprint_breaks_the_seal(chain: list[TrailEntry]) -> None:
    touch("approvals_trailentry", "UPDATE approvals_trailentry SET reason = 'x' WHERE id = %s", chain[2].pk)
    row = TrailEntry.objects.filter(pk=chain[2].pk).values(*FORMS[1]).get()
    touch(
        "approvals_traildigest",
        "UPDATE approvals_traildigest SET digest = %s WHERE entry_id = %s",
        entry_digest(row),
        chain[2].pk,
    )
    assert problems() == [("seal_altered", seal_ids()[1], None)]


@pytest.mark.parametrize(
    ("column", "value"),
    [("sealed_at", datetime(2020, 1, 1, tzinfo=UTC)), ("last_entry_id", 1), ("form", 1), ("digest", b"y" * 32)],
)
def test_altered_seal_is_named(column: str, value: object, chain: list[TrailEntry]) -> None:
    before = seal_ids()
    touch("approvals_trailseal", f"UPDATE approvals_trailseal SET {column} = %s WHERE id = %s", value, before[1])
    expected: list[tuple[str, int | None, int | None]] = [] if column == "form" else [("seal_altered", before[1], None)]
    if column == "digest":
        expected.append(("chain_broken", before[2], None))
    assert problems() == expected


def test_seal_taken_out_breaks_the_chain(chain: list[TrailEntry]) -> None:
    before = seal_ids()
    touch("approvals_traildigest", "DELETE FROM approvals_traildigest WHERE seal_id = %s", before[1])
    touch("approvals_trailseal", "DELETE FROM approvals_trailseal WHERE id = %s", before[1])
    assert problems() == [("chain_broken", before[2], None)]


def test_cut_off_end_is_found_with_a_fingerprint_noted_elsewhere(chain: list[TrailEntry]) -> None:
    noted = bytes(TrailSeal.objects.latest("pk").digest)
    assert list(verify_trail(holds=(noted,))) == []
    last = seal_ids()[-1]
    touch("approvals_traildigest", "DELETE FROM approvals_traildigest WHERE seal_id = %s", last)
    touch("approvals_trailseal", "DELETE FROM approvals_trailseal WHERE id = %s", last)
    touch("approvals_trailentry", "DELETE FROM approvals_trailentry WHERE id >= %s", chain[4].pk)
    assert problems() == []
    found = list(verify_trail(holds=(noted,)))
    assert [(problem.kind, problem.facts) for problem in found] == [(ProblemKind.SEAL_UNKNOWN, {"digest": noted.hex()})]


def test_command_names_the_row_and_fails(chain: list[TrailEntry]) -> None:
    touch("approvals_trailentry", "UPDATE approvals_trailentry SET reason = 'x' WHERE id = %s", chain[2].pk)
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 problems") as refusal:
        call_command("verify_trail", stdout=out, stderr=err)
    assert refusal.value.returncode == 1
    assert err.getvalue().startswith("entry_changed: ")
    assert f" {chain[2].pk} " in err.getvalue()


def test_command_is_content_with_a_whole_trail(chain: list[TrailEntry]) -> None:
    head = bytes(TrailSeal.objects.latest("pk").digest).hex()
    out = StringIO()
    call_command("verify_trail", "--holds", head, stdout=out)
    assert out.getvalue() == f"6 entries, 6 of them under 3 seals; head {head}\nthe trail is whole\n"


def test_command_refuses_what_is_no_fingerprint() -> None:
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        call_command("verify_trail", "--holds", "abc")


def test_seal_command_seals(act: Callable[..., TrailEntry]) -> None:
    act()
    out = StringIO()
    call_command("seal_trail", stdout=out)
    assert (out.getvalue(), TrailDigest.objects.count()) == ("1 entries sealed\n", 1)


def test_verify_trail_reads_a_chunk_at_a_time(chain: list[TrailEntry], django_assert_num_queries: Any) -> None:
    """Per seal two chunks are asked for (the second is empty) and one set of rows; the tail asks three more."""
    with django_assert_num_queries(1 + 3 * 3 + 3):
        assert problems() == []
