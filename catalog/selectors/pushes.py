"""Reads of pushes: what goes out, where to, and the list of what people have to do."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max, Q, QuerySet

from catalog.delivery import ChannelTarget, OutgoingListing, OutgoingPicture, OutgoingVariant
from catalog.models import ChannelPush, Listing
from catalog.selectors.showing import shown
from catalog.states import PushAction, PushState
from stores.models import Channel
from stores.selectors import channel_keys, channel_secrets
from stores.states import ChannelKind

_KINDS = {ChannelKind.WOOCOMMERCE: "woocommerce", ChannelKind.WEBHOOK: "generic"}


def pushes_for(user: Any) -> QuerySet[ChannelPush]:
    """Pushes of the shops that the person works for, with everything that the list shows."""
    rows = ChannelPush.objects.filter(listing__in=Listing.objects.visible_to(user))
    return rows.select_related(
        "listing__shop", "listing__product", "listing__owner", "channel", "snapshot", "done_by", "listing__live"
    )


def needs_a_person() -> Q:
    """By hand, refused, or shown differently from what was approved."""
    return Q(state__in=(PushState.BY_HAND, PushState.REFUSED)) | differs()


def differs() -> Q:
    """Current pushes whose shop shows something else."""
    return (
        Q(state__in=(PushState.SENT, PushState.CONFIRMED))
        & ~Q(differences=[])
        & Q(listing__live__snapshot=F("snapshot"))
    )


def outgoing(push: ChannelPush) -> OutgoingListing:
    """The push's version as plain data for its channel."""
    listing = push.listing
    content = shown(push.snapshot, listing.shop, listing_id=listing.pk)
    variants = _variant_numbers(push)
    return OutgoingListing(
        listing_id=listing.pk,
        remote_id=_remote_id(push),
        snapshot_number=push.snapshot.number,
        content_hash=push.snapshot.content_hash,
        is_visible=push.action == PushAction.PUBLISH,
        title=content.title,
        brief=content.brief,
        slogan=content.slogan,
        blocks=content.blocks,
        service_text=content.service_text,
        category=content.category,
        attributes=content.attributes,
        currency=content.currency,
        variants=tuple(
            OutgoingVariant(one.sku, variants.get(one.sku, ""), one.price, one.name, one.weight_grams, one.barcode)
            for one in content.variants
        ),
        pictures=tuple(OutgoingPicture(one.url, one.role, one.sha256, one.alt) for one in content.pictures),
    )


def target_of(channel: Channel) -> ChannelTarget:
    """Where to and with which keys: WooCommerce's own key, or the secret that both sides of the webhook share."""
    kind = _KINDS[ChannelKind(channel.kind)]
    secrets = channel_keys(channel.code) if kind == "woocommerce" else channel_secrets(channel.code)
    return ChannelTarget(kind, channel.api_address, tuple(secrets))  # type: ignore[arg-type]


def push_of(pk: int) -> ChannelPush:
    """A push with everything that `outgoing` reads."""
    return ChannelPush.objects.select_related("listing__shop", "listing__live", "snapshot", "channel").get(pk=pk)


def pushes_of(listing_id: int) -> QuerySet[ChannelPush]:
    """How a listing came to its shop, the newest first."""
    rows = ChannelPush.objects.filter(listing=listing_id).select_related("channel", "snapshot", "done_by")
    return rows.order_by("-id")


def _remote_id(push: ChannelPush) -> str:
    """The listing's own number in its shop's first channel, which people can correct; in others what they answered last."""
    first = Channel.objects.filter(shop=push.listing.shop_id, is_active=True, kind__in=_KINDS).exclude(api_address="")
    if push.channel_id == first.order_by("pk").values_list("pk", flat=True).first():
        return push.listing.remote_id
    return str(_last_proof(push, "remote_id") or "")


def _variant_numbers(push: ChannelPush) -> dict[str, str]:
    return dict(_last_proof(push, "variants") or {})


def _last_proof(push: ChannelPush, name: str) -> Any:
    rows = ChannelPush.objects.filter(listing=push.listing_id, channel=push.channel_id, proof__has_key=name)
    newest = rows.aggregate(newest=Max("pk"))["newest"]
    return ChannelPush.objects.values_list("proof", flat=True).get(pk=newest)[name] if newest else None
