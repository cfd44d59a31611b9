"""Free ports on the loopback address."""

import random
import socket

from config.launcher.errors import LauncherError

LOOPBACK = "127.0.0.1"
# Below the range of outgoing connections, so that a server that died finds its own port free again.
RANGE = range(20000, 32000)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """True when a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """A free port on 127.0.0.1; the preferred one when it is free.

    Raises LauncherError when a hundred tries find none.
    """
    if preferred is not None and is_free(preferred):
        return preferred
    for port in random.sample(RANGE, 100):
        if is_free(port):
            return port
    raise LauncherError("no free port on 127.0.0.1 was found.")
