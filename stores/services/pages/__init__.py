"""Pages of shops from draft to the public: made, drafted, approved, taken down. What goes live goes through the kernel."""

from stores.services.pages.approval import apply_page, follow_page_request, page_draft, return_page
from stores.services.pages.drafting import (
    begin_page_revision,
    discard_page_revision,
    restore_page_snapshot,
    save_page_revision,
    submit_page,
)
from stores.services.pages.making import change_page, create_page
from stores.services.pages.taking_down import end_pages, take_down_page

__all__ = [
    "apply_page",
    "begin_page_revision",
    "change_page",
    "create_page",
    "discard_page_revision",
    "end_pages",
    "follow_page_request",
    "page_draft",
    "restore_page_snapshot",
    "return_page",
    "save_page_revision",
    "submit_page",
    "take_down_page",
]
