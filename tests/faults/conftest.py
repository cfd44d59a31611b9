"""What tests with kills need of the database."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _emptied_after_each(lets_itself_be_emptied: None) -> None:
    """Every test here is followed by a flush."""
