"""The diagram in the README is the transition table."""

from catalog.states import PRODUCT_TRANSITIONS
from tests.support.diagrams import arrows, drawn


def test_the_diagram_draws_the_table():
    assert drawn("catalog") == [arrows(PRODUCT_TRANSITIONS)]
