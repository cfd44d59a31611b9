"""Who does what with proposals, and which are within reach; any other is 404."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from stores.models import Proposal

FILE, DISCUSS, CARRY_OUT = "stores.file_proposal", "stores.discuss_proposal", "stores.carry_out_proposal"


def visible(request: HttpRequest, pk: int) -> Proposal:
    """A proposal that the person may read."""
    return get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)


def own(request: HttpRequest, pk: int) -> Proposal:
    """Somebody else's proposal is no address of mine, even where I may read it."""
    return get_object_or_404(Proposal, pk=pk, proposer=cast(int, request.user.pk))
