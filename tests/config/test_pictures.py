"""Uploads read as hostile, facts about good ones, a shop's rule, and copies that carry nothing."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from config.kit.errors import InvalidInput
from config.kit.pictures import (
    DEFAULT,
    PictureCheck,
    PictureFacts,
    PictureRefused,
    PictureRule,
    check_picture,
    clean_copy,
    hamming,
    is_near_duplicate,
    read_picture,
    renditions,
)
from config.kit.pictures.refusals import shown_name
from tests.support import pictures as made
from tests.support.shared import SHARED, shared_file

ENDING = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
FORMATS = tuple(ENDING)


def refusal(data: bytes, name: str, **limits: int) -> PictureRefused:
    with pytest.raises(PictureRefused) as caught:
        read_picture(data, name=name, limits=replace(DEFAULT, **limits))
    refused = caught.value
    assert isinstance(refused, InvalidInput)
    assert refused.field == "file"
    assert shown_name(name) in refused.describe()
    assert "%(" not in refused.describe()
    assert str(refused.remedy)
    return refused


# --- hostile ----------------------------------------------------------------------------------------------------------


def test_bytes_are_counted_before_anything_is_read():
    refused = refusal(b"x" * 2000, "a.jpg", max_bytes=1999)
    assert refused.code == "picture_too_heavy"
    assert "2 KB" in refused.describe()

    class Endless(io.RawIOBase):
        asked = 0

        def seekable(self):
            return True

        def seek(self, offset, whence=0):
            return 0

        def read(self, size=-1):
            assert 0 < size <= DEFAULT.max_bytes + 1
            return b"\xff\xd8\xff" + bytes(size - 3)

    with pytest.raises(PictureRefused) as caught:
        read_picture(Endless(), name="a.jpg")
    assert caught.value.code == "picture_too_heavy"
    assert "20 MB" in caught.value.describe()


def test_an_empty_file_is_refused():
    assert refusal(b"", "a.jpg").code == "picture_empty"


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "logo.png", "SVG"),
        ('<?xml version="1.0"?><svg/>'.encode("utf-16"), "logo.png", "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "photo.jpg", "HTML"),
        (made.a_zip(), "photo.jpg", "ZIP"),
        (b"%PDF-1.7\n", "photo.png", "PDF"),
        (b"GIF89a" + bytes(50), "photo.gif", "GIF"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "IMG_0001.jpg", "HEIC"),
        (b"\x01\x02\x03\x04", "photo.jpg", "something else"),
        (b"\xff\xd8", "photo.jpg", "something else"),
    ],
)
def test_only_three_formats_are_taken_whatever_the_name_says(data, name, found):
    refused = refusal(data, name)
    assert refused.code == "picture_format"
    assert found in refused.describe()


@pytest.mark.parametrize("name", ["a.png", "a.jpg.php", "a", "a.svg", ".jpg", "a.jpg "])
def test_the_name_has_to_agree_with_the_bytes(name):
    refused = refusal(made.photo(64, 64), name)
    assert refused.code == "picture_extension"
    assert ".jpg" in refused.describe()


@pytest.mark.parametrize("name", ["a.JPG", "b.jpeg", "商品.Jpg", "c.jfif"])
def test_usual_spellings_of_an_ending_are_taken(name):
    assert read_picture(made.photo(64, 64), name=name).format == "JPEG"


def test_a_bomb_is_refused_by_its_header_without_decoding():
    bomb = made.bomb_png()
    assert len(bomb) < 2_000_000
    refused = refusal(bomb, "bomb.png")
    assert refused.code == "picture_too_large"
    assert "30000 × 30000" in refused.describe()
    # Pixels that nothing can decode are not even noticed.
    at = bomb.index(b"IDAT") - 4
    undecodable = bomb[:at] + made.png_chunk(b"IDAT", b"no zlib") + made.png_chunk(b"IEND", b"")
    assert refusal(undecodable, "bomb.png").code == "picture_too_large"


def test_a_hundred_megapixels_are_refused_by_the_header():
    refused = refusal(made.huge_jpeg_header(), "big.jpg")
    assert refused.code == "picture_too_large"
    assert refused.facts["max_megapixels"] == 50
    assert refusal(made.photo(300, 10), "wide.jpg", max_side=299).code == "picture_too_large"
    assert refusal(made.photo(30, 20, format="WEBP"), "dots.webp", max_pixels=599).code == "picture_too_large"
    assert read_picture(made.photo(30, 20), name="a.jpg", limits=replace(DEFAULT, max_pixels=600, max_side=30))


def test_a_callers_limit_never_lifts_that_of_pillow():
    assert Image.MAX_IMAGE_PIXELS is not None
    assert refusal(made.huge_jpeg_header(), "a.jpg", max_pixels=10**9, max_side=10**6).code == "picture_too_large"


def test_a_header_that_lies_about_the_size_is_damaged():
    data = bytearray(made.photo(64, 64, format="PNG"))
    data[16:24] = struct.pack(">II", 640, 640)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    assert refusal(bytes(data), "a.png").code == "picture_damaged"


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_text_that_unfolds_to_megabytes_is_refused(kind):
    packed = zlib.compress(bytes(50_000_000))
    body = b"Comment\0\1\0\0\0" + packed if kind == b"iTXt" else b"Comment\0\0" + packed
    refused = refusal(made.png_with(made.photo(64, 64, format="PNG"), kind, body), "a.png")
    assert refused.code == "picture_bomb"
    assert kind.decode() in refused.describe()


def test_many_small_texts_share_one_budget():
    data = made.photo(64, 64, format="PNG")
    for _number in range(3):
        data = made.png_with(data, b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 400_000))
    assert refusal(data, "a.png").code == "picture_bomb"


def test_a_jpeg_with_thousands_of_scans_is_refused():
    data = made.saved(made.scene(64, 64, 1), progressive=True)
    at = data.rindex(b"\xff\xda")
    assert read_picture(data, name="a.jpg").format == "JPEG"
    assert refusal(data[:at] + data[at:-2] * 200 + b"\xff\xd9", "a.jpg").code == "picture_bomb"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(format, kept):
    data = made.photo(200, 200, format=format)
    assert refusal(data[: int(len(data) * kept)], f"a.{ENDING[format]}").code == "picture_damaged"


def test_broken_pixels_in_a_sound_container_are_refused():
    whole = made.photo(64, 64, format="PNG")
    at = whole.index(b"IDAT")
    short = whole[: at - 4] + made.png_chunk(b"IDAT", zlib.compress(b"short")) + made.png_chunk(b"IEND", b"")
    assert refusal(short, "a.png").code == "picture_damaged"


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_animations_are_refused(format):
    assert refusal(made.animated(format), f"a.{ENDING[format]}").code == "picture_animated"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "rider",
    [
        made.a_zip(),
        b"<script>alert(1)</script>",
        b"<?php system($_GET['c']);",
        b"%PDF-1.7",
        b"<SVG>",
        bytes(10_000) + b"<script>",
        b"just seventeen by",
    ],
)
def test_nothing_rides_behind_the_end(format, rider):
    refused = refusal(made.photo(64, 64, format=format) + rider, f"a.{ENDING[format]}")
    assert refused.code == "picture_hides_data"


@pytest.mark.parametrize("format", FORMATS)
def test_padding_behind_the_end_is_forgiven(format):
    read_picture(made.photo(64, 64, format=format) + bytes(5000) + b"\r\n", name=f"a.{ENDING[format]}")


def test_no_script_and_no_archive_inside_the_texts():
    jpeg, png = made.photo(64, 64), made.photo(64, 64, format="PNG")
    hostile = {
        "comment.jpg": made.jpeg_with(jpeg, 0xFE, b"<?php eval($_POST[1]);?>"),
        "exif.jpg": made.jpeg_with(jpeg, 0xE1, b"Exif\0\0II*\0<ScRiPt>"),
        "zip.jpg": made.jpeg_with(jpeg, 0xFE, made.a_zip()),
        "pdf.jpg": made.jpeg_with(jpeg, 0xFE, b"%PDF-1.4"),
        "text.png": made.png_with(png, b"tEXt", b"Comment\0<script>"),
        "packed.png": made.png_with(png, b"zTXt", b"Comment\0\0" + zlib.compress(b"<script>")),
        "private.png": made.png_with(png, b"prVt", b"<html>"),
    }
    for name, data in hostile.items():
        assert refusal(data, name).code == "picture_hides_data", name


def test_a_second_picture_of_a_phone_is_part_of_the_file_only_where_it_is_announced():
    first, second = made.photo(64, 64), made.photo(32, 32, seed=2)
    announced = made.jpeg_with(first, 0xE2, b"MPF\0" + bytes(20))
    assert read_picture(announced + second, name="a.jpg").width == 64
    assert refusal(first + second, "a.jpg").code == "picture_hides_data"
    assert refusal(announced + second + made.a_zip(), "a.jpg").code == "picture_hides_data"
    hostile = made.jpeg_with(second, 0xFE, b"<script>")
    assert refusal(announced + hostile, "a.jpg").code == "picture_hides_data"


def test_a_name_is_shown_without_its_tricks():
    assert shown_name("C:\\fakepath\\a\u202egpj.exe\0.jpg") == "agpj.exe.jpg"
    assert shown_name("../../etc/passwd") == "passwd"
    assert len(shown_name("长" * 300 + ".jpg")) == 80
    assert "“100%.png”" in refusal(made.photo(64, 64), "100%.png").describe()


SEEDS = [made.photo(40, 30, format=format, exif=made.exif_of_a_phone(6)) for format in FORMATS]


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(range(3)), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), max_size=6))
def test_whatever_is_broken_it_is_facts_or_a_refusal(which, wounds):
    data = bytearray(SEEDS[which])
    for place, patch in wounds:
        at = int(place * len(data))
        data[at : at + len(patch)] = patch
    try:
        words = str(read_picture(bytes(data), name=f"a.{ENDING[FORMATS[which]]}").width)
    except PictureRefused as refused:
        words = refused.describe()
    assert words


# --- facts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_facts_of_a_good_picture(format):
    data = made.photo(300, 200, format=format)
    file = made.upload(f"a.{ENDING[format]}", data)
    file.read(10)
    facts = read_picture(file, name=file.name)
    assert (facts.format, facts.width, facts.height, facts.byte_size) == (format, 300, 200, len(data))
    assert facts.sha256 == hashlib.sha256(data).hexdigest()
    assert (facts.has_alpha, facts.exif_orientation, facts.has_location, facts.texts) == (False, 1, False, ())
    assert -(2**63) <= facts.perceptual_hash < 2**63
    assert file.read() == data


@pytest.mark.parametrize("format", FORMATS)
def test_texts_and_place_are_found(format):
    data = made.photo(64, 48, format=format, exif=made.exif_of_a_phone(6))
    facts = read_picture(data, name=f"a.{ENDING[format]}")
    assert facts.has_location
    assert facts.exif_orientation == 6
    assert (facts.width, facts.height) == (48, 64)
    for words in ("Li Wei", "Supplier Golden Dragon", "成本价 12 元", "内部资料", "made in the back room"):
        assert words in facts.texts


def test_texts_of_other_places_are_found():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "supplier one")
    notes.add_text("Comment", "supplier two", zip=True)
    notes.add_itxt("Title", "供应商三", zip=True)
    notes.add_itxt("XML:com.adobe.xmp", '<x exif:GPSLatitude="31,13N"><dc:creator>Tom &amp; Li</dc:creator></x>')
    png = read_picture(made.saved(made.scene(64, 64, 1), "PNG", pnginfo=notes), name="a.png")
    assert set(png.texts) == {"supplier one", "supplier two", "供应商三", "31,13N", "Tom & Li"}
    assert png.has_location

    jpeg = made.jpeg_with(made.photo(64, 64), 0xFE, "金龙供应商".encode("gb18030"))
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\x0f\x1c\x02\x50\0\x05Wang!"
    jpeg = made.jpeg_with(jpeg, 0xED, iptc)
    facts = read_picture(made.jpeg_with(jpeg, 0xE1, b"Exif\0\0broken Golden Dragon"), name="a.jpg")
    assert "金龙供应商" in facts.texts
    assert "Wang!" in facts.texts
    assert "broken Golden Dragon" in facts.texts
    assert facts.has_location, "what cannot be read may hold a place"


def test_alpha_and_border():
    clear = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    clear.paste((200, 30, 30, 255), (30, 30, 70, 70))
    facts = read_picture(made.saved(clear, "PNG"), name="a.png")
    assert facts.has_alpha
    assert facts.border_is_white == 1.0
    assert read_picture(made.flat_photo(100, 100, "black"), name="a.jpg").border_is_white == 0.0
    assert read_picture(made.product_photo(200, 200), name="a.jpg").border_is_white > 0.99
    half = Image.new("RGB", (100, 100), "white")
    half.paste((255, 255, 200), (0, 0, 50, 100))
    assert read_picture(made.saved(half, "PNG"), name="a.png").border_is_white == pytest.approx(0.5, abs=0.01)
    assert read_picture(made.flat_photo(1, 1), name="a.jpg").blur == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK"])
def test_every_mode_that_the_formats_know_is_read_and_copied(mode):
    grey = made.scene(90, 60, 1).convert("L")
    image = grey.point(lambda v: v * 257, "I").convert("I;16") if mode == "I;16" else grey.convert("RGB").convert(mode)
    format = "JPEG" if mode == "CMYK" else "PNG"
    data = made.saved(image, format)
    facts = read_picture(data, name=f"a.{ENDING[format]}")
    assert (facts.width, facts.height, facts.has_alpha) == (90, 60, mode in {"LA", "RGBA"})
    copy = Image.open(io.BytesIO(renditions(data, {"s": 90})["s"].data)).convert("L")
    if mode != "1":
        mean = sum(grey.tobytes()) / 5400
        assert sum(copy.tobytes()) / 5400 == pytest.approx(mean, abs=6)


@pytest.mark.parametrize(("name", "blur"), [("coffee.png", 1534.6), ("clock_motion.png", 24.3)])
def test_blur_agrees_with_the_published_numbers(name, blur):
    path = shared_file(f"images/skimage/{name}")
    assert read_picture(path.read_bytes(), name=name).blur == pytest.approx(blur, abs=0.05)


def test_blur_is_the_same_in_bands(monkeypatch):
    data = made.photo(70, 700)
    whole = read_picture(data, name="a.jpg").blur
    monkeypatch.setattr("config.kit.pictures.measures._BAND", 7)
    assert read_picture(data, name="a.jpg").blur == pytest.approx(whole)
    assert read_picture(made.blurred_photo(70, 700), name="a.jpg").blur < 100 < whole


def test_the_same_picture_is_known_again_and_another_is_not():
    def mark(data: bytes, name: str = "a.jpg") -> int:
        return read_picture(data, name=name).perceptual_hash

    one = mark(made.photo(600, 600))
    assert is_near_duplicate(one, mark(made.photo(600, 600, format="WEBP"), "a.webp"))
    assert is_near_duplicate(one, mark(renditions(made.photo(600, 600), {"s": 200})["s"].data))
    assert is_near_duplicate(one, mark(made.saved(made.scene(600, 600, 1), quality=20)))
    turned = Image.Exif()
    turned[0x0112] = 3
    upside_down = made.saved(made.scene(600, 600, 1).transpose(Image.Transpose.ROTATE_180), exif=turned)
    assert is_near_duplicate(one, mark(upside_down))
    others = [mark(made.photo(600, 600, seed=seed)) for seed in range(2, 8)]
    assert not any(is_near_duplicate(one, other) for other in others)
    assert any(other < 0 for other in others), "the sign bit is used"


@given(st.integers(-(2**63), 2**63 - 1), st.sets(st.integers(0, 63)))
def test_hamming_counts_bits_of_signed_numbers(number, bits):
    other = (number % 2**64) ^ sum(1 << bit for bit in bits)
    other = other - 2**64 if other >> 63 else other
    assert hamming(number, other) == hamming(other, number) == len(bits)
    assert is_near_duplicate(number, other) == (len(bits) <= 6)


def test_real_pictures_are_taken_and_told_apart():
    if not SHARED.exists():
        pytest.skip("../shared/data is not beside this clone")
    paths = sorted(path for path in (SHARED / "images").rglob("*") if path.suffix in {".jpg", ".png"})
    facts = {path.name: read_picture(path.read_bytes(), name=path.name) for path in paths}
    assert len(facts) == 18
    alike = [
        (a, b)
        for a in facts
        for b in facts
        if a < b and is_near_duplicate(facts[a].perceptual_hash, facts[b].perceptual_hash)
    ]
    assert alike == []


# --- rule -------------------------------------------------------------------------------------------------------------

FACTS = PictureFacts(
    sha256="",
    format="WEBP",
    width=400,
    height=600,
    byte_size=3 * 1024 * 1024,
    has_alpha=False,
    exif_orientation=1,
    has_location=False,
    blur=12.4,
    perceptual_hash=0,
    border_is_white=0.949,
    texts=(),
)
RULE = PictureRule(
    min_side=800,
    ratio=(1, 1),
    max_bytes=2 * 1024 * 1024,
    formats=("JPEG", "PNG"),
    white_background=True,
    blur_floor=100,
)


def test_each_rule_that_is_broken_is_named_with_what_was_found():
    checks = check_picture(FACTS, RULE)
    assert [(check.code, check.ok, check.severity) for check in checks] == [
        ("size", False, "block"),
        ("ratio", False, "block"),
        ("weight", False, "block"),
        ("format", False, "block"),
        ("background", False, "block"),
        ("blur", False, "warn"),
    ]
    assert [check.describe() for check in checks] == [
        "800 × 800 px at least, this one has 400 × 600",
        "width to height 1 : 1, this one has 0.67 : 1",
        "2 MB at most, this one has 3 MB",
        "JPEG / PNG, this one is WEBP",
        "white along at least 95% of the border, this one 94%",
        "sharpness of at least 100, this one has 12; look whether it is blurred",
    ]
    assert [str(check.label) for check in checks] == [
        "pixel size",
        "ratio",
        "file size",
        "format",
        "background",
        "sharpness",
    ]


def test_a_rule_is_met_at_its_edge_and_an_empty_one_asks_nothing():
    met = replace(FACTS, format="PNG", width=800, height=816, byte_size=2 * 1024 * 1024, border_is_white=0.95, blur=100)
    assert all(check.ok for check in check_picture(met, RULE))
    assert check_picture(FACTS, PictureRule()) == []
    assert not check_picture(replace(met, height=799), RULE)[0].ok
    assert not check_picture(replace(met, height=820), RULE)[1].ok
    assert PictureCheck("size", False, "block", "1 × 1", "0 × 0").describe() == "1 × 1 px at least, this one has 0 × 0"


def test_a_400_px_picture_fails_a_shop_that_needs_800():
    facts = read_picture(made.photo(400, 400), name="a.jpg")
    (check,) = check_picture(facts, PictureRule(min_side=800))
    assert (check.ok, check.describe()) == (False, "800 × 800 px at least, this one has 400 × 400")


# --- copies -----------------------------------------------------------------------------------------------------------


def texted(format: str) -> bytes:
    """A picture with everything that shall not go out."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict = {"exif": made.exif_of_a_phone(6), "icc_profile": profile}
    if format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", "Golden Dragon")
    else:
        options["xmp"] = b"<x><dc:creator>Golden Dragon</dc:creator></x>"
    if format == "JPEG":
        options["comment"] = b"Golden Dragon"
    return made.saved(made.scene(300, 200, 1), format, **options)


@pytest.mark.parametrize("target", ["JPEG", "WEBP"])
@pytest.mark.parametrize("format", FORMATS)
def test_copies_hold_nothing_but_pixels(format, target):
    source = texted(format)
    assert b"Golden Dragon" in source
    copies = renditions(source, {"thumb": 60, "page": 5000}, format=target)
    for copy in [*copies.values()]:
        facts = read_picture(copy.data, name=f"a.{ENDING[target]}")
        assert (facts.texts, facts.has_location, facts.exif_orientation, facts.format) == ((), False, 1, target)
        assert (facts.width, facts.height) == (copy.width, copy.height)
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(Image.open(io.BytesIO(copy.data)).info)
        assert b"Golden Dragon" not in copy.data
    # Turned upright by its EXIF, shrunk to 60, never enlarged.
    assert [(c.name, c.width, c.height) for c in copies.values()] == [("thumb", 40, 60), ("page", 200, 300)]


@pytest.mark.parametrize("format", FORMATS)
def test_a_clean_copy_keeps_format_size_and_picture(format):
    source = texted(format)
    before = read_picture(source, name=f"a.{ENDING[format]}")
    facts = read_picture(clean_copy(source), name=f"a.{ENDING[format]}")
    assert (facts.format, facts.width, facts.height) == (format, 200, 300)
    assert (facts.texts, facts.has_location) == ((), False)
    assert is_near_duplicate(facts.perceptual_hash, before.perceptual_hash, limit=2)
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(Image.open(io.BytesIO(clean_copy(source))).info)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation):
    image = Image.new("RGB", (30, 20), "white")
    image.paste((255, 0, 0), (0, 0, 15, 10))  # red in the upper left corner
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = image.transpose(undo[orientation]) if orientation in undo else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    copy = Image.open(io.BytesIO(clean_copy(made.saved(stored, "PNG", exif=exif))))
    assert copy.size == (30, 20)
    assert (copy.getpixel((2, 2)), copy.getpixel((27, 17))) == ((255, 0, 0), (255, 255, 255))


def test_copies_are_the_same_bytes_each_time_and_jpeg_is_progressive():
    source = made.photo(500, 400)
    one, two = (renditions(source, {"a": 300, "b": 100}) for _time in range(2))
    assert one == two
    assert clean_copy(source) == clean_copy(source)
    assert Image.open(io.BytesIO(one["a"].data)).info.get("progressive")


def test_transparency_is_white_in_jpeg_and_stays_in_webp():
    clear = made.saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG")
    jpeg = Image.open(io.BytesIO(renditions(clear, {"a": 50})["a"].data))
    webp = Image.open(io.BytesIO(renditions(clear, {"a": 50}, format="WEBP")["a"].data))
    assert jpeg.getpixel((25, 25)) == (255, 255, 255)
    assert webp.convert("RGBA").getpixel((25, 25))[3] == 0
    palette = Image.new("P", (50, 50), 0)
    palette.putpalette([10, 20, 30])
    assert read_picture(made.saved(palette, "PNG", transparency=0), name="a.png").has_alpha
    as_jpeg = Image.open(io.BytesIO(renditions(made.saved(palette, "PNG", transparency=0), {"a": 50})["a"].data))
    assert as_jpeg.getpixel((25, 25)) == (255, 255, 255)


def test_colours_of_another_profile_become_srgb_and_a_broken_one_is_ignored():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    red = Image.new("RGBA", (40, 40), (255, 0, 0, 128))

    def copied(**options: bytes) -> tuple[int, ...]:
        return Image.open(io.BytesIO(clean_copy(made.saved(red, "PNG", **options)))).getpixel((5, 5))

    assert copied() == copied(icc_profile=b"not a profile") == (255, 0, 0, 128)
    assert copied(icc_profile=srgb) == pytest.approx((255, 0, 0, 128), abs=2)
    assert copied(icc_profile=swapped) == pytest.approx((0, 0, 255, 128), abs=2)


@pytest.mark.parametrize("size", [(3001, 2003), (1999, 37), (37, 1999)])
def test_a_thumbnail_of_a_large_jpeg_is_decoded_small_and_has_the_right_size(size):
    copy = renditions(made.flat_photo(*size), {"t": 100})["t"]
    assert (copy.width, copy.height) == tuple(max(1, round(side * 100 / max(size))) for side in size)


def test_copies_of_hostile_bytes_are_refused_too():
    for make in (clean_copy, lambda data: renditions(data, {"a": 10})):
        with pytest.raises(PictureRefused):
            make(made.bomb_png())
        with pytest.raises(PictureRefused):
            make(b"<svg/>")
    with pytest.raises(ValueError, match="one pixel"):
        renditions(made.photo(10, 10), {"a": 0})
