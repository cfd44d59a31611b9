"""What the launcher says when it cannot go on: one line, meant for the person at the terminal."""


class LauncherError(Exception):
    """Something outside the program has to change first; the message says what, in one line."""


class Interrupted(BaseException):
    """The person (or the system) asked the launcher to stop while it was waiting for something."""
