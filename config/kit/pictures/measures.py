"""Numbers taken from the pixels."""

from __future__ import annotations

import numpy as np
from PIL import Image

_BAND = 256  # rows at a time: 50 megapixels as floats would be gigabytes
_NEAR_WHITE = 245
_WORD = (1 << 64) - 1


def blur_of(grey: Image.Image) -> float:
    """Variance of the 4-neighbour Laplacian over the inner pixels of an 8-bit grey picture. Low is blurred.

    L(x, y) = left + right + above + below - 4 · centre, at full size; 0 below 3 × 3 pixels. It grows with contrast
    and falls with resolution, hence a hint for a person and never a proof.
    """
    width, height = grey.size
    if width < 3 or height < 3:
        return 0.0
    total = squares = 0
    for top in range(0, height - 2, _BAND):
        band = np.asarray(grey.crop((0, top, width, min(top + _BAND + 2, height)))).astype(np.int32)
        laplacian = band[1:-1, :-2] + band[1:-1, 2:] + band[:-2, 1:-1] + band[2:, 1:-1] - 4 * band[1:-1, 1:-1]
        total += int(laplacian.sum(dtype=np.int64))
        squares += int(np.square(laplacian).sum(dtype=np.int64))
    count = (width - 2) * (height - 2)
    return squares / count - (total / count) ** 2


def difference_hash(grey: Image.Image) -> int:
    """dHash: 9 × 8 grey pixels, one bit per pair of neighbours (left brighter than right), first pair highest.

    64 bits as a *signed* integer, as PostgreSQL's bigint holds them. A flat picture has 0. Source: N. Krawetz, "Kind
    of Like That", 2013.
    """
    small = np.asarray(grey.resize((9, 8), Image.Resampling.BOX)).astype(np.int16)
    word = int.from_bytes(np.packbits(small[:, :-1] > small[:, 1:]).tobytes(), "big")
    return word - (1 << 64) if word >> 63 else word


def white_border_share(picture: Image.Image) -> float:
    """Share 0 to 1 of near-white pixels (each channel 245 or more) in a frame of 1 % of the shorter side."""
    width, height = picture.size
    frame = max(1, min(width, height) // 100)
    if 2 * frame >= min(width, height):
        return _near_white(picture)[0] / (width * height)
    boxes = (
        (0, 0, width, frame),
        (0, height - frame, width, height),
        (0, frame, frame, height - frame),
        (width - frame, frame, width, height - frame),
    )
    counts = [_near_white(picture.crop(box)) for box in boxes]
    return sum(white for white, _count in counts) / sum(count for _white, count in counts)


def _near_white(part: Image.Image) -> tuple[int, int]:
    pixels = np.asarray(part.convert("RGB"))
    return int((pixels >= _NEAR_WHITE).all(axis=2).sum()), pixels.shape[0] * pixels.shape[1]


def hamming(a: int, b: int) -> int:
    """How many of the 64 bits of two perceptual hashes differ, 0 to 64."""
    return ((a ^ b) & _WORD).bit_count()


def is_near_duplicate(a: int, b: int, limit: int = 6) -> bool:
    """True where two perceptual hashes differ in at most `limit` bits: the same picture scaled, recompressed or toned.

    Two flat pictures of any colours count as the same; a crop or a mirrored picture does not.
    """
    return hamming(a, b) <= limit
