"""Addresses under names without an app: every page's frame links to them. Included by config/urls.py."""

from django.urls import path

from approvals.views import inbox

urlpatterns = [
    path("due-work/", inbox.DUE_WORK.as_view(), name="due_work"),
    path("due-work/count/", inbox.due_count, name="due_work_count"),
]
