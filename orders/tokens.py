"""Signed links that customers open without signing in."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

# A salt of its own: a token of another page is worth nothing here.
_TRACKING = Signer(salt="orders.public.tracking", sep="~")


def tracking_token(parcel_id: int) -> str:
    """The token of a parcel's public page."""
    return _TRACKING.sign(str(parcel_id))


def read_tracking_token(token: str) -> int | None:
    """The parcel of a token; None when nobody here has signed it."""
    try:
        return int(_TRACKING.unsign(token))
    except (BadSignature, ValueError):
        return None


def tracking_address(parcel_id: int) -> str:
    """The path of a parcel's public page."""
    return reverse("parcel_track", args=[tracking_token(parcel_id)])
