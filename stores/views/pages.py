"""Pages of shops: boards, lists, the page's own screen and its editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals import services as approvals
from approvals.errors import NotReady
from approvals.models import Snapshot
from approvals.registries import Finding
from approvals.selectors.trail import sentence_of, trail_of
from config.kit.web import (
    Chip,
    Column,
    HeaderAction,
    ListScreen,
    Preset,
    Tone,
    actor_of,
    domain_errors,
    page,
    require,
)
from stores import services
from stores.forms.pages import (
    PageForm,
    PageHeadForm,
    PageSettingsForm,
    PictureForm,
    ReasonForm,
    modules_of,
    moment,
    rearranged,
    warned_of,
)
from stores.models import Layout, Page, PagePicture, PageRevision, Shop, Zone
from stores.policies.contents import live_fields, page_content
from stores.policies.modules import (
    KINDS_ON_PAGE,
    MODULES,
    FieldType,
    ModuleField,
    input_from_rich,
    read_modules,
    texts_of,
)
from stores.registries import PAGE_SOURCES, Choice
from stores.selectors import pages as selectors
from stores.selectors.page_checks import page_findings
from stores.selectors.storefront import PRODUCTS, storefront_path
from stores.states import ModuleKind, PageKind, PageRevisionState
from stores.views.storefront import framed

_STATE_TONES = {
    PageRevisionState.DRAFT: Tone.NEUTRAL,
    PageRevisionState.IN_REVIEW: Tone.INFO,
    PageRevisionState.APPROVED: Tone.INFO,
    PageRevisionState.PUBLISHED: Tone.GOOD,
    PageRevisionState.DISCARDED: Tone.MUTED,
}


def revision_chip(revision: PageRevision) -> Chip:
    """A draft's state as a coloured word."""
    return Chip(revision.get_state_display(), _STATE_TONES[PageRevisionState(revision.state)])


def timeline_of(subject_type: str, pk: int) -> list[dict[str, Any]]:
    """What happened to a subject, the newest first, as the timeline component takes it."""
    entries = sorted(trail_of(subject_type, pk), key=lambda entry: (entry.at, entry.pk), reverse=True)[:60]
    return [
        {
            "at": entry.at,
            "who": entry.actor_label,
            "text": sentence_of(entry.action),
            "reason": entry.reason,
            "changes": entry.changes,
            "kind": "system" if entry.actor_kind == "system" else "people",
        }
        for entry in entries
    ]


def live_chip(subject: Page) -> Chip:
    """Whether shoppers see the page."""
    live = subject.live
    if live is None:
        return Chip(gettext("never published"), Tone.MUTED)
    if live.snapshot is None:
        return Chip(gettext("taken down"), Tone.BAD, title=live.taken_down_reason)
    return Chip(gettext("live, version %(number)d") % {"number": live.snapshot.number}, Tone.GOOD)


def _drafts(subject: Page) -> list[Chip]:
    revisions: Sequence[PageRevision] = subject.open_revisions  # type: ignore[attr-defined]
    return [revision_chip(revision) for revision in revisions]


class PageFilter(django_filters.FilterSet):
    """Shop and kind."""

    shop = django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=PageKind.choices)

    class Meta:
        model = Page
        fields = ["shop", "kind"]


PAGES = ListScreen(
    key="stores.pages",
    title=_("Shop pages"),
    permission="stores.view_page",
    rows=selectors.page_rows,
    columns=(
        Column("name", _("Name"), order_by="name", link=lambda one: one.get_absolute_url()),
        Column("shop", _("Shop"), value=lambda one: str(one.shop)),
        Column("kind", _("Kind"), value=lambda one: one.get_kind_display()),
        Column("live", _("Shoppers see"), kind="chip", value=live_chip),
        Column("drafts", _("Under way"), kind="chip", value=_drafts),
        Column("ends_at", _("Ends"), kind="datetime", order_by="ends_at"),
        Column("owner", _("Owner"), value=lambda one: str(one.owner or "")),
        Column("slug", _("Address"), kind="code", shown=False),
    ),
    filters=PageFilter,
    search=("name", "slug"),
    search_hint=_("Name or address"),
    ordering="name",
    row_url=lambda one: one.get_absolute_url(),
    presets=(
        Preset(_("Promotion zones' library"), "kind=zone"),
        Preset(_("Signs"), "kind=sign"),
        Preset(_("Promotions"), "kind=promotion"),
    ),
    actions=(HeaderAction(_("New page"), "stores:page_new", "stores.edit_page", shortcut="n"),),
    empty=_("Home pages, sub-pages, signs and promotion pages of your shops would be here."),
)


# --- boards


@require("stores.view_page")
def shop_boards(request: HttpRequest) -> HttpResponse:
    """All shops: sign, pages, zones; what is missing stands out, and who owes it until when."""
    shops = list(Shop.objects.visible_to(request.user).filter(is_active=True).order_by("name", "pk"))
    now = timezone.now()
    ids = [shop.pk for shop in shops]
    context = {
        "boards": selectors.boards(shops, now),
        "without_sign": selectors.shops_without_sign(now, ids),
        "older": selectors.pages_on_older_layouts(ids),
        "now": now,
    }
    return page(request, "stores/pages/boards.html", context)


@require("stores.view_page")
def shop_board(request: HttpRequest, pk: int) -> HttpResponse:
    """One shop: sign, pages with their drafts, sub-pages against the main shop's, zones."""
    shop = get_object_or_404(Shop.objects.visible_to(request.user).select_related("main_shop"), pk=pk)
    now = timezone.now()
    board = selectors.boards([shop], now)[0]
    context = {
        "board": board,
        "shop": shop,
        "without_sign": selectors.shops_without_sign(now, [pk]),
        "now": now,
        "mall": reverse("stores:storefront", args=[shop.code]) if board.has_home else "",
    }
    return page(request, "stores/pages/board.html", context)


# --- one page


@require("stores.view_page")
def page_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is live of a page, what is proposed, what it was before, what happened."""
    subject = _page(request, pk)
    content = live_fields(subject)
    open_revisions = subject.revisions.filter(state__in=selectors.OPEN_REVISIONS).select_related("request", "author")
    context = {
        "subject": subject,
        "chip": live_chip(subject),
        "revisions": [(one, revision_chip(one)) for one in open_revisions.order_by("-number")],
        "versions": list(selectors.versions_of(selectors.PAGE, pk)),
        "beside": selectors.beside_main(subject, content) if content else None,
        "mall": storefront_path(subject) if content and subject.kind != PageKind.ZONE else "",
        "timeline": timeline_of(selectors.PAGE, pk),
        "bookings": subject.bookings.select_related("zone").order_by("-starts_at")[:20],
    }
    return page(request, "stores/pages/page.html", context)


@require("stores.edit_page")
def page_new(request: HttpRequest) -> HttpResponse:
    """Make a page."""
    form = PageForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        made: list[Page] = []
        with domain_errors(request, form) as outcome:
            data = form.cleaned_data
            made.append(
                services.create_page(
                    shop_id=data["shop"].pk,
                    kind=data["kind"],
                    slug=data["slug"],
                    name=data["name"],
                    owner_id=data["owner"].pk if data["owner"] else None,
                    main_page_id=data["main_page"].pk if data["main_page"] else None,
                    must_differ=data["must_differ"],
                    actor=actor_of(request),
                    now=timezone.now(),
                )
            )
        if not outcome.failed:
            messages.success(request, gettext("The page is made; shoppers see nothing of it yet. Begin its draft."))
            return outcome.redirect("stores:page", made[0].pk)
    return page(
        request, "stores/pages/act.html", _act(gettext("New page"), reverse("stores:page_list"), form), form=form
    )


@require("stores.edit_page")
def page_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, owner and inheritance of a page."""
    subject = _page(request, pk)
    initial = {
        "name": subject.name,
        "owner": subject.owner_id,
        "main_page": subject.main_page_id,
        "must_differ": ", ".join(subject.must_differ),
    }
    form = PageSettingsForm(request.POST or None, page=subject, initial=initial)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            data = form.cleaned_data
            services.change_page(
                page_id=pk,
                name=data["name"],
                owner_id=data["owner"].pk if data["owner"] else None,
                main_page_id=data["main_page"].pk if data["main_page"] else None,
                must_differ=data["must_differ"],
                reason=data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, gettext("Kept. Nothing that shoppers see has changed."))
            return outcome.redirect("stores:page", pk)
    context = _act(gettext("Settings of the page"), subject.get_absolute_url(), form, subtitle=str(subject))
    return page(request, "stores/pages/act.html", context, form=form)


@require("stores.take_down_page")
def page_take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a page down at once."""
    subject = _page(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.take_down_page(page_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, gettext("Taken down. Shoppers do not see it any more."))
            return outcome.redirect("stores:page", pk)
    context = {
        "title": gettext("Take the page down"),
        "subject": subject,
        "form": form,
        "booked": subject.bookings.filter(state__in=("planned", "shown")).count(),
    }
    return page(request, "stores/pages/take_down.html", context, form=form)


@require("stores.edit_page")
@require_POST
def page_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the page's draft, or begin one."""
    _page(request, pk)
    made: list[PageRevision] = []
    with domain_errors(request) as outcome:
        made.append(services.begin_page_revision(page_id=pk, actor=actor_of(request), now=timezone.now()))
    return outcome.redirect(*(("stores:page", pk) if outcome.failed else ("stores:page_revision", made[0].pk)))


@require("stores.edit_page")
@require_POST
def page_restore(request: HttpRequest, pk: int, snapshot: int) -> HttpResponse:
    """Take an earlier version up as a draft."""
    _page(request, pk)
    get_object_or_404(Snapshot, pk=snapshot, kind=selectors.PAGE, subject_id=pk)
    made: list[PageRevision] = []
    with domain_errors(request) as outcome:
        made.append(
            services.restore_page_snapshot(
                page_id=pk, snapshot_id=snapshot, actor=actor_of(request), now=timezone.now()
            )
        )
    return outcome.redirect(*(("stores:page", pk) if outcome.failed else ("stores:page_revision", made[0].pk)))


# --- the editor


@dataclass(slots=True)
class FieldRow:
    """One field of a module in the editor. `kind` is its type's word; `choices` where it names something."""

    field: ModuleField
    name: str
    value: Any
    choices: Sequence[Choice] = ()
    findings: Sequence[Finding] = ()

    @property
    def kind(self) -> str:
        """The word by which the template picks the widget."""
        return str(self.field.type)

    @property
    def id(self) -> str:
        """For labels and links from findings."""
        return f"f-{self.name.replace('.', '-')}"


@dataclass(slots=True)
class ModuleRow:
    """One module in the editor."""

    key: str
    kind: str
    region: str
    icon: str
    fields: list[FieldRow]
    findings: list[Finding] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(ModuleKind(self.kind).label)


@require("stores.edit_page")
def page_revision(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor: head, modules, what is missing, and the preview beside it. Buttons that arrange save nothing."""
    revision = _revision(request, pk)
    layouts = list(selectors.layouts_for(revision.page.kind))
    modules, warned, findings = list(revision.modules), dict(revision.warned), None
    form = PageHeadForm(layouts=layouts, kind=revision.page.kind, initial=_head(revision))
    if request.method == "POST":
        act = request.POST.get("act", "save")
        modules, warned = modules_of(request.POST), warned_of(request.POST)
        if act in ("save", "submit"):
            form = PageHeadForm(request.POST, layouts=layouts, kind=revision.page.kind)
            if form.is_valid():
                with domain_errors(request, form) as outcome:
                    _save(request, revision, form, modules, warned)
                    if act == "submit":
                        revision = _revision(request, pk)
                        asked = services.submit_page(
                            revision_id=pk,
                            actor=actor_of(request),
                            now=timezone.now(),
                            important="important" in request.POST,
                        )
                        messages.success(
                            request, gettext("%(request)s: asked for approval.") % {"request": asked.number}
                        )
                if not outcome.failed:
                    if act == "save":
                        messages.success(request, gettext("Saved. Shoppers see nothing of it yet."))
                    return outcome.redirect("stores:page_revision", pk)
                if isinstance(outcome.error, NotReady):
                    # It was saved: the editor goes on with what is stored now.
                    revision, findings = _revision(request, pk), outcome.error.findings
                    modules, warned = list(revision.modules), dict(revision.warned)
                    form.data = form.data.copy()  # type: ignore[attr-defined]
                    form.data["version"] = str(revision.version)  # type: ignore[index]
        else:
            modules = rearranged(modules, act, request.POST)
            form = PageHeadForm(layouts=layouts, kind=revision.page.kind, initial=request.POST.dict())
    context = _editor(request, revision, form, layouts, modules, warned, findings)
    return page(request, "stores/pages/editor.html", context, form=form, fragments={"editor": "editor"})


@require("stores.edit_page")
@require_POST
def page_revision_preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What stands in the editor, unsaved, as shoppers would see it: the same templates, for the frame beside it."""
    revision = _revision(request, pk)
    modules, _problems = read_modules(modules_of(request.POST))
    layouts = {layout.code: layout for layout in selectors.layouts_for(revision.page.kind)}
    layout = layouts.get(request.POST.get("layout", ""), revision.layout)
    content = page_content(
        kind=revision.page.kind,
        title=request.POST.get("title", "")[:120],
        layout=layout.code,
        regions=selectors.regions_of(layout),
        modules=modules,
        ends_at=None,
    )
    return framed(request, revision.page, content, timezone.now())


@require("stores.edit_page")
@require_POST
def page_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    revision = _revision(request, pk)
    with domain_errors(request) as outcome:
        services.discard_page_revision(revision_id=pk, actor=actor_of(request), now=timezone.now())
    if outcome.failed:
        return outcome.redirect("stores:page_revision", pk)
    messages.success(request, gettext("The draft is thrown away. What is live stays."))
    return outcome.redirect("stores:page", revision.page_id)


@require("stores.view_page")
def page_side_by_side(request: HttpRequest, pk: int) -> HttpResponse:
    """A branch's draft beside the main shop's live page."""
    revision = _revision(request, pk)
    context = {
        "revision": revision,
        "subject": revision.page,
        "beside": selectors.beside_main(revision.page, selectors.content_of(revision)),
    }
    return page(request, "stores/pages/side_by_side.html", context)


@require("stores.edit_page")
def product_choices(request: HttpRequest, pk: int) -> HttpResponse:
    """Products to choose from for a module of a draft: a fragment of buttons."""
    revision = _revision(request, pk)
    found: Sequence[Choice] = ()
    if PRODUCTS in PAGE_SOURCES:
        words = request.GET.get("words", "").replace("\x00", "")
        found = PAGE_SOURCES.get(PRODUCTS).choices(revision.page.shop_id, words)
    context = {"choices": found, "key": request.GET.get("key", ""), "revision": revision}
    return page(request, "stores/pages/product_choices.html", context)


# --- pictures


@require("stores.edit_page")
def page_pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """The pictures of a shop's pages, and taking a new one in."""
    shop = get_object_or_404(Shop.objects.visible_to(request.user), pk=pk)
    form = PictureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with domain_errors(request, form) as outcome:
            services.add_page_picture(
                shop_id=pk,
                file=file,
                file_name=file.name,
                alt=form.cleaned_data["alt"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, gettext("The picture is taken in, cleaned of everything but its pixels."))
            return outcome.redirect("stores:page_pictures", pk)
    pictures = PagePicture.objects.filter(shop=shop).select_related("uploaded_by").order_by("-uploaded_at", "-pk")[:200]
    context = {"shop": shop, "form": form, "pictures": pictures}
    return page(request, "stores/pages/pictures.html", context, form=form)


# --- the rest


def _save(
    request: HttpRequest,
    revision: PageRevision,
    form: PageHeadForm,
    modules: Sequence[Mapping[str, Any]],
    warned: Mapping[str, str],
) -> None:
    services.save_page_revision(
        revision_id=revision.pk, modules=modules, warned=warned, actor=actor_of(request), now=timezone.now(),
        **form.cleaned_data,
    )  # fmt: skip


def _editor(
    request: HttpRequest,
    revision: PageRevision,
    form: PageHeadForm,
    layouts: Sequence[Layout],
    modules: Sequence[Mapping[str, Any]],
    warned: Mapping[str, str],
    findings: Sequence[Finding] | None,
) -> dict[str, Any]:
    subject = revision.page
    chosen = form["layout"].value() or revision.layout.code
    layout = next((one for one in layouts if one.code == chosen), revision.layout)
    regions = selectors.regions_of(layout)
    readable, _problems = read_modules(modules)
    content = page_content(
        kind=subject.kind,
        title=str(form["title"].value() or ""),
        layout=layout.code,
        regions=regions,
        modules=readable,
        ends_at=_ends_at(form),
    )
    now = timezone.now()
    if findings is None:
        findings = page_findings(subject, content, now)
    texts = {"title": content["title"], **texts_of(readable)}
    rules = approvals.check_texts(selectors.PAGE, texts, warned=warned)
    known = {(one.code, one.field) for one in findings}
    every = [*findings, *(one for one in rules if (one.code, one.field) not in known)]
    choices = _choices(subject, modules)
    rows = [_row(module, every, choices) for module in modules if module["kind"] in MODULES]
    of_modules = {f"modules.{row.key}" for row in rows}
    return {
        "revision": revision,
        "subject": subject,
        "chip": revision_chip(revision),
        "form": form,
        "rows": rows,
        "regions": regions,
        "kinds": [(kind, ModuleKind(kind).label) for kind in ModuleKind.values if kind in KINDS_ON_PAGE[subject.kind]],
        "findings": every,
        "blocking": [one for one in every if one.severity in ("block", "proof", "warn")],
        "general": [one for one in every if not any(_is_of(one, name) for name in of_modules)],
        "warned": warned,
        "warnings": [one for one in every if one.severity == "warn"],
        "beside": selectors.beside_main(subject, content),
        "can_edit": revision.state in selectors.OPEN_REVISIONS,
    }


def _row(module: Mapping[str, Any], findings: Sequence[Finding], choices: Mapping[str, Sequence[Choice]]) -> ModuleRow:
    key, kind = module["key"], module["kind"]
    mine = [one for one in findings if _is_of(one, f"modules.{key}")]
    fields = []
    for one in MODULES[kind].fields:
        value = module["data"].get(one.name, "")
        if one.type == FieldType.RICH and isinstance(value, str):
            value = input_from_rich(value)
        offered: Sequence[Choice] = choices.get(str(one.type), ())
        if one.type == FieldType.PRODUCTS:
            value = value or []
            known = {choice.value: choice for choice in offered}
            offered = [known.get(str(pk), Choice(str(pk), gettext("unknown product"))) for pk in value]
        path = f"modules.{key}.data.{one.name}"
        fields.append(FieldRow(one, f"m.{key}.{one.name}", value, offered, [f for f in mine if f.field == path]))
    shown = {id(finding) for row in fields for finding in row.findings}
    return ModuleRow(
        key, kind, module["region"], MODULES[kind].icon, fields, [one for one in mine if id(one) not in shown]
    )


def _choices(subject: Page, modules: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Choice]]:
    """What fields of each type may name, for the whole editor at once."""
    pictures = PagePicture.objects.filter(shop=subject.shop_id).order_by("-uploaded_at", "-pk")
    zones = Zone.objects.filter(shop=subject.shop_id).order_by("name")
    shown = (PageKind.HOME, PageKind.SUB, PageKind.BRAND, PageKind.PROMOTION)
    others = Page.objects.filter(shop=subject.shop_id, kind__in=shown).order_by("name")
    found: dict[str, Sequence[Choice]] = {
        FieldType.PICTURE: [Choice(one.sha256, one.alt or one.file_name) for one in pictures[:200]],
        FieldType.ZONE: [Choice(one.code, one.name) for one in zones],
        FieldType.PAGE: [Choice(one.slug, one.name) for one in others],
    }
    if PRODUCTS in PAGE_SOURCES:
        source = PAGE_SOURCES.get(PRODUCTS)
        found[FieldType.CATEGORY] = source.categories(subject.shop_id)
        chosen = {pk for module in modules for pk in module["data"].get("products", ())}
        found[FieldType.PRODUCTS] = source.named(subject.shop_id, sorted(chosen)) if chosen else []
    return found


def _is_of(finding: Finding, path: str) -> bool:
    return finding.field == path or finding.field.startswith(f"{path}.")


def _head(revision: PageRevision) -> dict[str, Any]:
    return {
        "title": revision.title,
        "layout": revision.layout.code,
        "ends_at": moment(revision.ends_at),
        "publish_at": moment(revision.publish_at),
        "version": revision.version,
    }


def _ends_at(form: PageHeadForm) -> Any:
    """The end that stands in the form, whether it was sent to be saved or only to be arranged."""
    value = form["ends_at"].value()
    if not value or not isinstance(value, str):
        return value or None
    try:
        return form.fields["ends_at"].clean(value)
    except ValidationError:
        return None


def _page(request: HttpRequest, pk: int) -> Page:
    rows = Page.objects.visible_to(request.user).select_related(
        "shop__main_shop", "owner", "live__snapshot", "main_page__shop"
    )
    return get_object_or_404(rows, pk=pk)


def _revision(request: HttpRequest, pk: int) -> PageRevision:
    rows = PageRevision.objects.filter(page__in=Page.objects.visible_to(request.user))
    return get_object_or_404(
        rows.select_related("page__shop", "page__live__snapshot", "layout__live__snapshot", "request", "author"), pk=pk
    )


def _act(title: str, back: str, form: Any, subtitle: str = "") -> dict[str, Any]:
    return {"title": title, "back": back, "form": form, "subtitle": subtitle}
