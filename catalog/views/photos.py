"""Pictures: those that wait for sign-off, those of one product, the shot list, and the files themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog import services
from catalog.forms.photos import AltForm, MoveForm, RoleForm
from catalog.forms.products import ReasonForm
from catalog.models import Photo, Product, Rendition, Shot
from catalog.policies.photo_rules import (
    Demand,
    StoredCheck,
    check_label,
    check_words,
    demand_words,
    failing_platforms,
    refusal_words,
)
from catalog.selectors.finding import products_matching
from catalog.selectors.photos import PhotoBook, photo_book, photo_list, photos_failing_on, photos_of
from catalog.selectors.shots import shot_list
from catalog.services.photos import UPLOAD_LIMIT, UploadOutcome
from catalog.services.shots import BEST_SELLER, MISSING, end_of_day
from catalog.states import PhotoRole, PhotoState, ShotState
from config.kit.actor import Actor
from config.kit.pictures import DEFAULT
from config.kit.pictures.reading import megabytes
from config.kit.web import (
    BulkAction,
    Chip,
    Column,
    ListScreen,
    Preset,
    Tone,
    actor_of,
    domain_errors,
    page,
    refuse,
    require,
)
from config.kit.web.tags import icon
from stores.models import Platform

SIGN, UPLOAD, SEE = "catalog.sign_off_photo", "catalog.upload_photo", "catalog.view_product"
ACCEPT = "image/jpeg,image/png,image/webp,.jpg,.jpeg,.png,.webp"
_TONES = {
    PhotoState.UPLOADED: Tone.NEUTRAL,
    PhotoState.CHECKED: Tone.INFO,
    PhotoState.APPROVED: Tone.GOOD,
    PhotoState.REFUSED: Tone.BAD,
    PhotoState.RETIRED: Tone.MUTED,
}
_SHOT_TONES = {
    ShotState.PLANNED: Tone.WARN,
    ShotState.TAKEN: Tone.INFO,
    ShotState.EDITED: Tone.INFO,
    ShotState.APPROVED: Tone.GOOD,
}
_SHOWN_GONE = 12  # refused and retired pictures of a role that its page shows


def file_address(photo: Photo, size: str) -> str:
    """Where a size of a picture is served."""
    return reverse("catalog:photo_file", args=[photo.pk, size])


def product_address(product_id: int, photo_id: int | None = None) -> str:
    """The page of a product's pictures, at one of them."""
    address = reverse("catalog:product_photos", args=[product_id])
    return f"{address}#photo-{photo_id}" if photo_id else address


def photo_chip(photo: Photo) -> Chip:
    """A picture's state as a coloured word."""
    return Chip(photo.get_state_display(), _TONES[PhotoState(photo.state)])


# --- the list of pictures


def _picture_cell(photo: Photo) -> SafeString:
    if not photo.width:
        return format_html('<span class="photo-none">{}</span>', icon("photo-off", gettext("no preview")))
    return format_html(
        '<a class="photo-thumb" href="{}"><img src="{}" alt="{}" loading="lazy"></a>',
        file_address(photo, "large"),
        file_address(photo, "list"),
        photo.alt or photo.file_name,
    )


def _size(photo: Photo) -> str:
    return f"{photo.width}\u00a0×\u00a0{photo.height}" if photo.width else ""


def _verdict(photo: Photo) -> list[Chip]:
    """Platforms that would not take it, and what a person should look at."""
    if photo.state == PhotoState.REFUSED:
        words = refusal_words(photo.facts, photo.problem)
        return [Chip(Truncator(words).chars(60), Tone.BAD, "hand-stop", words)]
    chips = []
    for code in failing_platforms(photo.checks):
        failed = [check for check in photo.checks if check["platform"] == code and _stops(check)]
        words = "; ".join(f"{check_label(check)}: {check_words(check)}" for check in failed)
        labels = ", ".join(check_label(check) for check in failed)
        place = failed[0]["platform_name"] or gettext("everywhere")
        chips.append(Chip(f"{place}: {labels}", Tone.BAD, "x", words))
    warned = {check["code"]: check for check in photo.checks if not check["ok"] and check["severity"] == "warn"}
    chips += [Chip(check_label(check), Tone.WARN, "eye", check_words(check)) for check in warned.values()]
    if not chips and photo.checks:
        return [Chip(gettext("meets every rule"), Tone.GOOD, "check")]
    return chips


def _stops(check: StoredCheck) -> bool:
    return not check["ok"] and check["severity"] == "block"


def _acts(photo: Any) -> SafeString | str:
    """Buttons of the form above the list; y and r press those of the row in focus."""
    if not photo.may_sign:
        return ""
    here = reverse("catalog:photo_list")
    return format_html(
        '<span class="photo-acts"><button class="btn btn-sm" type="submit" form="photo-acts" formaction="{}" data-shortcut="y" '
        'data-shortcut-label="{}">{}{}</button> <a class="btn btn-sm" href="{}?next={}" data-shortcut="r" '
        'data-shortcut-label="{}">{}{}</a></span>',
        reverse("catalog:photo_sign_off", args=[photo.pk]),
        gettext("Sign off the picture in focus"),
        icon("check"),
        gettext("Sign off"),
        reverse("catalog:photo_refuse", args=[photo.pk]),
        here,
        gettext("Refuse the picture in focus"),
        icon("x"),
        gettext("Refuse"),
    )


class PhotoFilter(django_filters.FilterSet):
    """State, role, the platform that would not take it, product."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=PhotoState.choices)
    role = django_filters.ChoiceFilter(label=_("Shows"), choices=PhotoRole.choices)
    failing = django_filters.ModelChoiceFilter(
        label=_("Not good enough for"),
        queryset=Platform.objects.order_by("name"),
        to_field_name="code",
        method="keep_failing",
    )
    product = django_filters.CharFilter(label=_("Product"), method="keep_product")

    class Meta:
        model = Photo
        fields = ["state", "role"]

    def keep_failing(self, rows: QuerySet[Photo], name: str, platform: Platform) -> QuerySet[Photo]:
        """Pictures that a platform would not take."""
        return photos_failing_on(rows, platform.code)

    def keep_product(self, rows: QuerySet[Photo], name: str, words: str) -> QuerySet[Photo]:
        """Pictures of products found by name or code."""
        return rows.filter(product__in=products_matching(Product.objects.all(), words.strip()))


def _matching(rows: QuerySet[Photo], words: str) -> QuerySet[Photo]:
    found = products_matching(Product.objects.all(), words)
    return rows.filter(Q(file_name__icontains=words) | Q(product__in=found))


PHOTOS = ListScreen(
    key="catalog.photos",
    title=_("Pictures"),
    permission=SEE,
    rows=photo_list,
    columns=(
        Column("picture", _("Picture"), value=_picture_cell, export=False),
        Column(
            "product",
            _("Product"),
            value="product.name",
            link=lambda photo: product_address(photo.product_id, photo.pk),
        ),
        Column("role", _("Shows"), value="get_role_display", order_by="role"),
        Column("state", _("State"), kind="chip", value=photo_chip, order_by="standing"),
        Column("verdict", _("Automatic checks"), kind="chip", value=_verdict),
        Column("size", _("Pixels"), value=_size, order_by="width"),
        Column("file_name", _("File"), shown=False),
        Column("uploaded_by", _("Uploaded by"), value=lambda photo: str(photo.uploaded_by or "")),
        Column("uploaded_at", _("Uploaded"), kind="datetime", order_by="uploaded_at"),
        Column("signed_off_by", _("Signed off by"), value=lambda photo: str(photo.signed_off_by or ""), shown=False),
        Column("signed_off_at", _("Signed off"), kind="datetime", order_by="signed_off_at", shown=False),
        Column("acts", _("Decision"), value=_acts, export=False),
    ),
    filters=PhotoFilter,
    search=_matching,
    search_hint=_("Product, SKU, file name"),
    ordering="standing",
    row_url=lambda photo: product_address(photo.product_id, photo.pk),
    presets=(
        Preset(_("Waiting for sign-off"), "state=checked"),
        Preset(_("Approved"), "state=approved"),
        Preset(_("Refused"), "state=refused"),
    ),
    template="catalog/photos/list.html",
    empty=_(
        "Pictures of products would be here: uploaded on the product's page, checked by the system, signed off by a person."
    ),
)


# --- the pictures of one product


@dataclass(slots=True)
class Fault:
    """A failed check, with the platforms that ask for it."""

    label: str
    words: str
    stops: bool
    places: list[str]


@dataclass(slots=True)
class Card:
    """A picture as the page shows it."""

    photo: Photo
    chip: Chip
    faults: list[Fault] = field(default_factory=list)
    passed: int = 0
    refusal: str = ""
    is_own: bool = False
    may_sign: bool = False
    may_refuse: bool = False
    may_retire: bool = False
    may_bring_back: bool = False
    may_edit: bool = False
    is_first: bool = False
    is_last: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has not seen it yet."""
        return self.photo.state == PhotoState.UPLOADED

    @property
    def stops(self) -> bool:
        """Whether some platform would not take it."""
        return any(fault.stops for fault in self.faults)


@dataclass(slots=True)
class Slot:
    """The pictures of one role: what is asked, what is there."""

    role: PhotoRole
    asks: list[tuple[str, str]]
    wanted: int
    approved: int
    waiting: int
    missing: int
    cards: list[Card]
    gone: list[Card]


def card_of(photo: Photo, checks: Sequence[StoredCheck], user: Any) -> Card:
    """What the page says and offers about a picture."""
    card = Card(photo, photo_chip(photo))
    card.faults, card.passed = _faults(checks)
    if photo.state == PhotoState.REFUSED:
        card.faults, card.passed, card.refusal = [], 0, refusal_words(photo.facts, photo.problem)
    card.is_own = photo.uploaded_by_id is not None and photo.uploaded_by_id == user.pk
    signs, uploads = user.has_perm(SIGN), user.has_perm(UPLOAD)
    card.may_sign = signs and photo.state == PhotoState.CHECKED and not card.is_own
    card.may_refuse = photo.state == PhotoState.CHECKED and (signs or (uploads and card.is_own))
    card.may_retire = signs and photo.state == PhotoState.APPROVED
    card.may_bring_back = signs and photo.state == PhotoState.RETIRED
    card.may_edit = uploads and photo.state not in (PhotoState.REFUSED, PhotoState.RETIRED)
    return card


def _faults(checks: Sequence[StoredCheck]) -> tuple[list[Fault], int]:
    faults: dict[tuple[str, ...], Fault] = {}
    passed = 0
    for check in checks:
        if check["ok"]:
            passed += 1
            continue
        stops = _stops(check)
        key = (check["code"], check["expected"], check["found"], str(stops))
        fault = faults.setdefault(key, Fault(check_label(check), check_words(check), stops, []))
        if check["platform_name"]:
            fault.places.append(check["platform_name"])
    return sorted(faults.values(), key=lambda fault: not fault.stops), passed


def _slots(product: Product, user: Any) -> tuple[list[Slot], PhotoBook]:
    book = photo_book([product.pk])
    photos = list(photos_of(product.pk))
    approved: dict[str, int] = {}
    for photo in photos:
        if photo.state == PhotoState.APPROVED:
            approved[photo.role] = approved.get(photo.role, 0) + 1
    missing, wanted = book.missing(product, approved), book.wanted(product)
    asked = [(place.name, book.asked(product.category_id, place)) for place in book.places(product.pk)]
    slots = []
    for role in PhotoRole:
        cards = [card_of(photo, book.checks(photo, product), user) for photo in photos if photo.role == role]
        shown = [card for card in cards if card.photo.state not in (PhotoState.REFUSED, PhotoState.RETIRED)]
        if shown:
            shown[0].is_first = shown[-1].is_last = True
        gone = [card for card in reversed(cards) if card not in shown]
        slots.append(
            Slot(
                role=role,
                asks=_asks(role, asked),
                wanted=wanted.get(role, 0),
                approved=approved.get(role, 0),
                waiting=sum(card.photo.state in (PhotoState.UPLOADED, PhotoState.CHECKED) for card in shown),
                missing=missing.get(role, 0),
                cards=shown,
                gone=gone[:_SHOWN_GONE],
            )
        )
    return slots, book


def _asks(role: PhotoRole, asked: Sequence[tuple[str, dict[str, Demand]]]) -> list[tuple[str, str]]:
    """What is asked of a role, each once with the names of the platforms that ask it."""
    places: dict[str, list[str]] = {}
    for name, demands in asked:
        if role in demands and (words := demand_words(demands[role])):
            places.setdefault(words, []).append(name)
    return [(words, gettext(", ").join(filter(None, names))) for words, names in places.items()]


def show_product_photos(request: HttpRequest, product: Product, outcomes: Sequence[UploadOutcome] = ()) -> HttpResponse:
    """The page; after an upload of which something was refused it says what became of each file, with 422."""
    slots, book = _slots(product, request.user)
    context = {
        "product": product,
        "slots": slots,
        "missing": [slot for slot in slots if slot.missing],
        "places": [place.name for place in book.places(product.pk) if place.name],
        "may_upload": request.user.has_perm(UPLOAD),
        "outcomes": outcomes,
        "accept": ACCEPT,
        "upload_limit": UPLOAD_LIMIT,
        "weight_limit": megabytes(DEFAULT.max_bytes),
    }
    return page(request, "catalog/photos/product.html", context, status=422 if outcomes else 200)


@require(SEE)
def product_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """A product's pictures by role: what each platform asks, what is missing, and the checks in words."""
    return show_product_photos(request, get_object_or_404(Product, pk=pk))


@require(UPLOAD)
@require_POST
def photo_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in pictures of one role; each file is judged by itself."""
    product = get_object_or_404(Product, pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404  # the page's forms name the role; whoever sends another has made the request by hand
    outcomes: list[UploadOutcome] = []
    with domain_errors(request) as outcome:
        outcomes = services.upload_photos(
            product_id=pk,
            role=form.cleaned_data["role"],
            files=request.FILES.getlist("files"),
            actor=actor_of(request),
            now=timezone.now(),
        )
    if outcome.error is not None:
        return show_product_photos(request, product, [UploadOutcome("", error=outcome.error)])
    if any(one.error for one in outcomes):
        return show_product_photos(request, product, outcomes)
    text = ngettext(
        "%(count)d picture was taken in; it is being checked.",
        "%(count)d pictures were taken in; they are being checked.",
        len(outcomes),
    )
    messages.success(request, text % {"count": len(outcomes)})
    last = outcomes[-1].photo
    return outcome.redirect(product_address(pk, last.pk if last else None))


@require(SEE)
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One picture: its card for HTMX (the page asks while the worker reads it), else its place on the product's page."""
    found = get_object_or_404(Photo.objects.select_related("product", "uploaded_by", "signed_off_by"), pk=pk)
    if not getattr(request, "htmx", False):
        return redirect(product_address(found.product_id, pk))
    card = card_of(found, photo_book([found.product_id]).checks(found, found.product), request.user)
    return page(request, "catalog/photos/card.html", {"card": card})


@require(SIGN)
@require_POST
def photo_sign_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a picture is professional."""
    found = get_object_or_404(Photo, pk=pk)
    with domain_errors(request) as outcome:
        found = services.sign_off_photo(photo_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        _tell_signed(request, found)
    return outcome.redirect(_back(request, found))


def _tell_signed(request: HttpRequest, found: Photo) -> None:
    if places := failing_platforms(found.checks):
        names = {check["platform"]: check["platform_name"] or gettext("every platform") for check in found.checks}
        text = gettext("“%(file)s” is signed off. It stays out of %(platforms)s: it does not meet the rules there.")
        platforms = gettext(", ").join(names[code] for code in places)
        messages.warning(request, text % {"file": found.file_name, "platforms": platforms})
    else:
        messages.success(request, gettext("“%(file)s” is signed off.") % {"file": found.file_name})


@require(UPLOAD)
def photo_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a picture back with the reason; one's own can be taken back by whoever uploaded it."""
    found = get_object_or_404(Photo.objects.select_related("product"), pk=pk)
    if not request.user.has_perm(SIGN) and found.uploaded_by_id != request.user.pk:
        return refuse(request, SIGN)
    return _with_reason(
        request,
        found,
        services.refuse_photo,
        title=gettext("Refuse the picture"),
        explain=gettext(
            "Whoever uploaded it reads the reason. The role counts as missing until another picture is there."
        ),
        done=gettext("The picture is refused."),
    )


@require(SIGN)
def photo_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an approved picture out of use."""
    return _with_reason(
        request,
        get_object_or_404(Photo.objects.select_related("product"), pk=pk),
        services.retire_photo,
        title=gettext("Retire the picture"),
        explain=gettext(
            "New versions of listings do not show it any more, and what waits for approval with it goes back to its author. "
            "Shoppers see what is live until then."
        ),
        done=gettext("The picture is retired."),
    )


def _with_reason(request: HttpRequest, found: Photo, act: Any, *, title: str, explain: str, done: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            act(photo_id=found.pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, done)
            return outcome.redirect(_back(request, found))
    context = {
        "photo": found,
        "form": form,
        "title": title,
        "explain": explain,
        "next": _next(request),
        "back": _back(request, found),
    }
    return page(request, "catalog/photos/act.html", context, form=form)


@require(SIGN)
@require_POST
def photo_bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Use a retired picture again."""
    found = get_object_or_404(Photo, pk=pk)
    with domain_errors(request) as outcome:
        services.bring_back_photo(photo_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        messages.success(request, gettext("The picture is in use again."))
    return outcome.redirect(product_address(found.product_id, pk))


@require(UPLOAD)
@require_POST
def photo_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a picture one place earlier or later within its role."""
    found = get_object_or_404(Photo, pk=pk)
    form = MoveForm(request.POST)
    with domain_errors(request) as outcome:
        if form.is_valid():
            services.order_photos(
                product_id=found.product_id,
                photo_ids=_moved(found, up=form.cleaned_data["to"] == "up"),
                actor=actor_of(request),
                now=timezone.now(),
            )
    return outcome.redirect(product_address(found.product_id, pk))


def _moved(found: Photo, *, up: bool) -> list[int]:
    rows = photos_of(found.product_id).filter(role=found.role)
    ids = list(rows.exclude(state__in=(PhotoState.REFUSED, PhotoState.RETIRED)).values_list("pk", flat=True))
    if found.pk in ids:
        at = ids.index(found.pk)
        other = at - 1 if up else at + 1
        if 0 <= other < len(ids):
            ids[at], ids[other] = ids[other], ids[at]
    return ids


@require(UPLOAD)
@require_POST
def photo_describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what a picture shows for those who cannot see it."""
    found = get_object_or_404(Photo, pk=pk)
    form = AltForm(request.POST)
    with domain_errors(request) as outcome:
        if form.is_valid():
            services.describe_photo(
                photo_id=pk, alt=form.cleaned_data["alt"], actor=actor_of(request), now=timezone.now()
            )
            messages.success(request, gettext("The description is saved."))
        else:
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return outcome.redirect(product_address(found.product_id, pk))


def _next(request: HttpRequest) -> str:
    """Where the person came from, when that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""


def _back(request: HttpRequest, found: Photo) -> str:
    return _next(request) or product_address(found.product_id, found.pk)


@require(SEE)
def photo_file(request: HttpRequest, pk: int, size: str) -> HttpResponseBase:
    """A cleaned copy of a picture. What was uploaded is never served."""
    rendition = get_object_or_404(Rendition, photo=pk, name=size)
    try:
        file = rendition.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    # The bytes are ours: renditions are written as JPEG, whatever came in. They never change under this address.
    response = FileResponse(file, content_type="image/jpeg", filename=f"photo-{pk}-{rendition.name}.jpg")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


# --- the shot list


_REASONS = {BEST_SELLER: _("best seller"), MISSING: _("role is missing")}


def shot_chip(shot: Shot) -> Chip:
    """A shot's state as a coloured word."""
    return Chip(shot.get_state_display(), _SHOT_TONES[ShotState(shot.state)])


def _take(*, pk: int, actor: Actor, reason: str) -> None:
    services.move_shot(shot_id=pk, state=ShotState.TAKEN, actor=actor, now=timezone.now())


def _edit(*, pk: int, actor: Actor, reason: str) -> None:
    services.move_shot(shot_id=pk, state=ShotState.EDITED, actor=actor, now=timezone.now())


class ShotFilter(django_filters.FilterSet):
    """State and role."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=ShotState.choices)
    role = django_filters.ChoiceFilter(label=_("Shows"), choices=PhotoRole.choices)
    reason = django_filters.ChoiceFilter(label=_("Why"), choices=list(_REASONS.items()))

    class Meta:
        model = Shot
        fields = ["state", "role", "reason"]


def _shots_matching(rows: QuerySet[Shot], words: str) -> QuerySet[Shot]:
    return rows.filter(product__in=products_matching(Product.objects.all(), words))


def shot_address(shot: Shot) -> str:
    """Where the picture is uploaded: the role on the page of its product's pictures."""
    return f"{reverse('catalog:product_photos', args=[shot.product_id])}#role-{shot.role}"


SHOTS = ListScreen(
    key="catalog.shots",
    title=_("Shot list"),
    permission=SEE,
    rows=shot_list,
    columns=(
        Column("rank", _("Sales rank"), kind="number", order_by="rank"),
        Column("product", _("Product"), value="product.name", link=shot_address),
        Column("role", _("Shows"), value="get_role_display", order_by="role"),
        Column("state", _("State"), kind="chip", value=shot_chip, order_by="state"),
        Column("reason", _("Why"), value=lambda shot: str(_REASONS.get(shot.reason, shot.reason))),
        Column(
            "due",
            _("Due"),
            kind="clock",
            value=lambda shot: None if shot.state == ShotState.APPROVED else end_of_day(shot.due_on),
            order_by="due_on",
        ),
        Column("owner", _("Owner"), value=lambda shot: str(shot.owner or ""), shown=False),
        Column("changed_at", _("Changed"), kind="datetime", order_by="changed_at"),
    ),
    filters=ShotFilter,
    search=_shots_matching,
    search_hint=_("Product, SKU"),
    ordering="rank",
    row_url=shot_address,
    presets=(
        Preset(_("To be taken"), "state=planned"),
        Preset(_("Picture taken"), "state=taken"),
        Preset(_("Picture edited"), "state=edited"),
        Preset(_("Approved"), "state=approved"),
    ),
    bulk=(
        BulkAction(
            "take",
            _("Picture taken"),
            run=_take,
            permission=UPLOAD,
            icon="camera",
            needs_reason=False,
            explain=_("Planned shots become taken. An upload does this by itself."),
        ),
        BulkAction(
            "edit",
            _("Picture edited"),
            run=_edit,
            permission=UPLOAD,
            icon="wand",
            needs_reason=False,
            explain=_("Taken shots become edited. They are approved when their picture is signed off."),
        ),
    ),
    intro=_("Made every hour from sales rank and missing roles: best sellers first, due the next day."),
    empty=_("Pictures that are still missing would be here, best sellers first."),
)


@require(SEE)
def shot(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a shot leads: to the slot that it fills."""
    return redirect(shot_address(get_object_or_404(Shot, pk=pk)))
