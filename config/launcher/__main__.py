"""`python -m config.launcher serve` is script/server; `… throwaway -- COMMAND` runs a command on throwaway services."""

import argparse
import os
import subprocess
import sys

from config.launcher import LauncherError, messages, server, steps, throwaway_services


def main() -> int:
    """Read the command line and do it; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m config.launcher", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run database, broker, web, worker and beat until Ctrl-C")
    serve.add_argument(
        "--skip-static", action="store_true", help="leave browser libraries and static files as they are"
    )
    commands.add_parser(
        "prepare", help="fetch the browser libraries and compile the translations, where they are stale"
    )
    commands.add_parser("messages", help="compile the translations")
    throwaway = commands.add_parser("throwaway", help="run a command on a database and a broker that vanish afterwards")
    throwaway.add_argument("argv", nargs="+", metavar="COMMAND")
    options = parser.parse_args()
    if options.command == "serve":
        return server.serve(skip_static=options.skip_static)
    if options.command == "messages":
        messages.compile_all()
        return 0
    try:
        if options.command == "prepare":
            steps.prepare_files(os.environ, say=server.say)
            return 0
        with throwaway_services() as words:
            env = {**os.environ, **words, "SECRET_KEY": "only-for-a-throwaway-" + "x" * 40}
            return subprocess.run(options.argv, env=env, check=False).returncode
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
