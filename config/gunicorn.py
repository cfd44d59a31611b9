"""How gunicorn serves the web, in script/server and in the container alike: `gunicorn -c python:config.gunicorn`."""

import os
from typing import Any

wsgi_app = "config.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
_host, _port = os.environ.get("WEB_HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
bind = f"{_host}:{_port}"
timeout = 60
graceful_timeout = 10
# The socket would lie in the home folder, where every gunicorn of the account would meet.
control_socket_disable = True


def child_exit(server: Any, worker: Any) -> None:
    """Take a worker that has ended out of the shared figures of /metrics."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
