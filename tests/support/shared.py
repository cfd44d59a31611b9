"""Input from outside the project: present beside a developer's checkout, absent in a lone clone."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared_file(name: str) -> Path:
    """A file of ../shared/data. Skips the test, and says so, in a clone that stands alone."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not beside this clone")
    return path
