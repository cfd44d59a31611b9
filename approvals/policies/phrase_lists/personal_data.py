"""What tells who a person is: found by the engine's built-in searches."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.policies.phrase_lists.declaring import PhraseList, patterns
from approvals.states import RuleKind, Severity

PERSONAL = PhraseList(
    "personal-data",
    _("Personal data"),
    RuleKind.PERSONAL,
    "MGR",
    patterns(
        RuleKind.PERSONAL,
        Severity.BLOCK,
        _("A mobile number of a person does not belong on a page."),
        mobile="detector:mobile",
    )
    + patterns(
        RuleKind.PERSONAL,
        Severity.BLOCK,
        _("An identity number never leaves the company."),
        identity="detector:identity",
    )
    + patterns(
        RuleKind.PERSONAL, Severity.BLOCK, _("A bank card number never leaves the company."), card="detector:card"
    )
    + patterns(
        RuleKind.PERSONAL,
        Severity.BLOCK,
        _("An e-mail address of a person does not belong on a page."),
        mail="detector:mail",
    ),
)
