"""The diagrams in the README are the transition tables."""

from stores.states import BOOKING_TRANSITIONS, PAGE_REVISION_TRANSITIONS, PLATFORM_TRANSITIONS
from tests.support.diagrams import arrows, drawn


def test_the_diagrams_draw_the_tables():
    assert drawn("stores") == [
        arrows(PLATFORM_TRANSITIONS),
        arrows(PAGE_REVISION_TRANSITIONS),
        arrows(BOOKING_TRANSITIONS),
    ]
