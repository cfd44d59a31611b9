"""Mock-ups and evidence: read as hostile, pictures stripped of what they carry, kept once under their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from config.kit.pictures import clean_copy
from config.kit.uploads import MAX_BYTES, read_document
from stores.models import Proposal, ProposalFile
from stores.models.proposals import proposal_path
from stores.selectors.proposals import PICTURE_KINDS
from stores.services.proposals._rows import person_of

MAX_FILES = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sent it."""

    name: str
    data: BinaryIO | bytes


def keep_files(
    proposal: Proposal, uploads: Iterable[Upload], *, is_evidence: bool, actor: Actor, now: datetime
) -> list[ProposalFile]:
    """Store what can be taken and return its rows; the same content twice is kept once. Call with the proposal locked.

    Raises a subclass of DocumentRefused or PictureRefused (field "file") for a file that is not taken; nothing of the
    others is kept then. InvalidInput for more than MAX_FILES files on one proposal.
    """
    known = set(proposal.files.filter(is_evidence=is_evidence).values_list("sha256", flat=True))
    rows = []
    for upload in uploads:
        raw = _bytes(upload)
        facts = read_document(raw, upload.name)
        if facts.kind in PICTURE_KINDS:
            raw = clean_copy(raw)
        row = ProposalFile(
            proposal=proposal,
            is_evidence=is_evidence,
            file_name=facts.name[-160:],
            sha256=hashlib.sha256(raw).hexdigest(),
            added_by_id=person_of(actor),
            added_at=now,
        )
        if row.sha256 in known:
            continue
        known.add(row.sha256)
        if len(known) > MAX_FILES:
            raise InvalidInput(
                field="file", problem=_("A proposal takes %(count)d files at most.") % {"count": MAX_FILES}
            )
        _store(row, raw)
        rows.append(row)
    return ProposalFile.objects.bulk_create(rows)


def _bytes(upload: Upload) -> bytes:
    if isinstance(upload.data, bytes):
        return upload.data
    upload.data.seek(0)
    return upload.data.read(MAX_BYTES + 1)  # one more than is taken, so that the reading refuses it


def _store(row: ProposalFile, raw: bytes) -> None:
    # The name is the hash of the content: what is there already is the same file.
    path = proposal_path(row, "")
    storage = row.file.storage
    row.file.name = path if storage.exists(path) else storage.save(path, ContentFile(raw))
