"""One order of two lines a call, over HTTP: our API beside the control, in turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from config.launcher import ports
from config.launcher.processes import wait_until
from tests.bench.company import Company, body

CLIENTS = 8
_SERVERS = {"A": "config.settings", "C": "tests.bench.control_settings"}


def measure(company: Company, folder: Path, *, rounds: int, calls: int) -> tuple[float, float, float]:
    """Orders per second of our API and of the control (medians), and the median of the rounds' ratios."""
    rates: dict[str, list[float]] = {mark: [] for mark in _SERVERS}
    with _gunicorn(_SERVERS["A"], folder / "api") as api, _gunicorn(_SERVERS["C"], folder / "control") as control:
        ports_of = {"A": api, "C": control}
        for number in range(rounds + 1):
            for mark in ("A", "C") if number % 2 else ("C", "A"):
                bodies = [json.dumps(body(company, number * calls + call, mark)).encode() for call in range(calls)]
                rate = _orders_per_second(ports_of[mark], company.secret, bodies)
                if number:  # the first round warms up
                    rates[mark].append(rate)
    ratios = [ours / theirs for ours, theirs in zip(rates["A"], rates["C"], strict=True)]
    return median(rates["A"]), median(rates["C"]), median(ratios)


def _orders_per_second(port: int, secret: str, bodies: list[bytes]) -> float:
    with ThreadPoolExecutor(CLIENTS) as pool:
        started = time.perf_counter()
        list(pool.map(lambda share: _client(port, secret, share), [bodies[start::CLIENTS] for start in range(CLIENTS)]))
        return len(bodies) / (time.perf_counter() - started)


def _client(port: int, secret: str, bodies: list[bytes]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json", "X-Api-Key": secret}
    for one in bodies:
        connection.request("POST", "/api/v1/orders", one, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201 or json.loads(text)["status"] != "ready":
            raise RuntimeError(f"{answer.status}: {text[:400]!r}")
    connection.close()


@contextmanager
def _gunicorn(settings: str, folder: Path) -> Iterator[int]:
    """A web server as production runs it: two processes of eight threads; yields its port."""
    metrics, port = folder / "metrics", ports.free_port()
    metrics.mkdir(parents=True)
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": settings,
        "ZHANGGUI_PROCESS": "web",
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    with (folder / "log").open("wb") as log:
        argv = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"]
        server = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
    try:
        if not wait_until(lambda: server.poll() is not None or _listens(port), seconds=60) or server.poll() is not None:
            raise RuntimeError((folder / "log").read_text()[-4000:])
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _listens(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
