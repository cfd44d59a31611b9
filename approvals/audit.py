"""What the trail may say about the kernel itself and about the admin."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import TrailAction, trail_actions

trail_actions.register("backoffice.added", TrailAction(_("added in the admin")))
trail_actions.register("backoffice.changed", TrailAction(_("changed in the admin")))
trail_actions.register("backoffice.deleted", TrailAction(_("deleted in the admin")))
