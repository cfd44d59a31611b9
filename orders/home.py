"""What orders put on the home page."""

from django.utils.translation import gettext_lazy as _

from stores.registries import HOME_PANELS, HomePanel

HOME_PANELS.register(
    "orders.desk",
    HomePanel(
        _("Orders in work"),
        "orders:desk_panel",
        "shopping-cart",
        permission="orders.view_order",
        order=10,
        more_url_name="orders:order_list",
    ),
)
HOME_PANELS.register(
    "orders.bench",
    HomePanel(
        _("At the bench"),
        "orders:bench_panel",
        "package",
        permission="orders.pick_order",
        order=5,
        more_url_name="orders:wave_board",
    ),
)
