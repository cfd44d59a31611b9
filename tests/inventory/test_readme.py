"""The diagram in the README is the transition table."""

from inventory.states import RESERVATION_TRANSITIONS
from tests.support.diagrams import arrows, drawn


def test_the_diagram_draws_the_table():
    assert drawn("inventory") == [arrows(RESERVATION_TRANSITIONS)]
