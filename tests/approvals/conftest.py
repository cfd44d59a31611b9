"""What the kernel's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from approvals.services import forget_content_rules, forget_rules


@pytest.fixture(autouse=True)
def fresh_rules() -> Iterator[None]:
    """A rule that a test changed goes with its transaction; what this process remembers of it must go too."""
    forget_rules()
    forget_content_rules()
    yield
    forget_rules()
    forget_content_rules()
