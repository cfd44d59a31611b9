"""Documents of strangers into the store: checked as hostile, kept by their hash, the same bytes once."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.files import File
from django.core.files.storage import default_storage

from config.kit.uploads import read_document


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document that lies in the store: its path there, the name to show, the hash and size of its bytes."""

    path: str
    name: str
    sha256: str
    byte_size: int


def keep_document(file: File, *, folder: str) -> KeptDocument:
    """Check an upload and keep it under `folder`/ab/abcd…. Raises subclasses of `config.kit.errors.InvalidInput`.

    A rollback afterwards leaves the bytes behind without a row: nobody can ask for them, and the next upload uses them.
    """
    facts = read_document(file, file.name or "")  # type: ignore[arg-type]
    path = f"{folder}/{facts.sha256[:2]}/{facts.sha256}"
    if not default_storage.exists(path):
        file.seek(0)
        path = default_storage.save(path, file)
    return KeptDocument(path, facts.name, facts.sha256, facts.byte_size)
