"""Addresses of shops, their pages and the proposals to change them."""

from django.urls import URLPattern, path

from stores.views import proposals

app_name = "stores"

urlpatterns: list[URLPattern] = [
    path("proposals/", proposals.PROPOSALS.as_view(), name="proposal_list"),
    path("proposals/new/", proposals.proposal_new, name="proposal_new"),
    path("proposals/panel/", proposals.panel, name="proposal_panel"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<int:pk>/revise/", proposals.proposal_revise, name="proposal_revise"),
    path("proposals/<int:pk>/withdraw/", proposals.proposal_withdraw, name="proposal_withdraw"),
    path("proposals/<int:pk>/discuss/", proposals.proposal_discuss, name="proposal_discuss"),
    path("proposals/<int:pk>/send/", proposals.proposal_send, name="proposal_send"),
    path("proposals/<int:pk>/orders/new/", proposals.proposal_order_new, name="proposal_order_new"),
    path("proposals/<int:pk>/evidence/", proposals.proposal_evidence, name="proposal_evidence"),
    path("proposals/<int:pk>/close/", proposals.proposal_close, name="proposal_close"),
    path("proposals/orders/<int:pk>/", proposals.proposal_order, name="proposal_order"),
    path("proposals/files/<int:pk>/", proposals.proposal_file, name="proposal_file"),
]
