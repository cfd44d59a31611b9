"""What can be wrong with a value that is written into the content of a listing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class UnknownContentField(DomainError):
    """A listing has no such field."""

    code = "unknown_content_field"
    message = _("A listing has no field “%(name)s”.")
    status = 422


class UnknownPart(DomainError):
    """A SKU, block, attribute, category, group or picture that does not exist, or not for this product."""

    code = "unknown_part"
    message = _("%(name)s: “%(part)s” is not known for this product.")
    remedy = _("Nothing was saved.")
    status = 422


class ValueRefused(DomainError):
    """A value of another kind than its field holds."""

    code = "value_refused"
    message = _("%(name)s: %(problem)s")
    status = 422


class HiddenCharacters(DomainError):
    """A title with characters that nobody sees or that turn the direction of reading."""

    code = "hidden_characters"
    message = _("%(name)s holds characters that nobody sees: %(characters)s.")
    remedy = _("Type it again instead of pasting it; nothing was saved.")
    status = 422
