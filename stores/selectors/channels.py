"""Secrets of channels: read from the environment, never from a row."""

from __future__ import annotations

import hashlib
import hmac
import os

from django.conf import settings


def channel_secrets(code: str) -> list[str]:
    """Secrets with which a channel's callbacks may be signed: several while one is rotated, none when not set up.

    `CHANNEL_SECRET_<CODE>` holds them, separated by commas. The demo derives one, so that callbacks can be tried.
    """
    name = f"CHANNEL_SECRET_{code.upper().replace('-', '_')}"
    secrets = [secret.strip() for secret in os.environ.get(name, "").split(",") if secret.strip()]
    if not secrets and settings.DEMO:
        return [demo_channel_secret(code)]
    return secrets


def channel_keys(code: str) -> list[str]:
    """Keys with which we publish to a channel's shop system ("consumer_key:consumer_secret"), the newest first.

    `CHANNEL_KEY_<CODE>` holds them, separated by commas: several while one is rotated. The demo has none.
    """
    name = f"CHANNEL_KEY_{code.upper().replace('-', '_')}"
    return [key.strip() for key in os.environ.get(name, "").split(",") if key.strip()]


def demo_channel_secret(code: str) -> str:
    """The secret that the demo company shares with its pretended platforms; different for every installation."""
    return hmac.new(settings.SECRET_KEY.encode(), f"channel:{code}".encode(), hashlib.sha256).hexdigest()
