"""Settings of the control site: the same middleware, database and processes; only the URL map differs."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.control"
