"""Real threads on the real database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def run_concurrently(n: int, fn: Callable[[int], T]) -> list[T | Exception]:
    """Call `fn(0) … fn(n - 1)` in n threads that start together. Returns each one's result, or the exception it raised.

    Needs `@pytest.mark.django_db(transaction=True)`: threads see only what is committed.
    """
    together = threading.Barrier(n, timeout=30)

    def run(number: int) -> T | Exception:
        try:
            together.wait()
            return fn(number)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=n) as pool:
        return list(pool.map(run, range(n)))
