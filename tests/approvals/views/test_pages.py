"""Every page of the kernel, through HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from approvals import services
from approvals.models import CalendarDay, Deadline, Job, Notice, TimeRule, TrailEntry, WorkCalendar
from approvals.policies.wording import Wording
from stores.services import save_view
from tests.approvals.builders import SUBJECT, acting, make_deadline, make_rule
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
ClientAs = Callable[..., Any]


def labels(response: Any) -> list[str]:
    return [row.label for row in response.context["rows"]]


def test_due_work_holds_mine_and_my_roles_least_time_first(client_as: ClientAs) -> None:
    shop, other = ShopFactory(), ShopFactory()
    client = client_as("CS", shops=[shop])
    now = timezone.now()
    make_rule()

    def start(subject: int, minutes: int, **facts: Any) -> None:
        make_deadline(now=now, subject_id=subject, due_at=now + timedelta(minutes=minutes), **facts)

    start(1, 90, owner_id=client.employee.pk, owner_role="")
    start(2, 30, owner_role="CS", store_id=shop.pk)
    start(3, 60, owner_role="CS", store_id=None)
    start(4, 10, owner_role="CS", store_id=other.pk)
    start(5, 10, owner_role="WH", store_id=shop.pk)
    start(6, 10, owner_role="CS", owner_id=EmployeeFactory().pk, store_id=shop.pk)
    response = client.get(reverse("due_work"))
    assert response.status_code == 200
    assert labels(response) == ["Order 2", "Order 3", "Order 1"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("due_work", 9),
        ("approvals:deadline_list", 9),
        ("approvals:trail_list", 8),
        ("approvals:job_list", 8),
        ("approvals:notice_list", 8),
        ("approvals:time_rule_list", 8),
    ],
)
def test_list_asks_the_same_however_many_rows(
    name: str, queries: int, count: int, client_as: ClientAs, django_assert_num_queries: Any
) -> None:
    client = client_as("MGR")
    now = timezone.now()
    for subject in range(1, count + 1):
        make_deadline(now=now, subject_id=subject, owner_id=client.employee.pk)
        services.request_job(kind="kit.export", title="x", params={}, actor=acting(client.employee), now=now)
        services.notify([client.employee.pk], Wording("x"), kind="k", now=now)
    with django_assert_num_queries(queries):
        response = client.get(reverse(name))
    assert (response.status_code, len(response.context["rows"]) >= count) == (200, True)


def test_due_count_says_how_many_and_how_many_late(client_as: ClientAs) -> None:
    client = client_as("CS")
    now = timezone.now()
    assert client.get(reverse("due_work_count")).content.strip() == b""
    make_deadline(now=now - timedelta(hours=3), owner_id=client.employee.pk)
    make_deadline(now=now, subject_id=2, owner_id=client.employee.pk)
    text = client.get(reverse("due_work_count")).content.decode()
    assert ("2 wait, 1 of them overdue" in text, "<html" in text) == (True, False)


def test_due_panel_is_a_bare_fragment(client_as: ClientAs) -> None:
    client = client_as("CS")
    make_deadline(now=timezone.now(), owner_id=client.employee.pk, subject_label="T-77")
    text = client.get(reverse("approvals:due_work_panel")).content.decode()
    assert ("T-77" in text, "<html" in text) == (True, False)


def test_deadline_page_shows_way_rungs_and_times(client_as: ClientAs) -> None:
    client = client_as("CS")
    now = timezone.now()
    row = make_deadline(now=now - timedelta(minutes=130), owner_id=client.employee.pk)
    services.sweep_deadlines(now=now)
    response = client.get(row.get_absolute_url())
    assert [line.text for line in response.context["lines"]] == [
        "clock started",
        "warned",
        "warned",
        "breached",
        "escalated",
    ]
    assert response.context["lines"][-1].note == f"told: {client.employee} (owner)"
    assert response.context["times"].net == response.context["times"].gross
    assert response.context["may_move"] is True


def test_stranger_finds_no_deadline(client_as: ClientAs) -> None:
    row = make_deadline(now=timezone.now(), owner_role="WH")
    client = client_as("CS")
    for name in ("deadline", "deadline_pause", "deadline_resume", "deadline_reassign", "deadline_cause"):
        assert client.get(reverse(f"approvals:{name}", args=[row.pk])).status_code == 404
    assert client.post(reverse("approvals:deadline_take", args=[row.pk])).status_code == 404
    assert list(row.steps.all()) == []


def test_watcher_sees_but_may_not_move(client_as: ClientAs) -> None:
    row = make_deadline(now=timezone.now(), owner_role="WH")
    client = client_as("SUP")
    response = client.get(row.get_absolute_url())
    assert (response.status_code, response.context["may_move"]) == (200, False)
    assert client.get(reverse("approvals:deadline_pause", args=[row.pk])).status_code == 404


def test_who_was_told_may_look(client_as: ClientAs) -> None:
    client = client_as("CS")
    row = make_deadline(now=timezone.now(), owner_role="WH")
    assert client.get(row.get_absolute_url()).status_code == 404
    services.notify([client.employee.pk], Wording("x"), kind="k", now=timezone.now(), deadline_id=row.pk)
    assert client.get(row.get_absolute_url()).status_code == 200


def test_take_pause_resume_reassign_and_cause(client_as: ClientAs) -> None:
    client = client_as("CS")
    row = make_deadline(now=timezone.now() - timedelta(minutes=130), owner_role="CS")

    def post(name: str, **data: Any) -> Any:
        response = client.post(reverse(f"approvals:{name}", args=[row.pk]), data)
        row.refresh_from_db()
        return response

    assert (post("deadline_take").status_code, row.owner_id) == (303, client.employee.pk)
    refused = post("deadline_pause", reason="photo", debtor="")
    assert (refused.status_code, row.state) == (422, "running")
    assert (post("deadline_pause", reason="photo", debtor="Customer").status_code, row.state) == (303, "paused")
    again = post("deadline_pause", reason="photo", debtor="Customer")
    assert (again.status_code, "it waits for Customer" in again.content.decode()) == (422, True)
    assert (post("deadline_resume", reason="photo came").status_code, row.state) == (303, "running")
    assert (post("deadline_cause", cause="").status_code, post("deadline_cause", cause="busy day").status_code) == (
        422,
        303,
    )
    assert (post("deadline_reassign", role="WH", reason="stock").status_code, row.owner_id, row.owner_role) == (
        303,
        None,
        "WH",
    )


def test_pages_of_forms_open(client_as: ClientAs) -> None:
    client = client_as("CS")
    row = make_deadline(now=timezone.now(), owner_role="CS")
    for name in ("deadline_pause", "deadline_resume", "deadline_reassign", "deadline_cause"):
        assert client.get(reverse(f"approvals:{name}", args=[row.pk])).status_code == 200


def test_notices_are_mine_and_opening_reads_them(client_as: ClientAs) -> None:
    client = client_as("CS")
    other = EmployeeFactory()
    services.notify([client.employee.pk, other.pk], Wording("look"), kind="k", now=timezone.now(), link="/due-work/")
    mine, theirs = Notice.objects.get(recipient=client.employee), Notice.objects.get(recipient=other)
    assert labels(client.get(reverse("approvals:notice_list"))) == ["look"]
    response = client.get(mine.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, "/due-work/")
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert list(Notice.objects.filter(read_at__isnull=True)) == [theirs]


def test_notice_never_leads_off_the_site(client_as: ClientAs) -> None:
    client = client_as("CS")
    services.notify(
        [client.employee.pk], Wording("look"), kind="k", now=timezone.now(), link="https://elsewhere.example/"
    )
    response = client.get(Notice.objects.get().get_absolute_url())
    assert response["Location"] == reverse("approvals:notice_list")


def test_mark_all_as_read(client_as: ClientAs) -> None:
    client = client_as("CS")
    for _number in range(3):
        services.notify([client.employee.pk], Wording("look"), kind="k", now=timezone.now())
    assert client.get(reverse("approvals:notices_read")).status_code == 405
    assert client.post(reverse("approvals:notices_read")).status_code == 303
    assert Notice.objects.filter(read_at__isnull=True).count() == 0


def entry_of(client: Any) -> TrailEntry:
    return services.record(
        "backoffice.changed",
        ShopFactory(),
        actor=acting(client.employee),
        reason="new sign",
        changes={"name": ["a", "b"]},
    )


def test_trail_list_entry_and_proof(client_as: ClientAs) -> None:
    client = client_as("SUP")
    entry = entry_of(client)
    assert labels(client.get(reverse("approvals:trail_list"), {"q": "new sign"})) == [str(entry)]
    assert labels(client.get(reverse("approvals:trail_list"), {"action": "backoffice.deleted"})) == []
    assert client.get(entry.get_absolute_url()).context["is_whole"] is None
    services.seal_trail(now=timezone.now())
    page = client.get(entry.get_absolute_url())
    assert (page.context["is_whole"], len(page.context["digest"])) == (True, 64)
    proof = client.get(reverse("approvals:trail_proof"))
    assert (proof.context["figures"].sealed, proof.context["unsealed"]) == (proof.context["figures"].entries, 0)


def test_trail_is_closed_to_others(client_as: ClientAs) -> None:
    client = client_as("CS")
    entry = entry_of(client)
    for address in (
        reverse("approvals:trail_list"),
        reverse("approvals:trail_proof"),
        reverse("approvals:trail_export"),
        entry.get_absolute_url(),
    ):
        assert client.get(address).status_code == 403


def test_verification_runs_as_a_job_and_gives_its_verdict(client_as: ClientAs) -> None:
    client = client_as("SUP")
    entry_of(client)
    services.seal_trail(now=timezone.now())
    response = client.post(reverse("approvals:trail_proof"))
    job = Job.objects.get()
    assert (response.status_code, response["Location"]) == (303, job.get_absolute_url())
    assert services.run_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.failed_count, job.results[-1]["ok"]) == ("done", 0, True)
    assert TrailEntry.objects.filter(action="trail.verified").count() == 1
    assert client.get(job.get_absolute_url()).status_code == 200


def test_trail_export_carries_its_proof(client_as: ClientAs, tmp_path: Any) -> None:
    client = client_as("SUP")
    entry_of(client)
    services.seal_trail(now=timezone.now())
    assert client.get(reverse("approvals:trail_export")).status_code == 200
    everything = {"start": "", "end": "", "subject_type": ""}
    csv = client.get(reverse("approvals:trail_export"), {**everything, "export": "csv"})
    lines = b"".join(csv.streaming_content).decode().splitlines()
    # the export itself is in it, too
    assert (len(lines), lines[1].endswith("as sealed"), "kit.export_taken" in lines[2]) == (3, True, True)
    client.post(reverse("approvals:trail_export", query=everything))
    services.run_jobs()
    job = Job.objects.get()
    assert (job.state, job.error) == ("done", "")
    response = client.get(reverse("approvals:job_file", args=[job.pk]))
    target = tmp_path / "trail.xlsx"
    target.write_bytes(b"".join(response.streaming_content))
    cover = openpyxl.load_workbook(target).worksheets[0]
    assert [cover.cell(3, column).value for column in (1, 2)] == ["Verification", "the trail is whole"]


def test_job_page_polls_until_it_is_over_and_file_is_only_for_its_requester(client_as: ClientAs, tmp_path: Any) -> None:
    client, stranger, manager = client_as("CS"), client_as("CS"), client_as("MGR")
    job = services.request_job(
        kind="kit.export", title="List", params={}, actor=acting(client.employee), now=timezone.now()
    )
    fragment = client.get(
        job.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "job-state"}
    ).content.decode()
    assert ('hx-trigger="every 2s"' in fragment, "<html" in fragment) == (True, False)
    assert stranger.get(job.get_absolute_url()).status_code == 404
    services.run_jobs()  # its params are empty, so it fails
    job.refresh_from_db()
    page = client.get(job.get_absolute_url()).content.decode()
    assert (job.state, 'hx-trigger="every 2s"' in page) == ("failed", False)
    (tmp_path / "x.txt").write_text("secret")
    Job.objects.filter(pk=job.pk).update(state="queued")
    Job.objects.filter(pk=job.pk).update(state="running", attempts=9)
    job.refresh_from_db()
    services.attach_file(job, tmp_path / "x.txt", name="清单.txt")
    file_url = reverse("approvals:job_file", args=[job.pk])
    assert (stranger.get(file_url).status_code, manager.get(file_url).status_code) == (404, 404)
    response = client.get(file_url)
    assert (b"".join(response.streaming_content), response["Cache-Control"]) == (b"secret", "no-store")
    assert TrailEntry.objects.filter(action="jobs.file_taken", actor_user=client.employee).count() == 1


def test_job_without_file_says_so(client_as: ClientAs) -> None:
    client = client_as("CS")
    job = services.request_job(
        kind="kit.export", title="List", params={}, actor=acting(client.employee), now=timezone.now()
    )
    response = client.get(reverse("approvals:job_file", args=[job.pk]), follow=True)
    assert "There is no file here." in response.content.decode()
    assert TrailEntry.objects.filter(action="jobs.file_taken").count() == 0


def test_failed_job_can_be_tried_again(client_as: ClientAs) -> None:
    client = client_as("CS")
    job = services.request_job(
        kind="kit.export", title="List", params={}, actor=acting(client.employee), now=timezone.now()
    )
    services.run_jobs()
    address = reverse("approvals:job_retry", args=[job.pk])
    assert (client.get(address).status_code, client.post(address, {"reason": ""}).status_code) == (200, 422)
    assert client.post(address, {"reason": "again"}).status_code == 303
    job.refresh_from_db()
    assert job.state == "queued"


def rule_form(rule: TimeRule, **changes: Any) -> dict[str, Any]:
    return {
        "name": rule.name,
        "length_minutes": rule.length_minutes,
        "calendar": rule.calendar_id,
        "warn_at": "50, 80",
        "after_owner": 0,
        "after_head": 60,
        "expected_version": rule.version,
        "reason": "season",
        **changes,
    }


def test_time_rules_list_and_page(client_as: ClientAs) -> None:
    client = client_as("MGR")
    rule = TimeRule.objects.get(code="stocktake")
    response = client.get(reverse("approvals:time_rule_list"))
    assert (response.status_code, len(response.context["rows"])) == (
        200,
        TimeRule.objects.filter(is_current=True).count(),
    )
    assert client.get(rule.get_absolute_url()).status_code == 200


def test_time_rule_preview_changes_nothing(client_as: ClientAs) -> None:
    client = client_as("MGR")
    rule = make_rule()
    row = make_deadline(now=timezone.now())
    response = client.post(
        reverse("approvals:time_rule_change", args=[rule.pk]), rule_form(rule, length_minutes=30, preview="1")
    )
    preview = response.context["preview"]
    assert (preview.open_count, [(item.deadline, item.is_earlier) for item in preview.sample]) == (1, [(row, True)])
    assert TimeRule.objects.filter(code=rule.code).count() == 1


def test_time_rule_new_version(client_as: ClientAs) -> None:
    client = client_as("MGR")
    rule = make_rule()
    address = reverse("approvals:time_rule_change", args=[rule.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, rule_form(rule, warn_at="half")).status_code == 422
    response = client.post(address, rule_form(rule, length_minutes=30))
    new = TimeRule.objects.get(code=rule.code, is_current=True)
    assert (response.status_code, response["Location"]) == (303, new.get_absolute_url())
    assert (new.version, new.length_minutes, new.warn_at) == (2, 30, [0.5, 0.8])
    assert new.ladder == [{"after_minutes": 0, "to": "owner"}, {"after_minutes": 60, "to": "head"}]
    assert client.get(address).status_code == 404
    stale = client.post(reverse("approvals:time_rule_change", args=[new.pk]), rule_form(rule))
    assert (stale.status_code, "version 2" in stale.content.decode()) == (422, True)


def test_time_rules_are_closed_to_others(client_as: ClientAs) -> None:
    rule = TimeRule.objects.get(code="stocktake")
    client = client_as("SUP")
    for name, args in (("time_rule_list", []), ("time_rule", [rule.pk]), ("time_rule_change", [rule.pk])):
        assert client.get(reverse(f"approvals:{name}", args=args)).status_code == 403


def test_system_page_says_what_stands_still_and_what_is_not_announced(client_as: ClientAs) -> None:
    client = client_as("MGR")
    make_deadline(now=timezone.now() - timedelta(hours=3), owner_role="CS")
    response = client.get(reverse("approvals:system"))
    assert response.status_code == 200
    late = {queue.label: queue.is_late for queue in response.context["queues"]}
    assert late["steps of deadlines"] is True
    services.sweep_deadlines(now=timezone.now())
    fragment = client.get(reverse("approvals:system"), headers={"HX-Request": "true", "HX-Target": "system-state"})
    assert [(beat.name, beat.is_old) for beat in fragment.context["heartbeats"]] == [("deadlines", False)]
    assert client_as("CS").get(reverse("approvals:system")).status_code == 403


def test_calendar_admin_refuses_periods_that_cannot_be_read(client_as: ClientAs) -> None:
    client = client_as("MGR")
    calendar = WorkCalendar.objects.get(code="office")
    address = reverse("admin:approvals_workcalendar_change", args=[calendar.pk])
    form = {
        "name": "Office",
        "time_zone": "Asia/Shanghai",
        "periods": '{"1": [["22:00", "06:00"]]}',
        "makeup_weekday": 1,
        "holiday_country": "CN",
        "change_reason": "nights",
    }
    assert "split it at midnight" in client.post(address, form).content.decode()
    assert "no such time zone" in client.post(address, {**form, "time_zone": "Moon/Base"}).content.decode()
    calendar.refresh_from_db()
    assert calendar.periods["1"] == [["09:00", "12:00"], ["13:30", "18:00"]]
    assert client.post(address, {**form, "periods": '{"1": [["22:00", "24:00"]]}'}).status_code == 302
    assert TrailEntry.objects.filter(action="backoffice.changed", subject_type="approvals.workcalendar").count() == 1


def test_special_day_admin_adds_and_deletes(client_as: ClientAs) -> None:
    client = client_as("MGR")
    office = WorkCalendar.objects.get(code="office")
    data = {"calendar": office.pk, "on": "2027-02-05", "name": "eve", "change_reason": "announced"}
    assert client.post(reverse("admin:approvals_calendarday_add"), data).status_code == 302
    day = CalendarDay.objects.get()
    assert client.get(reverse("admin:approvals_calendarday_changelist")).status_code == 200
    gone = client.post(
        reverse("admin:approvals_calendarday_delete", args=[day.pk]), {"post": "yes", "change_reason": "wrong"}
    )
    assert (gone.status_code, CalendarDay.objects.count()) == (302, 0)


def test_deadline_list_finds_breaches_without_cause(client_as: ClientAs) -> None:
    client = client_as("MGR")
    now = timezone.now()
    explained, silent = (make_deadline(now=now - timedelta(hours=3), subject_id=number) for number in (1, 2))
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1, 2], actor=acting(client.employee), now=now)
    services.give_cause(deadline_id=explained.pk, cause="rain", actor=acting(client.employee), now=now)
    make_deadline(now=now, subject_id=3)
    assert labels(client.get(reverse("approvals:deadline_list"), {"cause": "missing"})) == ["Order 2"]
    assert Deadline.objects.get(pk=silent.pk).breached_at is not None


def test_ended_clocks_say_quietly_whether_they_ended_in_time(client_as: ClientAs) -> None:
    client = client_as("MGR")
    now = timezone.now()
    for number, hours in ((1, 3), (2, 1)):
        make_deadline(now=now - timedelta(hours=hours), subject_id=number)
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1, 2], actor=acting(client.employee), now=now)
    make_deadline(now=now, subject_id=3)
    html = client.get(reverse("approvals:deadline_list"), {"state": "met"}).content.decode()
    assert ("1 h 20 min late" in html, "on time" in html, "overdue" in html) == (True, True, False)
    assert labels(client.get(reverse("approvals:deadline_list"), {"state": "open"})) == ["Order 3"]
    assert html.count("view-tab is-active") <= 1


def test_saved_view_without_a_filter_is_not_a_second_active_tab(client_as: ClientAs) -> None:
    client = client_as("MGR")
    save_view(screen="approvals.deadlines", name="mine", query="", is_shared=False, actor=acting(client.employee))
    assert client.get(reverse("approvals:deadline_list")).content.decode().count("view-tab is-active") == 1
