"""What of the shops goes through approval."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from approvals.registries import ApprovalKind, StageDefault, approval_kinds
from stores.selectors.proposals import mock_up_url
from stores.services.proposals import discussion as proposals
from stores.states import Role

_PROPOSAL_FIELDS: dict[str, str | Promise] = {
    "title": _("title"),
    "text": _("what should change, and why"),
    "expected_effect": _("expected effect"),
    "cost": _("cost"),
    "mock_ups": _("mock-ups"),
    "orders": _("planned work orders"),
    "recommendation": _("recommendation of the planning group"),
    "minutes": _("minutes"),
    "votes": _("votes (for : against)"),
}


def _proposal_field(field: str) -> str:
    top, _dot, rest = field.partition(".")
    label = str(_PROPOSAL_FIELDS.get(top, top))
    return f"{label} {rest}" if rest else label


_MANAGEMENT_DECIDES = (StageDefault("management", gettext_noop("Management decides"), Decimal(1), role=Role.MGR),)

approval_kinds.register(
    "stores.proposal",
    ApprovalKind(
        label=_("Redesign proposal"),
        icon="bulb",
        submit_permission="stores.discuss_proposal",
        read=proposals.proposal_draft,
        field_label=_proposal_field,
        apply=proposals.proposal_approved,
        submitted=proposals.proposal_submitted,
        returned=proposals.proposal_returned,
        stages={"general": _MANAGEMENT_DECIDES, "important": _MANAGEMENT_DECIDES},
        rules={"general": "proposal_decided", "important": "proposal_decided"},
        picture=mock_up_url,
        makes_snapshot=False,
        needs_evidence=False,
    ),
)
