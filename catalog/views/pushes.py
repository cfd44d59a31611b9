"""What goes out to the shops: the work list, and the page of one push with everything to paste by hand (CAT-14)."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog import services
from catalog.forms.pushes import EvidenceForm, NumberForm
from catalog.models import ChannelPush, Rendition
from catalog.policies.fields import BY_CODE
from catalog.policies.pushes import is_current, may_be_sent_again
from catalog.selectors import pushes as selectors
from catalog.selectors.showing import Shown, missing_pictures, shown
from catalog.selectors.wording import role_label
from catalog.states import PushAction, PushState
from catalog.views.listing_rows import LISTING_AND_SHOP
from config.kit.web import Chip, Column, ListScreen, Preset, Tone, actor_of, domain_errors, page, require
from config.kit.web.downloads import download
from stores.models import Shop

SEE, CONFIRM = "catalog.view_listing", "catalog.confirm_display"
_TONES = {
    PushState.WAITING: Tone.INFO,
    PushState.BY_HAND: Tone.WARN,
    PushState.SENT: Tone.WARN,
    PushState.CONFIRMED: Tone.GOOD,
    PushState.REFUSED: Tone.BAD,
    PushState.SUPERSEDED: Tone.MUTED,
}
_MEMORY = 8 * 1024 * 1024  # bytes of a ZIP before it goes to a file


def state_chips(push: ChannelPush) -> list[Chip]:
    """Where it stands, and whether the shop shows something else."""
    chips = [Chip(push.get_state_display(), _TONES[PushState(push.state)], title=push.message)]
    if push.differences and push.state in (PushState.SENT, PushState.CONFIRMED):
        chips.append(Chip(gettext("differs"), Tone.BAD, "alert-triangle"))
    return chips


class PushFilter(django_filters.FilterSet):
    """By state, shop and what a person has to do."""

    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=PushState.choices)
    todo = django_filters.BooleanFilter(label=_("Needs a person"), method="only_work")
    differs = django_filters.BooleanFilter(label=_("Differs"), method="only_differing")
    shop = django_filters.ModelChoiceFilter(
        label=_("Shop"), field_name="listing__shop", queryset=Shop.objects.order_by("name")
    )

    class Meta:
        model = ChannelPush
        fields: tuple[str, ...] = ()

    def only_work(self, rows: QuerySet[ChannelPush], name: str, value: bool) -> QuerySet[ChannelPush]:
        """What waits for somebody, or the rest."""
        return rows.filter(selectors.needs_a_person()) if value else rows.exclude(selectors.needs_a_person())

    def only_differing(self, rows: QuerySet[ChannelPush], name: str, value: bool) -> QuerySet[ChannelPush]:
        """What the shop shows differently, or the rest."""
        return rows.filter(selectors.differs()) if value else rows.exclude(selectors.differs())


PUSHES = ListScreen(
    key="catalog.pushes",
    title=_("Out to the shops"),
    intro=_("Each published version on its way to its shop, with the evidence that shoppers see it."),
    permission=SEE,
    rows=selectors.pushes_for,
    columns=(
        *LISTING_AND_SHOP,
        Column("version", _("Version"), value=lambda row: str(row.snapshot)),
        Column("action", _("What"), value="get_action_display"),
        Column("state", _("State"), kind="chip", value=state_chips),
        Column("message", _("What happened"), value=lambda row: row.message[:160]),
        Column("channel", _("Channel"), value=lambda row: row.channel.code if row.channel else "", kind="code"),
        Column("attempts", _("Attempts"), kind="number"),
        Column("created_at", _("Published"), kind="datetime", order_by="created_at"),
        Column("ended_at", _("Confirmed"), kind="datetime", order_by="ended_at", shown=False),
        Column("owner", _("Owner"), value=lambda row: str(row.listing.owner or ""), shown=False),
    ),
    filters=PushFilter,
    search=("listing__title", "listing__remote_id"),
    search_hint=_("Title, platform's number"),
    row_url=lambda row: row.get_absolute_url(),
    presets=(
        Preset(_("Needs a person"), "todo=true"),
        Preset(_("To be done by hand"), "state=by_hand"),
        Preset(_("Refused"), "state=refused"),
        Preset(_("Differs"), "differs=true"),
    ),
    empty=_("What is published goes out to its shop from here."),
)


@require(SEE)
def push(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands; what to paste; the evidence."""
    return _push_page(request, _push(request, pk))


@require_POST
@require(CONFIRM)
def push_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody did it in the shop and gives the evidence."""
    found = _push(request, pk)
    form = _evidence_form(found, request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            services.confirm_by_hand(push_id=pk, actor=actor_of(request), now=timezone.now(), **form.evidence())
        if not outcome.failed:
            messages.success(request, gettext("Kept as evidence. Thank you."))
            return outcome.redirect(found)
    return _push_page(request, found, evidence=form)


@require_POST
@require(CONFIRM)
def push_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it again."""
    return _act(request, pk, services.retry_push, gettext("It is sent again within seconds."))


@require_POST
@require(CONFIRM)
def push_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Do by hand what the shop refuses."""
    return _act(request, pk, services.give_to_hand, gettext("Do it in the shop and give its address here."))


@require_POST
@require(CONFIRM)
def push_number(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the shop's number of the listing."""
    found = _push(request, pk)
    form = NumberForm(request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            services.set_remote_id(
                listing_id=found.listing_id, actor=actor_of(request), now=timezone.now(), **form.cleaned_data
            )
        if not outcome.failed:
            messages.success(request, gettext("The number is kept. Send it again now."))
            return outcome.redirect(found)
    return _push_page(request, found, number=form)


@require(SEE)
def push_pictures(request: HttpRequest, pk: int) -> FileResponse:
    """The pictures of the version as a ZIP, in their order."""
    found = _push(request, pk)
    pictures = shown(found.snapshot, found.listing.shop, listing_id=found.listing_id).pictures
    if not pictures:
        raise Http404
    files = Rendition.objects.in_bulk([one.rendition_id for one in pictures])
    archive = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115 (the response closes it)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for place, picture in enumerate(pictures, start=1):
            with files[picture.rendition_id].file.open("rb") as file:
                packed.writestr(f"{place:02}-{picture.role}.jpg", file.read())
    archive.seek(0)
    return download(archive, f"{found.listing_id}-{found.snapshot}.zip")


def _push(request: HttpRequest, pk: int) -> ChannelPush:
    return get_object_or_404(selectors.pushes_for(request.user), pk=pk)


def _act(request: HttpRequest, pk: int, act: Callable[..., Any], done: str) -> HttpResponse:
    found = _push(request, pk)
    with domain_errors(request) as outcome:
        act(push_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        messages.success(request, done)
    return outcome.redirect(found)


def _evidence_form(found: ChannelPush, data: Any = None) -> EvidenceForm:
    return EvidenceForm(data, needs_evidence=found.action == PushAction.PUBLISH)


def _push_page(
    request: HttpRequest,
    found: ChannelPush,
    *,
    evidence: EvidenceForm | None = None,
    number: NumberForm | None = None,
) -> HttpResponse:
    content = shown(found.snapshot, found.listing.shop, listing_id=found.listing_id)
    may = request.user.has_perm(CONFIRM)
    live = found.listing.live
    shows = found.action == PushAction.PUBLISH
    is_asked_for = is_current(PushAction(found.action), found.snapshot_id, live.snapshot_id if live else None)
    state = PushState(found.state)
    is_open = state in (PushState.BY_HAND, PushState.SENT)
    context = {
        "push": found,
        "listing": found.listing,
        "live": live,
        "chips": state_chips(found),
        "shows": shows,
        "parts": paste_parts(content) if shows else [],
        "content": content,
        "pictures": [{"picture": one, "role": role_label(one.role)} for one in content.pictures] if shows else [],
        "pictures_missing": missing_pictures(found.snapshot, content) if shows else 0,
        "is_by_hand": state == PushState.BY_HAND,
        "may_confirm": may and is_open,
        "may_retry": may and is_asked_for and may_be_sent_again(state, differs=bool(found.differences)),
        "may_hand": may and state in (PushState.REFUSED, PushState.WAITING),
        "may_number": may and found.channel_id is not None,
        "evidence": evidence or _evidence_form(found),
        "number": number or NumberForm(initial={"remote_id": found.listing.remote_id}),
        "others": [one for one in selectors.pushes_of(found.listing_id)[:10] if one.pk != found.pk],
    }
    return page(request, "catalog/pushes/push.html", context, form=evidence or number)


def paste_parts(content: Shown) -> list[dict[str, str]]:
    """The texts of a version in the order in which shops ask for them, each to be copied by itself."""
    prices = "\n".join(f"{one.sku}\t{one.name}\t{one.price:.2f}\t{one.weight_grams} g" for one in content.variants)
    parts = [
        ("title", str(BY_CODE["title"].label), content.title),
        ("slogan", str(BY_CODE["slogan"].label), content.slogan),
        ("brief", str(BY_CODE["brief"].label), content.brief),
        ("brand", str(BY_CODE["brand"].label), content.brand),
        ("category", str(BY_CODE["category"].label), content.category),
        *((f"block-{place}", label, text) for place, (label, text) in enumerate(content.blocks)),
        (
            "attributes",
            str(BY_CODE["attributes"].label),
            "\n".join(f"{name}: {value}" for name, value in content.attributes),
        ),
        ("variants", gettext("Variants with prices (%(currency)s)") % {"currency": content.currency}, prices),
        ("service", str(BY_CODE["service_text"].label), content.service_text),
    ]
    return [{"id": f"part-{code}", "label": label, "text": text} for code, label, text in parts if text.strip()]
