"""What listing plans refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class PlanLinesRefused(DomainError):
    """Pasted lines with errors; none was taken."""

    code = "plan_lines_refused"
    message = _("%(count)d of the lines cannot be read; none was taken.")
    remedy = _("Correct the lines that are marked and check again.")
    status = 422


class PlanIsClosed(DomainError):
    """A plan that is closed."""

    code = "plan_closed"
    message = _("“%(plan)s” is closed.")
    remedy = _("Make a new plan.")
