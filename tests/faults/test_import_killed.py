"""Processes killed with -9 in the middle of the intake: nothing is lost, nothing happens twice.

IMPORT_FAULT_ORDERS sets the size of the files (default 5,000; fewer for a short look).
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from config.launcher import ports
from config.launcher.processes import wait_until
from tests.support.mail import Post, mail_server
from tests.support.system import System, own_system

ORDERS = int(os.environ.get("IMPORT_FAULT_ORDERS", "5000"))
BAD_ORDERS, MAILS_EVERY = 3, 10  # as tests.faults.scenario writes them
MADE = "SELECT order_count FROM orders_importrun WHERE id = %s"
pytestmark = pytest.mark.xdist_group("import_killed")


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, post: Post) -> Iterator[System]:
    with own_system(tmp_path_factory.mktemp("system")) as made:
        made.more["EMAIL_URL"] = f"smtp://127.0.0.1:{post.port}"
        made.more["FAULTS_SECRET"] = made.run("-m", "tests.faults.scenario", "found")
        yield made


def upload(system: System, mark: str) -> int:
    return int(system.run("-m", "tests.faults.scenario", "upload", mark, str(ORDERS), str(system.folder)))


def start_work(system: System, run_id: int) -> subprocess.Popen[bytes]:
    return system.start("-m", "tests.faults.scenario", "work", str(run_id), name="work")


def start_sender(system: System) -> subprocess.Popen[bytes]:
    return system.start("-m", "tests.faults.scenario", "send", name="send")


def in_the_middle(system: System, run_id: int, mark: str) -> AbstractContextManager[None]:
    """The worker stands in the middle of a chunk: its orders are written, its rows are not settled, nothing of it is committed."""
    key = f"{mark}-{ORDERS * 6 // 10:05}"
    return system.somebody_waits_for(
        "SELECT id FROM orders_importrow WHERE run_id = %s AND group_key = %s AND state = 'pending'", run_id, key
    )


def require_half_done(system: System, run_id: int) -> None:
    """Some chunks are committed, and nothing of the one that was interrupted."""
    made = system.number(MADE, run_id)
    assert 0 < made < ORDERS - BAD_ORDERS
    assert system.number("SELECT count(*) FROM orders_order WHERE import_run_id = %s", run_id) == made


def finish(system: System, run_id: int) -> None:
    """What happens after the restart: the sweeps go on."""
    system.run("-m", "tests.faults.scenario", "work", str(run_id))
    system.run("-m", "tests.faults.scenario", "tidy")


def require_complete(system: System, run_id: int, mark: str, post: Post) -> None:
    """Every row is an order line or in quarantine, once; figures, stock and mails agree."""
    good = ORDERS - BAD_ORDERS
    [run] = system.ask(
        "SELECT state, row_count, order_count, order_line_count, cancellation_line_count, quarantined_count, duplicate_count"
        " FROM orders_importrun WHERE id = %s",
        run_id,
    )
    assert run == ("done", ORDERS * 2, good, good * 2, 0, BAD_ORDERS * 2, 0)
    rows = system.ask(
        "SELECT r.state, count(*), count(DISTINCT r.order_line_id), count(l.id), bool_and(r.problem <> '') FROM orders_importrow r"
        " LEFT JOIN orders_orderline l ON l.id = r.order_line_id WHERE r.run_id = %s GROUP BY 1 ORDER BY 1",
        run_id,
    )
    assert rows == [("done", good * 2, good * 2, good * 2, False), ("quarantined", BAD_ORDERS * 2, 0, 0, True)]
    orders = "SELECT id FROM orders_order WHERE import_run_id = %s"
    assert system.number(f"SELECT count(*) FROM ({orders}) o", run_id) == good
    assert system.number(f"SELECT count(*) FROM orders_orderline WHERE order_id IN ({orders})", run_id) == good * 2
    about = f"subject_type = 'orders.order' AND subject_id IN ({orders})"
    assert (
        system.number(f"SELECT count(*) FROM approvals_trailentry WHERE action = 'orders.taken' AND {about}", run_id)
        == good
    )
    assert system.number(f"SELECT count(*) FROM customers_message WHERE {about}", run_id) == len(
        range(0, good, MAILS_EVERY)
    )
    require_stock_agrees(system)
    require_mails_once(system, post, mark)


def require_stock_agrees(system: System) -> None:
    wrong = system.ask(
        "SELECT l.id, l.on_hand, l.reserved FROM inventory_stocklevel l"
        " WHERE l.on_hand <> (SELECT sum(on_hand_delta) FROM inventory_stockmovement m WHERE m.variant_id = l.variant_id)"
        " OR l.reserved <> (SELECT sum(reserved_delta) FROM inventory_stockmovement m WHERE m.variant_id = l.variant_id)"
        " OR l.reserved <> (SELECT coalesce(sum(r.quantity), 0) FROM inventory_reservation r"
        " WHERE r.level_id = l.id AND r.state = 'held')"
    )
    assert wrong == []
    assert system.number("SELECT sum(reserved) FROM inventory_stocklevel") > 0


def require_mails_once(system: System, post: Post, mark: str) -> None:
    """No mail twice; each message is sent, or its outcome is unknown and a person decides."""
    states = dict(
        system.ask("SELECT state, count(*) FROM customers_message WHERE recipient LIKE %s GROUP BY 1", f"{mark}%")
    )
    arrived = Counter(address for address in post.recipients if address.startswith(mark))
    assert set(arrived.values()) == {1}
    assert set(states) <= {"sent", "unconfirmed"}
    assert states["sent"] <= len(arrived) <= sum(states.values())


def test_worker_and_sender_killed_in_the_middle(system: System, post: Post) -> None:
    run_id = upload(system, "worker")
    worker, sender = start_work(system, run_id), start_sender(system)
    with in_the_middle(system, run_id, "worker"):
        system.kill(worker)
        system.kill(sender)
    require_half_done(system, run_id)

    finish(system, run_id)
    require_complete(system, run_id, "worker", post)


def test_database_killed_in_the_middle(system: System, post: Post) -> None:
    run_id = upload(system, "database")
    worker, sender = start_work(system, run_id), start_sender(system)
    with in_the_middle(system, run_id, "database"):
        system.kill_server("postgres")
        assert worker.wait(30) != 0
    system.restart_server("postgres")
    require_half_done(system, run_id)
    system.kill(sender)

    finish(system, run_id)
    require_complete(system, run_id, "database", post)


def test_broker_killed_in_the_middle(system: System, post: Post) -> None:
    run_id = upload(system, "broker")
    worker = system.start(
        "-m", "celery", "-A", "config.celery", "worker", "--concurrency", "1", "--without-mingle", name="celery"
    )
    wake = "from config.celery import app; app.send_task('orders.sweep_imports')"
    system.run("-c", wake)
    with in_the_middle(system, run_id, "broker"):
        system.kill_server("valkey")
    system.restart_server("valkey")
    system.run("-c", wake)
    system.wait_for("SELECT 1 FROM orders_importrun WHERE id = %s AND state = 'done'", run_id, seconds=90)
    system.kill(worker)

    finish(system, run_id)
    require_complete(system, run_id, "broker", post)


def start_web(system: System, port: int) -> subprocess.Popen[bytes]:
    web = system.start(
        "-m",
        "gunicorn",
        "-c",
        "python:config.gunicorn",
        name="web",
        PORT=str(port),
        ZHANGGUI_PROCESS="web",
        WEB_CONCURRENCY="1",
    )

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
                return True
        except OSError:
            return False

    assert wait_until(answers, seconds=60)
    return web


def send_order(system: System, port: int, number: int) -> int:
    """The status of the answer; 0 when nobody answered."""
    order = {
        "external_id": f"web-{number}",
        "placed_at": "2026-03-10T09:00:00+08:00",
        "paid_at": "2026-03-10T09:01:00+08:00",
        "lines": [{"seller_code": "F-1", "title": "Cup", "quantity": 1, "unit_price": "9.90"}],
        "buyer": {"name": "王小明", "email": f"web{number}@example.com"},
        "recipient": {"name": "王小明", "phone": "13800138000", "street": "文三路 1 号"},
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/orders",
        json.dumps(order).encode(),
        {"Content-Type": "application/json", "X-Api-Key": system.more["FAULTS_SECRET"]},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_web_killed_in_the_middle_and_every_client_sends_again(system: System, post: Post) -> None:
    port, amount = ports.free_port(), 60
    made = "SELECT count(*) FROM orders_order WHERE starts_with(external_id, 'web-')"
    web = start_web(system, port)
    with ThreadPoolExecutor(4) as clients:
        first = [clients.submit(send_order, system, port, number) for number in range(amount)]
        system.wait_for(f"SELECT 1 WHERE ({made}) >= 5")
        system.kill(web)
        statuses = Counter(one.result() for one in first)
    assert set(statuses) == {201, 0}

    web = start_web(system, port)
    with ThreadPoolExecutor(4) as clients:
        again = Counter(clients.map(lambda number: send_order(system, port, number), range(amount)))
    system.kill(web)
    assert set(again) <= {201, 200}
    # Some orders may have been made though the answer did not get through; none was promised and lost.
    assert again[200] >= statuses[201]

    system.run("-m", "tests.faults.scenario", "tidy")
    assert system.number(made) == amount
    assert system.ask("SELECT DISTINCT state FROM orders_rawinput WHERE source = 'api'") == [("done",)]
    require_stock_agrees(system)
    require_mails_once(system, post, "web")


def test_import_that_is_not_killed_proves_that_the_tests_above_kill_one(system: System, post: Post) -> None:
    run_id = upload(system, "calm")
    worker = start_work(system, run_id)
    assert worker.wait(120) == 0
    system.run("-m", "tests.faults.scenario", "tidy")
    require_complete(system, run_id, "calm", post)
