"""The decision page: the difference first, what stands around it, and every act that is bound to exactly what it shows."""

from approvals.views.requests.acts import (
    request_comment,
    request_emergency,
    request_lower,
    request_pause,
    request_raise,
    request_resume,
    request_review,
    request_withdraw,
)
from approvals.views.requests.decisions import request_approve, request_refuse, request_sign
from approvals.views.requests.page import request_page, request_stage

__all__ = [
    "request_approve",
    "request_comment",
    "request_emergency",
    "request_lower",
    "request_page",
    "request_pause",
    "request_raise",
    "request_refuse",
    "request_resume",
    "request_review",
    "request_sign",
    "request_stage",
    "request_withdraw",
]
