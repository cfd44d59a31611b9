#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it uses (or starts) the embedded database and broker."""

import os
import sys


def main() -> None:
    """Run one management command against the environment's services, or the embedded ones."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import launcher

    with launcher.services_for_command(sys.argv):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
