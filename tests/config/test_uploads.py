"""Attachments of strangers: what is taken, what is refused and why."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest

from config.kit.pictures import PictureRefused
from config.kit.uploads import (
    DocumentBomb,
    DocumentEmpty,
    DocumentIsActive,
    DocumentKindRefused,
    DocumentNameDisagrees,
    DocumentTooHeavy,
    read_document,
)
from config.kit.web.downloads import download
from tests.support.pictures import photo

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def office(kind: str = "xlsx", types: bytes = b"<Types/>", **more: bytes) -> bytes:
    """The least that is an Office file; `more` maps part names (with _ for /) to bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", types)
        parts.writestr({"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}[kind], b"<x/>")
        for name, body in more.items():
            parts.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("report.pdf", PDF, "pdf"),
        ("Prices.XLSX", office("xlsx"), "xlsx"),
        ("text.docx", office("docx"), "docx"),
        ("a.csv", "货号,价格\nA,1\n".encode("gb18030"), "csv"),
        ("a.txt", "说明".encode(), "txt"),
        ("a.jpg", photo(64, 64), "jpeg"),
        ("a.png", photo(64, 64, format="PNG"), "png"),
    ],
)
def test_document_of_an_allowed_kind_gives_its_facts(name: str, data: bytes, kind: str) -> None:
    facts = read_document(io.BytesIO(data), name)
    assert (facts.kind, facts.byte_size, facts.sha256, facts.name) == (
        kind,
        len(data),
        hashlib.sha256(data).hexdigest(),
        name,
    )


@pytest.mark.parametrize(
    ("name", "data", "refusal"),
    [
        ("a.pdf", b"", DocumentEmpty),
        ("a.exe", PDF, DocumentKindRefused),
        ("a.svg", b"<svg/>", DocumentKindRefused),
        ("a.pdf\u202exslx.html", PDF, DocumentKindRefused),
        ("noending", PDF, DocumentKindRefused),
        ("a.pdf", office(), DocumentNameDisagrees),
        ("a.pdf", b"junk" + PDF, DocumentNameDisagrees),
        ("a.pdf", PDF[:-7], DocumentNameDisagrees),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /S /JavaScript"), DocumentIsActive),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /S /#4aavaScript"), DocumentIsActive),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /S /Launch"), DocumentIsActive),
        ("a.xlsx", PDF, DocumentNameDisagrees),
        ("a.xlsx", office("docx"), DocumentNameDisagrees),
        ("a.xlsx", office()[:-30], DocumentNameDisagrees),
        ("a.xlsx", office(xl__vbaProject_dot_bin=b"x"), DocumentIsActive),
        ("a.xlsx", office(types=b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"), DocumentIsActive),
        ("a.docx", office("docx", word__embeddings__oleObject1_dot_bin=b"x"), DocumentIsActive),
        ("a.xlsx", office(**{"..__..__evil_dot_txt": b"x"}), DocumentNameDisagrees),
        ("a.xlsx", office(xl__media__big=b"\0" * (201 << 20)), DocumentBomb),
        ("a.csv", PDF, DocumentNameDisagrees),
        ("a.csv", b"a,b\n\x00\x01", DocumentNameDisagrees),
        ("a.txt", b"\xff\xff\xff", DocumentNameDisagrees),
        ("a.txt", b" <script>alert(1)</script>", DocumentIsActive),
        ("a.txt", b"#!/bin/sh\n", DocumentIsActive),
        ("a.png", PDF, PictureRefused),
        ("a.jpg", photo(64, 64, format="PNG"), PictureRefused),
        ("a.jpg", photo(64, 64) + b"<script>", PictureRefused),
    ],
)
def test_document_that_is_something_else_is_refused(name: str, data: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_document(data, name)


def test_document_over_the_limit_is_refused_and_one_byte_less_is_not() -> None:
    assert read_document(b"a" * 1000, "a.txt", max_bytes=1000).byte_size == 1000
    with pytest.raises(DocumentTooHeavy):
        read_document(b"a" * 1001, "a.txt", max_bytes=1000)


def test_directory_that_lies_about_sizes_is_found_while_reading() -> None:
    data = office(xl__media__big=b"\0" * 5000)
    lied = data.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lied != data
    with pytest.raises(DocumentNameDisagrees):
        read_document(lied, "a.xlsx")


def test_download_is_never_shown_by_the_browser() -> None:
    response = download(io.BytesIO(b"<script>"), "报告.txt")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Cache-Control"] == "no-store"
