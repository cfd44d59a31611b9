"""The diagram in the README is the transition table."""

from stores.states import PLATFORM_TRANSITIONS
from tests.support.diagrams import arrows, drawn


def test_the_diagram_draws_the_table():
    assert drawn("stores") == [arrows(PLATFORM_TRANSITIONS)]
