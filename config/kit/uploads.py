"""Documents that people attach: read as hostile, never opened by us, kept by hash and handed out as downloads only.

No model and no storage: the apps keep the rows. Pictures go through `config.kit.pictures`, which decodes them.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.errors import InvalidInput
from config.kit.pictures import read_picture
from config.kit.pictures.refusals import shown_name

MAX_BYTES = 20 * 1024 * 1024
_KINDS = {
    ".pdf": "pdf",
    ".xlsx": "xlsx",
    ".docx": "docx",
    ".csv": "csv",
    ".txt": "txt",
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
}
ACCEPT = ",".join(_KINDS)  # for a file field's `accept`
_PICTURES = frozenset({"png", "jpeg", "webp"})
_MAIN_PART = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
_MAX_PARTS = 5_000
_MAX_UNFOLDED = 200 * 1024 * 1024
_TYPES_PART = "[Content_Types].xml"
# Parts of an Office file that run something on the reader's computer.
_ACTIVE_PART = re.compile(r"vbaproject|vbadata|activex|oleobject|macrosheets|attachedtoolbars", re.IGNORECASE)
# In a text that a browser or a shell might take for a page or a script.
_MARKUP = re.compile(r"\s*<(!doctype|html|script|svg|\?xml|\?php|iframe)|\s*#!", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\ufffe\uffff]")
_BINARY_STARTS = (b"%PDF", b"PK\x03\x04", b"\x7fELF", b"MZ", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0")


def _pdf_name(name: str) -> str:
    """A PDF name as a pattern: any of its letters may be written as #xx (ISO 32000-1, 7.3.5)."""
    return "/" + "".join(f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in name)


_ACTIVE_PDF = re.compile(
    "|".join(_pdf_name(name) for name in ("JavaScript", "Launch", "EmbeddedFile", "RichMedia", "XFA")).encode("ascii")
)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is known of an accepted document. `kind`: pdf, xlsx, docx, csv, txt, png, jpeg or webp; `sha256` in hex."""

    sha256: str
    kind: str
    byte_size: int
    name: str


class DocumentRefused(InvalidInput):
    """A file that is not taken. `name` is the file name, made harmless to show."""

    code = "document_refused"
    message = _("“%(name)s” was not taken.")
    remedy = _("Attach it as PDF, XLSX, DOCX, CSV, TXT, PNG, JPEG or WebP.")

    def __init__(self, *, name: str, field: str = "file", **facts: Any) -> None:
        super().__init__(field=field, name=shown_name(name), **facts)


class DocumentEmpty(DocumentRefused):
    """No bytes at all."""

    code = "document_empty"
    message = _("“%(name)s” is empty.")
    remedy = _("Choose the file again; it may not have been saved completely.")


class DocumentTooHeavy(DocumentRefused):
    """More bytes than the limit."""

    code = "document_too_heavy"
    message = _("“%(name)s” is larger than %(limit)d MB.")
    remedy = _("Split it, or save its pictures smaller, and attach it again.")


class DocumentKindRefused(DocumentRefused):
    """The name ends in something that is not on the list."""

    code = "document_kind"
    message = _("Files like “%(name)s” are not taken.")


class DocumentNameDisagrees(DocumentRefused):
    """The bytes are not what the ending of the name says."""

    code = "document_disagrees"
    message = _("“%(name)s” is not what its ending says (%(problem)s).")
    remedy = _("Open it in the program that made it, save it again, and attach that file; renaming is not enough.")


class DocumentIsActive(DocumentRefused):
    """It holds a macro, a script or another file."""

    code = "document_active"
    message = _("“%(name)s” holds something that runs or is hidden in it (%(found)s).")
    remedy = _("Save it without macros, scripts and embedded files, and attach it again.")


class DocumentBomb(DocumentRefused):
    """Small as a file, huge when it is unfolded."""

    code = "document_bomb"
    message = _("“%(name)s” unfolds to far more data than a document needs.")


def read_document(data: BinaryIO | bytes, name: str, *, max_bytes: int = MAX_BYTES) -> DocumentFacts:
    """Read an attachment as hostile. A stream is read from its beginning and left there again.

    The ending of the name must be on the list and the bytes must agree with it; Office files and PDF with macros,
    scripts or embedded files are refused as far as they can be seen without unfolding a PDF's streams, therefore what
    is accepted is still only handed out as a download (`config.kit.web.downloads`). Raises a subclass of `DocumentRefused`, or of
    `config.kit.pictures.PictureRefused` for pictures.
    """
    raw = _read_all(data, name, max_bytes)
    kind = _KINDS.get(PurePath(shown_name(name)).suffix.lower(), "")
    if not kind:
        raise DocumentKindRefused(name=name)
    if kind in _PICTURES:
        read_picture(raw, name=name)
    elif kind == "pdf":
        _check_pdf(raw, name)
    elif kind in _MAIN_PART:
        _check_office(raw, name, kind)
    else:
        _check_text(raw, name)
    return DocumentFacts(hashlib.sha256(raw).hexdigest(), kind, len(raw), shown_name(name))


def _read_all(data: BinaryIO | bytes, name: str, max_bytes: int) -> bytes:
    if isinstance(data, bytes):
        raw = data
    else:
        data.seek(0)
        raw = data.read(max_bytes + 1)
        data.seek(0)
    if not raw:
        raise DocumentEmpty(name=name)
    if len(raw) > max_bytes:
        raise DocumentTooHeavy(name=name, limit=max_bytes // (1024 * 1024))
    return raw


def _disagrees(name: str, problem: str | Promise) -> DocumentNameDisagrees:
    return DocumentNameDisagrees(name=name, problem=problem)


def _check_pdf(raw: bytes, name: str) -> None:
    # Readers forgive rubbish before the signature; a file that is two things at once lives from that.
    if not re.match(rb"%PDF-[12]\.\d", raw):
        raise _disagrees(name, _("it does not begin like a PDF"))
    if b"%%EOF" not in raw[-1024:]:
        raise _disagrees(name, _("it ends too early"))
    if found := _ACTIVE_PDF.search(raw):
        raise DocumentIsActive(name=name, found=found[0].decode("latin-1")[1:])


def _check_office(raw: bytes, name: str, kind: str) -> None:
    if not raw.startswith(b"PK\x03\x04"):
        raise _disagrees(name, _("it does not begin like an Office file"))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            _check_parts(parts, name, kind)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError, RuntimeError) as error:
        raise _disagrees(name, _("its parts do not fit together")) from error


def _check_parts(parts: zipfile.ZipFile, name: str, kind: str) -> None:
    infos = parts.infolist()
    names = [info.filename for info in infos]
    if len(infos) > _MAX_PARTS or sum(info.file_size for info in infos) > _MAX_UNFOLDED:
        raise DocumentBomb(name=name)
    # Two parts of one name, or one outside the file, are read differently by different programs.
    strange = len({part.lower() for part in names}) != len(names) or any(
        part.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", part) for part in names
    )
    if strange or any(info.flag_bits & 0x1 for info in infos):
        raise _disagrees(name, _("its parts do not fit together"))
    if _TYPES_PART not in names or _MAIN_PART[kind] not in names:
        raise _disagrees(name, _("it is another kind of file"))
    for part in names:
        if _ACTIVE_PART.search(part):
            raise DocumentIsActive(name=name, found=part.rsplit("/", 1)[-1])
    budget = _MAX_UNFOLDED
    for info in infos:  # what the directory says of sizes is a claim; the sums are checked while reading
        with parts.open(info) as stream:
            head = b""
            while chunk := stream.read(1 << 20):
                budget -= len(chunk)
                if budget < 0:
                    raise DocumentBomb(name=name)
                head = head or chunk
        if info.filename == _TYPES_PART and b"macroenabled" in head.lower():
            raise DocumentIsActive(name=name, found="macroEnabled")


def _check_text(raw: bytes, name: str) -> None:
    if raw.startswith(_BINARY_STARTS):
        raise _disagrees(name, _("it is another kind of file"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError as error:
            raise _disagrees(name, _("it is neither UTF-8 nor GB18030 text")) from error
    if _CONTROL.search(text):
        raise _disagrees(name, _("it is another kind of file"))
    if _MARKUP.match(text):
        raise DocumentIsActive(name=name, found=text.lstrip()[:20])
