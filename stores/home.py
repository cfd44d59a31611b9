"""The panels of the floor below, which knows no home page."""

from django.utils.translation import gettext_lazy as _

from stores.registries import HOME_PANELS, HomePanel

HOME_PANELS.register(
    "approvals.due_work",
    HomePanel(
        _("My due work"),
        "approvals:due_work_panel",
        "clock-check",
        permission="approvals.view_own_due_work",
        order=0,
        more_url_name="due_work",
    ),
)
HOME_PANELS.register(
    "approvals.requests",
    HomePanel(
        _("Waiting for my decision"),
        "approvals:request_panel",
        "gavel",
        permission="approvals.decide_request",
        order=2,
        more_url_name="approvals:request_list",
    ),
)
HOME_PANELS.register(
    "stores.proposals",
    HomePanel(
        _("My proposals and their answers"),
        "stores:proposal_panel",
        "bulb",
        permission="stores.file_proposal",
        order=80,
        more_url_name="stores:proposal_list",
    ),
)
