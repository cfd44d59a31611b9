"""Addresses of the kernel's pages."""

from django.urls import path

from approvals.views import absences, content_rules, control, inbox, jobs, requests, security
from config.kit.web.export_view import export_page

app_name = "approvals"

urlpatterns = [
    path("due-work/panel/", inbox.due_panel, name="due_work_panel"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/stages/<int:pk>/", requests.request_stage, name="request_stage"),
    path("deadlines/", inbox.DEADLINES.as_view(), name="deadline_list"),
    path("deadlines/<int:pk>/", inbox.deadline, name="deadline"),
    path("deadlines/<int:pk>/take/", inbox.take, name="deadline_take"),
    path("deadlines/<int:pk>/pause/", inbox.pause, name="deadline_pause"),
    path("deadlines/<int:pk>/resume/", inbox.resume, name="deadline_resume"),
    path("deadlines/<int:pk>/reassign/", inbox.reassign, name="deadline_reassign"),
    path("deadlines/<int:pk>/cause/", inbox.cause, name="deadline_cause"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:pk>/end/", absences.absence_end, name="absence_end"),
    path("notices/", inbox.NOTICES.as_view(), name="notice_list"),
    path("notices/read/", inbox.notices_read, name="notices_read"),
    path("notices/<int:pk>/", inbox.notice_open, name="notice_open"),
    path("jobs/", jobs.JOBS.as_view(), name="job_list"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/retry/", jobs.job_retry, name="job_retry"),
    path("jobs/<int:pk>/file/", jobs.job_file, name="job_file"),
    path("trail/", control.TRAIL.as_view(), name="trail_list"),
    path("trail/<int:pk>/", control.trail_entry, name="trail_entry"),
    path("trail/proof/", control.trail_proof, name="trail_proof"),
    path("trail/export/", export_page("approvals.trail"), name="trail_export"),
    path("rules/", control.RULES.as_view(), name="time_rule_list"),
    path("rules/<int:pk>/", control.time_rule, name="time_rule"),
    path("rules/<int:pk>/change/", control.time_rule_change, name="time_rule_change"),
    path("content-rules/", content_rules.LISTS.as_view(), name="content_rule_lists"),
    path("content-rules/new/", content_rules.content_rule_list_new, name="content_rule_list_new"),
    path("content-rules/try/", content_rules.content_rule_try, name="content_rule_try"),
    path("content-rules/export/", export_page("approvals.content_rules"), name="content_rule_export"),
    path("content-rules/<int:pk>/", content_rules.content_rule_list, name="content_rule_list"),
    path("content-rules/<int:pk>/switch/", content_rules.content_rule_list_switch, name="content_rule_list_switch"),
    path("content-rules/<int:pk>/import/", content_rules.content_rule_import, name="content_rule_import"),
    path("content-rules/<int:pk>/rules/new/", content_rules.content_rule_new, name="content_rule_new"),
    path("content-rules/rules/<int:pk>/", content_rules.content_rule_change, name="content_rule_change"),
    path("content-rules/formats/", content_rules.FORMATS.as_view(), name="format_rule_list"),
    path("content-rules/formats/new/", content_rules.format_rule_new, name="format_rule_new"),
    path("content-rules/formats/<int:pk>/", content_rules.format_rule_change, name="format_rule_change"),
    path("content-rules/hits/", content_rules.HITS.as_view(), name="rule_hit_list"),
    path("content-rules/hits/figures/", export_page("approvals.rule_hits"), name="rule_hit_export"),
    path("check-texts/", content_rules.check_texts, name="check_texts"),
    path("security-events/", security.EVENTS.as_view(), name="security_event_list"),
    path("system/", control.system, name="system"),
]
