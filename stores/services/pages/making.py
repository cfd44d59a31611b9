"""The page itself: made, called, owned, and from what it must differ. Nothing of it is live by that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from approvals import services as approvals
from config.kit.actor import Actor
from stores.errors import AddressTaken, MainPageDoesNotFit, OnePagePerKind, ReasonMissing
from stores.models import Page, Shop
from stores.policies.lines import is_blank, written_line
from stores.services.pages._rows import lock_page, tell
from stores.states import PageKind


@transaction.atomic
def create_page(
    *,
    shop_id: int,
    kind: str,
    slug: str,
    name: str,
    actor: Actor,
    now: datetime,
    owner_id: int | None = None,
    main_page_id: int | None = None,
    must_differ: Sequence[str] = (),
) -> Page:
    """Make a page without any content; nothing is live of it.

    Locks the shop. Raises AddressTaken, OnePagePerKind, MainPageDoesNotFit, HiddenCharacters.
    """
    shop = Shop.objects.select_for_update(of=("self",)).get(pk=shop_id)
    if (other := Page.objects.filter(shop=shop, slug=slug).first()) is not None:
        raise AddressTaken(name=other.name, slug=slug, field="slug")
    if kind in (PageKind.HOME, PageKind.SIGN):
        other = Page.objects.filter(shop=shop, kind=kind).first()
        if other is not None:
            raise OnePagePerKind(shop=shop.name, kind=PageKind(kind).label, name=other.name, field="kind")
    page = Page(
        shop=shop,
        kind=kind,
        slug=slug,
        name=written_line(name, field="name", limit=120),
        owner_id=owner_id,
        main_page_id=_fitting_main_page(shop, kind, main_page_id),
        must_differ=_keys(must_differ) if main_page_id else [],
        created_at=now,
    )
    page.save(force_insert=True)
    tell("stores.page_created", page, actor, now, changes={"name": [None, page.name], "address": [None, slug]})
    return page


@transaction.atomic
def change_page(
    *,
    page_id: int,
    name: str,
    owner_id: int | None,
    main_page_id: int | None,
    must_differ: Sequence[str],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Page:
    """Change what a page is called inside the house, who answers for it, and from what it must differ. Nothing live changes.

    Locks the page. Raises ReasonMissing, MainPageDoesNotFit.
    """
    if is_blank(reason):
        raise ReasonMissing(field="reason")
    page = lock_page(page_id)
    before = _settings(page)
    page.name = written_line(name, field="name", limit=120)
    page.owner_id = owner_id
    page.main_page_id = _fitting_main_page(page.shop, page.kind, main_page_id)
    page.must_differ = _keys(must_differ) if main_page_id else []
    page.save(update_fields=["name", "owner", "main_page", "must_differ"])
    changes = approvals.changed(before, _settings(page))
    if changes:
        tell("stores.page_settings_changed", page, actor, now, reason=reason, changes=changes)
    return page


def _fitting_main_page(shop: Shop, kind: str, main_page_id: int | None) -> int | None:
    if main_page_id is None:
        return None
    main = Page.objects.select_related("shop").get(pk=main_page_id)
    if main.kind != kind or main.shop_id != shop.main_shop_id:
        raise MainPageDoesNotFit(main=str(main), kind=PageKind(kind).label, shop=shop.name, field="main_page")
    return main.pk


def _keys(must_differ: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(key.strip()[:40] for key in must_differ if key.strip()))


def _settings(page: Page) -> dict[str, Any]:
    return {
        "name": page.name,
        "owner": page.owner_id,
        "inherits_from": page.main_page_id,
        "must_differ": list(page.must_differ),
    }
