"""How units are written."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.policies.phrase_lists.declaring import PhraseList, patterns
from approvals.states import RuleKind, Severity

UNITS = PhraseList(
    "house-units",
    _("House format of units"),
    RuleKind.FORMAT,
    "PLAN",
    patterns(
        RuleKind.FORMAT,
        Severity.WARN,
        _("House format: write units in their standard form."),
        kg=r"(?<=[0-9])\s{0,2}(?:KG|Kg|kG|KGS|Kgs|kgs)(?![A-Za-z])",
        gram=r"(?<=[0-9])\s{0,2}(?:GM|gm|GRAM)(?![A-Za-z])",
        ml=r"(?<=[0-9])\s{0,2}(?:ML|Ml|ml\.|CC|cc)(?![A-Za-z])",
        cm=r"(?<=[0-9])\s{0,2}(?:CM|Cm|公分)(?![A-Za-z])",
        mm=r"(?<=[0-9])\s{0,2}(?:MM|Mm)(?![A-Za-z])",
        metre=r"(?<=[0-9])\s{0,2}(?:公尺)",
        watt=r"(?<=[0-9])\s{0,2}(?:w|瓦特)(?![A-Za-z])",
        volt=r"(?<=[0-9])\s{0,2}(?:v|伏特)(?![A-Za-z])",
        jin=r"(?<=[0-9])\s{0,2}(?:市斤)",
    ),
)
