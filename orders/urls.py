"""Addresses of orders."""

from django.urls import path

from orders.views import home, papers
from orders.views.bench import handover, packing, parcels, picking, waves
from orders.views.desk import actions, entry, imports, inputs, orders, panel

app_name = "orders"

urlpatterns = [
    # desk
    path("", orders.ORDERS.as_view(), name="order_list"),
    path("home/desk/", home.desk_panel, name="desk_panel"),
    path("home/bench/", home.bench_panel, name="bench_panel"),
    path("new/", entry.order_new, name="order_new"),
    path("new/goods/", entry.order_new_goods, name="order_new_goods"),
    path("<int:pk>/", orders.order_detail, name="order_detail"),
    path("<int:pk>/hold/", actions.order_hold, name="order_hold"),
    path("<int:pk>/release/", actions.order_release, name="order_release"),
    path("<int:pk>/cancel/", actions.order_cancel, name="order_cancel"),
    path("<int:pk>/map/", actions.order_map, name="order_map"),
    path("<int:pk>/notes/", actions.order_note, name="order_note"),
    path("<int:pk>/reveal/", actions.order_reveal, name="order_reveal"),
    path("customers/<int:pk>/", panel.customer_panel, name="customer_panel"),
    path("imports/", imports.IMPORTS.as_view(), name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/begin/", imports.import_begin, name="import_begin"),
    path("imports/<int:pk>/rerun/", imports.import_rerun, name="import_rerun"),
    path("imports/rows/", imports.IMPORT_ROWS.as_view(), name="import_row_list"),
    path("imports/rows/<int:pk>/", imports.import_row, name="import_row"),
    path("imports/rows/<int:pk>/correct/", imports.import_row_correct, name="import_row_correct"),
    path("imports/rows/<int:pk>/aside/", imports.import_row_aside, name="import_row_aside"),
    path("inputs/", inputs.INPUTS.as_view(), name="input_list"),
    path("inputs/<int:pk>/", inputs.input_detail, name="input_detail"),
    path("inputs/<int:pk>/reveal/", inputs.input_reveal, name="input_reveal"),
    path("inputs/<int:pk>/correct/", inputs.input_correct, name="input_correct"),
    path("inputs/<int:pk>/replay/", inputs.input_replay, name="input_replay"),
    path("inputs/<int:pk>/aside/", inputs.input_aside, name="input_aside"),
    # bench
    path("waves/", waves.wave_board, name="wave_board"),
    path("waves/build/", waves.wave_build, name="wave_build"),
    path("waves/<int:pk>/", waves.wave_detail, name="wave_detail"),
    path("waves/<int:pk>/papers/", papers.wave_paper, name="wave_paper"),
    path("waves/<int:pk>/pick/", picking.wave_pick, name="wave_pick"),
    path("waves/<int:pk>/pick/scan/", picking.wave_pick_scan, name="wave_pick_scan"),
    path("waves/<int:pk>/pick/take/", picking.wave_pick_take, name="wave_pick_take"),
    path("waves/<int:pk>/pick/short/", picking.wave_pick_short, name="wave_pick_short"),
    path("waves/leave/<int:pk>/", waves.wave_leave, name="wave_leave"),
    path("pack/", packing.pack_start, name="pack_start"),
    path("pack/<int:pk>/", packing.pack_parcel, name="pack_parcel"),
    path("pack/<int:pk>/scan/", packing.pack_scan, name="pack_scan"),
    path("pack/<int:pk>/notes/", packing.pack_notes, name="pack_notes"),
    path("pack/<int:pk>/open/", packing.pack_open_again, name="pack_open_again"),
    path("pack/<int:pk>/paper/", papers.note_paper, name="note_paper"),
    path("hand-over/", handover.handover_board, name="handover_board"),
    path("hand-over/<int:location>/<int:courier>/", handover.handover_bag, name="handover_bag"),
    path("hand-over/<int:location>/<int:courier>/scan/", handover.handover_scan, name="handover_scan"),
    path("hand-over/<int:location>/<int:courier>/finish/", handover.handover_finish, name="handover_finish"),
    path("hand-over/take-out/<int:pk>/", handover.handover_take_out, name="handover_take_out"),
    path("parcels/", parcels.PARCELS.as_view(), name="parcel_list"),
    path("parcels/<int:pk>/", parcels.parcel_detail, name="parcel_detail"),
]
