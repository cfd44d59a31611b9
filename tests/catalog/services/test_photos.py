"""Pictures from upload to retirement: hostile files, the worker, sign-off by another person, what listings hear of it."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from PIL import Image

from approvals.models import ContentRule, ContentRuleList, Notice, SecurityEvent, TrailEntry
from approvals.services import forget_content_rules
from catalog import services
from catalog.errors import (
    NoPictures,
    OwnPicture,
    PictureNotSignedByPerson,
    PictureOfOtherProduct,
    PictureThereAlready,
    ReasonMissing,
    TooManyPictures,
)
from catalog.models import Listing, Photo, PhotoRule, Rendition
from catalog.policies.photo_rules import failures, refusal_words
from catalog.selectors.photos import picture_problems
from catalog.states import PhotoRole, PhotoState
from config.kit.actor import Actor
from config.kit.errors import TransitionNotAllowed
from config.kit.pictures import PictureLimits
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.stores import EmployeeFactory, PlatformFactory, ShopFactory
from tests.support import pictures

pytestmark = pytest.mark.django_db
WORKER = Actor.system("tests.worker")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def product(db):
    return ProductFactory(name="Tea cup")


def person(**facts):
    employee = EmployeeFactory(**facts)
    return Actor.staff(user_id=employee.pk, label=str(employee))


def upload(product, *files, role=PhotoRole.MAIN, actor, now):
    return services.upload_photos(product_id=product.pk, role=role, files=files, actor=actor, now=now)


def a_photo(
    product, *, now, seed=1, role=PhotoRole.MAIN, actor=None, size=(1200, 1200), name="cup.jpg", state="checked"
):
    file = pictures.upload(name, pictures.photo(*size, seed=seed))
    [outcome] = upload(product, file, role=role, actor=actor or person(), now=now)
    assert outcome.photo is not None, outcome.error
    photo = outcome.photo
    if state != "uploaded":
        photo = services.process_photo(photo_id=photo.pk, actor=WORKER, now=now)
    if state == "approved":
        photo = services.sign_off_photo(photo_id=photo.pk, actor=person(), now=now)
    return photo


def listed(product, platform):
    return Listing.objects.create(product=product, shop=ShopFactory(platform=platform), created_at=product.created_at)


def stored_files(media: Path):
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def events(name):
    return list(SecurityEvent.objects.filter(code="hostile_upload", detail__file=name).order_by("pk"))


def exif_with(**words):
    """A phone's block without what the shipped lists call secret."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = words.get("artist", "Li Wei")
    exif[0x8298] = words.get("owner", "our own")
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    return exif


# --- upload


def test_an_upload_is_stored_by_hash_and_waits_for_the_worker(product, staff, now, media):
    [outcome] = upload(product, pictures.upload("my cup.jpg", pictures.photo(300, 300)), actor=staff, now=now)
    photo = Photo.objects.get()
    assert outcome.photo == photo
    assert (photo.state, photo.next_at, photo.file_name, photo.uploaded_by_id) == (
        "uploaded",
        now,
        "my cup.jpg",
        staff.user_id,
    )
    assert stored_files(media) == [f"photos/original/{photo.sha256[:2]}/{photo.sha256}"]
    assert TrailEntry.objects.get(action="catalog.photo_uploaded").subject_id == photo.pk


HOSTILE = {
    "bomb.png": pictures.bomb_png,
    "claims-100-megapixels.jpg": pictures.huge_jpeg_header,
    "polyglot.jpg": lambda: pictures.photo(64, 64) + pictures.a_zip(),
    "script.jpg": lambda: pictures.photo(64, 64) + b"<script>alert(1)</script>",
    "script-in-comment.jpg": lambda: pictures.jpeg_with(pictures.photo(64, 64), 0xFE, b"<script>alert(1)</script>"),
    "really-a-png.jpg": lambda: pictures.photo(64, 64, format="PNG"),
    "really-svg.png": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "really-zip.jpg": pictures.a_zip,
}
UNFIT = {
    "phone.heic": lambda: b"\0\0\0\x18ftypheic" + bytes(64),
    "moving.png": lambda: pictures.animated("PNG"),
    "cut.jpg": lambda: pictures.photo(64, 64)[:300],
    "empty.jpg": lambda: b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_name_stored_nowhere_and_kept_as_a_security_event(
    name, product, staff, now, media
):
    before = len(events(name))
    [outcome] = upload(product, pictures.upload(name, HOSTILE[name]()), actor=staff, now=now)
    assert outcome.photo is None
    assert f"“{name}”" in outcome.error.describe()
    assert Photo.objects.count() == 0
    assert stored_files(media) == []
    kept = events(name)
    assert len(kept) == before + 1
    assert (kept[-1].actor_user_id, kept[-1].subject_type, kept[-1].subject_id) == (
        staff.user_id,
        "catalog.product",
        product.pk,
    )
    assert kept[-1].detail["code"] == outcome.error.code


@pytest.mark.parametrize("name", UNFIT)
def test_a_file_that_is_only_unfit_is_refused_without_an_event(name, product, staff, now, media):
    [outcome] = upload(product, pictures.upload(name, UNFIT[name]()), actor=staff, now=now)
    assert outcome.photo is None
    assert f"“{name}”" in outcome.error.describe()
    assert (Photo.objects.count(), stored_files(media), events(name)) == (0, [], [])


def test_a_file_over_the_limit_is_refused_before_it_is_read(product, staff, now, monkeypatch):
    monkeypatch.setattr("catalog.services.photos.upload.DEFAULT", PictureLimits(max_bytes=1000))
    file = pictures.upload("heavy.jpg", pictures.photo(300, 300))
    monkeypatch.setattr(type(file), "read", lambda *args: pytest.fail("was read"), raising=False)
    [outcome] = upload(product, file, actor=staff, now=now)
    assert outcome.error.code == "picture_too_heavy"


def test_one_bad_file_of_five_does_not_lose_the_others(product, staff, now):
    files = [pictures.upload(f"{seed}.jpg", pictures.photo(200, 200, seed=seed)) for seed in range(4)]
    files.insert(2, pictures.upload("bad.jpg", pictures.a_zip()))
    outcomes = upload(product, *files, actor=staff, now=now)
    assert [bool(one.photo) for one in outcomes] == [True, True, False, True, True]
    assert list(Photo.objects.order_by("position").values_list("file_name", "position")) == [
        ("0.jpg", 0),
        ("1.jpg", 1),
        ("2.jpg", 2),
        ("3.jpg", 3),
    ]


def test_the_same_bytes_are_a_picture_of_a_product_once_until_it_was_refused(product, staff, now, media):
    data = pictures.photo(200, 200)
    [first] = upload(product, pictures.upload("a.jpg", data), actor=staff, now=now)
    [again] = upload(product, pictures.upload("b.jpg", data), role=PhotoRole.DETAIL, actor=staff, now=now)
    assert isinstance(again.error, PictureThereAlready)
    assert len(stored_files(media)) == 1
    services.process_photo(photo_id=first.photo.pk, actor=WORKER, now=now)
    services.refuse_photo(photo_id=first.photo.pk, reason="wrong angle", actor=person(), now=now)
    [third] = upload(product, pictures.upload("b.jpg", data), actor=staff, now=now)
    assert third.photo is not None


def test_two_products_may_have_the_same_file_and_each_keeps_its_own(product, staff, now, media):
    data = pictures.photo(200, 200)
    for one in (product, ProductFactory()):
        upload(one, pictures.upload("a.jpg", data), actor=staff, now=now)
    names = set(Photo.objects.values_list("original", flat=True))
    assert len(names) == 2
    assert len(stored_files(media)) == 2


def test_a_row_that_cannot_be_written_leaves_no_file(product, staff, now, media, monkeypatch):
    monkeypatch.setattr("catalog.services.photos.upload.follow_photos", lambda **facts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        upload(product, pictures.upload("a.jpg", pictures.photo(200, 200)), actor=staff, now=now)
    assert (Photo.objects.count(), stored_files(media)) == (0, [])


def test_no_file_and_too_many_are_refused_as_a_whole(product, staff, now):
    with pytest.raises(NoPictures):
        upload(product, actor=staff, now=now)
    files = [pictures.upload(f"{number}.jpg", b"x") for number in range(21)]
    with pytest.raises(TooManyPictures):
        upload(product, *files, actor=staff, now=now)
    assert Photo.objects.count() == 0


# --- the worker


def test_the_worker_reads_checks_and_makes_four_cleaned_sizes(product, staff, now):
    data = pictures.photo(2400, 1800, exif=exif_with())
    upload(product, pictures.upload("phone.jpg", data), actor=staff, now=now)
    result = services.process_photos(actor=WORKER, now=now)
    photo = Photo.objects.get()
    assert (result.handled, result.failed) == (1, 0)
    assert (photo.state, photo.width, photo.height, photo.next_at) == ("checked", 1800, 2400, None)
    assert photo.perceptual_hash is not None
    sizes = dict(photo.renditions.values_list("name", "height"))
    assert sizes == {"thumb": 160, "list": 480, "page": 1200, "large": 2000}
    for rendition in photo.renditions.all():
        with rendition.file.open("rb") as file:
            made = file.read()
        image = Image.open(io.BytesIO(made))
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {}
        for secret in (b"Exif", b"Li Wei", b"our own", b"http://ns.adobe.com"):
            assert secret not in made
    assert photo.facts["has_location"] is True
    assert "Li Wei" not in str(photo.facts)
    assert services.process_photos(actor=WORKER, now=now).handled == 0


def test_a_400_px_picture_fails_for_the_shop_that_needs_800_with_the_rule(product, now):
    taobao = PlatformFactory(code="taobao", name="Taobao")
    PhotoRule.objects.create(platform=taobao, role=PhotoRole.MAIN, min_side=800)
    listed(product, taobao)
    photo = a_photo(product, size=(400, 400), now=now)
    [failed] = failures(photo.checks)
    assert (failed["platform"], failed["code"], failed["expected"], failed["found"]) == (
        "taobao",
        "size",
        "800 × 800",
        "400 × 400",
    )
    signed = services.sign_off_photo(photo_id=photo.pk, actor=person(), now=now)
    assert signed.state == PhotoState.APPROVED
    [problem] = picture_problems([photo.pk], platform_id=taobao.pk)
    assert problem.text == "main picture “cup.jpg”: pixel size: 800 × 800 px at least, this one has 400 × 400"
    assert picture_problems([photo.pk], platform_id=PlatformFactory(code="shopify").pk) == []


def test_rules_of_a_category_above_hold_below_it_and_a_change_is_found_by_the_night(product, now):
    above = CategoryFactory(code="above")
    product.category = CategoryFactory(code="below", parent=above)
    product.save()
    photo = a_photo(product, size=(400, 400), now=now)
    assert failures(photo.checks) == []
    PhotoRule.objects.create(category=above, role=PhotoRole.MAIN, min_side=500)
    assert services.recheck_all_photos() == 1
    photo.refresh_from_db()
    assert [check["code"] for check in failures(photo.checks)] == ["size"]
    assert services.recheck_all_photos() == 0


def test_a_picture_of_another_product_is_found_scaled_and_recompressed_and_only_warned_of(product, now):
    other = ProductFactory(name="Milk jug")
    theirs = a_photo(other, seed=5, now=now)
    smaller = io.BytesIO()
    pictures.scene(1200, 1200, 5).resize((700, 700)).save(smaller, "JPEG", quality=60)
    [outcome] = upload(product, pictures.upload("copy.jpg", smaller.getvalue()), actor=person(), now=now)
    photo = services.process_photo(photo_id=outcome.photo.pk, actor=WORKER, now=now)
    [found] = [check for check in photo.checks if check["code"] == "duplicate"]
    assert (found["ok"], found["severity"], found["found"], found["photo_id"]) == (False, "warn", "Milk jug", theirs.pk)
    assert failures(photo.checks) == []
    another = a_photo(ProductFactory(), seed=77, now=now)
    assert [check for check in another.checks if check["code"] == "duplicate"] == []


def test_two_pictures_of_one_product_may_look_alike(product, now):
    a_photo(product, seed=5, now=now)
    second = a_photo(product, seed=5, size=(1000, 1000), role=PhotoRole.DETAIL, now=now)
    assert [check for check in second.checks if check["code"] == "duplicate"] == []


@pytest.fixture
def secrets(db):
    rules = ContentRuleList.objects.create(
        code="supplier-names", name="Supplier names", kind="secret", owner_role="MGR"
    )
    ContentRule.objects.create(list=rules, code="golden", phrase="Golden Dragon", severity="block")
    ContentRule.objects.create(list=rules, code="wei", phrase="Silver Fox", severity="warn")
    praise = ContentRuleList.objects.create(code="praise", name="Praise", kind="absolute", owner_role="PLAN")
    ContentRule.objects.create(list=praise, code="best", phrase="zuihao", severity="block")
    forget_content_rules()
    yield
    forget_content_rules()


@pytest.mark.parametrize(
    ("name", "exif", "where"),
    [("golden dragon cup.jpg", None, "its name"), ("cup.jpg", exif_with(owner="Golden Dragon"), "its metadata")],
)
def test_a_secret_in_name_or_metadata_refuses_the_picture_and_nothing_of_it_is_copied(
    name, exif, where, product, now, secrets
):
    uploader = person()
    upload(product, pictures.upload(name, pictures.photo(300, 300, exif=exif)), actor=uploader, now=now)
    services.process_photos(actor=WORKER, now=now)
    photo = Photo.objects.get()
    assert photo.state == PhotoState.REFUSED
    assert Rendition.objects.count() == 0
    assert refusal_words(photo.facts, "") == (
        f"“{name}” was refused: {where} holds what the rule “Supplier names” does not allow. "
        "Save the picture under another name and without its metadata, and upload that file."
    )
    assert Notice.objects.get(recipient=uploader.user_id).link == photo.get_absolute_url()


def test_a_word_that_a_secret_rule_warns_of_is_shown_and_a_banned_word_is_none_of_the_pictures_business(
    product, now, secrets
):
    photo = a_photo(product, name="silver fox zuihao.jpg", now=now)
    warned = [check for check in photo.checks if check["code"] == "words"]
    assert [(check["expected"], check["found"], check["severity"]) for check in warned] == [
        ("Supplier names", "file_name", "warn")
    ]


def test_a_picture_that_cannot_be_decoded_is_refused_at_once_with_the_rule(product, now):
    data = bytearray(pictures.photo(300, 300, format="PNG"))
    at = data.index(b"IDAT") + 40
    data[at : at + 40] = bytes(40)
    [outcome] = upload(product, pictures.upload("broken.png", bytes(data)), actor=person(), now=now)
    if outcome.photo is not None:
        services.process_photos(actor=WORKER, now=now)
        photo = Photo.objects.get()
        assert (photo.state, photo.attempts, photo.facts["refusal"]["code"]) == ("refused", 0, "picture_damaged")
    else:
        assert outcome.error.code == "picture_damaged"


def test_what_fails_is_tried_again_later_and_refused_after_five_attempts(product, now):
    uploader = person()
    photo = a_photo(product, actor=uploader, state="uploaded", now=now)
    default_storage.delete(photo.original.name)
    times, at = [], now
    for _round in range(5):
        result = services.process_photos(actor=WORKER, now=at)
        assert (result.handled, result.failed) == (0, 1)
        photo.refresh_from_db()
        if photo.next_at:
            assert services.process_photos(actor=WORKER, now=photo.next_at - timedelta(seconds=1)).failed == 0
            times.append((photo.next_at - at).total_seconds() / 60)
            at = photo.next_at
    assert times == [2, 4, 8, 16]
    assert (photo.state, photo.attempts) == (PhotoState.REFUSED, 5)
    assert refusal_words(photo.facts, "").startswith("“cup.jpg” could not be processed; 5 attempts failed.")
    assert services.process_photos(actor=WORKER, now=at + timedelta(days=1)).failed == 0


def test_one_poisoned_picture_does_not_hold_up_the_next(product, now):
    poisoned = a_photo(product, state="uploaded", now=now)
    default_storage.delete(poisoned.original.name)
    good = a_photo(product, seed=2, state="uploaded", now=now)
    result = services.process_photos(actor=WORKER, now=now)
    good.refresh_from_db()
    assert (result.handled, result.failed, good.state) == (1, 1, "checked")


def test_a_failure_in_the_middle_leaves_no_copies(product, now, media, monkeypatch):
    photo = a_photo(product, state="uploaded", now=now)
    monkeypatch.setattr("catalog.services.photos.processing.follow_photos", lambda **facts: 1 / 0)
    services.process_photos(actor=WORKER, now=now)
    photo.refresh_from_db()
    assert (photo.state, photo.attempts, Rendition.objects.count()) == ("uploaded", 1, 0)
    assert len(stored_files(media)) == 1


# --- people


def test_another_person_signs_off_and_the_trail_tells_it(product, now):
    photo, signer = a_photo(product, now=now), person()
    signed = services.sign_off_photo(photo_id=photo.pk, actor=signer, now=now)
    assert (signed.state, signed.signed_off_by_id, signed.signed_off_at) == ("approved", signer.user_id, now)
    entry = TrailEntry.objects.get(action="catalog.photo_signed_off")
    assert entry.changes == {"state": ["checked", "approved"]}


def test_nobody_signs_off_their_own_picture_nor_does_a_program(product, now):
    uploader = person()
    photo = a_photo(product, actor=uploader, now=now)
    with pytest.raises(OwnPicture):
        services.sign_off_photo(photo_id=photo.pk, actor=uploader, now=now)
    with pytest.raises(PictureNotSignedByPerson):
        services.sign_off_photo(photo_id=photo.pk, actor=WORKER, now=now)
    photo.refresh_from_db()
    assert (photo.state, photo.signed_off_by_id) == ("checked", None)


def test_the_database_refuses_what_the_service_would(product, now):
    uploader = person()
    photo = a_photo(product, actor=uploader, now=now)
    for facts in ({"signed_off_by_id": uploader.user_id}, {"state": "approved"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Photo.objects.filter(pk=photo.pk).update(**facts)


def test_a_picture_is_not_signed_off_before_it_was_checked_nor_twice(product, now):
    photo = a_photo(product, state="uploaded", now=now)
    with pytest.raises(TransitionNotAllowed):
        services.sign_off_photo(photo_id=photo.pk, actor=person(), now=now)
    approved = a_photo(product, seed=2, state="approved", now=now)
    with pytest.raises(TransitionNotAllowed):
        services.sign_off_photo(photo_id=approved.pk, actor=person(), now=now)


def test_a_refusal_needs_a_reason_and_the_uploader_reads_it(product, now):
    uploader = person()
    photo = a_photo(product, actor=uploader, now=now)
    with pytest.raises(ReasonMissing):
        services.refuse_photo(photo_id=photo.pk, reason=" ", actor=person(), now=now)
    refused = services.refuse_photo(photo_id=photo.pk, reason="too dark", actor=person(), now=now)
    assert (refused.state, refused.problem) == ("refused", "too dark")
    assert Notice.objects.get(recipient=uploader.user_id).text == "“cup.jpg” of Tea cup was refused: too dark"


def test_a_retired_picture_comes_back_with_its_sign_off(product, now):
    photo = a_photo(product, state="approved", now=now)
    with pytest.raises(ReasonMissing):
        services.retire_photo(photo_id=photo.pk, reason="", actor=person(), now=now)
    assert services.retire_photo(photo_id=photo.pk, reason="old label", actor=person(), now=now).state == "retired"
    back = services.bring_back_photo(photo_id=photo.pk, actor=person(), now=now)
    assert (back.state, back.signed_off_by_id) == ("approved", photo.signed_off_by_id)
    waiting = a_photo(product, seed=2, now=now)
    with pytest.raises(TransitionNotAllowed):
        services.bring_back_photo(photo_id=waiting.pk, actor=person(), now=now)


def test_a_retired_picture_does_not_come_back_beside_the_same_bytes(product, now):
    photo = a_photo(product, state="approved", now=now)
    services.retire_photo(photo_id=photo.pk, reason="old label", actor=person(), now=now)
    a_photo(product, role=PhotoRole.SCENE, now=now)
    with pytest.raises(PictureThereAlready):
        services.bring_back_photo(photo_id=photo.pk, actor=person(), now=now)
    photo.refresh_from_db()
    assert photo.state == "retired"


def test_pictures_are_put_in_order_within_their_roles(product, staff, now):
    first, second, third = (a_photo(product, seed=seed, name=f"{seed}.jpg", now=now) for seed in (1, 2, 3))
    detail = a_photo(product, seed=4, role=PhotoRole.DETAIL, now=now)
    services.order_photos(product_id=product.pk, photo_ids=[third.pk, first.pk], actor=staff, now=now)
    places = dict(Photo.objects.values_list("pk", "position"))
    assert places == {third.pk: 0, first.pk: 1, second.pk: 2, detail.pk: 0}
    services.order_photos(product_id=product.pk, photo_ids=[third.pk, first.pk], actor=staff, now=now)
    assert TrailEntry.objects.filter(action="catalog.photos_ordered").count() == 1


def test_a_picture_of_another_product_is_not_put_in_order(product, staff, now):
    mine, theirs = a_photo(product, now=now), a_photo(ProductFactory(), seed=2, now=now)
    with pytest.raises(PictureOfOtherProduct):
        services.order_photos(product_id=product.pk, photo_ids=[theirs.pk, mine.pk], actor=staff, now=now)
    assert TrailEntry.objects.filter(action="catalog.photos_ordered").count() == 0


def test_a_description_is_tidied_and_the_same_again_writes_nothing(product, staff, now):
    photo = a_photo(product, now=now)
    for text in ("  a white\ncup ", "a white cup"):
        services.describe_photo(photo_id=photo.pk, alt=text, actor=staff, now=now)
    photo.refresh_from_db()
    assert photo.alt == "a white cup"
    assert TrailEntry.objects.filter(action="catalog.photo_described").count() == 1
