"""Where the screens of orders stand in the side navigation."""

from django.utils.translation import gettext_lazy as _

from config.kit.web import Section, nav

nav("orders.orders", section=Section.SERVICE, label=_("Orders"), url_name="orders:order_list", icon="shopping-cart",
    permission="orders.view_order", order=10, shortcut="g o")  # fmt: skip
nav("orders.new", section=Section.SERVICE, label=_("New order"), url_name="orders:order_new", icon="shopping-cart-plus",
    permission="orders.take_order", order=20)  # fmt: skip
nav("orders.imports", section=Section.LEDGER, label=_("Import desk"), url_name="orders:import_list", icon="file-import",
    permission="orders.view_importrun", order=10, shortcut="g i")  # fmt: skip
nav("orders.inputs", section=Section.LEDGER, label=_("Raw inputs"), url_name="orders:input_list", icon="inbox",
    permission="orders.view_rawinput", order=20)  # fmt: skip
nav("orders.waves", section=Section.WAREHOUSE, label=_("Waves"), url_name="orders:wave_board", icon="route",
    permission="orders.pick_order", order=10, shortcut="g w")  # fmt: skip
nav("orders.pack", section=Section.WAREHOUSE, label=_("Pack bench"), url_name="orders:pack_start", icon="package",
    permission="orders.pick_order", order=20, shortcut="g k")  # fmt: skip
nav("orders.handover", section=Section.WAREHOUSE, label=_("Hand over"), url_name="orders:handover_board", icon="truck-delivery",
    permission="orders.hand_over_parcel", order=30, shortcut="g v")  # fmt: skip
nav("orders.parcels", section=Section.WAREHOUSE, label=_("Parcels"), url_name="orders:parcel_list", icon="packages",
    permission="orders.view_order", order=40)  # fmt: skip
