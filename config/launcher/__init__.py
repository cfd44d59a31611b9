"""Runs Zhanggui on a machine that has only Python: database, broker, web, worker and beat as one tree of processes.

Only the standard library is used here, because all this happens before Django can be configured. Production does not
come through here: with DATABASE_URL and REDIS_URL set, `services_for_command` does nothing.
"""

from config.launcher.errors import LauncherError
from config.launcher.services import Throwaway, services_for_command, start_throwaway, throwaway_services

__all__ = ["LauncherError", "Throwaway", "services_for_command", "start_throwaway", "throwaway_services"]
