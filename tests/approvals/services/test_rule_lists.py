"""Lists of content rules are changed by their owners, a version at a time; what they stop is stopped from then on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from approvals import services
from approvals.errors import (
    ContentRuleIsNotSound,
    FormatRuleIsNotSound,
    NotReady,
    NotYourList,
    ReasonIsMissing,
    RuleCodeIsTaken,
    RuleFileRefused,
    RuleListHasChanged,
)
from approvals.models import ChangeRequest, ContentRule, ContentRuleList, FormatRule, RuleHit, TrailEntry
from approvals.policies.rule_files import RuleText
from config.kit.actor import Actor
from tests.approvals.kinds import KIND, NOTES, write_note
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db
SUPPLIER = "华强供应链"


def acting(*roles: str) -> Actor:
    person = EmployeeFactory(roles=roles)
    return Actor.staff(user_id=person.pk, label=str(person))


@pytest.fixture
def owner() -> Actor:
    return acting("PLAN")


@pytest.fixture
def secrets() -> ContentRuleList:
    services.sync_content_rules()
    services.sync_kinds()
    return ContentRuleList.objects.get(code="company-secrets")


@pytest.fixture
def claims() -> ContentRuleList:
    services.sync_content_rules()
    return ContentRuleList.objects.get(code="absolute-terms")


def add(
    row: ContentRuleList, actor: Actor, now: datetime, rule: RuleText, code: str = "new", **facts: Any
) -> ContentRule:
    row.refresh_from_db()
    values = {"expected_version": row.version, "reason": "seen in a draft", **facts}
    made = services.add_rule(list_id=row.pk, code=code, rule=rule, actor=actor, now=now, **values)
    services.forget_content_rules()  # what on_commit does outside a test's transaction
    return made


def image(row: ContentRuleList) -> tuple[Any, ...]:
    row.refresh_from_db()
    return row.version, row.is_active, list(ContentRule.objects.filter(list=row).order_by("pk").values_list())


def test_a_draft_with_a_suppliers_name_is_stopped_and_the_name_is_kept_nowhere(
    secrets: ContentRuleList, now: datetime
) -> None:
    manager, author = acting("MGR"), acting("OPS")
    add(secrets, manager, now, RuleText(phrase=SUPPLIER, note="Name of a supplier"), code="supplier-7")
    pk = write_note(content={"title": f"全网最低价，{SUPPLIER[:2]} {SUPPLIER[2:]}直供"}, authors=(author.user_id,))
    with pytest.raises(NotReady) as refusal:
        services.submit(kind=KIND, draft_id=pk, actor=author, now=now)
    assert "supplier-7" in {finding.code for finding in refusal.value.findings}
    assert not ChangeRequest.objects.filter(draft_id=pk).exists()
    hits = {hit.rule_code: hit for hit in RuleHit.objects.filter(subject_id=NOTES[pk].subject_id)}
    assert hits["supplier-7"].author_id == author.user_id
    assert hits["supplier-7"].excerpt == ""
    # The neighbouring hit shows its surroundings, but not the name in them.
    others = [hit.excerpt for code, hit in hits.items() if code != "supplier-7"]
    assert others
    assert not any(SUPPLIER[2:] in excerpt for excerpt in others)
    entry = TrailEntry.objects.filter(action="content_rules.rule_added").latest("pk")
    assert SUPPLIER not in str(entry.changes)


def test_each_change_makes_a_version_with_before_and_after(
    claims: ContentRuleList, owner: Actor, now: datetime
) -> None:
    rule = add(claims, owner, now, RuleText(phrase="宇宙级", severity="warn"))
    assert claims.rules.filter(code="new").exists()
    services.change_rule(
        rule_id=rule.pk, expected_version=2, rule=RuleText(phrase="宇宙级", severity="block"), reason="law", actor=owner,
        now=now,
    )  # fmt: skip
    claims.refresh_from_db()
    assert (claims.version, claims.changed_at) == (3, now)
    entry = TrailEntry.objects.get(action="content_rules.rule_changed")
    assert entry.changes == {"version": [2, 3], "new": ["宇宙级 · warn", "宇宙级 · block"]}
    assert (entry.reason, entry.actor_user_id) == ("law", owner.user_id)


def test_the_same_again_is_no_version(claims: ContentRuleList, owner: Actor, now: datetime) -> None:
    said = RuleText(phrase="宇宙级")
    rule = add(claims, owner, now, said)
    before = image(claims)
    services.change_rule(rule_id=rule.pk, expected_version=2, rule=said, reason="again", actor=owner, now=now)
    assert image(claims) == before


def test_a_rule_switched_off_finds_nothing_any_more(claims: ContentRuleList, owner: Actor, now: datetime) -> None:
    rule = add(claims, owner, now, RuleText(phrase="宇宙级"))
    assert [finding.code for finding in services.check_texts(KIND, {"title": "宇宙级手机"})] == ["new"]
    off = RuleText(phrase="宇宙级", is_active=False)
    services.change_rule(rule_id=rule.pk, expected_version=2, rule=off, reason="too wide", actor=owner, now=now)
    services.forget_content_rules()
    assert services.check_texts(KIND, {"title": "宇宙级手机"}) == []


def test_a_list_is_switched_off_and_on(claims: ContentRuleList, owner: Actor, now: datetime) -> None:
    services.switch_list(list_id=claims.pk, expected_version=1, is_active=False, reason="review", actor=owner, now=now)
    services.forget_content_rules()
    assert services.check_texts(KIND, {"title": "国家级"}) == []
    assert image(claims)[:2] == (2, False)
    assert TrailEntry.objects.get(action="content_rules.list_switched").changes["is_active"] == [True, False]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"reason": " "}, ReasonIsMissing),
        ({"expected_version": 7}, RuleListHasChanged),
        ({"code": "national-level"}, RuleCodeIsTaken),
        ({"rule": RuleText()}, ContentRuleIsNotSound),
        ({"rule": RuleText(pattern="(a+)+")}, ContentRuleIsNotSound),
        ({"rule": RuleText(phrase="。")}, ContentRuleIsNotSound),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    facts: dict[str, Any], refusal: type[Exception], claims: ContentRuleList, owner: Actor, now: datetime
) -> None:
    before = image(claims)
    with pytest.raises(refusal):
        add(claims, owner, now, **{"rule": RuleText(phrase="宇宙级"), **facts})
    assert image(claims) == before


@pytest.mark.parametrize("roles", [("OPS",), (), ("ADMIN", "SUP")])
def test_only_the_owners_role_and_management_change_a_list(
    roles: tuple[str, ...], secrets: ContentRuleList, now: datetime
) -> None:
    assert secrets.owner_role not in roles
    before, stranger = image(secrets), acting(*roles)
    with pytest.raises(NotYourList):
        add(secrets, stranger, now, RuleText(phrase=SUPPLIER))
    with pytest.raises(NotYourList):
        services.switch_list(
            list_id=secrets.pk, expected_version=1, is_active=False, reason="x", actor=stranger, now=now
        )
    with pytest.raises(NotYourList):
        services.import_rules(
            list_id=secrets.pk, expected_version=1, text="code,phrase\na,b\n", reason="x", actor=stranger, now=now
        )
    assert image(secrets) == before


def test_a_file_is_one_version_and_all_or_nothing(secrets: ContentRuleList, now: datetime) -> None:
    manager = acting("MGR")
    before = image(secrets)
    bad = f"code,phrase,severity\nsupplier-1,{SUPPLIER},block\nsupplier-2,,block\n"
    with pytest.raises(RuleFileRefused) as refusal:
        services.import_rules(list_id=secrets.pk, expected_version=1, text=bad, reason="x", actor=manager, now=now)
    assert "line 3" in str(refusal.value)
    assert image(secrets) == before

    good = f"code,phrase,severity\nsupplier-1,{SUPPLIER},block\nsupplier-2,新锐纺织厂,block\n"
    plan = services.import_rules(
        list_id=secrets.pk, expected_version=1, text=good, reason="register", actor=manager, now=now
    )
    services.forget_content_rules()
    assert len(plan.added) == 2
    assert image(secrets)[0] == 2
    assert [finding.code for finding in services.check_texts(KIND, {"file_name": "新锐纺织厂-main.jpg"})] == [
        "supplier-2"
    ]
    entry = TrailEntry.objects.get(action="content_rules.imported")
    assert set(entry.changes) == {"version", "supplier-1", "supplier-2"}
    again = services.import_rules(
        list_id=secrets.pk, expected_version=2, text=good, reason="again", actor=manager, now=now
    )
    assert (again.same, image(secrets)[0]) == (2, 2)


def test_a_format_is_changed_by_version_and_a_platforms_own_goes_first(owner: Actor, now: datetime) -> None:
    facts: dict[str, Any] = {"required_phrases": (), "severity": "block", "actor": owner, "now": now}
    general = services.add_format_rule(
        kind=KIND, field="title", platform_code="", min_units=0, max_units=10, reason="shops", **facts
    )
    services.add_format_rule(
        kind=KIND, field="title", platform_code="jd", min_units=0, max_units=20, reason="jd", **facts
    )
    services.forget_content_rules()
    text = {"title": "a" * 15}
    assert [finding.code for finding in services.check_texts(KIND, text)] == ["too_long"]
    assert services.check_texts(KIND, text, platform_code="jd") == []
    services.change_format_rule(
        rule_id=general.pk, expected_version=1, min_units=2, max_units=16, reason="longer", **facts
    )
    services.forget_content_rules()
    assert services.check_texts(KIND, text) == []
    entry = TrailEntry.objects.filter(action="content_rules.format_changed").latest("pk")
    assert entry.changes == {"version": [1, 2], "min_units": [0, 2], "max_units": [10, 16]}
    for wrong, refusal in (
        ({"expected_version": 1, "max_units": 9}, RuleListHasChanged),
        ({"expected_version": 2, "max_units": 1}, FormatRuleIsNotSound),
    ):
        with pytest.raises(refusal):
            services.change_format_rule(rule_id=general.pk, min_units=2, reason="x", **{**facts, **wrong})
    assert FormatRule.objects.get(pk=general.pk).max_units == 16


def test_a_format_that_warns_is_passed_with_a_reason(owner: Actor, now: datetime) -> None:
    services.sync_kinds()
    services.add_format_rule(
        kind=KIND, field="title", platform_code="", min_units=0, max_units=6, required_phrases=(), severity="warn",
        reason="short", actor=owner, now=now,
    )  # fmt: skip
    services.forget_content_rules()
    author = acting("CS")
    pk = write_note(content={"title": "more than six"})
    with pytest.raises(NotReady):
        services.submit(kind=KIND, draft_id=pk, actor=author, now=now)
    NOTES[pk].warned = {"too_long": "the name of the product is that long"}
    assert services.submit(kind=KIND, draft_id=pk, actor=author, now=now).state == "in_review"
