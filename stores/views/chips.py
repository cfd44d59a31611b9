"""States of pages and their drafts as coloured words."""

from __future__ import annotations

from django.utils.translation import gettext

from approvals.states import DraftState
from config.kit.web import Chip, Tone
from stores.models import LayoutRevision, Page, PageRevision

_STATE_TONES = {
    DraftState.DRAFT: Tone.NEUTRAL,
    DraftState.IN_REVIEW: Tone.INFO,
    DraftState.APPROVED: Tone.INFO,
    DraftState.PUBLISHED: Tone.GOOD,
    DraftState.DISCARDED: Tone.MUTED,
}


def revision_chip(revision: PageRevision | LayoutRevision) -> Chip:
    """A draft's state as a coloured word."""
    return Chip(revision.get_state_display(), _STATE_TONES[DraftState(revision.state)])


def live_chip(subject: Page) -> Chip:
    """Whether shoppers see the page."""
    live = subject.live
    if live is None:
        return Chip(gettext("never published"), Tone.MUTED)
    if live.snapshot is None:
        return Chip(gettext("taken down"), Tone.BAD, title=live.taken_down_reason)
    return Chip(gettext("live, version %(number)d") % {"number": live.snapshot.number}, Tone.GOOD)
