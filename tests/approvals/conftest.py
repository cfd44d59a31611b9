"""What the kernel's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from approvals.services import forget_content_rules, forget_rules


@pytest.fixture(autouse=True)
def fresh_rules() -> Iterator[None]:
    """A rule that a test changed goes with its transaction; what this process remembers of it must go too."""
    forget_rules()
    forget_content_rules()
    yield
    forget_rules()
    forget_content_rules()


@pytest.fixture
def media(settings: LazySettings, tmp_path: Path) -> None:
    """Files that a test makes go with it."""
    settings.MEDIA_ROOT = tmp_path / "media"
