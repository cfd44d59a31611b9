"""Pages from draft to the public: nothing gets there but through the kernel, and nothing that is live changes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from approvals import services as approvals
from approvals.errors import NothingChanged, NotReady
from approvals.models import ChangeRequest, Deadline, LiveContent, Snapshot, TrailEntry
from approvals.states import DraftState, RequestState
from config.kit.actor import Actor
from stores import services
from stores.errors import (
    AddressTaken,
    ContentIsWrong,
    HiddenCharacters,
    LayoutIsNotLive,
    MainPageDoesNotFit,
    OnePagePerKind,
    PageIsNotLive,
    ReasonMissing,
    RevisionIsClosed,
    SavedMeanwhile,
)
from stores.models import Page, PageRevision
from stores.selectors.storefront import shown_page
from stores.states import PageKind
from tests.factories.pages import (
    MAIN,
    SIDE,
    a_page,
    approved,
    change_layout,
    drafted,
    live_layout,
    live_page,
    promotion,
    published,
    staff,
    text,
)
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


def codes(refusal: pytest.ExceptionInfo[NotReady]) -> list[tuple[str, str]]:
    return [(finding.code, finding.field) for finding in refusal.value.findings]


def save(revision: PageRevision, now: datetime, actor: Actor | None = None, **change: object) -> PageRevision:
    given = {
        "title": revision.title,
        "modules": revision.modules,
        "layout": revision.layout.code,
        "ends_at": revision.ends_at,
        "version": revision.version,
    } | change
    return services.save_page_revision(revision_id=revision.pk, actor=actor or staff("ART"), now=now, **given)  # type: ignore[arg-type]


def seen(page: Page, at: datetime) -> str | None:
    shown = shown_page(page.shop.code, page.slug, at)
    return shown.title if shown else None


# --- made


def test_addresses_and_kinds_are_unique_in_a_shop(now):
    page = a_page(ShopFactory(), now=now, kind=PageKind.HOME, slug="home")
    with pytest.raises(AddressTaken):
        a_page(page.shop, now=now, slug="home")
    with pytest.raises(OnePagePerKind):
        a_page(page.shop, now=now, kind=PageKind.HOME, slug="other")
    assert Page.objects.count() == 1


def test_a_page_inherits_only_from_the_same_kind_of_its_main_shop(now):
    main = ShopFactory()
    branch, stranger = ShopFactory(main_shop=main), ShopFactory()
    page = a_page(main, now=now)
    with pytest.raises(MainPageDoesNotFit):
        a_page(stranger, now=now, main_page_id=page.pk)
    with pytest.raises(MainPageDoesNotFit):
        a_page(branch, now=now, kind=PageKind.BRAND, main_page_id=page.pk)
    assert a_page(branch, now=now, main_page_id=page.pk, must_differ=["text", "text"]).must_differ == ["text"]


def test_settings_change_nothing_that_is_live(now):
    page = live_page(ShopFactory(), now=now)
    with pytest.raises(ReasonMissing):
        services.change_page(
            page_id=page.pk,
            name="x",
            owner_id=None,
            main_page_id=None,
            must_differ=[],
            reason=" ",
            actor=SYSTEM,
            now=now,
        )
    owner = staff("OPS")
    services.change_page(
        page_id=page.pk, name="Green tea", owner_id=owner.user_id, main_page_id=None, must_differ=["a"], reason="moved",
        actor=SYSTEM, now=now,
    )  # fmt: skip
    page.refresh_from_db()
    assert (page.name, page.owner_id, page.must_differ) == ("Green tea", owner.user_id, [])
    assert seen(page, now) == "Tea"
    entry = TrailEntry.objects.get(action="stores.page_settings_changed")
    assert (entry.subject_id, entry.reason, entry.changes["name"]) == (page.pk, "moved", ["Tea", "Green tea"])


# --- drafted


def test_no_draft_without_an_approved_layout(now):
    page = a_page(ShopFactory(), now=now)
    with pytest.raises(LayoutIsNotLive):
        services.begin_page_revision(page_id=page.pk, actor=staff("ART"), now=now)
    assert not PageRevision.objects.exists()


def test_beginning_again_gives_the_draft_that_is_open(now):
    page = a_page(ShopFactory(), now=now)
    draft = drafted(page, [text()], now=now)
    assert services.begin_page_revision(page_id=page.pk, actor=staff("OPS"), now=now).pk == draft.pk


def test_a_draft_begins_as_what_is_live(now):
    page = live_page(ShopFactory(), now=now, modules=[text(words="Spring")])
    draft = services.begin_page_revision(page_id=page.pk, actor=staff("ART"), now=now)
    assert draft.number == 2
    assert draft.modules == page.live.snapshot.fields["modules"]


def test_the_later_of_two_savers_is_told_by_whom(now):
    draft = drafted(a_page(ShopFactory(), now=now), [text()], now=now)
    first = staff("OPS")
    save(draft, now, first, title="First")
    with pytest.raises(SavedMeanwhile) as refusal:
        save(draft, now, title="Second")
    assert first.label in str(refusal.value)
    draft.refresh_from_db()
    assert draft.title == "First"


def test_everything_that_cannot_be_stored_is_named_at_once_and_nothing_is_stored(now):
    draft = drafted(a_page(ShopFactory(), now=now), [text()], now=now)
    bad = [text(words="a\u202eb"), {**text("text-2"), "data": {"text": "x", "colour": 1}}]
    with pytest.raises(ContentIsWrong) as refusal:
        save(draft, now, modules=bad)
    assert [problem.code for problem in refusal.value.problems] == ["hidden_character", "unknown_field"]
    with pytest.raises(HiddenCharacters) as hidden:
        save(draft, now, title="Te\u200ba")
    assert hidden.value.field == "title"
    with pytest.raises(LayoutIsNotLive):
        save(draft, now, layout="nowhere")
    fresh = PageRevision.objects.get(pk=draft.pk)
    assert (fresh.version, fresh.modules, fresh.title) == (draft.version, draft.modules, draft.title)


def test_discarded_and_published_drafts_are_closed(now):
    page = live_page(ShopFactory(), now=now)
    with pytest.raises(RevisionIsClosed):
        save(page.revisions.get(), now, title="Other")
    draft = services.begin_page_revision(page_id=page.pk, actor=staff("ART"), now=now)
    services.discard_page_revision(revision_id=draft.pk, actor=SYSTEM, now=now)
    with pytest.raises(RevisionIsClosed):
        save(PageRevision.objects.get(pk=draft.pk), now)
    assert seen(page, now) == "Tea"


# --- submitted


def test_submission_names_everything_that_is_missing(now):
    draft = drafted(a_page(ShopFactory(), now=now), [text(region="attic"), {**text("text-2"), "data": {}}], now=now)
    with pytest.raises(NotReady) as refusal:
        services.submit_page(revision_id=draft.pk, actor=staff("ART"), now=now)
    assert codes(refusal) == [("region_gone", "modules.text"), ("missing", "modules.text-2.data.text")]
    assert not ChangeRequest.objects.filter(kind="stores.page").exists()
    assert PageRevision.objects.get(pk=draft.pk).state == DraftState.DRAFT


def test_approved_page_is_live_with_its_own_layout_and_waits_for_evidence(now):
    page = a_page(ShopFactory(), now=now)
    author = staff("ART")
    draft = drafted(page, [text()], now=now, actor=author)
    request = services.submit_page(revision_id=draft.pk, actor=author, now=now)
    assert (seen(page, now), PageRevision.objects.get(pk=draft.pk).state) == (None, DraftState.IN_REVIEW)
    request = approved(request, now=now)
    assert request.state == RequestState.PUBLISHED
    assert seen(page, now) == "Tea"
    draft.refresh_from_db()
    page.refresh_from_db()
    assert (draft.state, draft.request_id) == (DraftState.PUBLISHED, request.pk)
    assert page.live.snapshot.fields["regions"] == [MAIN, SIDE]


def test_editing_a_letter_in_review_takes_the_request_back(now):
    author = staff("ART")
    draft = drafted(a_page(ShopFactory(), now=now), [text()], now=now, actor=author)
    request = services.submit_page(revision_id=draft.pk, actor=author, now=now)
    saved = save(PageRevision.objects.get(pk=draft.pk), now, author)
    assert ChangeRequest.objects.get(pk=request.pk).state == RequestState.IN_REVIEW  # the same content again
    saved = save(saved, now, author, title="Teas")
    assert ChangeRequest.objects.get(pk=request.pk).state == RequestState.VOIDED
    assert saved.state == DraftState.DRAFT


def test_the_author_cannot_approve_and_unchanged_content_is_not_asked_about(now):
    page = live_page(ShopFactory(), now=now)
    author = staff("ART", "PLAN")
    draft = drafted(page, page.live.snapshot.fields["modules"], now=now, actor=author, title="Tea")
    with pytest.raises(NothingChanged):
        services.submit_page(revision_id=draft.pk, actor=author, now=now)


def test_a_promotion_page_without_an_end_cannot_be_submitted(now):
    page = a_page(ShopFactory(), now=now, kind=PageKind.PROMOTION, slug="sale")
    author = staff("ART")
    draft = drafted(page, [promotion()], now=now, actor=author)
    with pytest.raises(NotReady) as refusal:
        services.submit_page(revision_id=draft.pk, actor=author, now=now)
    assert codes(refusal) == [("end_missing", "ends_at")]
    draft = save(draft, now, author, ends_at=now - timedelta(hours=1))
    with pytest.raises(NotReady) as refusal:
        services.submit_page(revision_id=draft.pk, actor=author, now=now)
    assert codes(refusal) == [("end_has_passed", "ends_at")]
    draft = save(draft, now, author, ends_at=now + timedelta(days=7))
    assert services.submit_page(revision_id=draft.pk, actor=author, now=now).importance == "important"


def test_a_brand_page_takes_the_same_way(now):
    module = {"key": "brand", "kind": "brand", "region": "main", "data": {"name": "Hill", "story": "Since 1902."}}
    page = live_page(ShopFactory(), now=now, kind=PageKind.BRAND, slug="hill", modules=[module])
    assert seen(page, now) == "Hill"


# --- branches: STORE-10


@pytest.fixture
def main_page(now):
    return live_page(ShopFactory(), now=now, modules=[text(), text("text-2", "Brewed slowly.")])


def branch_of(main_page: Page, now: datetime, must_differ: list[str]) -> Page:
    shop = ShopFactory(main_shop=main_page.shop)
    return a_page(shop, now=now, main_page_id=main_page.pk, must_differ=must_differ)


def test_a_branch_begins_as_a_copy_and_identical_is_refused(now, main_page):
    page = branch_of(main_page, now, [])
    author = staff("ART")
    draft = services.begin_page_revision(page_id=page.pk, actor=author, now=now)
    assert (draft.title, draft.modules) == ("Tea", main_page.live.snapshot.fields["modules"])
    with pytest.raises(NotReady) as refusal:
        services.submit_page(revision_id=draft.pk, actor=author, now=now)
    assert codes(refusal) == [("identical_to_main", "modules")]
    assert str(main_page) in str(refusal.value)
    assert seen(page, now) is None


def test_a_branch_must_differ_where_the_rule_says(now, main_page):
    page = branch_of(main_page, now, ["text-2"])
    author = staff("ART")
    draft = services.begin_page_revision(page_id=page.pk, actor=author, now=now)
    draft = save(draft, now, author, title="Tea in town", modules=[text(words="Ours."), draft.modules[1]])
    with pytest.raises(NotReady) as refusal:
        services.submit_page(revision_id=draft.pk, actor=author, now=now)
    assert codes(refusal) == [("must_differ", "modules.text-2")]
    draft = save(draft, now, author, modules=[draft.modules[0], text("text-2", "In our own pot.")])
    approved(services.submit_page(revision_id=draft.pk, actor=author, now=now), now=now)
    assert seen(page, now) == "Tea in town"


# --- layouts: APPR-2


def test_a_layout_change_waits_in_review_while_the_live_one_stays(now):
    layout = live_layout(now=now)
    author = staff("ART")
    draft = services.begin_layout_revision(layout_id=layout.pk, actor=author, now=now)
    services.save_layout_revision(
        revision_id=draft.pk, regions=[{**MAIN, "width": 12}], version=0, actor=author, now=now
    )
    request = services.submit_layout(revision_id=draft.pk, actor=author, now=now)
    layout.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW
    assert layout.live.snapshot.fields["regions"] == [MAIN, SIDE]
    assert approved(request, now=now).state == RequestState.LIVE
    layout.refresh_from_db()
    layout.live.refresh_from_db()
    assert layout.live.snapshot.fields["regions"] == [{**MAIN, "width": 12}]


def test_a_new_layout_changes_no_live_page_and_takes_requests_under_way_back(now):
    page = live_page(ShopFactory(), now=now)
    author = staff("ART")
    draft = drafted(page, [text(words="Later.")], now=now, actor=author)
    request = services.submit_page(revision_id=draft.pk, actor=author, now=now)
    change_layout(live_layout(now=now), [{**MAIN, "width": 12}], now=now)
    assert ChangeRequest.objects.get(pk=request.pk).state == RequestState.VOIDED
    assert PageRevision.objects.get(pk=draft.pk).state == DraftState.DRAFT
    shown = shown_page(page.shop.code, page.slug, now)
    assert shown is not None and [region.width for region in shown.regions] == [8, 4]


def test_layout_saves_refuse_wrong_regions_late_savers_and_closed_drafts(now):
    layout = live_layout(now=now)
    author, other = staff("ART"), staff("MGR")
    draft = services.begin_layout_revision(layout_id=layout.pk, actor=author, now=now)
    with pytest.raises(ContentIsWrong):
        services.save_layout_revision(revision_id=draft.pk, regions=[{"key": "x"}], version=0, actor=author, now=now)
    services.save_layout_revision(revision_id=draft.pk, regions=[SIDE], version=0, actor=other, now=now)
    with pytest.raises(SavedMeanwhile) as refusal:
        services.save_layout_revision(revision_id=draft.pk, regions=[MAIN], version=0, actor=author, now=now)
    assert other.label in str(refusal.value)
    first = layout.revisions.get(number=1)
    with pytest.raises(RevisionIsClosed):
        services.save_layout_revision(revision_id=first.pk, regions=[SIDE], version=1, actor=author, now=now)
    draft.refresh_from_db()
    assert (draft.regions, draft.version) == ([SIDE], 1)


# --- restored, taken down, ended


def test_an_earlier_version_comes_back_as_a_draft_that_needs_approval(now):
    page = live_page(ShopFactory(), now=now, title="First", ends_at=now + timedelta(days=1))
    first = Snapshot.objects.get(subject_id=page.pk, kind="stores.page")
    published(page, [text(words="Second.")], now=now, title="Second")
    later = now + timedelta(days=2)
    draft = services.restore_page_snapshot(page_id=page.pk, snapshot_id=first.pk, actor=staff("ART"), now=later)
    assert (draft.title, draft.modules, draft.ends_at) == ("First", first.fields["modules"], None)
    assert draft.restored_from_id == first.pk
    assert seen(page, later) == "Second"
    with pytest.raises(RevisionIsClosed):
        services.restore_page_snapshot(page_id=page.pk, snapshot_id=first.pk, actor=staff("ART"), now=later)


def test_taken_down_at_once_and_back_only_by_approval(now):
    page = live_page(ShopFactory(), now=now)
    with pytest.raises(ReasonMissing):
        services.take_down_page(page_id=page.pk, reason="", actor=SYSTEM, now=now)
    assert seen(page, now) == "Tea"
    services.take_down_page(page_id=page.pk, reason="wrong price", actor=SYSTEM, now=now)
    assert seen(page, now) is None
    with pytest.raises(PageIsNotLive):
        services.take_down_page(page_id=page.pk, reason="again", actor=SYSTEM, now=now)
    published(page, [text()], now=now)
    assert seen(page, now) == "Tea"


def test_a_promotion_is_taken_down_at_its_end_and_unseen_from_that_second_on(now):
    end = now + timedelta(days=7)
    page = live_page(ShopFactory(), now=now, kind=PageKind.PROMOTION, slug="sale", modules=[promotion()], ends_at=end)
    other = live_page(page.shop, now=now)
    assert services.end_pages(now=end - timedelta(seconds=1), actor=SYSTEM).handled == 0
    assert (seen(page, end - timedelta(seconds=1)), seen(page, end)) == ("Sale", None)  # before any sweep
    assert services.end_pages(now=end + timedelta(hours=3), actor=SYSTEM).handled == 1
    assert services.end_pages(now=end + timedelta(hours=3), actor=SYSTEM).handled == 0
    live = LiveContent.objects.get(kind="stores.page", subject_id=page.pk)
    assert (live.snapshot_id, live.taken_down_at) == (None, end + timedelta(hours=3))
    assert seen(other, end) == "Tea"
    assert TrailEntry.objects.filter(action="requests.taken_down").count() == 1


# --- seen live


def test_the_software_confirms_what_shoppers_get(now):
    page = a_page(ShopFactory(), now=now)
    request = published(page, [text()], now=now)
    later = now + timedelta(minutes=5)
    assert services.confirm_pages(now=later, actor=SYSTEM).handled == 1
    request.refresh_from_db()
    live = LiveContent.objects.get(kind="stores.page", subject_id=page.pk)
    assert (request.state, request.live_at, live.evidence, live.differences) == (RequestState.LIVE, later, "page", [])
    assert live.display_url.endswith(f"/stores/mall/{page.shop.code}/tea/")
    assert not Deadline.objects.open().filter(rule__code="general_information").exists()
    assert services.confirm_pages(now=later, actor=SYSTEM).handled == 0


def test_a_page_that_shoppers_do_not_get_is_not_confirmed(now):
    page = a_page(ShopFactory(), now=now)
    request = published(page, [text()], now=now)
    page.shop.is_active = False
    page.shop.save()
    services.confirm_pages(now=now, actor=SYSTEM)
    request.refresh_from_db()
    live = LiveContent.objects.get(kind="stores.page", subject_id=page.pk)
    assert (request.state, live.differences[0]["seen"]) == (RequestState.PUBLISHED, "")
    page.shop.is_active = True
    page.shop.save()
    assert services.confirm_pages(now=now + timedelta(minutes=5), actor=SYSTEM).handled == 0  # looked at every ten
    services.confirm_pages(now=now + timedelta(minutes=11), actor=SYSTEM)
    request.refresh_from_db()
    assert request.state == RequestState.LIVE


def test_a_page_approved_for_later_goes_public_at_its_time(now):
    page = a_page(ShopFactory(), now=now)
    at = now + timedelta(hours=2)
    request = published(page, [text()], now=now, publish_at=at)
    assert (request.state, seen(page, at)) == (RequestState.APPROVED, None)
    assert approvals.publish_due(now=at - timedelta(seconds=1)).handled == 0
    assert approvals.publish_due(now=at).handled == 1
    assert seen(page, at) == "Tea"
