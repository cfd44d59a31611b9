"""Lines and texts that people enter about pages, zones and proposals: what nobody sees is refused, and so is emptiness.

The one home of that check for this app: a title of invisible characters would be a row that nobody can open.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from approvals.errors import TextIsTooLong
from approvals.policies import texts
from config.kit.errors import InvalidInput
from stores.errors import HiddenCharacters

_EMPTY = _("Write something here.")


def written_line(value: str, *, field: str, limit: int, empty: str | Promise = _EMPTY, required: bool = True) -> str:
    """One line as it is stored, of at most `limit` characters.

    Raises HiddenCharacters, TextIsTooLong, and InvalidInput with `empty` for a required line without anything to see, each at
    `field`.
    """
    _require_size(value, field=field)
    if hidden := texts.hidden_characters(value):
        raise HiddenCharacters(field=field, characters=", ".join(dict.fromkeys(one.label for one in hidden)))
    line = texts.clean_line(value)
    if required and not line:
        raise InvalidInput(field=field, problem=empty)
    if len(line) > limit:
        raise TextIsTooLong(field=field, length=len(line), limit=limit)
    return line


def written_text(value: str, *, field: str, empty: str | Promise = _EMPTY, required: bool = True) -> str:
    """Several lines as they are stored. What is pasted may hold invisible characters, which are taken out as in descriptions.

    Raises InvalidInput with `empty` for a required text without anything to see, and TextIsTooLong, each at `field`.
    """
    _require_size(value, field=field)
    text = texts.clean_text(value).strip()
    if required and not text:
        raise InvalidInput(field=field, problem=empty)
    return text


def is_blank(value: str) -> bool:
    """Whether there is nothing to see in a text: a reason of invisible characters is none."""
    return not texts.clean_line(value[: texts.MAX_TEXT])


def _require_size(value: str, *, field: str) -> None:
    """Raises TextIsTooLong at `field` for more than anybody writes."""
    if len(value) > texts.MAX_TEXT:
        raise TextIsTooLong(field=field, length=len(value), limit=texts.MAX_TEXT)
