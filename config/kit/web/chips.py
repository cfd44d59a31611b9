"""A fact as a small coloured word. The colour repeats what the word says; it never says it alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString


class Tone(StrEnum):
    """What a colour means, the same on every screen."""

    NEUTRAL = "neutral"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Chip:
    """One fact: its word, what its colour means, a Tabler icon name, and a title for the hover (time and person)."""

    text: str | Promise
    tone: str = Tone.NEUTRAL
    icon: str = ""
    title: str | Promise = ""

    def __str__(self) -> SafeString:
        # `{{ chip }}` asks for str(): like Django's forms, a chip prints itself. Its bare word is `text`.
        return self.__html__()

    def __html__(self) -> SafeString:
        icon = format_html('<i class="ti ti-{}" aria-hidden="true"></i>', self.icon) if self.icon else ""
        title = format_html(' title="{}"', self.title) if self.title else ""
        return format_html('<span class="chip chip-{}"{}>{}{}</span>', Tone(self.tone), title, icon, self.text)
