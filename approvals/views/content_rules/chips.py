"""How the state of a rule or list is shown."""

from __future__ import annotations

from django.utils.translation import gettext as _

from approvals.states import Severity
from config.kit.web import Chip, Tone

_TONES = {Severity.BLOCK: Tone.BAD, Severity.PROOF: Tone.WARN, Severity.WARN: Tone.WARN, Severity.INFO: Tone.INFO}


def severity_chip(severity: str) -> Chip:
    """What a hit does, as a word with its colour."""
    known = Severity(severity)
    return Chip(str(known.label), _TONES[known])


def force_chip(is_active: bool) -> Chip:
    """Whether a list or a rule is in force."""
    return Chip(_("in force"), Tone.GOOD) if is_active else Chip(_("switched off"), Tone.MUTED)
