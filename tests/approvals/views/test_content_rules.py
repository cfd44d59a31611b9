"""Pages of content rules, house formats, hits and security events; the check while typing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from approvals import services
from approvals.models import ContentRule, ContentRuleList, FormatRule, RuleHit, SecurityEvent
from approvals.states import Severity
from tests.approvals.kinds import KIND
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Any]


@pytest.fixture
def secrets() -> ContentRuleList:
    services.sync_content_rules()
    return ContentRuleList.objects.get(code="company-secrets")


@pytest.fixture
def terms() -> ContentRuleList:
    services.sync_content_rules()
    return ContentRuleList.objects.get(code="absolute-terms")


def hit(**facts: Any) -> RuleHit:
    values = {
        "at": timezone.now(), "moment": "submission", "list_code": "absolute-terms", "list_version": 1,
        "rule_code": "national-level", "severity": "proof", "kind": KIND, "subject_type": "tests.note", "subject_id": 1,
        "field": "title", "excerpt": "国家级", **facts,
    }  # fmt: skip
    return RuleHit.objects.create(**values)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("approvals:content_rule_lists", 8),
        ("approvals:format_rule_list", 8),
        ("approvals:rule_hit_list", 13),
        ("approvals:security_event_list", 9),
    ],
)
def test_list_asks_the_same_however_many_rows(
    name: str, queries: int, count: int, client_as: ClientAs, django_assert_num_queries: Any
) -> None:
    client = client_as("MGR")
    for number in range(count):
        hit(author=EmployeeFactory())
        FormatRule.objects.create(kind=KIND, field=f"f{number}", max_units=60)
        SecurityEvent.objects.create(at=timezone.now(), code="own_work", path="approve", actor_label="Li")
    with django_assert_num_queries(queries):
        assert client.get(reverse(name)).status_code == 200


def test_lists_show_owner_version_and_hits_of_30_days(client_as: ClientAs, terms: ContentRuleList) -> None:
    hit()
    hit(at=timezone.now() - timedelta(days=31))
    response = client_as("PLAN").get(reverse("approvals:content_rule_lists"))
    [row] = [row for row in response.context["screen"].rows(None) if row.pk == terms.pk]
    assert (row.hit_count, row.rule_count) == (1, terms.rules.count())
    assert "Absolute terms" in response.content.decode()


def test_owner_adds_a_rule_and_a_bad_pattern_is_told_on_its_field(client_as: ClientAs, terms: ContentRuleList) -> None:
    client = client_as("PLAN")
    address = reverse("approvals:content_rule_new", args=[terms.pk])
    data = {
        "code": "loop",
        "pattern": "(a+)+",
        "severity": "block",
        "is_active": "on",
        "expected_version": 1,
        "reason": "x",
    }
    refused = client.post(address, data)
    assert refused.status_code == 422
    assert "upper bound" in str(refused.context["form"].errors["pattern"])
    assert not ContentRule.objects.filter(code="loop").exists()
    done = client.post(address, {**data, "pattern": "a{1,5}b"})
    assert (done.status_code, done["Location"]) == (303, reverse("approvals:content_rule_list", args=[terms.pk]))
    assert ContentRule.objects.get(code="loop").pattern == "a{1,5}b"


def test_whoever_does_not_own_a_list_reads_it_and_changes_nothing(
    client_as: ClientAs, secrets: ContentRuleList
) -> None:
    assert secrets.owner_role == "MGR"
    client = client_as("PLAN")
    shown = client.get(reverse("approvals:content_rule_list", args=[secrets.pk]))
    assert shown.status_code == 200
    assert reverse("approvals:content_rule_new", args=[secrets.pk]) not in shown.content.decode()
    refused = client.post(
        reverse("approvals:content_rule_list_switch", args=[secrets.pk]), {"expected_version": 1, "reason": "x"}
    )
    assert refused.status_code == 422
    secrets.refresh_from_db()
    assert (secrets.is_active, secrets.version) == (True, 1)


def test_rules_are_searched_and_switched_off_ones_shown_apart(client_as: ClientAs, terms: ContentRuleList) -> None:
    terms.rules.filter(code="supreme-grade").update(is_active=False)
    client = client_as("PLAN")
    address = reverse("approvals:content_rule_list", args=[terms.pk])
    found = [row[0].code for row in client.get(address, {"q": "国家级"}).context["rules"]]
    assert "national-level" in found
    off = [row[0].code for row in client.get(address, {"off": "1"}).context["rules"]]
    assert off == ["supreme-grade"]


def test_a_file_is_looked_at_and_then_taken_over(client_as: ClientAs, secrets: ContentRuleList) -> None:
    client = client_as("MGR")
    address = reverse("approvals:content_rule_import", args=[secrets.pk])
    rows = "code,phrase,severity\nsupplier-1,华强供应链,block\n"
    looked = client.post(address, {"file": SimpleUploadedFile("s.csv", rows.encode("gb18030")), "expected_version": 1})
    assert looked.status_code == 200
    assert list(looked.context["plan"].added) == ["supplier-1"]
    assert not ContentRule.objects.filter(code="supplier-1").exists()
    text = looked.context["form"]["text"].value()
    assert "华强供应链" in text
    refused = client.post(address, {"text": text, "expected_version": 1, "take": "1"})
    assert "reason" in refused.context["form"].errors
    done = client.post(address, {"text": text, "expected_version": 1, "take": "1", "reason": "register"})
    assert done.status_code == 303
    assert ContentRule.objects.filter(code="supplier-1").exists()


def test_a_list_goes_out_and_comes_back_unchanged(client_as: ClientAs, terms: ContentRuleList) -> None:
    client = client_as("PLAN")
    sent = client.get(reverse("approvals:content_rule_export"), {"list": terms.pk, "export": "csv"})
    text = b"".join(sent.streaming_content).decode("utf-8-sig")
    plan = services.plan_import(list_id=terms.pk, text=text)
    assert (plan.added, plan.changed, plan.problems, plan.same) == ({}, {}, (), terms.rules.count())


def test_a_tried_text_shows_its_hits_in_place_with_words(client_as: ClientAs, terms: ContentRuleList) -> None:
    response = client_as("PLAN").post(
        reverse("approvals:content_rule_try"),
        {"tried": "我们是国家级企业 <b>"},
        headers={"HX-Request": "true", "HX-Target": "tried"},
    )
    body = response.content.decode()
    assert '<mark class="hit hit-block">国家级<span class="hit-word">stops</span></mark>企业 &lt;b&gt;' in body
    assert "<html" not in body
    assert not RuleHit.objects.exists()


def test_reload_of_a_tried_text_leads_to_the_lists(client_as: ClientAs) -> None:
    response = client_as("PLAN").get(reverse("approvals:content_rule_try"))
    assert (response.status_code, response.url) == (302, reverse("approvals:content_rule_lists"))


def test_format_is_changed_on_its_page(client_as: ClientAs) -> None:
    row = FormatRule.objects.create(kind=KIND, field="title", max_units=60)
    client = client_as("PLAN")
    address = reverse("approvals:format_rule_change", args=[row.pk])
    assert client.get(address).status_code == 200
    data = {"min_units": 8, "max_units": 40, "required_phrases": "正品\n包邮", "severity": "warn", "reason": "shorter"}
    assert client.post(address, {**data, "expected_version": 9}).status_code == 422
    assert client.post(address, {**data, "expected_version": 1}).status_code == 303
    row.refresh_from_db()
    assert (row.version, row.max_units, row.required_phrases, row.severity) == (2, 40, ["正品", "包邮"], "warn")


def test_hits_are_grouped_by_author_and_filtered_with_the_list(client_as: ClientAs) -> None:
    one, other = EmployeeFactory(), EmployeeFactory()
    for severity in ("block", "block", "warn"):
        hit(author=one, severity=severity)
    hit(author=other, excerpt="", rule_code="supplier-1")
    client = client_as("SUP")
    response = client.get(reverse("approvals:rule_hit_list"))
    figures = [(row.author, row.hits, row.blocked, row.warned) for row in response.context["figures"]]
    assert figures == [(one, 3, 2, 1), (other, 1, 0, 0)]
    assert "not shown" in response.content.decode()
    only = client.get(reverse("approvals:rule_hit_list"), {"author": other.pk})
    assert [row.author for row in only.context["figures"]] == [other]
    sent = client.get(reverse("approvals:rule_hit_export"), {"start": "2020-01-01", "export": "csv"})
    assert f"{one},3,2,0,1,1," in b"".join(sent.streaming_content).decode("utf-8-sig")


def test_check_while_typing_answers_in_the_readers_language(client_as: ClientAs, terms: ContentRuleList) -> None:
    FormatRule.objects.create(kind=KIND, field="title", min_units=2, max_units=8)
    services.forget_content_rules()
    client = client_as("CS")
    response = client.post(
        reverse("approvals:check_texts"), {"kind": KIND, "text.title": "国家级手机", "text.slogan": "ok"}
    )
    answer = response.json()["fields"]
    assert (answer["title"]["units"], answer["title"]["min"], answer["title"]["max"]) == (10, 2, 8)
    found = {finding["code"]: finding for finding in answer["title"]["findings"]}
    assert set(found) == {"national-level", "too_long"}
    assert (found["national-level"]["word"], found["national-level"]["start"], found["national-level"]["end"]) == (
        "stops", 0, 3,
    )  # fmt: skip
    assert answer["slogan"] == {"units": 2, "min": 0, "max": None, "findings": []}
    assert not RuleHit.objects.exists()
    client.employee.language = "zh-hans"
    client.employee.save()
    words = client.post(reverse("approvals:check_texts"), {"kind": KIND, "text.title": "国家级"}).json()
    with translation.override("zh-hans"):
        assert words["fields"]["title"]["findings"][0]["word"] == str(Severity.BLOCK.label)


@pytest.mark.parametrize("texts", [{"text.a": "a" * 40_000, "text.b": "好" * 21_000}, {"text.a": "好" * 60_000}])
def test_too_much_at_once_is_refused_with_words(texts: dict[str, str], client_as: ClientAs) -> None:
    response = client_as("CS").post(reverse("approvals:check_texts"), {"kind": KIND, **texts})
    assert response.status_code == 413
    assert "100 kB" in response.json()["refusal"]


def test_strangers_check_nothing(client: Any) -> None:
    assert client.post(reverse("approvals:check_texts"), {"text.a": "x"}).status_code == 302


def test_security_events_are_listed_for_those_who_watch(client_as: ClientAs) -> None:
    SecurityEvent.objects.create(
        at=timezone.now(), code="around_the_kernel", path="web: INSERT INTO approvals_snapshot", actor_label="Li",
        detail={"refusal": "no approved request"},
    )  # fmt: skip
    body = client_as("SUP").get(reverse("approvals:security_event_list")).content.decode()
    assert "writing around the approval" in body
    assert "no approved request" in body
    assert client_as("OPS").get(reverse("approvals:security_event_list")).status_code == 403
