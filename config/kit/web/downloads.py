"""Files of strangers leave as downloads: never shown by the browser, never guessed at, never kept by a cache."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse


def download(handle: IO[bytes], name: str) -> FileResponse:
    """An attachment under its own name. The caller has checked that the person may see what it is attached to."""
    response = FileResponse(handle, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
