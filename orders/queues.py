"""What waits in orders, for the system page."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import Queue, queues
from orders.selectors.counts import inputs_waiting, quarantine_waiting

queues.register("orders.inputs", Queue(_("Raw inputs to work off"), inputs_waiting))
queues.register("orders.quarantine", Queue(_("Inputs and rows in quarantine"), quarantine_waiting))
