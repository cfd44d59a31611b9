"""What tests of customers may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.mail import Post, mail_server


@pytest.fixture
def post() -> Iterator[Post]:
    """A real mail server; see tests/support/mail.py."""
    with mail_server() as running:
        yield running
