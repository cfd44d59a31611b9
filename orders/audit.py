"""What the trail may say about orders; the sentences stand on the order's timeline."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, TrailAction, subjects, trail_actions

for _code, _sentence, _kind in (
    ("orders.taken", _("order taken in"), "system"),
    ("orders.entered", _("order entered by hand"), "people"),
    ("orders.changed_by_channel", _("the channel sent a change"), "customer"),
    ("orders.paid", _("payment reported"), "money"),
    ("orders.refund_reported", _("the channel reported a refund"), "money"),
    ("orders.held", _("order held"), "people"),
    ("orders.released", _("hold released"), "people"),
    ("orders.stock_reserved", _("stock reserved"), "system"),
    ("orders.lines_mapped", _("seller code mapped"), "people"),
    ("orders.cancelled", _("order cancelled"), "people"),
    ("orders.flagged", _("order flagged"), "system"),
    ("orders.noted", _("note written"), "people"),
    ("orders.personal_data_revealed", _("personal data revealed"), "people"),
    ("orders.wave_joined", _("put into a wave"), "parcel"),
    ("orders.wave_left", _("taken out of the wave"), "parcel"),
    ("orders.wave_picked", _("wave picked"), "parcel"),
    ("orders.short_picked", _("not found at picking"), "parcel"),
    ("orders.packed", _("parcel packed"), "parcel"),
    ("orders.unpacked", _("parcel unpacked"), "parcel"),
    ("orders.handed_over", _("handed to the courier"), "parcel"),
    ("orders.delivered", _("order delivered"), "parcel"),
    ("orders.parcel_moved", _("parcel moved"), "parcel"),
    ("orders.printed", _("paper printed"), "parcel"),
    ("orders.wave_built", _("wave built"), "parcel"),
    ("orders.import_started", _("import started"), "people"),
    ("orders.import_finished", _("import finished"), "system"),
    ("orders.input_corrected", _("raw input corrected"), "people"),
    ("orders.input_replayed", _("raw input run again"), "people"),
    ("orders.input_refused", _("callback refused"), "system"),
):
    trail_actions.register(_code, TrailAction(_sentence, kind=_kind))

subjects.register("orders.order", SubjectKind(_("order"), "orders:order_detail", "orders.view_order"))
subjects.register("orders.wave", SubjectKind(_("wave"), "orders:wave_detail", "orders.pick_order"))
subjects.register("orders.parcel", SubjectKind(_("parcel"), "orders:parcel_detail", "orders.view_order"))
subjects.register("orders.importrun", SubjectKind(_("import"), "orders:import_detail", "orders.view_importrun"))
subjects.register("orders.rawinput", SubjectKind(_("raw input"), "orders:input_detail", "orders.view_rawinput"))
