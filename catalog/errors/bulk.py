"""What can be wrong with changes of many listings at once: files, formulas, cells."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class TableUnreadable(DomainError):
    """A file that is no table which could be read."""

    code = "table_unreadable"
    message = _("The table cannot be read: %(problem)s")
    remedy = _("Nothing was stored. Save it as “CSV UTF-8” or .xlsx and upload it again.")
    status = 422


class FormulaRefused(DomainError):
    """A cell begins with a sign and holds no calculation that is understood."""

    code = "formula_refused"
    message = _("“%(formula)s” is no calculation that gives a price.")
    remedy = _("Write =x*0.9, or a share or an amount to add or to take off; x is the price of now.")
    status = 422


class NothingToChange(DomainError):
    """Cells that all say what is there already."""

    code = "nothing_to_change"
    message = _("Nothing of it differs from what is there.")
    status = 422


class ChangesRefused(DomainError):
    """Some of many changes cannot be made, so none is. `refused` lists them."""

    code = "changes_refused"
    message = _("%(count)s cells cannot be changed, so nothing was changed: %(list)s")
    remedy = _("Look at them again, and leave them out or correct them.")
    status = 422
