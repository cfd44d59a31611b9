"""One small company for the tests that open every page: two shops, and in each of them one of everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from approvals import services as approvals
from approvals.models import (
    ChangeRequest,
    ClassRule,
    ContentRule,
    FormatRule,
    Job,
    Notice,
    RequestStage,
    Snapshot,
    TimeRule,
    TrailEntry,
)
from approvals.services import DeadlineStart, start_deadlines
from catalog.models import Listing, Price, ProofreadTask, Shot, SourceItem
from catalog.policies.plans import read_rows
from catalog.services import begin_revision, bulk_jobs, packages, plans, send_source
from catalog.states import PhotoRole, PhotoState, ProofreadPick, SourceKind
from config.kit.actor import Actor
from customers.models import Identity, MailboxItem
from inventory.models import StockLevel
from inventory.states import LocationKind
from orders import services
from orders.drafts import RecipientDraft
from orders.models import ColumnMap, ImportRow, ImportRun, Order, RawInput
from orders.selectors.bench import WaveRule
from orders.states import InputState
from orders.tokens import tracking_token
from stores import services as stores
from stores.models import Employee, LayoutRevision, Shop
from stores.states import ChannelKind, PageKind, Role, ShopKind
from tests.factories import pages, proposals
from tests.factories.bench import packed, parcel_of, ready_order, stocked
from tests.factories.customers import MessageFactory
from tests.factories.inventory import LocationFactory, stock
from tests.factories.listings import PhotoFactory, acting, complete_product, published_listing
from tests.factories.stores import ChannelFactory, EmployeeFactory, ShopFactory
from tests.support.pictures import photo as picture_bytes
from tests.support.publishing import with_copies

Objects = dict[str, Any]


@dataclass(slots=True)
class House:
    """People by role, and under the same names the objects of their shop and those of the other."""

    people: dict[str, Employee]
    ours: Objects
    theirs: Objects
    own: dict[str, Objects]
    """What belongs to one person: their clock, notice, work, request, proposal and absence."""

    def objects_for(self, role: str) -> Objects:
        """What a person of this role has before them in their own shop."""
        return self.ours | self.own[role]

    def objects_beyond(self, role: str) -> Objects:
        """The other shop's objects, and what is somebody else's."""
        return self.theirs | self.own["stranger"]


def build() -> House:
    """Make it; needs an open transaction."""
    now = timezone.now()
    warehouse = LocationFactory()
    tea = stocked("TEA", 500, bin_code="A-1", location=warehouse)
    shop, other = (ShopFactory(code=code, kind=ShopKind.PHYSICAL, platform=None) for code in ("ours", "theirs"))
    people = {str(role): EmployeeFactory(username=f"role-{role}", roles=[role], shops=[shop]) for role in Role}
    stranger = EmployeeFactory(username="stranger")
    planner = EmployeeFactory(username="planner", roles=[Role.PLAN])
    rule = TimeRule.objects.filter(is_current=True).earliest("pk")
    content_rule = ContentRule.objects.earliest("pk")
    shared = {
        "product": tea.product_id,
        "variant": tea.pk,
        "rule": rule.pk,
        "content_rule": content_rule.pk,
        "content_rules": content_rule.list_id,
        "format_rule": FormatRule.objects.earliest("pk").pk,
        "class_rule": ClassRule.objects.earliest("pk").pk,
        "retired": PhotoFactory(product=tea.product, state=PhotoState.RETIRED).pk,
        "shot": Shot.objects.create(
            product=tea.product, role=PhotoRole.DETAIL, due_on=now.date(), created_at=now, changed_at=now
        ).pk,
        **_layouts(now=now),
        "mailbox_item": MailboxItem.objects.create(
            sender="a@example.com", recipients="b@example.com", subject="Hello", body="", message_id="<1@house>"
        ).pk,
        "channel_code": ChannelFactory(code="door", shop=shop, kind=ChannelKind.KUAIDI100).code,
    }
    return House(
        people=people,
        ours=shared | _objects_of(shop, tea, now=now) | _shown_by(shop, planner, now=now),
        theirs=shared | _objects_of(other, tea, now=now) | _shown_by(other, planner, now=now),
        own={
            name: _things_of(person, rule, now=now) | _sent_by(person, planner, shop, tea, now=now)
            for name, person in {**people, "stranger": stranger}.items()
        },
    )


def _objects_of(shop: Shop, tea: Any, *, now: datetime) -> Objects:
    system = Actor.system("tests")
    # A phone of its own: one number in two shops would be one customer.
    buyer = RecipientDraft(name="王小明", phone=f"1380013{shop.pk % 10000:04}", city="杭州市", street="文三路 90 号")
    held, taken, packing, done = (
        ready_order([(tea, 1)], now=now, shop=shop, external_id=f"{shop.code}-{number}", recipient=buyer)
        for number in range(4)
    )
    warehouse = LocationFactory()
    rule = WaveRule(location_id=warehouse.pk, order_ids=(taken.pk, packing.pk, done.pk))
    wave = services.build_wave(rule=rule, actor=system, now=now)
    closed = packed(done, f"78{shop.pk:012}", now=now)
    raw = RawInput.objects.create(
        source="shopify",
        shop=shop,
        key=shop.code,
        body=b"{}",
        body_hash="0",
        received_at=now,
        state=InputState.QUARANTINED,
    )
    run = ImportRun.objects.create(
        shop=shop, column_map=ColumnMap.objects.earliest("pk"), file_name="orders.csv", sha256=f"{shop.pk:064}",
        size_bytes=1, state="checked", created_at=now, header=["order_number"],
    )  # fmt: skip
    row = ImportRow.objects.create(
        run=run, row_number=1, group_key="1", cells={"order_number": "1"}, state=InputState.QUARANTINED,
        problem="?", problem_field="order_number",
    )  # fmt: skip
    customer = Order.objects.get(pk=held.pk).customer
    floor = LocationFactory(code=f"floor-{shop.code}", kind=LocationKind.SHOP_FLOOR, shop=shop)
    return {
        "order": held.pk,
        "order_in_wave": taken.pk,
        "customer": customer.pk,
        "identity": Identity.objects.filter(customer=customer).earliest("pk").pk,
        "message": MessageFactory(shop=shop, state="failed", key=f"failed-{shop.code}").pk,
        "wave": wave.pk,
        "parcel": parcel_of(packing).pk,
        "packed_parcel": closed.pk,
        "token": tracking_token(closed.pk),
        "location": closed.location_id,
        "courier": closed.courier_id,
        "input": raw.pk,
        "import": run.pk,
        "row": row.pk,
        "level": StockLevel.objects.get(pk=stock(5, variant=tea, location=floor).pk).pk,
        "entry": TrailEntry.objects.filter(store_id=shop.pk).latest("pk").pk,
    }


def _things_of(person: Employee, rule: TimeRule, *, now: datetime) -> Objects:
    start = DeadlineStart(
        rule=rule.code, subject_type="stores.employee", subject_id=person.pk, subject_label=str(person),
        owner_id=person.pk, starts_at=now, due_at=now + timedelta(days=2),
    )  # fmt: skip
    start_deadlines([start], now=now)
    notice = Notice.objects.create(recipient=person, kind="digest", text="Hello", created_at=now)
    job = Job.objects.create(kind="kit.export", title="Orders", requested_by=person, state="failed", created_at=now)
    return {"deadline": person.deadlines.get().pk, "notice": notice.pk, "job": job.pk}


# --- what shoppers see, and the way there


def _layouts(*, now: datetime) -> Objects:
    in_force = pages.live_layout(now=now)
    draft = stores.begin_layout_revision(layout_id=in_force.pk, actor=pages.staff("ART"), now=now)
    return {"layout": in_force.pk, "layout_revision": LayoutRevision.objects.get(pk=draft.pk).pk}


def _shown_by(shop: Shop, planner: Employee, *, now: datetime) -> Objects:
    """Listings, their plans and packages, and the pages of a shop."""
    return _listing_of(shop, planner, now=now) | _plan_of(shop, planner, now=now) | _pages_of(shop, now=now)


def _listing_of(shop: Shop, planner: Employee, *, now: datetime) -> Objects:
    by = acting(planner)
    listing = published_listing(shop=shop, now=now - timedelta(days=1))
    photo = with_copies(listing)[0]
    drafted = begin_revision(listing_id=listing.pk, actor=by, now=now)
    item = _notice_of(shop, planner, now=now)
    package = packages.make_package(title=shop.code, source_ids=[item.pk], shop_ids=[shop.pk], actor=by, now=now)
    packed = published_listing(shop=shop, now=now - timedelta(days=1))
    packages.add_listings(package_id=package.pk, listing_ids=[packed.pk], actor=by, now=now)
    task = ProofreadTask.objects.create(
        listing=listing, store_id=shop.pk, pick=ProofreadPick.RANDOM, picked_at=now, due_at=now + timedelta(days=7)
    )
    return {
        "shop": shop.pk,
        "shop_code": shop.code,
        "listing": listing.pk,
        "version": Snapshot.objects.get(subject_type="catalog.listing", subject_id=listing.pk).number,
        "revision": drafted.pk,
        "photo": photo.photo_id,
        "photo_sha": photo.sha256,
        "package": package.pk,
        "packed_item": item.pk,
        "packed_revision": package.revisions.get().pk,
        "push": listing.pushes.earliest("pk").pk,
        "refresh": listing.refresh_clocks.earliest("pk").pk,
        "price": _planned_price(listing, now=now),
        "proofread": task.pk,
    }


def _planned_price(listing: Listing, *, now: datetime) -> int:
    price = Price.objects.create(
        variant=listing.product.variants.earliest("pk"),
        shop=listing.shop,
        amount=9,
        starts_at=now + timedelta(days=1),
        created_at=now,
    )
    return price.pk


def _notice_of(shop: Shop, sender: Employee, *, now: datetime) -> SourceItem:
    return send_source(kind=SourceKind.INTAKE, title=f"New at {shop.code}", actor=acting(sender), now=now)


def _plan_of(shop: Shop, planner: Employee, *, now: datetime) -> Objects:
    plan = _plan(f"Autumn at {shop.code}", shop, planner, complete_product().variants.earliest("pk").sku, now=now)
    return {"plan": plan.pk, "plan_line": plan.lines.get().pk}


def _plan(name: str, shop: Shop, planner: Employee, sku: str, *, now: datetime) -> Any:
    facts = plans.PlanFacts(
        name=name,
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=30),
        survey_title="Survey",
        survey_conclusion="People want it.",
    )
    survey = SimpleUploadedFile("survey.txt", b"People want it.")
    plan = plans.make_plan(facts=facts, survey_file=survey, actor=acting(planner), now=now)
    rows = read_rows(f"{sku}\t{shop.code}\t{now.date() + timedelta(days=3)}")
    plans.paste_lines(plan_id=plan.pk, rows=rows, actor=acting(planner), now=now)
    return plan


def _pages_of(shop: Shop, *, now: datetime) -> Objects:
    file = SimpleUploadedFile("hill.jpg", picture_bytes(1200, 400, seed=shop.pk))
    picture = stores.add_page_picture(
        shop_id=shop.pk, file=file, file_name="hill.jpg", alt="Hills", actor=pages.staff("ART"), now=now
    )
    pages.live_page(shop, now=now, kind=PageKind.SIGN, slug="sign", modules=[pages.sign(picture)])
    pages.live_page(shop, now=now, kind=PageKind.HOME, slug="home")
    page = pages.live_page(shop, now=now, slug="tea")
    draft = pages.drafted(page, [pages.text(words="Other words.")], now=now)
    shown = pages.zone_page(shop, "spring", now=now)
    zone = pages.a_zone(shop, now=now)
    booking = stores.book_zone(
        zone_id=zone.pk,
        page_id=shown.pk,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=2),
        reason="Spring",
        actor=pages.staff("MKTG"),
        now=now,
    )
    request = ChangeRequest.objects.get(kind="stores.page", subject_id=page.pk)
    return {
        "page": page.pk,
        "page_slug": page.slug,
        "page_revision": draft.pk,
        "page_version": page.live.snapshot_id,
        "page_request": request.pk,
        "page_picture": picture.sha256,
        "zone": zone.pk,
        "booking": booking.pk,
    }


def _sent_by(person: Employee, planner: Employee, shop: Shop, tea: Any, *, now: datetime) -> Objects:
    """What one person sent in, proposed, asked for, uploaded, and when they are away."""
    by = acting(person)
    plan = _plan(f"Plan of {person.username}", shop, person, tea.sku, now=now)
    request = approvals.submit(kind=plans.KIND, draft_id=plan.pk, actor=by, now=now)
    item = send_source(
        kind=SourceKind.INTAKE,
        title="New",
        files=[SimpleUploadedFile("facts.txt", b"Facts")],
        actor=by,
        now=now,
    )
    mock_up = stores.Upload("idea.jpg", picture_bytes(120, 120))
    proposal = proposals.discussed(person, planner, now=now, files=[mock_up])
    absence = approvals.set_deputy(
        person_id=person.pk,
        deputy_id=planner.pk,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=2),
        actor=by,
        now=now,
    )
    return {
        "request": request.pk,
        "stage": RequestStage.objects.filter(request=request).earliest("pk").pk,
        "proof": approvals.add_proof(
            subject_type=request.subject_type,
            subject_id=request.subject_id,
            rule_code="",
            title="Price history",
            file=SimpleUploadedFile("prices.txt", b"9.90 all year"),
            actor=by,
            now=now,
        ).pk,
        "source": item.pk,
        "source_file": item.files.get().pk,
        "proposal": proposal.pk,
        "proposal_file": proposal.files.get().pk,
        "proposal_order": proposals.order(proposal, person, planner, now=now).pk,
        "absence": absence.pk,
        "photo_sent": PhotoFactory(product=tea.product, state=PhotoState.CHECKED, uploaded_by=person).pk,
        "dry_run": Job.objects.create(
            kind=bulk_jobs.CHECK, title="Table", requested_by=person, state="done", created_at=now
        ).pk,
    }
