"""Signs: a shop without a valid one has an owner and a date (STORE-8); pictures are read as hostile."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from approvals.errors import NotReady
from approvals.models import Deadline, SecurityEvent
from approvals.states import DeadlineState
from config.kit.actor import Actor
from config.kit.pictures import PictureRefused
from stores import services
from stores.models import PagePicture, Shop
from stores.selectors.pages import boards, shops_without_sign
from stores.states import PageKind
from tests.factories.pages import a_page, a_picture, a_zone, live_page, live_sign, published, sign, staff, text
from tests.factories.stores import ShopFactory
from tests.support.pictures import photo

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
DAY = timedelta(days=1)


def names(now):
    return [line.shop.name for line in shops_without_sign(now)]


def clocks():
    return list(Deadline.objects.filter(rule__code="sign_missing").order_by("pk").values_list("subject_id", "state"))


def test_only_active_directly_operated_shops_without_a_live_sign_are_listed(now):
    ShopFactory(name="Partner", is_directly_operated=False)
    ShopFactory(name="Closed", is_active=False)
    ShopFactory(name="Bare")
    live_sign(ShopFactory(name="Signed"), now=now)
    a_page(ShopFactory(name="Drafted"), now=now, kind=PageKind.SIGN, slug="sign")
    assert names(now) == ["Bare", "Drafted"]


def test_each_line_has_an_owner_and_a_date_after_the_daily_check(now):
    shop = ShopFactory()
    assert services.check_signs(now=now, actor=SYSTEM) == 1
    services.check_signs(now=now + DAY, actor=SYSTEM)
    (line,) = shops_without_sign(now + DAY)
    assert (line.shop, line.owner, line.owner_role, line.due_at) == (shop, None, "ART", now + 7 * DAY)
    assert clocks() == [(shop.pk, DeadlineState.RUNNING)]


def test_the_clock_is_met_by_publication_and_starts_again_when_the_sign_runs_out(now):
    shop = ShopFactory()
    services.check_signs(now=now, actor=SYSTEM)
    live_sign(shop, now=now + DAY, ends_at=now + 10 * DAY)
    assert clocks() == [(shop.pk, DeadlineState.MET)]
    assert (names(now + 9 * DAY), names(now + 10 * DAY)) == ([], [shop.name])
    services.check_signs(now=now + 10 * DAY, actor=SYSTEM)
    assert clocks() == [(shop.pk, DeadlineState.MET), (shop.pk, DeadlineState.RUNNING)]


def test_the_clock_of_a_shop_that_is_given_away_falls_away(now):
    shop = ShopFactory()
    services.check_signs(now=now, actor=SYSTEM)
    Shop.objects.filter(pk=shop.pk).update(is_directly_operated=False)
    services.check_signs(now=now + DAY, actor=SYSTEM)
    assert clocks() == [(shop.pk, DeadlineState.WITHDRAWN)]


def test_a_sign_needs_a_picture_of_the_shop(now):
    shop = ShopFactory()
    page = a_page(shop, now=now, kind=PageKind.SIGN, slug="sign")
    strange = a_picture(ShopFactory(), now=now)
    with pytest.raises(NotReady) as refusal:
        published(page, [sign(strange)], now=now)
    assert [finding.code for finding in refusal.value.findings] == ["not_there"]
    assert names(now) != []


@pytest.mark.parametrize("count", [1, 3])
def test_boards_cost_the_same_whatever_they_show(now, count, django_assert_num_queries):
    shops = [ShopFactory() for _ in range(count)]
    for shop in shops:
        live_page(shop, now=now, kind=PageKind.HOME, slug="home")
        live_page(shop, now=now)
        a_zone(shop, now=now)
    with django_assert_num_queries(5):
        found = boards(shops, now)
    assert [(board.has_sign, board.has_home, board.missing, len(board.pages)) for board in found] == [
        (False, True, 2, 2)
    ] * count


def test_a_branchs_board_shows_what_it_lacks_of_the_main_shop(now):
    main = ShopFactory()
    tea = live_page(main, now=now)
    live_page(main, now=now, slug="pots")
    branch = ShopFactory(main_shop=main)
    live_page(
        branch, now=now, main_page_id=tea.pk, must_differ=["text"], modules=[text(words="Ours.")], title="Tea in town"
    )
    (board,) = boards([branch], now)
    assert [page.slug for page in board.uninherited] == ["pots"]
    assert [(line.is_identical, list(line.broken)) for line in board.pages] == [(False, [])]


# --- pictures


def upload(shop, data, name="hill.jpg"):
    return services.add_page_picture(
        shop_id=shop.pk, file=io.BytesIO(data), file_name=name, alt="A hill", actor=staff("ART"), now=timezone.now()
    )


def test_a_picture_is_stored_cleaned_under_its_own_hash_and_only_once(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    shop = ShopFactory()
    first, again = upload(shop, photo(2400, 1200)), upload(shop, photo(2400, 1200), "other.jpg")
    assert (first.pk, first.width, first.height) == (again.pk, 2000, 1000)
    with first.file.open("rb") as stored:
        assert hashlib.sha256(stored.read()).hexdigest() == first.sha256
    assert upload(ShopFactory(), photo(2400, 1200)).pk != first.pk


@pytest.mark.parametrize(
    ("data", "name", "is_attack"),
    [
        (b"not a picture", "hill.jpg", False),
        (photo(40, 40), "hill.png", True),
        (photo(40, 40) + b"PK\x03\x04" * 20, "x.jpg", True),
    ],
)
def test_hostile_pictures_are_refused_and_leave_an_event(
    settings, tmp_path, data, name, is_attack, transactional_db, lets_itself_be_emptied
):
    settings.MEDIA_ROOT = tmp_path
    events = SecurityEvent.objects.filter(
        code="hostile_upload"
    )  # kept on a connection of their own, beyond a test's end
    before = events.count()
    with pytest.raises(PictureRefused):
        upload(ShopFactory(), data, name)
    assert not PagePicture.objects.exists()
    assert list(tmp_path.rglob("*.*")) == []
    assert events.count() - before == int(is_attack)
