"""What customers see of a parcel: behind a signed link, without a sign-in, without personal data beyond need."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from config.kit.web import mask_name, page, public
from orders.models import Parcel, TrackingEvent
from orders.selectors import tracking
from orders.states import ParcelState
from orders.tokens import read_tracking_token

LANGUAGES = ("zh-hans", "en")
STEPS = (
    (ParcelState.HANDED_OVER, frozenset({ParcelState.HANDED_OVER})),
    (ParcelState.IN_TRANSIT, frozenset({ParcelState.COLLECTED, ParcelState.IN_TRANSIT, ParcelState.CUSTOMS})),
    (ParcelState.OUT_FOR_DELIVERY, frozenset({ParcelState.OUT_FOR_DELIVERY, ParcelState.AT_PICKUP_POINT})),
    (ParcelState.SIGNED, frozenset({ParcelState.SIGNED, ParcelState.SIGNED_BY_OTHER})),
)


@public
def track(request: HttpRequest, token: str) -> HttpResponse:
    """Where the parcel is. In the browser's language, or in that of `?lang=`. Anything but our own signature is 404."""
    parcel_id = read_tracking_token(token)
    parcel = Parcel.objects.select_related("order__shop", "courier").filter(pk=parcel_id).first() if parcel_id else None
    if parcel is None:
        raise Http404
    wanted = request.GET.get("lang", "").lower()
    language = "zh-hans" if wanted.startswith("zh") else wanted
    # The page's own language switch comes back to this address: without ?lang=, or it would switch nothing.
    request.META["QUERY_STRING"] = ""
    with translation.override(language if language in LANGUAGES else translation.get_language()):
        response = _page(request, parcel)
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page(request: HttpRequest, parcel: Parcel) -> HttpResponse:
    state = ParcelState(parcel.state)
    position = next((number for number, (_label, states) in enumerate(STEPS) if state in states), None)
    context = {
        "parcel": parcel,
        "state": state,
        "shop": parcel.order.shop.name,
        "recipient": mask_name(parcel.order.recipient_name),
        "city": str(parcel.order.address.get("city", "")),
        "events": [_without_names(event, parcel) for event in tracking.journey(parcel.pk)],
        "steps": [
            {"label": label.label, "is_past": position is not None and number <= position}
            for number, (label, _states) in enumerate(STEPS)
        ],
        "is_on_the_way": position is not None,
    }
    return page(request, "orders/public/track.html", context)


def _without_names(event: TrackingEvent, parcel: Parcel) -> TrackingEvent:
    event.text = tracking.without_names(event.text, parcel.order)
    return event
