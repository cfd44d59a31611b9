"""What a customer can be found by. Whoever writes a customer's name or identities stores these tokens with it."""

from __future__ import annotations

from collections.abc import Iterable

from config.kit.search import tokens


def customer_tokens(name: str, identity_values: Iterable[str] = ()) -> list[str]:
    """Tokens of the name and of every identity: two Chinese characters, pinyin, a phone's last figures, a mail address find."""
    return tokens(name, *identity_values)
